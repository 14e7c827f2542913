package io.correio.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One open file of a {@link Storage}. Whoever opened it closes it. Reads and writes may come from
 * several threads at once as long as their ranges do not overlap.
 */
public interface StorageFile extends Closeable {

  /** Bytes written at once when room is allocated. */
  int ZERO_BYTES = 256 * 1024;

  /** Writes all remaining bytes of {@code src} at {@code offset}, extending the file if needed. */
  void write(ByteBuffer src, long offset) throws IOException;

  /**
   * Reads at {@code offset} until {@code dst} is full or the file ends.
   *
   * @return bytes read, or -1 when {@code offset} is at or behind the end
   */
  int read(ByteBuffer dst, long offset) throws IOException;

  /** Returns when everything written to this file so far, and its size, is durable. */
  void force() throws IOException;

  /** The file's length in bytes. */
  long size() throws IOException;

  /** Cuts the file; durable after {@link #force()}. */
  void truncate(long size) throws IOException;

  /**
   * Takes the room from {@code offset} on, so that later writes there find it. The real storage
   * writes zeros: a sparse file would only promise.
   */
  default void allocate(long offset, long bytes) throws IOException {
    ByteBuffer zeros = Zeros.BYTES.duplicate();
    for (long done = 0; done < bytes; ) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - done));
      int length = zeros.remaining();
      write(zeros, offset + done);
      done += length;
    }
  }

  @Override
  void close() throws IOException;

  /** One for all: direct memory that is dropped lives on until the heap is collected. */
  final class Zeros {
    private static final ByteBuffer BYTES = ByteBuffer.allocateDirect(ZERO_BYTES);

    private Zeros() {}
  }
}
