package io.correio.log;

import io.correio.log.format.CheckpointFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes one checkpoint. Confined to the cleaner thread; whoever began it closes it, and closing
 * one that was not committed leaves the previous checkpoint as it was.
 */
public final class CheckpointWriter implements AutoCloseable {

  private static final int BUFFER_BYTES = 256 * 1024;

  private final Checkpoints checkpoints;
  private final StorageFile file;
  private final long number;
  private final long replayFrom;
  private final long use;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long offset = CheckpointFormat.HEADER_BYTES;
  private int blocks;
  private boolean closed;

  CheckpointWriter(
      Checkpoints checkpoints, StorageFile file, long number, long replayFrom, long use) {
    this.checkpoints = checkpoints;
    this.file = file;
    this.number = number;
    this.replayFrom = replayFrom;
    this.use = use;
  }

  /**
   * Adds a block: all remaining bytes, at most {@value CheckpointFormat#MAX_BLOCK_BYTES}.
   *
   * @throws IOException when the disk is full; the previous checkpoint stays valid
   */
  public void write(ByteBuffer block) throws IOException {
    int length = block.remaining();
    if (length > CheckpointFormat.MAX_BLOCK_BYTES) {
      throw new IllegalArgumentException("A block of " + length + " bytes is too long");
    }
    int total = CheckpointFormat.BLOCK_HEADER_BYTES + length;
    if (buffer.remaining() < total) {
      flush();
    }
    ByteBuffer target =
        total > buffer.capacity()
            ? ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN)
            : buffer.slice(buffer.position(), total).order(ByteOrder.LITTLE_ENDIAN);
    target.position(CheckpointFormat.BLOCK_HEADER_BYTES).put(block);
    target.putInt(0, length);
    target.putInt(4, CheckpointFormat.blockChecksum(use, blocks++, target, length));
    if (total > buffer.capacity()) {
      file.write(target.clear(), offset);
      offset += total;
    } else {
      buffer.position(buffer.position() + total);
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    int length = buffer.remaining();
    file.write(buffer, offset);
    offset += length;
    buffer.clear();
  }

  /**
   * Makes it the checkpoint from which the next start goes on. Durable when it returns.
   *
   * @throws IllegalStateException when entries that it covers are not durable yet
   * @throws IOException when the disk is full; the previous checkpoint stays valid
   */
  public void commit() throws IOException {
    if (closed) {
      throw new IllegalStateException("The checkpoint is closed");
    }
    flush();
    CheckpointFormat.Header header =
        new CheckpointFormat.Header(
            CheckpointFormat.VERSION,
            blocks,
            number,
            replayFrom,
            use,
            offset - CheckpointFormat.HEADER_BYTES);
    file.write(header.encode(), 0);
    closed = true;
    checkpoints.commit(file, header);
  }

  /** Gives up what was not committed. */
  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      checkpoints.abort(file);
    }
  }
}
