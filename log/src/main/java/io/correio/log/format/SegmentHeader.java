package io.correio.log.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The first block of a segment file: who it is, and, in a sector of its own, its {@link Seal}.
 *
 * <pre>
 *      0         512       4096                                          file size
 *      +---------+---------+-----------------------+-----------+- - - - -+
 *      | header  | seal    | records ...           | directory | unused  |
 *      +---------+---------+-----------------------+-----------+- - - - -+
 *
 *      header     0  magic          u64      24  last number   u64
 *                 8  version        u32      32  use           u64
 *                12  block bytes    u32      40  zeros
 *                16  first number   u64      60  crc32c        u32  over bytes 0..59
 * </pre>
 *
 * <p>First and last number differ in a segment that was merged from several. <em>use</em> is drawn
 * at random whenever the file begins a new life; every checksum in the file covers it.
 */
public record SegmentHeader(int version, long firstNumber, long lastNumber, long use) {

  /** The version that this release writes, and the newest it reads. */
  public static final int VERSION = 1;

  /** Records begin here. */
  public static final int BLOCK_BYTES = 4096;

  public static final int BYTES = 64;

  private static final long MAGIC = 0x2147_4553_5252_4F43L; // "CORRSEG!"
  private static final int CHECKSUM = 60;

  public SegmentHeader(long number, long use) {
    this(VERSION, number, number, use);
  }

  /** The header as it lies on the disk. */
  public ByteBuffer encode() {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(MAGIC).putInt(version).putInt(BLOCK_BYTES);
    buffer.putLong(firstNumber).putLong(lastNumber).putLong(use);
    buffer.putInt(CHECKSUM, checksum(buffer));
    return buffer.clear();
  }

  /**
   * Reads a header, of any version: the caller refuses what it does not know.
   *
   * @return null when the bytes are no header
   */
  public static @Nullable SegmentHeader decode(ByteBuffer bytes) {
    ByteBuffer buffer = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.remaining() < BYTES || buffer.getLong(0) != MAGIC) {
      return null;
    }
    int version = buffer.getInt(8);
    if (version <= VERSION && checksum(buffer) != buffer.getInt(CHECKSUM)) {
      return null;
    }
    return new SegmentHeader(version, buffer.getLong(16), buffer.getLong(24), buffer.getLong(32));
  }

  private static int checksum(ByteBuffer buffer) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(0, CHECKSUM));
    return (int) crc.getValue();
  }
}
