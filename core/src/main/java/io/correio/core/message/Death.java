package io.correio.core.message;

import java.util.List;

/**
 * Where and why a message left a queue without having been processed, once or several times.
 *
 * @param queue the queue's name
 * @param count how often for this reason from this queue
 * @param firstMillis when for the first time, milliseconds since 1970
 * @param lastMillis when for the last time
 * @param exchange the exchange that the message had been sent to when it was in the queue
 * @param keys the keys it had been sent with
 * @param timeToLiveMillis its own time to live then; {@link Envelope#NO_EXPIRY} for none
 */
public record Death(
    String queue,
    Reason reason,
    long count,
    long firstMillis,
    long lastMillis,
    String exchange,
    List<String> keys,
    long timeToLiveMillis) {

  /** Why. */
  public enum Reason {
    /** A receiver refused it. */
    REJECTED(1),
    /** It waited longer than it, or its queue, allows. */
    EXPIRED(2),
    /** The queue had as much as it may. */
    QUEUE_FULL(3),
    /** It came back from receivers more often than its queue allows. */
    TOO_MANY_FAILURES(4);

    /** In the log. */
    final int code;

    Reason(int code) {
      this.code = code;
    }

    static Reason of(int code) {
      for (Reason reason : values()) {
        if (reason.code == code) {
          return reason;
        }
      }
      throw new IllegalArgumentException("no reason for a death has number " + code);
    }
  }

  public Death {
    keys = List.copyOf(keys);
  }

  boolean isOf(String otherQueue, Reason otherReason) {
    return queue.equals(otherQueue) && reason == otherReason;
  }

  Death again(long millis) {
    return new Death(
        queue, reason, count + 1, firstMillis, millis, exchange, keys, timeToLiveMillis);
  }
}
