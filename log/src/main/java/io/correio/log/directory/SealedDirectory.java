package io.correio.log.directory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a sealed segment, as {@link DirectoryFormat} draws it: read in blocks of pages
 * when it is needed, never as a whole. Immutable; any thread.
 */
public final class SealedDirectory {

  /** Pages read together: a lane that is read in order needs the next ones soon. */
  private static final int PAGES_PER_BLOCK = 16;

  private static final int BLOCK_BYTES = PAGES_PER_BLOCK * DirectoryFormat.PAGE_BYTES;
  private static final long MAX_DELTA = 0xFFFF_FFFFL;

  private final PageReader reader;
  private final PageCache cache;
  private final long number;
  private final long use;
  private final long offset;
  private final int laneCount;
  private final int keyCount;
  private final int lanePages;
  private final int filterStart;
  private final int filterPages;
  private final int pageCount;

  /**
   * A directory in a file.
   *
   * @param offset where it begins
   */
  public SealedDirectory(
      PageReader reader,
      PageCache cache,
      long number,
      long use,
      long offset,
      int laneCount,
      int keyCount) {
    this.reader = reader;
    this.cache = cache;
    this.number = number;
    this.use = use;
    this.offset = offset;
    this.laneCount = laneCount;
    this.keyCount = keyCount;
    this.lanePages = DirectoryFormat.lanePages(laneCount);
    this.filterStart = lanePages + DirectoryFormat.entryPages(keyCount);
    this.filterPages = DirectoryFormat.filterPages(laneCount);
    this.pageCount = filterStart + filterPages;
  }

  public int laneCount() {
    return laneCount;
  }

  public int keyCount() {
    return keyCount;
  }

  /** Reads every page; throws the reader's exception when one is damaged. */
  public void verify() throws IOException {
    for (int block = 0; block * PAGES_PER_BLOCK < pageCount; block++) {
      load(block);
    }
  }

  /** False when the lane is certainly not in this segment. */
  public boolean mayContain(long lane) throws IOException {
    if (filterPages == 0) {
      return laneCount > 0;
    }
    long hash = DirectoryFormat.hash(lane);
    int page = filterStart + DirectoryFormat.filterPage(hash, filterPages);
    ByteBuffer block = cache.block(this, page / PAGES_PER_BLOCK);
    int at = page % PAGES_PER_BLOCK * DirectoryFormat.PAGE_BYTES;
    for (int n = 0; n < 3; n++) {
      int bit = DirectoryFormat.filterBit(hash, n);
      if ((block.get(at + (bit >>> 3)) & 1 << (bit & 7)) == 0) {
        return false;
      }
    }
    return true;
  }

  /** The first sequence of the lane that lies here; null when none does. */
  public @Nullable Long firstSequence(long lane) throws IOException {
    int line = mayContain(lane) ? line(lane) : laneCount;
    return line < laneCount && lane(line) == lane ? first(line) : null;
  }

  /**
   * Puts the cursor on the first entry of the lane whose sequence is not below the one given.
   *
   * @return false when there is none in this segment
   */
  public boolean seek(long lane, long sequence, LaneCursor cursor) throws IOException {
    if (!mayContain(lane)) {
      return false;
    }
    int line = line(lane);
    if (line == laneCount || lane(line) != lane) {
      return false;
    }
    enter(line, cursor);
    cursor.next = lowerBound(cursor, sequence);
    return cursor.next < cursor.start + cursor.count;
  }

  private void enter(int line, LaneCursor cursor) throws IOException {
    cursor.first = first(line);
    cursor.start = laneInt(line, 16);
    cursor.count = laneInt(line, 20);
    cursor.next = cursor.start;
    check(line, cursor.start, cursor.count);
  }

  /**
   * Finds messages one after the other from {@code sequences[from]} on, from the cursor on, until
   * one is missing or the locations are full; moves the cursor behind what it found.
   *
   * @return number of messages found
   */
  public int find(LaneCursor cursor, long[] sequences, int from, int to, Locations locations)
      throws IOException {
    int found = 0;
    int end = cursor.start + cursor.count;
    int blockIndex = -1;
    ByteBuffer block = ByteBuffer.allocate(0);
    while (from + found < to && !locations.isFull()) {
      long wanted = sequences[from + found] - cursor.first;
      if (cursor.next == end || delta(block, blockIndex, cursor.next) != wanted) {
        // The caller left some out, or went back.
        int at = wanted < 0 ? end : lowerBound(cursor, sequences[from + found]);
        if (at == end || delta(at) != wanted) {
          break;
        }
        cursor.next = at;
      }
      if (entryBlock(cursor.next) != blockIndex) {
        blockIndex = entryBlock(cursor.next);
        block = cache.block(this, blockIndex);
      }
      int at = entryAt(cursor.next);
      locations.add(block.getInt(at + 4), block.getInt(at + 8));
      cursor.next++;
      found++;
    }
    return found;
  }

  /** Whether all of the cursor's lane that lies here is below the sequence. */
  public boolean endsBelow(LaneCursor cursor, long sequence) throws IOException {
    return delta(cursor.start + cursor.count - 1) < sequence - cursor.first;
  }

  /** Index of the lane's first entry at or above the sequence, in the cursor's line. */
  private int lowerBound(LaneCursor cursor, long sequence) throws IOException {
    long wanted = sequence - cursor.first;
    if (wanted <= 0) {
      return cursor.start;
    }
    // Without gaps the entry is exactly here, and with gaps it is before.
    int low = cursor.start;
    int high = (int) Math.min(cursor.start + wanted, cursor.start + cursor.count);
    if (high < cursor.start + cursor.count && delta(high) == wanted) {
      return high;
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (delta(middle) < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Index of the first line at or above the lane. */
  private int line(long lane) throws IOException {
    int low = 0;
    int high = laneCount;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (lane(middle) < lane) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private long lane(int line) throws IOException {
    return cache.block(this, laneBlock(line)).getLong(laneAt(line));
  }

  private long first(int line) throws IOException {
    return cache.block(this, laneBlock(line)).getLong(laneAt(line) + 8);
  }

  private int laneInt(int line, int field) throws IOException {
    return cache.block(this, laneBlock(line)).getInt(laneAt(line) + field);
  }

  /** The block in which a line of the lane table lies. */
  int laneBlock(int line) {
    return line / DirectoryFormat.LANES_PER_PAGE / PAGES_PER_BLOCK;
  }

  /** The block in which an entry lies. */
  int entryBlock(int entry) {
    return (lanePages + entry / DirectoryFormat.ENTRIES_PER_PAGE) / PAGES_PER_BLOCK;
  }

  /** Refuses a line whose entries cannot be its own. */
  void check(int line, int start, int count) throws IOException {
    if (start < 0 || count <= 0 || start > keyCount - count) {
      throw reader.corrupt(pageOffset(line / DirectoryFormat.LANES_PER_PAGE), "lane table");
    }
  }

  static int laneAt(int line) {
    int page = line / DirectoryFormat.LANES_PER_PAGE % PAGES_PER_BLOCK;
    return page * DirectoryFormat.PAGE_BYTES
        + line % DirectoryFormat.LANES_PER_PAGE * DirectoryFormat.LANE_BYTES;
  }

  /** An entry's delta, from the block at hand if it lies there. */
  private long delta(ByteBuffer block, int blockIndex, int entry) throws IOException {
    return entryBlock(entry) == blockIndex
        ? block.getInt(entryAt(entry)) & MAX_DELTA
        : delta(entry);
  }

  private long delta(int entry) throws IOException {
    return cache.block(this, entryBlock(entry)).getInt(entryAt(entry)) & MAX_DELTA;
  }

  int entryAt(int entry) {
    int page = (lanePages + entry / DirectoryFormat.ENTRIES_PER_PAGE) % PAGES_PER_BLOCK;
    return page * DirectoryFormat.PAGE_BYTES
        + entry % DirectoryFormat.ENTRIES_PER_PAGE * DirectoryFormat.ENTRY_BYTES;
  }

  private long pageOffset(int page) {
    return offset + (long) page * DirectoryFormat.PAGE_BYTES;
  }

  /** Reads and checks a block of pages. */
  ByteBuffer load(int block) throws IOException {
    int firstPage = block * PAGES_PER_BLOCK;
    int pages = Math.min(PAGES_PER_BLOCK, pageCount - firstPage);
    ByteBuffer buffer =
        ByteBuffer.allocate(pages * DirectoryFormat.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    reader.read(buffer, offset + (long) block * BLOCK_BYTES);
    PageChecksum checksum = new PageChecksum(number, use);
    for (int i = 0; i < pages; i++) {
      int at = i * DirectoryFormat.PAGE_BYTES;
      if (buffer.getInt(at + DirectoryFormat.PAGE_CONTENT)
          != checksum.of(buffer, at, firstPage + i)) {
        throw reader.corrupt(pageOffset(firstPage + i), "checksum of a directory page");
      }
    }
    return buffer.clear();
  }
}
