package io.correio.core.queue;

/**
 * How much of the queues' heads a shard keeps in memory. What does not fit lies in the log and is
 * fetched when a consumer gets there. Owned by the shard.
 */
final class WindowBudget {

  /** Messages that a window with consumers may always hold, whatever the others have. */
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
      return true;
    }
    return messages < MAX_MESSAGES
        && bytes + size <= maxBytes
        && window.readyBytes() + size <= maxBytes / 2;
  }

  /** Whether a window may fetch a page although it has something to hand out. */
  boolean allowsPage(LaneWindow window) {
    return messages < MAX_MESSAGES
        && bytes < maxBytes
        && window.readyBytes() < Math.min(MAX_PAGE_BYTES, maxBytes / 2);
  }

  /** Bytes that a page fetched for one window may have; a single message is always allowed. */
  int pageBytes() {
    return Math.clamp((maxBytes - bytes) / 4, IDLE_LANE_BYTES, MAX_PAGE_BYTES);
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
