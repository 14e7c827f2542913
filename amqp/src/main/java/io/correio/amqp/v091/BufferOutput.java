package io.correio.amqp.v091;

import java.nio.ByteBuffer;

/**
 * Output into one heap buffer that doubles up to a maximum; beyond it, IllegalStateException. To be
 * written out and cleared by its owner. Not thread-safe.
 */
public final class BufferOutput implements FrameOutput {
  private final int maxBytes;
  private ByteBuffer buffer;

  /** An empty output that holds at most so many bytes. */
  public BufferOutput(int maxBytes) {
    this.maxBytes = maxBytes;
    this.buffer = ByteBuffer.allocate(Math.min(maxBytes, 4096));
  }

  @Override
  public ByteBuffer reserve(int bytes) {
    ensure(bytes);
    return buffer;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    ensure(length);
    buffer.put(bytes, offset, length);
  }

  /** Number of bytes waiting. */
  public int length() {
    return buffer.position();
  }

  /** A buffer over the bytes waiting, valid until the next write or clear. */
  public ByteBuffer toRead() {
    return buffer.duplicate().flip();
  }

  /** Forgets the bytes waiting. */
  public void clear() {
    buffer.clear();
  }

  private void ensure(int bytes) {
    if (bytes <= buffer.remaining()) {
      return;
    }
    long needed = (long) buffer.position() + bytes;
    if (needed > maxBytes) {
      throw new IllegalStateException(
          needed + " bytes are waiting to be written, at most " + maxBytes + " may");
    }
    long room = Math.min(maxBytes, Math.max(needed, 2L * buffer.capacity()));
    buffer = ByteBuffer.allocate((int) room).put(buffer.flip());
  }
}
