package io.correio.server.front;

import io.correio.core.manager.VirtualHost;

/**
 * Tells the core how much of what it handed out has left for the peer, in the core's units: sizes
 * of messages. Owned by the connection's loop.
 *
 * <p>Every byte written to the wire has a position. A mark says: when the socket has taken all up
 * to this position, messages of so many units have left. Marks are merged up to {@link
 * #MARK_UNITS}.
 *
 * <pre>
 *   written   0 ───────────┬──────────┬───────┬────▶ position
 *   marks                  │40 KiB    │33 KiB │9 KiB (grows with the next message)
 *   drained   0 ──────▶│
 * </pre>
 *
 * <p>Reported is in portions of {@link #REPORT_UNITS}; and, when all messages have drained, from
 * {@link #REPORT_IDLE_UNITS} on. What is held back is therefore at most a quarter of the outbox
 * while bytes are on their way, whose draining asks again, and at most a sixteenth when none are.
 * The core stops only when the whole outbox is used up, so it never waits for a report that does
 * not come.
 */
public final class OutboxAccount {
  public static final int REPORT_UNITS = VirtualHost.OUTBOX_BYTES / 4;
  public static final int REPORT_IDLE_UNITS = VirtualHost.OUTBOX_BYTES / 16;
  private static final int MARK_UNITS = VirtualHost.OUTBOX_BYTES / 32;

  /** More than there can be: each mark but the last has {@link #MARK_UNITS}. */
  private static final int MARKS = 64;

  private static final long[] NONE = {};

  // Made for the first message: most connections only publish.
  private long[] markPositions = NONE;
  private long[] markUnits = NONE;
  private long[] markBytes = NONE;
  private int firstMark;
  private int marks;
  private long drained;
  private long messageBytes;
  private long unreported;

  /**
   * A message was written.
   *
   * @param pendingBytes all that is written and not drained, the message included
   * @param bytes what the message took
   * @param units what the core accounts it with
   */
  public void wroteMessage(long pendingBytes, long bytes, long units) {
    if (markPositions.length == 0) {
      markPositions = new long[MARKS];
      markUnits = new long[MARKS];
      markBytes = new long[MARKS];
    }
    messageBytes += bytes;
    int last = (firstMark + marks - 1) & (MARKS - 1);
    if (marks == 0 || (markUnits[last] >= MARK_UNITS && marks < MARKS)) {
      last = (firstMark + marks) & (MARKS - 1);
      marks++;
      markUnits[last] = 0;
      markBytes[last] = 0;
    }
    markPositions[last] = drained + pendingBytes;
    markUnits[last] += units;
    markBytes[last] += bytes;
  }

  /** The core handed out so many units that are not written to the peer. */
  public void dropped(long units) {
    unreported += units;
  }

  /** The socket has taken so many bytes more. */
  public void drained(long bytes) {
    drained += bytes;
    while (marks > 0 && markPositions[firstMark] <= drained) {
      unreported += markUnits[firstMark];
      messageBytes -= markBytes[firstMark];
      firstMark = (firstMark + 1) & (MARKS - 1);
      marks--;
    }
  }

  /** Units to report now; 0 for none. What is returned counts as reported. */
  public long takeReport() {
    if (unreported >= REPORT_UNITS || (marks == 0 && unreported >= REPORT_IDLE_UNITS)) {
      long report = unreported;
      unreported = 0;
      return report;
    }
    return 0;
  }

  /** Bytes, of those written and not drained, that are no messages. */
  public long replyBytes(long pendingBytes) {
    return pendingBytes - messageBytes;
  }

  /** All bytes ever written. */
  public long written(long pendingBytes) {
    return drained + pendingBytes;
  }
}
