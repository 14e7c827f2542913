package io.correio.log;

import io.correio.log.format.RecordFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Entries on their way to the log, in the form in which they will lie on the disk. One thread fills
 * it, hands it to the writer thread, and its owner takes it back, {@linkplain #clear clears} it and
 * uses it again; it is never used by two threads at once. It lives in direct memory.
 *
 * <pre>
 *   beginRecord(2); key(..); key(..); content(n).put(..); endRecord(); endEntry(position);
 * </pre>
 */
public final class RecordBuffer {

  private ByteBuffer buffer;
  private int end;
  private int recordStart = -1;
  private int lastRecord;
  private int entryStart;
  private int keyCount;
  private int keysMissing;
  private int entries;
  private long firstPosition;
  private long lastPosition;

  /** A buffer that grows by doubling when its initial capacity does not suffice. */
  public RecordBuffer(int initialCapacity) {
    this.buffer = allocate(Math.max(initialCapacity, RecordFormat.HEADER_BYTES));
  }

  private static ByteBuffer allocate(int capacity) {
    return ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Begins a record with exactly {@code keyCount} keys. */
  public void beginRecord(int keyCount) {
    if (recordStart >= 0) {
      throw new IllegalStateException("The record before has not been ended");
    }
    if (keyCount < 0 || keyCount > RecordFormat.MAX_RECORD_BYTES / RecordFormat.KEY_BYTES) {
      throw new IllegalArgumentException("A record cannot have " + keyCount + " keys");
    }
    ensure(RecordFormat.HEADER_BYTES + keyCount * RecordFormat.KEY_BYTES);
    recordStart = end;
    this.keyCount = keyCount;
    keysMissing = keyCount;
    buffer.position(end + RecordFormat.HEADER_BYTES);
  }

  /** Adds a key; the keys of a record come before its content. */
  public void key(long lane, long sequence) {
    if (keysMissing-- <= 0) {
      throw new IllegalStateException("The record was begun with fewer keys");
    }
    buffer.putLong(lane).putLong(sequence);
  }

  /**
   * The underlying little-endian buffer, positioned where the record's content goes on and with at
   * least so many bytes of room. To be written with relative puts; whoever needs more room calls
   * again, and uses only the buffer returned last.
   */
  public ByteBuffer content(int atLeastBytes) {
    if (recordStart < 0 || keysMissing != 0) {
      throw new IllegalStateException(
          recordStart < 0 ? "No record was begun" : keysMissing + " keys are missing");
    }
    if (buffer.remaining() < atLeastBytes) {
      int position = buffer.position();
      grow((long) position + atLeastBytes);
      buffer.position(position);
    }
    return buffer;
  }

  /** Ends the record where the content's position is. */
  public void endRecord() {
    if (recordStart < 0 || keysMissing != 0) {
      throw new IllegalStateException(
          recordStart < 0 ? "No record was begun" : keysMissing + " keys are missing");
    }
    end = buffer.position();
    int length = end - recordStart - RecordFormat.HEADER_BYTES;
    if (length > RecordFormat.MAX_RECORD_BYTES) {
      throw new IllegalStateException(
          "A record of "
              + length
              + " bytes is above the limit of "
              + RecordFormat.MAX_RECORD_BYTES);
    }
    RecordFormat.putHeader(buffer, recordStart, length, 0, keyCount);
    lastRecord = recordStart;
    recordStart = -1;
  }

  /** Makes one entry of the records since the last call: all of them or none will be there. */
  public void endEntry(long position) {
    if (recordStart >= 0 || end == entryStart) {
      throw new IllegalStateException(
          recordStart >= 0 ? "The record has not been ended" : "An entry has at least one record");
    }
    for (int at = entryStart; at < end; at = next(at)) {
      RecordFormat.putPosition(buffer, at, position);
    }
    RecordFormat.putFlag(buffer, lastRecord, RecordFormat.LAST);
    entryStart = end;
    if (entries++ == 0) {
      firstPosition = position;
    }
    lastPosition = position;
  }

  /** Drops the records since the last complete entry, also one that was only begun. */
  public void abandonEntry() {
    end = entryStart;
    recordStart = -1;
    keysMissing = 0;
  }

  /** Bytes of complete entries. */
  public int bytes() {
    return entryStart;
  }

  /** Number of complete entries. */
  public int entries() {
    return entries;
  }

  /** Position of the first complete entry; 0 when there is none. */
  public long firstPosition() {
    return firstPosition;
  }

  /** Position of the last complete entry; 0 when there is none. */
  public long lastPosition() {
    return lastPosition;
  }

  /** Forgets everything and keeps the memory. */
  public void clear() {
    end = 0;
    recordStart = -1;
    entryStart = 0;
    keysMissing = 0;
    entries = 0;
    firstPosition = 0;
    lastPosition = 0;
    buffer.clear();
  }

  /** Bytes of direct memory held. */
  public int capacity() {
    return buffer.capacity();
  }

  /** For the writer: the entries from 0 to {@link #bytes()}; its position and limit are free. */
  ByteBuffer data() {
    return buffer;
  }

  private int next(int at) {
    return at + RecordFormat.HEADER_BYTES + RecordFormat.length(buffer, at);
  }

  private void ensure(int bytes) {
    if (buffer.capacity() - end < bytes) {
      grow((long) end + bytes);
    }
  }

  private void grow(long needed) {
    long doubled = Math.max(needed, 2L * buffer.capacity());
    if (needed > Integer.MAX_VALUE - 8) {
      throw new IllegalStateException("A record buffer cannot hold " + needed + " bytes");
    }
    ByteBuffer larger = allocate((int) Math.min(doubled, Integer.MAX_VALUE - 8));
    int position = buffer.position();
    larger.put(0, buffer, 0, Math.max(position, end));
    buffer = larger;
  }
}
