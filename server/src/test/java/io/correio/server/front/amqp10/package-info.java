/** The AMQP 1.0 front without sockets. */
@NullMarked
package io.correio.server.front.amqp10;

import org.jspecify.annotations.NullMarked;
