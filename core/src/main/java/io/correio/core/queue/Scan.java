package io.correio.core.queue;

import io.correio.core.filter.Selector;
import io.correio.core.message.Message;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a consumer that chooses stands in its queue: one that has a selector, or that browses. It
 * goes through the lanes with a cursor of its own, so that it passes each message once, and what it
 * passes over costs nothing: in memory are only the page it has come to and a cursor for each lane.
 *
 * <pre>
 *   floor                 at                                    tail
 *     | passed over, taken | not looked at yet                    |
 *     |   ^ given back since: looked at again                     |
 * </pre>
 *
 * Part of the conversation; owned by the shard.
 */
final class Scan {

  /** Bytes of the page that one scan asks for at most. */
  static final int MAX_PAGE_BYTES = 256 << 10;

  /** How far a scan has come in one lane. */
  static final class Cursor {

    /** All below was looked at, but for what was given back since. */
    long at;

    /** What was given back up to this number of the window's was looked at again. */
    long seen;

    /** While it looks again: up to which number; else 0. */
    long looking;

    /** While it looks again: the last sequence that it looked at. */
    long lookedAt;

    Cursor(LaneWindow window) {
      this.seen = window.givenBack();
    }
  }

  final @Nullable Selector selector;
  final boolean browsing;

  /** Whether a page was asked for and has not come. */
  boolean reading;

  /** Whether it had come to the end of the queue, and the consumer had credit left. */
  boolean atEnd;

  private final WindowBudget budget;
  private final Map<LaneWindow, Cursor> cursors = new HashMap<>(2);
  private Command.@Nullable PageRead page;
  private int pageBytes;

  Scan(@Nullable Selector selector, boolean browsing, WindowBudget budget) {
    this.selector = selector;
    this.browsing = browsing;
    this.budget = budget;
  }

  Cursor cursor(LaneWindow window) {
    return cursors.computeIfAbsent(window, Cursor::new);
  }

  /** A page is asked for: so many bytes count in the budget until it has come. */
  void asked(int maxBytes) {
    drop();
    reading = true;
    pageBytes = maxBytes;
    budget.request(maxBytes);
  }

  /** A page has come; it counts with the bytes it has until the next is asked for. */
  void came(Command.PageRead read) {
    drop();
    reading = false;
    page = read;
    for (int i = 0; i < read.count(); i++) {
      Message message = read.messages()[i];
      pageBytes += message == null ? 0 : message.size();
    }
    budget.request(pageBytes);
  }

  /** The place of a message in the page; negative when it is not there. */
  int find(long lane, long sequence) {
    Command.PageRead read = page;
    return read == null || read.lane() != lane
        ? -1
        : Arrays.binarySearch(read.sequences(), 0, read.count(), sequence);
  }

  /** A message of the page by its place; null when the log had none. */
  @Nullable Message message(int place) {
    return page == null ? null : page.messages()[place];
  }

  /** Where a message of the page stands beside the durable lane. */
  long besideSequence(int place) {
    return page == null ? 0 : page.besideSequences()[place];
  }

  /** Gives back what it takes of the budget. */
  void drop() {
    budget.request(-pageBytes);
    pageBytes = 0;
    page = null;
  }
}
