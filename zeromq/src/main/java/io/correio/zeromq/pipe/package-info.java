/** What lies between a socket and one peer: queues, buffers, and the frames of ZMTP in them. */
@NullMarked
package io.correio.zeromq.pipe;

import org.jspecify.annotations.NullMarked;
