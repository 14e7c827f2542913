package io.correio.server.front.amqp091;

import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.core.message.Arguments;
import io.correio.core.message.Envelope;
import io.correio.server.front.DeclaredArguments;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Arguments of methods, refused with a reply code where {@link DeclaredArguments} has no use for
 * them, and what consumers and messages say beside that.
 */
final class SupportedArguments {
  /** Arguments of consumers that only matter where queues move between nodes. */
  private static final Set<String> CONSUMER = Set.of("x-cancel-on-ha-failover");

  /** Longest expiration in milliseconds: 32 bits without sign. */
  private static final long MAX_EXPIRATION_MILLIS = 0xffff_ffffL;

  private SupportedArguments() {}

  /** Arguments of a queue; those on placement are left out, since they say nothing here. */
  static Arguments ofQueue(FieldTable table, Method method) {
    return checked(table, DeclaredArguments::ofQueue, method);
  }

  /** Arguments of an exchange. */
  static Arguments ofExchange(FieldTable table, Method method) {
    return checked(table, DeclaredArguments::ofExchange, method);
  }

  private static Arguments checked(
      FieldTable table, UnaryOperator<Arguments> check, Method method) {
    Arguments arguments = FieldValues.toArguments(table, method);
    try {
      return arguments.isEmpty() ? arguments : check.apply(arguments);
    } catch (IllegalArgumentException e) {
      throw refused(e, method);
    }
  }

  /** Raises 406 for an argument of a consumer that means nothing here. */
  static void checkConsumer(FieldTable table, Method method) {
    try {
      table
          .fields()
          .keySet()
          .forEach(name -> DeclaredArguments.checkName(name, CONSUMER, "a consumer"));
    } catch (IllegalArgumentException e) {
      throw refused(e, method);
    }
  }

  /** The time to live of a message. */
  static long timeToLiveMillis(BasicProperties properties, Method method) {
    long millis = properties.expirationMillis();
    if (millis == -1) {
      return Envelope.NO_EXPIRY;
    }
    if (millis < 0 || millis > MAX_EXPIRATION_MILLIS) {
      throw Errors.of(
          ReplyCode.PRECONDITION_FAILED,
          method,
          "invalid expiration '%s': give milliseconds from 0 to %d as a decimal number"
              .formatted(properties.expiration(), MAX_EXPIRATION_MILLIS));
    }
    return millis;
  }

  private static AmqpException refused(IllegalArgumentException cause, Method method) {
    return Errors.of(ReplyCode.PRECONDITION_FAILED, method, String.valueOf(cause.getMessage()));
  }
}
