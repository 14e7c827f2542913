package io.correio.core.queue;

import io.correio.core.filter.PropertySource;
import io.correio.core.filter.Selector;
import io.correio.core.filter.SelectorSyntaxException;
import io.correio.core.message.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * Which messages a queue takes, of those that are routed to it: what a subscription asked for. What
 * is not admitted never enters the queue. Read from the queue's arguments, so it is the same after
 * a restart. Immutable.
 */
public final class Admission {

  private static final String SELECTOR = "x-selector";
  private static final String NOT_FROM = "x-not-from";

  private final @Nullable Selector selector;
  private final @Nullable String notFrom;

  private Admission(@Nullable Selector selector, @Nullable String notFrom) {
    this.selector = selector;
    this.notFrom = notFrom;
  }

  /**
   * Arguments for a queue that admits some messages only.
   *
   * @param selector which ones; null for all
   * @param notFrom the origin of connections whose messages it does not take; null for none
   */
  public static Arguments arguments(@Nullable Selector selector, @Nullable String notFrom) {
    Arguments arguments = Arguments.EMPTY;
    if (selector != null) {
      arguments = arguments.with(SELECTOR, selector.text());
    }
    return notFrom == null ? arguments : arguments.with(NOT_FROM, notFrom);
  }

  /** What a queue with such arguments admits; null when that is everything. */
  static @Nullable Admission of(Arguments arguments) {
    if (arguments.isEmpty() || !(arguments.contains(SELECTOR) || arguments.contains(NOT_FROM))) {
      return null;
    }
    try {
      Selector selector =
          arguments.get(SELECTOR) instanceof String text ? Selector.parse(text) : null;
      return new Admission(selector, arguments.get(NOT_FROM) instanceof String name ? name : null);
    } catch (SelectorSyntaxException e) {
      throw new IllegalArgumentException("a queue was declared with this selector", e);
    }
  }

  /** What is wrong with the arguments of a queue, which is named in words; null for nothing. */
  static @Nullable String problem(Arguments arguments, String queue) {
    for (String name : new String[] {SELECTOR, NOT_FROM}) {
      if (arguments.contains(name) && !(arguments.get(name) instanceof String)) {
        return "invalid arg '%s' for %s: it has to be a string".formatted(name, queue);
      }
    }
    try {
      if (arguments.get(SELECTOR) instanceof String text) {
        Selector.parse(text);
      }
      return null;
    } catch (SelectorSyntaxException e) {
      return "invalid arg '%s' for %s: %s".formatted(SELECTOR, queue, e.getMessage());
    }
  }

  /** Whether a message from connections of an origin enters the queue. */
  boolean admits(@Nullable String origin, PropertySource message) {
    return (notFrom == null || !notFrom.equals(origin))
        && (selector == null || selector.matches(message));
  }
}
