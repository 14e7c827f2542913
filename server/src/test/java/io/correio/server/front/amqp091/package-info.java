/** Tests of the AMQP 0-9-1 session, stepped by hand over a wire and a shard written by hand. */
@NullMarked
package io.correio.server.front.amqp091;

import org.jspecify.annotations.NullMarked;
