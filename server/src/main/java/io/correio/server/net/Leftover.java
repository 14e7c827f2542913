package io.correio.server.net;

import java.nio.ByteBuffer;

/**
 * What a session has been offered and has not consumed: the beginning of something whose rest has
 * not come yet, or what a paused session did not want. Owned by the connection's loop. Holds no
 * memory while empty, which is nearly always.
 */
final class Leftover {

  /**
   * More than this a session that is not paused must not leave, in bytes: it is waiting for
   * something larger than any protocol unit may be. What a paused one may find here on top of it is
   * one read of the socket, 64 KiB.
   */
  static final int MAX_BYTES = 1 << 20;

  private static final int MIN_CAPACITY = 1 << 10;
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private ByteBuffer bytes = EMPTY; // from position to limit
  private boolean offersOwn; // whether the buffer given out last is the one above

  boolean isEmpty() {
    return !bytes.hasRemaining();
  }

  int size() {
    return bytes.remaining();
  }

  /** What to offer: what was left, then the newer bytes. Hand the result to {@link #keep}. */
  ByteBuffer with(ByteBuffer newer) {
    offersOwn = !isEmpty();
    if (!offersOwn) {
      return newer;
    }
    append(newer);
    return bytes;
  }

  /** What was left. Hand it to {@link #keep} after offering it. */
  ByteBuffer bytes() {
    offersOwn = true;
    return bytes;
  }

  /** Keeps what is left of the buffer that was last given out to be offered. */
  void keep(ByteBuffer offered) {
    if (!offersOwn && offered.hasRemaining()) {
      append(offered);
    } else if (isEmpty()) {
      bytes = EMPTY;
    }
  }

  private void append(ByteBuffer newer) {
    int size = bytes.remaining();
    int needed = size + newer.remaining();
    if (needed > bytes.capacity() - bytes.position()) {
      ByteBuffer target = bytes;
      if (needed > bytes.capacity()) {
        target = ByteBuffer.allocate(Math.max(MIN_CAPACITY, Integer.highestOneBit(needed) * 2));
        target.put(bytes).flip();
      } else {
        target.compact().flip();
      }
      bytes = target;
    }
    int start = bytes.position();
    bytes.limit(start + needed).position(start + size);
    bytes.put(newer);
    bytes.position(start);
  }

  void clear() {
    bytes = EMPTY;
  }
}
