package io.correio.core.queue;

import io.correio.core.message.Arguments;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * What the arguments of a queue ask the core to do with its messages. Immutable; read from the
 * queue's definition, so it is the same after a restart.
 *
 * @param maxPriority the highest priority that is told apart; 0: all messages are alike
 * @param timeToLiveMillis how long any message may wait; {@link Envelope#NO_EXPIRY} for ever
 * @param expiresMillis how long the queue may be unused before it goes; 0 for ever
 * @param deadLetterExchange where messages are sent that go without having been processed; null:
 *     nowhere
 * @param deadLetterKey the key they are sent with; null: the one they came with
 * @param deliveryLimit how often a message may come back; negative: any number of times
 * @param maxLength messages that may be ready; negative: any number
 * @param refusesWhenFull whether new messages are refused beyond that; else the head goes
 */
record QueuePolicy(
    int maxPriority,
    long timeToLiveMillis,
    long expiresMillis,
    @Nullable String deadLetterExchange,
    @Nullable String deadLetterKey,
    long deliveryLimit,
    long maxLength,
    boolean refusesWhenFull) {

  static final String MAX_PRIORITY = "x-max-priority";
  static final String MESSAGE_TTL = "x-message-ttl";
  static final String EXPIRES = "x-expires";
  static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";
  static final String DEAD_LETTER_KEY = "x-dead-letter-routing-key";
  static final String DELIVERY_LIMIT = "x-delivery-limit";
  static final String MAX_LENGTH = "x-max-length";
  static final String OVERFLOW = "x-overflow";

  private static final String DROP_HEAD = "drop-head";
  private static final String REJECT_PUBLISH = "reject-publish";

  /** Lanes are numbered for priorities up to here. */
  static final int HIGHEST_PRIORITY = 255;

  /** Longest time in milliseconds: 32 bits without sign, some 50 days. */
  static final long MAX_MILLIS = 0xffff_ffffL;

  /** A queue that does nothing in particular. */
  static final QueuePolicy NONE =
      new QueuePolicy(0, Envelope.NO_EXPIRY, 0, null, null, -1, -1, false);

  /** The policy in arguments that {@link #problem} found nothing wrong with. */
  static QueuePolicy of(Arguments arguments) {
    if (arguments.isEmpty()) {
      return NONE;
    }
    return new QueuePolicy(
        (int) number(arguments, MAX_PRIORITY, 0),
        number(arguments, MESSAGE_TTL, Envelope.NO_EXPIRY),
        number(arguments, EXPIRES, 0),
        text(arguments, DEAD_LETTER_EXCHANGE),
        text(arguments, DEAD_LETTER_KEY),
        number(arguments, DELIVERY_LIMIT, -1),
        number(arguments, MAX_LENGTH, -1),
        REJECT_PUBLISH.equals(arguments.get(OVERFLOW)));
  }

  private static @Nullable String text(Arguments arguments, String name) {
    return arguments.get(name) instanceof String value ? value : null;
  }

  private static long number(Arguments arguments, String name, long otherwise) {
    return arguments.get(name) instanceof Long value ? value : otherwise;
  }

  /** Whether messages that go without having been processed are sent somewhere. */
  boolean deadLetters() {
    return deadLetterExchange != null;
  }

  /** Whether a message that came back so often is to go. */
  boolean hasTooMany(int failures) {
    return deliveryLimit >= 0 && failures > deliveryLimit;
  }

  /** Whether something happens to the queue, or in it, as time passes. */
  boolean isTimed() {
    return hasTimeToLive() || expiresMillis > 0;
  }

  /** Whether messages go because there are too many. */
  boolean dropsHeads() {
    return maxLength >= 0 && !refusesWhenFull;
  }

  /** Whether the queue lets messages expire that say nothing about it. */
  boolean hasTimeToLive() {
    return timeToLiveMillis != Envelope.NO_EXPIRY;
  }

  /** When a message is to go, milliseconds since 1970; {@link Long#MAX_VALUE} for never. */
  long expiresAtMillis(Message message) {
    long arrived = message.history().arrivedAtMillis();
    long own = message.envelope().timeToLiveMillis();
    if (arrived == 0 || (own == Envelope.NO_EXPIRY && !hasTimeToLive())) {
      return Long.MAX_VALUE;
    }
    if (own == Envelope.NO_EXPIRY) {
      return arrived + timeToLiveMillis;
    }
    return arrived + (hasTimeToLive() ? Math.min(own, timeToLiveMillis) : own);
  }

  /**
   * What is wrong with the arguments of a queue, naming the one; null when nothing is.
   *
   * @param queue in words
   */
  static @Nullable String problem(Arguments arguments, String queue) {
    if (arguments.isEmpty()) {
      return null;
    }
    String problem = outside(arguments, MAX_PRIORITY, 1, HIGHEST_PRIORITY, queue);
    if (problem == null) {
      problem = outside(arguments, MESSAGE_TTL, 0, MAX_MILLIS, queue);
    }
    if (problem == null) {
      problem = outside(arguments, EXPIRES, 1, MAX_MILLIS, queue);
    }
    if (problem == null) {
      problem = outside(arguments, DELIVERY_LIMIT, -1, Short.MAX_VALUE - 1, queue);
    }
    if (problem == null) {
      problem = outside(arguments, MAX_LENGTH, 0, Long.MAX_VALUE, queue);
    }
    if (problem == null
        && arguments.contains(OVERFLOW)
        && !DROP_HEAD.equals(arguments.get(OVERFLOW))
        && !REJECT_PUBLISH.equals(arguments.get(OVERFLOW))) {
      problem =
          "invalid arg '%s' for %s: it must be '%s' or '%s'"
              .formatted(OVERFLOW, queue, DROP_HEAD, REJECT_PUBLISH);
    }
    if (problem == null) {
      problem = noText(arguments, DEAD_LETTER_EXCHANGE, queue);
    }
    if (problem == null) {
      problem = noText(arguments, DEAD_LETTER_KEY, queue);
    }
    if (problem == null
        && arguments.contains(DEAD_LETTER_KEY)
        && !arguments.contains(DEAD_LETTER_EXCHANGE)) {
      problem =
          "invalid arg '%s' for %s: it needs '%s' as well"
              .formatted(DEAD_LETTER_KEY, queue, DEAD_LETTER_EXCHANGE);
    }
    return problem;
  }

  private static @Nullable String noText(Arguments arguments, String name, String queue) {
    return !arguments.contains(name) || arguments.get(name) instanceof String
        ? null
        : "invalid arg '%s' for %s: it must be a string".formatted(name, queue);
  }

  private static @Nullable String outside(
      Arguments arguments, String name, long min, long max, String queue) {
    if (!arguments.contains(name)) {
      return null;
    }
    Object value = arguments.get(name);
    if (value instanceof Long number && number >= min && number <= max) {
      return null;
    }
    return "invalid arg '%s' for %s: %s is no integer from %d to %d"
        .formatted(name, queue, value instanceof String ? "'" + value + "'" : value, min, max);
  }
}
