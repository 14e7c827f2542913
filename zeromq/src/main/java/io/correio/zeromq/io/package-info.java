/**
 * The engine: a socket's calls, its connections, and who does their I/O: the caller that waits (it
 * has the oar), or else the context's steward.
 */
@NullMarked
package io.correio.zeromq.io;

import org.jspecify.annotations.NullMarked;
