package io.correio.server.client;

import io.correio.amqp.v091.FrameOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Collects frames and writes them to a socket when 64 KiB are together or {@link #flush} is called;
 * long bodies go to the socket without a copy. Blocks where the socket does. Owned by the one
 * thread that encodes.
 */
final class SocketOutput implements FrameOutput {
  private static final int BUFFER_BYTES = 64 << 10;

  private final OutputStream socket;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

  SocketOutput(OutputStream socket) {
    this.socket = socket;
  }

  @Override
  public ByteBuffer reserve(int bytes) {
    if (bytes > buffer.remaining()) {
      flushUnchecked();
    }
    return buffer;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    if (length > buffer.remaining()) {
      flushUnchecked();
    }
    if (length <= buffer.remaining()) {
      buffer.put(bytes, offset, length);
      return;
    }
    try {
      socket.write(bytes, offset, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes that wait for a flush. */
  int waiting() {
    return buffer.position();
  }

  void flush() throws IOException {
    if (buffer.position() > 0) {
      socket.write(buffer.array(), 0, buffer.position());
      buffer.clear();
    }
  }

  private void flushUnchecked() {
    try {
      flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
