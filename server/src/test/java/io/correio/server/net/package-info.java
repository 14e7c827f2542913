/** Tests of connections on real sockets, with toy sessions. */
@NullMarked
package io.correio.server.net;

import org.jspecify.annotations.NullMarked;
