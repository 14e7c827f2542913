/** Sockets, event loops and TLS; the only package that knows Netty. */
@NullMarked
package io.correio.server.net;

import org.jspecify.annotations.NullMarked;
