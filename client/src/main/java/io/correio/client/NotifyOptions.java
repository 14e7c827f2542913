package io.correio.client;

import java.time.Duration;

/**
 * How messages are handed to a handler. Immutable.
 *
 * @param parallel handlers that may run at once, 1 to {@link #MAX_PARALLEL}
 * @param prefetch messages that may wait here beside those being handled, 0 to {@link
 *     #MAX_PREFETCH}; with more of them, others see less of the queue, and the network matters less
 * @param retryDelay rest after a failed handler; doubles with each further failure, up to 300 times
 */
public record NotifyOptions(int parallel, int prefetch, Duration retryDelay) {

  /** Handlers of one subscription that may run at once. */
  public static final int MAX_PARALLEL = 1_024;

  /** Messages that may wait beside those being handled. */
  public static final int MAX_PREFETCH = 10_000;

  private static final int DEFAULT_PREFETCH = 16;
  private static final Duration DEFAULT_RETRY_DELAY = Duration.ofMillis(100);

  /** Checks the numbers. */
  public NotifyOptions {
    if (parallel < 1 || parallel > MAX_PARALLEL) {
      throw new IllegalArgumentException("parallel is 1 to " + MAX_PARALLEL + ", not " + parallel);
    }
    if (prefetch < 0 || prefetch > MAX_PREFETCH) {
      throw new IllegalArgumentException("prefetch is 0 to " + MAX_PREFETCH + ", not " + prefetch);
    }
    if (retryDelay.isNegative()) {
      throw new IllegalArgumentException("retryDelay is not negative, but " + retryDelay);
    }
  }

  /** One message after the other, in order. */
  public static NotifyOptions oneAtATime() {
    return new NotifyOptions(1, DEFAULT_PREFETCH, DEFAULT_RETRY_DELAY);
  }

  /** So many messages at once, in any order. */
  public static NotifyOptions parallel(int handlers) {
    return new NotifyOptions(handlers, DEFAULT_PREFETCH, DEFAULT_RETRY_DELAY);
  }

  /** These options with another {@link #prefetch}. */
  public NotifyOptions withPrefetch(int messages) {
    return new NotifyOptions(parallel, messages, retryDelay);
  }

  /** These options with another {@link #retryDelay}. */
  public NotifyOptions withRetryDelay(Duration delay) {
    return new NotifyOptions(parallel, prefetch, delay);
  }
}
