package io.correio.core.queue;

/**
 * How a lane is named. A lane is one strict FIFO strand of a queue:
 *
 * <pre>
 *  63                              24 23                        0
 * +----------------------------------+---------------------------+
 * | queue id                         | slot                      |
 * +----------------------------------+---------------------------+
 * slot = priority * 2 + (0 durable, 1 transient), 0 .. 511
 * </pre>
 *
 * Slots from 512 on are kept for windows of due time. Queue ids are never used twice within what a
 * log remembers, so lane ids are not either.
 */
public final class LaneId {

  private static final int SLOT_BITS = 24;
  private static final long SLOT_MASK = (1L << SLOT_BITS) - 1;

  private LaneId() {}

  /** The lane of a queue for a priority, durable or transient. */
  public static long of(long queue, int priority, boolean durable) {
    return queue << SLOT_BITS | (long) priority << 1 | (durable ? 0 : 1);
  }

  /** The queue that a lane belongs to. */
  public static long queue(long lane) {
    return lane >>> SLOT_BITS;
  }

  /** The priority of what is in the lane. */
  static int priority(long lane) {
    return (int) (lane & SLOT_MASK) >>> 1;
  }

  /** Whether what is in the lane survives a restart. */
  public static boolean isDurable(long lane) {
    return (lane & 1) == 0;
  }
}
