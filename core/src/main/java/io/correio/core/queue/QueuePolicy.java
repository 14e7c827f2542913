package io.correio.core.queue;

import io.correio.core.message.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * What the arguments of a queue ask the core to do with its messages. Immutable; read from the
 * queue's definition, so it is the same after a restart.
 *
 * @param maxPriority the highest priority that is told apart; 0: all messages are alike
 */
record QueuePolicy(int maxPriority) {

  static final String MAX_PRIORITY = "x-max-priority";

  /** Lanes are numbered for priorities up to here. */
  static final int HIGHEST_PRIORITY = 255;

  /** A queue that does nothing in particular. */
  static final QueuePolicy NONE = new QueuePolicy(0);

  /** The policy in arguments that {@link #problem} found nothing wrong with. */
  static QueuePolicy of(Arguments arguments) {
    if (arguments.isEmpty()) {
      return NONE;
    }
    return new QueuePolicy((int) number(arguments, MAX_PRIORITY, 0));
  }

  private static long number(Arguments arguments, String name, long otherwise) {
    return arguments.get(name) instanceof Long value ? value : otherwise;
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
    return outside(arguments, MAX_PRIORITY, 1, HIGHEST_PRIORITY, queue);
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
