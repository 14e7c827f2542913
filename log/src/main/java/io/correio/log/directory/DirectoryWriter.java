package io.correio.log.directory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes a directory behind the records of its segment, page by page. Used by one thread, once. */
public final class DirectoryWriter {

  /** Where the pages go. */
  @FunctionalInterface
  public interface Target {
    /** Writes all remaining bytes at an offset that counts from where the directory begins. */
    void write(ByteBuffer pages, long offset) throws IOException;
  }

  /** A directory begins at a multiple of this. */
  public static final int ALIGNMENT_BYTES = DirectoryFormat.PAGE_BYTES;

  /** What a directory may take beyond its lines and entries: alignment and pages begun. */
  public static final int MAX_SLACK_BYTES = 4 * DirectoryFormat.PAGE_BYTES;

  /** What a key takes at most, when it is in a lane of its own. */
  public static final int MAX_BYTES_PER_KEY = 38;

  private static final int BUFFERED_PAGES = 64;

  private final ActiveDirectory directory;
  private final Target target;
  private final PageChecksum checksum;
  private final ByteBuffer pages =
      ByteBuffer.allocateDirect(BUFFERED_PAGES * DirectoryFormat.PAGE_BYTES)
          .order(ByteOrder.LITTLE_ENDIAN);
  private int pageIndex;
  private int pageStart;
  private long written;

  public DirectoryWriter(ActiveDirectory directory, long number, long use, Target target) {
    this.directory = directory;
    this.target = target;
    this.checksum = new PageChecksum(number, use);
  }

  /** Length of a directory on the disk. */
  public static long bytes(int lanes, int keys) {
    long count =
        (long) DirectoryFormat.lanePages(lanes)
            + DirectoryFormat.entryPages(keys)
            + DirectoryFormat.filterPages(lanes);
    return count * DirectoryFormat.PAGE_BYTES;
  }

  /** Where a directory begins behind records that end here. */
  public static long align(long offset) {
    return (offset + DirectoryFormat.PAGE_BYTES - 1) & -DirectoryFormat.PAGE_BYTES;
  }

  /** Writes lanes, entries and filter; returns the lanes' extent. */
  public LaneExtent write() throws IOException {
    int[] slots = directory.sortedSlots();
    writeLanes(slots);
    writeEntries(slots);
    writeFilter(slots);
    flush();
    return slots.length == 0
        ? new LaneExtent(0, 0, 0)
        : new LaneExtent(
            slots.length, directory.lane(slots[0]), directory.lane(slots[slots.length - 1]));
  }

  /** How many lanes a directory has, and between which they lie. */
  public record LaneExtent(int count, long smallest, long largest) {}

  private void writeLanes(int[] slots) throws IOException {
    int start = 0;
    for (int slot : slots) {
      room(DirectoryFormat.LANE_BYTES);
      int count = directory.count(slot);
      pages.putLong(directory.lane(slot)).putLong(directory.first(slot));
      pages.putInt(start).putInt(count);
      start += count;
    }
    endPage();
  }

  private void writeEntries(int[] slots) throws IOException {
    int largest = 0;
    for (int slot : slots) {
      largest = Math.max(largest, directory.count(slot));
    }
    int[] nodes = new int[largest];
    for (int slot : slots) {
      int count = directory.nodes(slot, nodes);
      for (int i = 0; i < count; i++) {
        room(DirectoryFormat.ENTRY_BYTES);
        directory.putEntry(nodes[i], pages);
      }
    }
    endPage();
  }

  private void writeFilter(int[] slots) throws IOException {
    int count = DirectoryFormat.filterPages(slots.length);
    byte[][] filter = new byte[count][DirectoryFormat.PAGE_CONTENT];
    if (count > 0) {
      for (int slot : slots) {
        long hash = DirectoryFormat.hash(directory.lane(slot));
        byte[] page = filter[DirectoryFormat.filterPage(hash, count)];
        for (int n = 0; n < 3; n++) {
          int bit = DirectoryFormat.filterBit(hash, n);
          page[bit >>> 3] |= (byte) (1 << (bit & 7));
        }
      }
    }
    for (byte[] page : filter) {
      room(page.length);
      pages.put(page);
      endPage();
    }
  }

  /** Makes room in the page that is being filled, ending it when there is none. */
  private void room(int bytes) throws IOException {
    if (pages.position() - pageStart + bytes > DirectoryFormat.PAGE_CONTENT) {
      endPage();
    }
  }

  private void endPage() throws IOException {
    if (pages.position() == pageStart) {
      return;
    }
    int contentEnd = pageStart + DirectoryFormat.PAGE_CONTENT;
    while (pages.position() < contentEnd) {
      pages.put((byte) 0);
    }
    pages.putInt(checksum.of(pages, pageStart, pageIndex++));
    pageStart = pages.position();
    if (!pages.hasRemaining()) {
      flush();
    }
  }

  private void flush() throws IOException {
    pages.flip();
    int length = pages.remaining();
    target.write(pages, written);
    written += length;
    pages.clear();
    pageStart = 0;
  }
}
