package io.correio.amqp.v091.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * A long string of the wire (section 4.2.5.3): bytes, of which nobody knows whether they are text.
 * Immutable; equal when the bytes are.
 */
public final class LongString {
  private final byte[] bytes;

  private LongString(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A string with a copy of these bytes. */
  public static LongString of(byte[] bytes) {
    return new LongString(bytes.clone());
  }

  /** A string with the UTF-8 form of a text. */
  public static LongString of(String text) {
    return new LongString(text.getBytes(UTF_8));
  }

  /** A string that takes the array over: the caller does not keep it. */
  static LongString owning(byte[] bytes) {
    return new LongString(bytes);
  }

  /** Number of bytes. */
  public int length() {
    return bytes.length;
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  byte[] unsharedBytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LongString that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The bytes as UTF-8 text; what is not UTF-8 becomes the replacement character. */
  @Override
  public String toString() {
    return new String(bytes, UTF_8);
  }
}
