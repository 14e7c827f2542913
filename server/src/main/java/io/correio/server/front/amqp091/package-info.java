/** AMQP 0-9-1 sessions: the protocol's verbs mapped to the core's. */
@NullMarked
package io.correio.server.front.amqp091;

import org.jspecify.annotations.NullMarked;
