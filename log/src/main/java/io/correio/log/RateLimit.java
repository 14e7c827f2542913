package io.correio.log;

/**
 * Allows so many bytes in a second on the average, and at most a second's worth at once. Confined
 * to one thread.
 */
final class RateLimit {

  private static final double NANOS_PER_SECOND = 1e9;

  private final long bytesPerSecond;
  private double available;
  private long filledNanos = System.nanoTime();

  /** {@link Long#MAX_VALUE}: no limit, and no look at the clock. */
  RateLimit(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
    this.available = bytesPerSecond;
  }

  boolean allows() {
    if (bytesPerSecond == Long.MAX_VALUE) {
      return true;
    }
    long now = System.nanoTime();
    double earned = (now - filledNanos) / NANOS_PER_SECOND * bytesPerSecond;
    available = Math.min((double) bytesPerSecond, available + earned);
    filledNanos = now;
    return available > 0;
  }

  void spend(long bytes) {
    available -= bytes;
  }
}
