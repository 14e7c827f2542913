package io.correio.log.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Computes the checksums of one segment's records. Confined to one thread at a time. */
public final class RecordChecksum {

  private static final int LENGTH = 16;

  private final CRC32C crc = new CRC32C();
  private final byte[] seed = new byte[20];
  private final ByteBuffer seedBuffer = ByteBuffer.wrap(seed).order(ByteOrder.LITTLE_ENDIAN);

  /** The records that follow lie in this life of this segment. */
  public RecordChecksum segment(long number, long use) {
    seedBuffer.putLong(0, number).putLong(8, use);
    return this;
  }

  /** The checksum that the complete record at {@code at} must have; the buffer stays as it was. */
  public int of(ByteBuffer buffer, int at) {
    int position = buffer.position();
    int limit = buffer.limit();
    int length = RecordFormat.length(buffer, at);
    seedBuffer.putInt(LENGTH, length);
    crc.reset();
    crc.update(seed, 0, seed.length);
    buffer.limit(at + RecordFormat.HEADER_BYTES + length).position(at + 8);
    crc.update(buffer);
    buffer.limit(limit).position(position);
    return (int) crc.getValue();
  }
}
