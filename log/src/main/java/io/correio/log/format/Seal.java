package io.correio.log.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a segment once it is sealed: where its records end and its directory lies. It is
 * all of a sealed segment that stays in memory.
 *
 * <pre>
 *      0   magic             u64      48  last position    u64
 *      8   use               u64      56  smallest lane    u64
 *      16  records end       u64      64  largest lane     u64
 *      24  directory offset  u64      72  last checksum    u32   of the last record
 *      32  lanes             u32      76  zeros
 *      36  keys              u32
 *      40  first position    u64      124 crc32c           u32   over first number, bytes 0..123
 * </pre>
 *
 * <p>It has a sector of its own in the segment's first block, so that it is written whole or not at
 * all. It is written in one go with the directory and forced with it: after a crash a seal may be
 * there without the directory, or the records, before it. That can only be so in the last sealed
 * segment, and a start looks there.
 *
 * @param keyCount entries in the directory
 * @param laneCount lines in the directory's table of lanes
 * @param recordsEnd file offset behind the last record
 * @param lastChecksum the end of the chain of records
 */
public record Seal(
    long use,
    long recordsEnd,
    long directoryOffset,
    int laneCount,
    int keyCount,
    long firstPosition,
    long lastPosition,
    long smallestLane,
    long largestLane,
    int lastChecksum) {

  /** Where the seal lies in the segment file. */
  public static final int OFFSET = 512;

  public static final int BYTES = 128;

  private static final long MAGIC = 0x214C_4153_5252_4F43L; // "CORRSAL!"
  private static final int CHECKSUM = BYTES - Integer.BYTES;

  public ByteBuffer encode(long firstNumber) {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(MAGIC).putLong(use).putLong(recordsEnd).putLong(directoryOffset);
    buffer.putInt(laneCount).putInt(keyCount).putLong(firstPosition).putLong(lastPosition);
    buffer.putLong(smallestLane).putLong(largestLane).putInt(lastChecksum);
    buffer.putInt(CHECKSUM, checksum(buffer, firstNumber));
    return buffer.clear();
  }

  /** Reads the seal of this life of this segment; null when there is none. */
  public static @Nullable Seal decode(ByteBuffer bytes, SegmentHeader header) {
    ByteBuffer buffer = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.remaining() < BYTES
        || buffer.getLong(0) != MAGIC
        || buffer.getLong(8) != header.use()
        || buffer.getInt(CHECKSUM) != checksum(buffer, header.firstNumber())) {
      return null;
    }
    return new Seal(
        buffer.getLong(8),
        buffer.getLong(16),
        buffer.getLong(24),
        buffer.getInt(32),
        buffer.getInt(36),
        buffer.getLong(40),
        buffer.getLong(48),
        buffer.getLong(56),
        buffer.getLong(64),
        buffer.getInt(72));
  }

  private static int checksum(ByteBuffer buffer, long firstNumber) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, firstNumber));
    crc.update(buffer.slice(0, CHECKSUM));
    return (int) crc.getValue();
  }
}
