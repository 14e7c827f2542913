package io.correio.core.queue;

import io.correio.core.message.Message;

/**
 * What others see of a decision. An effect leaves only when the facts it depends on are durable;
 * effects of one connection leave in the order they were decided.
 */
public sealed interface Effect {

  /**
   * Publishes of this connection are settled: all numbers up to and including {@code number} that
   * were not {@link Rejected} are accepted. A connection's publishes are numbered 1, 2, 3 … in the
   * order in which it submitted them. Gives back their publish credit.
   */
  record Accepted(long number) implements Effect {}

  /** The publish with this number was not taken by one queue at least. */
  record Rejected(long number, Refusal refusal) implements Effect {}

  /**
   * A publish that asked to be told reached no queue. Comes before the outcome of its number, which
   * is acceptance: nothing was lost that anybody had asked to keep.
   */
  record Returned(long number, Message message) implements Effect {}

  /**
   * A message for a consumer. (lane, sequence) names it in {@link Command.Settle}.
   *
   * @param redelivered whether it may have been handed out before
   * @param failures how often it came back because processing it failed; not what was before a
   *     restart
   */
  record Delivered(
      long consumer, long lane, long sequence, Message message, boolean redelivered, int failures)
      implements Effect {

    /** Of a message that never failed. */
    public Delivered(
        long consumer, long lane, long sequence, Message message, boolean redelivered) {
      this(consumer, lane, sequence, message, redelivered, 0);
    }
  }

  /** Answer to {@link Command.Take}: a message, and how many are ready behind it. */
  record Taken(
      long request,
      long lane,
      long sequence,
      Message message,
      boolean redelivered,
      int failures,
      long remaining)
      implements Effect {

    /** A message that never failed. */
    public Taken(
        long request,
        long lane,
        long sequence,
        Message message,
        boolean redelivered,
        long remaining) {
      this(request, lane, sequence, message, redelivered, 0, remaining);
    }
  }

  /** Answer to a request, by its number. A barrier: see {@link Decider}. */
  record Replied(long request, Reply reply) implements Effect {}

  /** The consumer is gone because its queue is; nothing more is delivered to it. */
  record ConsumerCancelled(long consumer) implements Effect {}

  /** Publishes of this connection wait until there is room on the disk. */
  record Blocked(String reason) implements Effect {}

  /** Publishes of this connection go on. */
  record Unblocked() implements Effect {}
}
