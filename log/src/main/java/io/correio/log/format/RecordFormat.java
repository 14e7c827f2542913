package io.correio.log.format;

import java.nio.ByteBuffer;

/**
 * A record on the disk, little-endian.
 *
 * <pre>
 *      0        4        8        12       16                24
 *      +--------+--------+--------+--------+-----------------+---------------- - - -+
 *      | length | crc32c |previous| F|keys | position        | payload              |
 *      +--------+--------+--------+--------+-----------------+---------------- - - -+
 *        u32      u32      u32      u8|u24   u64               length bytes
 *
 *      payload    keys x { lane u64, sequence u64 }, then content that the log does not know
 *      crc32c     over segment number, segment use, length, header bytes 8.., payload
 *      previous   crc32c of the record before it in this segment, 0 for the first
 *      F          {@link #LAST}: the record ends its entry
 *                 {@link #RESTART}: written by a start, not by a caller: no keys, 8 random bytes
 * </pre>
 *
 * <p>Number and use make a record of a segment's former life invalid in its next one. The chain
 * through <em>previous</em> does the same for a record that survived behind a torn tail: what is
 * written over the tear has another checksum. A RESTART record makes that certain even if a caller
 * writes the same bytes again.
 */
public final class RecordFormat {

  public static final int HEADER_BYTES = 24;
  public static final int KEY_BYTES = 16;

  /** A record's payload is at most so long. */
  public static final int MAX_RECORD_BYTES = 16 * 1024 * 1024;

  /** A record has at most so many keys: its header has 24 bits for them. */
  public static final int MAX_KEYS = 0xFF_FFFF;

  public static final int LAST = 0x01;
  public static final int RESTART = 0x02;

  /** A RESTART record's length, header included. */
  public static final int RESTART_BYTES = HEADER_BYTES + Long.BYTES;

  private static final int CHECKSUM = 4;
  private static final int PREVIOUS = 8;
  private static final int FLAGS_AND_KEYS = 12;
  private static final int POSITION = 16;

  private RecordFormat() {}

  /** Fills in what is known when a record ends; checksum and chain follow when it is written. */
  public static void putHeader(ByteBuffer buffer, int at, int length, int flags, int keyCount) {
    buffer.putInt(at, length);
    buffer.putInt(at + FLAGS_AND_KEYS, flags << 24 | keyCount);
  }

  public static void putPosition(ByteBuffer buffer, int at, long position) {
    buffer.putLong(at + POSITION, position);
  }

  public static void putFlag(ByteBuffer buffer, int at, int flag) {
    buffer.putInt(at + FLAGS_AND_KEYS, buffer.getInt(at + FLAGS_AND_KEYS) | flag << 24);
  }

  public static int length(ByteBuffer buffer, int at) {
    return buffer.getInt(at);
  }

  public static int checksum(ByteBuffer buffer, int at) {
    return buffer.getInt(at + CHECKSUM);
  }

  public static int previous(ByteBuffer buffer, int at) {
    return buffer.getInt(at + PREVIOUS);
  }

  public static int flags(ByteBuffer buffer, int at) {
    return buffer.getInt(at + FLAGS_AND_KEYS) >>> 24;
  }

  public static int keyCount(ByteBuffer buffer, int at) {
    return buffer.getInt(at + FLAGS_AND_KEYS) & MAX_KEYS;
  }

  public static long position(ByteBuffer buffer, int at) {
    return buffer.getLong(at + POSITION);
  }

  public static boolean isLast(ByteBuffer buffer, int at) {
    return (flags(buffer, at) & LAST) != 0;
  }

  /** Where the record's keys begin. */
  public static int keysAt(int at) {
    return at + HEADER_BYTES;
  }

  /** Chains and checks one complete record; returns its checksum, the next one's previous. */
  public static int seal(ByteBuffer buffer, int at, int previous, RecordChecksum checksum) {
    buffer.putInt(at + PREVIOUS, previous);
    int crc = checksum.of(buffer, at);
    buffer.putInt(at + CHECKSUM, crc);
    return crc;
  }

  /** Whether a header can be one: asked before its length is trusted to read the payload. */
  public static boolean isPlausible(ByteBuffer buffer, int at) {
    int length = length(buffer, at);
    return length >= 0
        && length <= MAX_RECORD_BYTES
        && (long) keyCount(buffer, at) * KEY_BYTES <= length;
  }
}
