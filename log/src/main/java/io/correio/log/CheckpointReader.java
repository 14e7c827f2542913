package io.correio.log;

import io.correio.log.format.CheckpointFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Reads a checkpoint block by block, in the order in which it was written. Confined to one thread;
 * whoever got it closes it.
 */
public final class CheckpointReader implements AutoCloseable {

  private final String name;
  private final StorageFile file;
  private final CheckpointFormat.Header header;
  private ByteBuffer buffer = ByteBuffer.allocate(64 * 1024).order(ByteOrder.LITTLE_ENDIAN);
  private long offset = CheckpointFormat.HEADER_BYTES;
  private int block;

  CheckpointReader(String name, StorageFile file, CheckpointFormat.Header header) {
    this.name = name;
    this.file = file;
    this.header = header;
  }

  /** Entries above this position are to be replayed on top of the checkpoint. */
  public long replayFrom() {
    return header.replayFrom();
  }

  /**
   * The next block, little-endian; valid until the next call.
   *
   * @return null behind the last block
   * @throws CorruptLogException when the block is not what was written
   */
  public @Nullable ByteBuffer read() throws IOException {
    if (block == header.blocks()) {
      return null;
    }
    int length = fill(CheckpointFormat.BLOCK_HEADER_BYTES).getInt(0);
    if (length < 0 || length > CheckpointFormat.MAX_BLOCK_BYTES) {
      throw corrupt();
    }
    int total = CheckpointFormat.BLOCK_HEADER_BYTES + length;
    ByteBuffer whole = fill(total);
    if (whole.getInt(4) != CheckpointFormat.blockChecksum(header.use(), block, whole, length)) {
      throw corrupt();
    }
    offset += total;
    block++;
    return whole.slice(CheckpointFormat.BLOCK_HEADER_BYTES, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer fill(int bytes) throws IOException {
    if (buffer.capacity() < bytes) {
      buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
    buffer.clear().limit(bytes);
    file.read(buffer, offset);
    if (buffer.hasRemaining()) {
      throw corrupt();
    }
    return buffer;
  }

  private CorruptLogException corrupt() {
    return new CorruptLogException(name, offset, "a block of the checkpoint is not readable");
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
