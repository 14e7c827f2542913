package io.correio.server.front.amqp091;

import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.core.message.Arguments;
import io.correio.core.message.Envelope;
import java.util.Set;

/**
 * The one list of arguments that mean something here. An argument that would change what a queue
 * does and does not exist here is refused by name: a queue that silently keeps what it was told to
 * drop is worse than an error. Names without the prefix {@code x-} are the application's own and
 * are kept.
 */
final class SupportedArguments {
  private static final String RESERVED_PREFIX = "x-";

  /** Arguments of queues that the core acts on. */
  private static final Set<String> QUEUE =
      Set.of(
          "x-max-priority",
          "x-message-ttl",
          "x-expires",
          "x-dead-letter-exchange",
          "x-dead-letter-routing-key",
          "x-delivery-limit");

  /**
   * Arguments of queues that say how RabbitMQ should store or place them; here every queue is
   * stored alike.
   */
  private static final Set<String> QUEUE_PLACEMENT =
      Set.of(
          "x-queue-type",
          "x-queue-mode",
          "x-queue-version",
          "x-queue-master-locator",
          "x-queue-leader-locator",
          "x-quorum-initial-group-size");

  private static final Set<String> QUEUE_TYPES = Set.of("classic", "quorum");

  /** Arguments of consumers that only matter where queues move between nodes. */
  private static final Set<String> CONSUMER = Set.of("x-cancel-on-ha-failover");

  /** Longest expiration in milliseconds: 32 bits without sign. */
  private static final long MAX_EXPIRATION_MILLIS = 0xffff_ffffL;

  private SupportedArguments() {}

  /** Arguments of a queue; those on placement are left out, since they say nothing here. */
  static Arguments ofQueue(FieldTable table, Method method) {
    if (table.isEmpty()) {
      return Arguments.EMPTY;
    }
    FieldTable.Builder kept = FieldTable.builder();
    table
        .fields()
        .forEach((name, value) -> {
          if (QUEUE_PLACEMENT.contains(name)) {
            if (name.equals("x-queue-type")) {
              checkQueueType(table, method);
            }
          } else {
            checkName(name, QUEUE, "a queue", method);
            kept.put(name, value);
          }
        });
    return FieldValues.toArguments(kept.build(), method);
  }

  private static void checkQueueType(FieldTable table, Method method) {
    String type = table.getString("x-queue-type").orElse("");
    if (!QUEUE_TYPES.contains(type)) {
      throw Errors.of(
          ReplyCode.PRECONDITION_FAILED,
          method,
          "invalid arg 'x-queue-type': '%s' is none of %s".formatted(type, QUEUE_TYPES));
    }
  }

  /** Arguments of an exchange. */
  static Arguments ofExchange(FieldTable table, Method method) {
    table.fields().keySet().forEach(name -> checkName(name, Set.of(), "an exchange", method));
    String alternate = "alternate-exchange";
    if (table.get(alternate) != null && table.getString(alternate).isEmpty()) {
      throw Errors.of(
          ReplyCode.PRECONDITION_FAILED,
          method,
          "invalid type for arg 'alternate-exchange': give the exchange's name as a string");
    }
    return FieldValues.toArguments(table, method);
  }

  /** Raises 406 for an argument of a consumer that means nothing here. */
  static void checkConsumer(FieldTable table, Method method) {
    table.fields().keySet().forEach(name -> checkName(name, CONSUMER, "a consumer", method));
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

  private static void checkName(String name, Set<String> known, String what, Method method) {
    if (name.startsWith(RESERVED_PREFIX) && !known.contains(name)) {
      throw unsupported(name, what, method);
    }
  }

  private static AmqpException unsupported(String name, String what, Method method) {
    return Errors.of(
        ReplyCode.PRECONDITION_FAILED,
        method,
        "arg '%s' of %s is not supported: declare it without".formatted(name, what));
  }
}
