package io.correio.zeromq.io;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Direct buffers for reading and writing. Keeps at most {@link #KEPT_MAX}; those given back beyond
 * are left to the collector. Thread-safe.
 */
final class BufferPool {
  static final int BUFFER_OCTETS = 128 << 10;
  static final int KEPT_MAX = 16;

  private final ArrayDeque<ByteBuffer> kept = new ArrayDeque<>();

  ByteBuffer take() {
    synchronized (this) {
      ByteBuffer buffer = kept.poll();
      if (buffer != null) {
        return buffer;
      }
    }
    return ByteBuffer.allocateDirect(BUFFER_OCTETS);
  }

  synchronized void give(ByteBuffer buffer) {
    if (kept.size() < KEPT_MAX) {
      buffer.clear();
      kept.push(buffer);
    }
  }
}
