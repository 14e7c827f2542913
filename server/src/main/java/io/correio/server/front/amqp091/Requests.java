package io.correio.server.front.amqp091;

import io.correio.amqp.v091.method.Method;
import io.correio.core.queue.Reply;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has asked the core and not been told: a ring from the oldest unanswered
 * request on. Answers may come out of order. Owned by the connection's loop.
 */
final class Requests {
  private static final int FIRST_CAPACITY = 8;

  private @Nullable Request[] ring = new @Nullable Request[FIRST_CAPACITY];
  private long first = 1;
  private long next = 1;
  private int open;

  /**
   * A request.
   *
   * @param channel whose it is; null for the connection's own
   * @param method what asked for it, to be named when it is refused
   * @param isDefinition whether routing depends on it
   * @param onDone takes any reply but a refusal; also when the channel has closed meanwhile
   */
  record Request(
      @Nullable Amqp091Channel channel,
      Method method,
      boolean isDefinition,
      Consumer<Reply> onDone) {}

  /** Notes a request and returns its number for the command. */
  long add(Request request) {
    if (next - first == ring.length) {
      grow();
    }
    ring[index(next)] = request;
    open++;
    return next++;
  }

  /** Takes out an answered request; null when there is none of that number. */
  @Nullable Request remove(long number) {
    if (number < first || number >= next) {
      return null;
    }
    Request request = ring[index(number)];
    if (request != null) {
      ring[index(number)] = null;
      open--;
    }
    while (first < next && ring[index(first)] == null) {
      first++;
    }
    return request;
  }

  /** Number of unanswered requests. */
  int size() {
    return open;
  }

  /** Forgets all. */
  void clear() {
    Arrays.fill(ring, null);
    first = next;
    open = 0;
  }

  private int index(long number) {
    return (int) number & (ring.length - 1);
  }

  private void grow() {
    @Nullable Request[] larger = new @Nullable Request[2 * ring.length];
    for (long number = first; number < next; number++) {
      larger[(int) number & (larger.length - 1)] = ring[index(number)];
    }
    ring = larger;
  }
}
