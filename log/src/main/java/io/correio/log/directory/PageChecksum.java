package io.correio.log.directory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Computes the checksums of a directory's pages. Confined to one thread at a time. */
final class PageChecksum {

  private final CRC32C crc = new CRC32C();
  private final ByteBuffer seed = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);

  PageChecksum(long number, long use) {
    seed.putLong(0, number).putLong(8, use);
  }

  /** The checksum of the page that begins at {@code at}; the buffer stays as it was. */
  int of(ByteBuffer buffer, int at, int pageIndex) {
    seed.putInt(16, pageIndex);
    crc.reset();
    crc.update(seed.array(), 0, seed.capacity());
    crc.update(buffer.slice(at, DirectoryFormat.PAGE_CONTENT));
    return (int) crc.getValue();
  }
}
