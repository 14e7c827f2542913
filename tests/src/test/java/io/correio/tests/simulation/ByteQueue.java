package io.correio.tests.simulation;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes on their way: appended at one end, taken at the other. */
final class ByteQueue {
  private byte[] bytes = new byte[1024];
  private int from;
  private int to;

  int size() {
    return to - from;
  }

  void append(ByteBuffer more) {
    int length = more.remaining();
    if (bytes.length - to < length) {
      byte[] target =
          bytes.length - size() < length ? new byte[2 * (size() + length)] : new byte[bytes.length];
      System.arraycopy(bytes, from, target, 0, size());
      bytes = target;
      to -= from;
      from = 0;
    }
    more.get(bytes, to, length);
    to += length;
  }

  /** The first so many bytes; a copy, so that nobody else sees what becomes of it. */
  ByteBuffer first(int count) {
    return ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, from + count));
  }

  void drop(int count) {
    from += count;
  }

  void clear() {
    from = to;
  }
}
