package io.correio.core.queue;

/**
 * How much of the queues' heads a shard keeps in memory. What does not fit lies in the log and is
 * fetched when a consumer gets there. Owned by the shard.
 */
final class WindowBudget {

  /** Messages that a window with consumers may hold when the budget is spent, within its excess. */
  static final int ALWAYS_MESSAGES = 16;

  /** Bytes that the window of a lane nobody consumes from may hold. */
  static final int IDLE_LANE_BYTES = 64 << 10;

  /** Bytes of a page that a reader fetches. */
  static final int MAX_PAGE_BYTES = 1 << 20;

  /** Messages in all windows. */
  static final int MAX_MESSAGES = 200_000;

  private final long maxBytes;
  private long heldBytes;
  private long bytes;
  private long requestedBytes;
  private int messages;

  WindowBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Whether a window may take one more message that has just arrived. */
  boolean allows(LaneWindow window, int size) {
    if (!window.isWanted()) {
      return messages < MAX_MESSAGES / 2
          && bytes + size <= maxBytes / 2
          && window.readyBytes() + size <= IDLE_LANE_BYTES;
    }
    if (window.readyCount() < ALWAYS_MESSAGES && window.readyBytes() + size <= IDLE_LANE_BYTES) {
      // What goes out at once takes no memory here, whatever the other windows hold.
      return leftBytes() + maxExcessBytes() >= size
          || (window.readyCount() == 0 && window.hasTaker());
    }
    return messages < MAX_MESSAGES
        && size <= leftBytes()
        && window.readyBytes() + size <= maxBytes / 2;
  }

  /** Bytes that are in no window and asked for by none; negative in excess. */
  private long leftBytes() {
    return maxBytes - bytes - requestedBytes;
  }

  /** What many windows that have little may have together beyond the budget. */
  private long maxExcessBytes() {
    return maxBytes / 2;
  }

  /** Whether a window may fetch a page although it has something to hand out. */
  boolean allowsPage(LaneWindow window) {
    return messages < MAX_MESSAGES
        && leftBytes() > 0
        && window.readyBytes() < Math.min(MAX_PAGE_BYTES, maxBytes / 2);
  }

  /**
   * Bytes that a page fetched for one window may have. A page has one message at least, and when
   * even the excess is spent it has no more than that.
   */
  int pageBytes() {
    if (leftBytes() + maxExcessBytes() < IDLE_LANE_BYTES) {
      return 1;
    }
    return Math.clamp(leftBytes() / 4, IDLE_LANE_BYTES, MAX_PAGE_BYTES);
  }

  /** So many bytes more are asked for and have not come; or, negative, have come. */
  void request(int bytes) {
    requestedBytes += bytes;
  }

  /** Whether one more message that no log has may be kept in memory while somebody holds it. */
  boolean allowsHolding(int size) {
    return heldBytes + size <= maxBytes / 2;
  }

  /** A message that no log has is kept in memory until {@link #release}. */
  void hold(int size) {
    heldBytes += size;
  }

  void release(int size) {
    heldBytes -= size;
  }

  /** Bytes in all windows. */
  long bytes() {
    return bytes;
  }

  void add(int size) {
    bytes += size;
    messages++;
  }

  void remove(int size) {
    bytes -= size;
    messages--;
  }
}
