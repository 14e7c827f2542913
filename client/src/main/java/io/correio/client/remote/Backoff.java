package io.correio.client.remote;

import java.util.random.RandomGenerator;

/**
 * Rests between attempts to connect: from 20 ms on, doubling up to 5 s, each shortened by a random
 * part of up to its half, so that the clients of a broker do not come back all at once. Used by one
 * thread.
 */
final class Backoff {
  private static final long FIRST_MILLIS = 20;
  private static final long MAX_MILLIS = 5_000;

  private final RandomGenerator random;
  private long nextMillis = FIRST_MILLIS;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** The rest before the next attempt. */
  long nextMillis() {
    long full = nextMillis;
    nextMillis = Math.min(MAX_MILLIS, full * 2);
    return full - random.nextLong(full / 2 + 1);
  }

  /** A connection was good. */
  void reset() {
    nextMillis = FIRST_MILLIS;
  }
}
