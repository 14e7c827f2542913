package io.correio.amqp.v091;

import java.nio.ByteBuffer;

/**
 * Where encoded bytes go: an outbox in chunks, a buffer, a test. The bytes of successive calls
 * follow one another. Used by the thread that owns the encoder.
 */
public interface FrameOutput {
  /** Most bytes that are ever reserved at once. */
  int MAX_RESERVE_BYTES = 1024;

  /**
   * A big-endian buffer, positioned where the next byte goes, with room for so many; the caller
   * moves its position by what it writes before it calls again.
   *
   * @param bytes 1 to {@link #MAX_RESERVE_BYTES}
   */
  ByteBuffer reserve(int bytes);

  /** Appends bytes of any number. They are copied before this returns. */
  void write(byte[] bytes, int offset, int length);

  /**
   * Appends bytes of an array that nobody changes any more: properties and bodies. An output may
   * keep the array instead of copying.
   */
  default void writeUnchanging(byte[] bytes, int offset, int length) {
    write(bytes, offset, length);
  }
}
