package io.correio.log.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint file, little-endian. Its file may have been another checkpoint before, and may be
 * longer than its blocks.
 *
 * <pre>
 *      0        64
 *      +--------+-----------------+-----------------+- - - -+- - - - -+
 *      | header | block           | block           |       | unused  |
 *      +--------+-----------------+-----------------+- - - -+- - - - -+
 *
 *      header   0  magic        u64      24  replay from  u64
 *               8  version      u32      32  use          u64   drawn at random
 *              12  blocks       u32      40  bytes        u64   of the blocks
 *              16  number       u64      60  crc32c       u32   over bytes 0..59
 *
 *      block    { length u32, crc32c u32 over use, block index, length, bytes; length bytes }
 * </pre>
 */
public final class CheckpointFormat {

  public static final int VERSION = 1;
  public static final int HEADER_BYTES = 64;
  public static final int BLOCK_HEADER_BYTES = 8;

  /** A block is at most so long. */
  public static final int MAX_BLOCK_BYTES = 16 * 1024 * 1024;

  private static final long MAGIC = 0x2150_4B43_5252_4F43L; // "CORRCKP!"
  private static final int CHECKSUM = 60;

  /**
   * The header.
   *
   * @param replayFrom entries above this position are not in the checkpoint
   * @param bytes length of all blocks with their headers
   */
  public record Header(
      int version, int blocks, long number, long replayFrom, long use, long bytes) {

    public ByteBuffer encode() {
      ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      buffer.putLong(MAGIC).putInt(version).putInt(blocks).putLong(number).putLong(replayFrom);
      buffer.putLong(use).putLong(bytes);
      buffer.putInt(CHECKSUM, headerChecksum(buffer));
      return buffer.clear();
    }
  }

  private CheckpointFormat() {}

  /** Reads a header of any version; null when the bytes are none. */
  public static @Nullable Header decode(ByteBuffer bytes) {
    ByteBuffer buffer = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.remaining() < HEADER_BYTES || buffer.getLong(0) != MAGIC) {
      return null;
    }
    int version = buffer.getInt(8);
    if (version <= VERSION && buffer.getInt(CHECKSUM) != headerChecksum(buffer)) {
      return null;
    }
    return new Header(
        version,
        buffer.getInt(12),
        buffer.getLong(16),
        buffer.getLong(24),
        buffer.getLong(32),
        buffer.getLong(40));
  }

  /** The checksum of a block that lies in the buffer from 0 on, header first. */
  public static int blockChecksum(long use, int index, ByteBuffer block, int length) {
    ByteBuffer seed = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    seed.putLong(0, use).putInt(8, index).putInt(12, length);
    CRC32C crc = new CRC32C();
    crc.update(seed);
    crc.update(block.slice(BLOCK_HEADER_BYTES, length));
    return (int) crc.getValue();
  }

  private static int headerChecksum(ByteBuffer buffer) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(0, CHECKSUM));
    return (int) crc.getValue();
  }
}
