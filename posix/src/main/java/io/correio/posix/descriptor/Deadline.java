package io.correio.posix.descriptor;

/** Points of {@link System#nanoTime}. */
public final class Deadline {

  /** There is none. */
  public static final long NEVER = Long.MAX_VALUE;

  private Deadline() {}

  /** In so many nanoseconds; {@link #NEVER} for 0 or less, as SO_RCVTIMEO has it. */
  public static long in(long nanos) {
    return nanos <= 0 ? NEVER : at(nanos);
  }

  /** In so many nanoseconds; at once for 0. */
  public static long at(long nanos) {
    long at = System.nanoTime() + nanos;
    return at == NEVER ? at - 1 : at;
  }

  /** For poll(2): rounded up, -1 for {@link #NEVER}. */
  static int millis(long deadline) {
    if (deadline == NEVER) {
      return -1;
    }
    long remaining = deadline - System.nanoTime();
    return remaining <= 0
        ? 0
        : (int) Math.min(Integer.MAX_VALUE, (remaining + 999_999) / 1_000_000);
  }

  /** Whether it has come. */
  public static boolean isOver(long deadline) {
    return deadline != NEVER && deadline - System.nanoTime() <= 0;
  }
}
