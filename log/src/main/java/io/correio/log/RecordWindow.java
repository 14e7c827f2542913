package io.correio.log;

import io.correio.log.format.RecordChecksum;
import io.correio.log.format.RecordFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Reads single records of sealed segments for a merge, more at a time when they are neighbours.
 * Confined to one thread.
 */
final class RecordWindow {

  private static final int WINDOW_BYTES = 256 * 1024;
  private static final int NEAR_BYTES = 64 * 1024;

  private final RecordChecksum checksum = new RecordChecksum();
  private ByteBuffer buffer =
      ByteBuffer.allocateDirect(WINDOW_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private @Nullable Segment segment;
  private long bufferOffset;
  private int filled;
  private int start;

  /** Reads a record; it lies in the returned buffer from {@link #start()} on. */
  ByteBuffer read(Segment from, int offset, int length) throws IOException {
    boolean inside =
        segment == from && offset >= bufferOffset && offset + length <= bufferOffset + filled;
    if (!inside) {
      boolean near = segment == from && Math.abs(offset - bufferOffset - filled) <= NEAR_BYTES;
      fill(from, offset, near ? Math.max(length, WINDOW_BYTES) : length);
    }
    start = (int) (offset - bufferOffset);
    return buffer;
  }

  int start() {
    return start;
  }

  private void fill(Segment from, int offset, int bytes) throws IOException {
    Segment.Sealed sealed = from.sealed();
    long end = sealed == null ? offset : sealed.seal().recordsEnd();
    int length = (int) Math.min(bytes, end - offset);
    if (buffer.capacity() < length) {
      buffer = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
    }
    segment = null;
    buffer.clear().limit(Math.max(0, length));
    from.read(buffer, offset);
    buffer.clear();
    segment = from;
    bufferOffset = offset;
    filled = length;
  }

  /** Refuses the record read last when it is not what was written. */
  void check(Segment from, int offset, int length) throws CorruptLogException {
    checksum.segment(from.header().firstNumber(), from.header().use());
    if (start + length > filled
        || length < RecordFormat.HEADER_BYTES
        || RecordFormat.length(buffer, start) != length - RecordFormat.HEADER_BYTES
        || !RecordFormat.isPlausible(buffer, start)
        || checksum.of(buffer, start) != RecordFormat.checksum(buffer, start)) {
      throw from.corrupt(offset, "a record is not readable");
    }
  }
}
