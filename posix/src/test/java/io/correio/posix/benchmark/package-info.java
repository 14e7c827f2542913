/** What the sockets cost; run on demand, see docs/posix-sockets.md. */
@NullMarked
package io.correio.posix.benchmark;

import org.jspecify.annotations.NullMarked;
