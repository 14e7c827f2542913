package io.correio.log;

import io.correio.log.format.RecordChecksum;
import io.correio.log.format.RecordFormat;
import io.correio.log.format.SegmentHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks through a segment's records in the order in which they were written and says how far they
 * are good: entry by entry, since an entry whose last record is missing was never written. Confined
 * to one thread, which has acquired the segment.
 */
final class EntryScanner {

  private static final int READ_BYTES = 1024 * 1024;

  private final Segment segment;
  private final long limit;
  private final RecordChecksum checksum = new RecordChecksum();
  private ByteBuffer buffer;
  private long bufferOffset;

  private long offset = SegmentHeader.BLOCK_BYTES;
  private int bytes;
  private int lastChecksum;
  private long position;
  private int flags;

  /**
   * A scanner that stands before the first record.
   *
   * @param limit no record reaches beyond this file offset
   */
  EntryScanner(Segment segment, long limit) {
    this.segment = segment;
    this.limit = limit;
    this.bufferOffset = offset;
    this.buffer = allocate(Math.clamp(limit - offset, 0, READ_BYTES));
    buffer.limit(0);
    checksum.segment(segment.header().firstNumber(), segment.header().use());
  }

  private static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Goes on to the next entry; false when no complete, valid one follows. */
  boolean next() throws IOException {
    long start = end();
    int chain = lastChecksum;
    int length = 0;
    long entryPosition = 0;
    boolean last = false;
    while (!last) {
      if (length > RecordFormat.MAX_RECORD_BYTES
          || !fill(start, length + RecordFormat.HEADER_BYTES)) {
        return false;
      }
      int at = (int) (start - bufferOffset) + length;
      if (!RecordFormat.isPlausible(buffer, at) || RecordFormat.previous(buffer, at) != chain) {
        return false;
      }
      int recordBytes = RecordFormat.HEADER_BYTES + RecordFormat.length(buffer, at);
      if (!fill(start, length + recordBytes)) {
        return false;
      }
      at = (int) (start - bufferOffset) + length;
      chain = RecordFormat.checksum(buffer, at);
      if (checksum.of(buffer, at) != chain
          || (length > 0 && RecordFormat.position(buffer, at) != entryPosition)) {
        return false;
      }
      entryPosition = RecordFormat.position(buffer, at);
      flags = RecordFormat.flags(buffer, at);
      last = RecordFormat.isLast(buffer, at);
      length += recordBytes;
    }
    offset = start;
    bytes = length;
    lastChecksum = chain;
    position = entryPosition;
    return true;
  }

  /** File offset of the current entry. */
  long offset() {
    return offset;
  }

  /** File offset behind the current entry: where the next one would begin. */
  long end() {
    return offset + bytes;
  }

  /** Checksum of the current entry's last record: the next one's previous. */
  int lastChecksum() {
    return lastChecksum;
  }

  long position() {
    return position;
  }

  /** Whether the current entry was written by a start, not by a caller. */
  boolean isRestart() {
    return (flags & RecordFormat.RESTART) != 0;
  }

  /** Holds the current entry, from {@link #bufferStart()} on. */
  ByteBuffer buffer() {
    return buffer;
  }

  int bufferStart() {
    return (int) (offset - bufferOffset);
  }

  int bufferEnd() {
    return bufferStart() + bytes;
  }

  /** Has {@code needed} bytes from {@code start} on in the buffer, if the file has them. */
  private boolean fill(long start, int needed) throws IOException {
    if (start + needed > limit) {
      return false;
    }
    if (start + needed <= bufferOffset + buffer.limit()) {
      return true;
    }
    if (needed > buffer.capacity()) {
      buffer = allocate((int) Math.min(Integer.MAX_VALUE - 8, Math.max(2L * needed, READ_BYTES)));
    }
    buffer.clear().limit((int) Math.min(buffer.capacity(), limit - start));
    segment.file().read(buffer, start);
    buffer.flip();
    bufferOffset = start;
    return buffer.limit() >= needed;
  }
}
