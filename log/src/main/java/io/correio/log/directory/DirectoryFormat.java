package io.correio.log.directory;

/**
 * The directory behind the records of a sealed segment, little-endian, in pages that are checked
 * one by one, so that a page can be used without reading the others.
 *
 * <pre>
 *      +------------+------------+- - -+------------+- - -+-------------+- - -+
 *      | lanes      | lanes      |     | entries    |     | filter      |     |   pages of 4096
 *      +------------+------------+- - -+------------+- - -+-------------+- - -+
 *
 *      page    4092 bytes, crc32c u32 over segment number, use, page index, the 4092 bytes
 *      lanes   170 lines    { lane u64, first sequence u64, start u32, count u32 }
 *                           sorted by lane, one line each
 *      entries 341 entries  { sequence - first sequence u32, offset u32, length u32 }
 *                           a lane's lie together from start on, ascending by sequence
 *      filter  bits, only when the lanes take more than one page: three for each lane, all in the
 *              page that the lane's hash selects; a lane with a bit missing is not in the segment
 * </pre>
 *
 * <p>Offset is where the record begins in the file, length its length with header. A record with
 * keys in several lanes has an entry in each.
 */
final class DirectoryFormat {

  static final int PAGE_BYTES = 4096;
  static final int PAGE_CONTENT = PAGE_BYTES - Integer.BYTES;
  static final int LANE_BYTES = 24;
  static final int LANES_PER_PAGE = PAGE_CONTENT / LANE_BYTES;
  static final int ENTRY_BYTES = 12;
  static final int ENTRIES_PER_PAGE = PAGE_CONTENT / ENTRY_BYTES;
  static final int FILTER_BITS_PER_PAGE = PAGE_CONTENT * 8;
  private static final int FILTER_BITS_PER_LANE = 8;

  private DirectoryFormat() {}

  static int lanePages(int lanes) {
    return pages(lanes, LANES_PER_PAGE);
  }

  static int entryPages(int keys) {
    return pages(keys, ENTRIES_PER_PAGE);
  }

  static int filterPages(int lanes) {
    return lanes <= LANES_PER_PAGE
        ? 0
        : pages((long) lanes * FILTER_BITS_PER_LANE, FILTER_BITS_PER_PAGE);
  }

  private static int pages(long things, int perPage) {
    return (int) ((things + perPage - 1) / perPage);
  }

  static long hash(long lane) {
    long h = lane * 0x9E37_79B9_7F4A_7C15L;
    h = (h ^ h >>> 32) * 0xD6E8_FEB8_6659_FD93L;
    return h ^ h >>> 32;
  }

  static int filterPage(long hash, int pages) {
    return (int) (((hash >>> 45) * pages) >>> 19);
  }

  /** The {@code n}th of a lane's three bits within its page. */
  static int filterBit(long hash, int n) {
    return (int) (((hash >>> (n * 15) & 0x7FFF) * FILTER_BITS_PER_PAGE) >>> 15);
  }
}
