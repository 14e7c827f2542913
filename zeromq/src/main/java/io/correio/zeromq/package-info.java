/**
 * ZeroMQ: sockets with patterns, on the wire of ZMTP 3.1. Begin with {@link
 * io.correio.zeromq.Context}.
 */
@NullMarked
package io.correio.zeromq;

import org.jspecify.annotations.NullMarked;
