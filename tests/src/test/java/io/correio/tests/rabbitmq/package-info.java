/**
 * AMQP 0-9-1 as RabbitMQ's Java client sees it: every feature, and every refusal with its code on
 * the level where clients expect it.
 */
@NullMarked
package io.correio.tests.rabbitmq;

import org.jspecify.annotations.NullMarked;
