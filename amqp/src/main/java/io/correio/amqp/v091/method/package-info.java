/** The methods of AMQP 0-9-1 and of RabbitMQ's extensions: one record each, with its codec. */
@NullMarked
package io.correio.amqp.v091.method;

import org.jspecify.annotations.NullMarked;
