package io.correio.amqp.v10;

import java.util.Arrays;

/**
 * Walks over values that {@link ValueChecker} accepted: of any others the outcome is undefined, and
 * may be an ArrayIndexOutOfBoundsException. A caller takes a {@link #constructor}, then the data in
 * the way that the constructor says. Not thread-safe.
 */
public final class ValueReader {
  private final byte[] bytes;
  private int at;

  /** A reader that stands at an offset of an array. */
  public ValueReader(byte[] bytes, int offset) {
    this.bytes = bytes;
    this.at = offset;
  }

  /** Where the reader stands. */
  public int position() {
    return at;
  }

  /** The array that is read. */
  public byte[] array() {
    return bytes;
  }

  /** Stands at another offset. */
  public void position(int offset) {
    at = offset;
  }

  /** The next value's constructor; descriptors before it are passed over. */
  public int constructor() {
    int code = bytes[at++] & 0xff;
    while (code == FormatCode.DESCRIBED) {
      at = end(bytes, at);
      code = bytes[at++] & 0xff;
    }
    return code;
  }

  /** The next octet, without a sign. */
  public int uint8() {
    return bytes[at++] & 0xff;
  }

  /** The next octet, signed. */
  public int int8() {
    return bytes[at++];
  }

  /** The next two octets, without a sign. */
  public int uint16() {
    at += 2;
    return ((bytes[at - 2] & 0xff) << 8) | (bytes[at - 1] & 0xff);
  }

  /** The next four octets, signed. */
  public int int32() {
    at += 4;
    return int32(bytes, at - 4);
  }

  /** The next eight octets, signed. */
  public long int64() {
    long high = int32();
    return (high << 32) | (int32() & 0xffff_ffffL);
  }

  /** Length of the binary, string or symbol whose constructor was read; stands at its data. */
  public int length(int code) {
    return code >> 4 == 0xa ? uint8() : int32();
  }

  /**
   * Count of elements of the list, map or array whose constructor was read; stands at the first.
   */
  public int count(int code) {
    if (code == FormatCode.LIST_0) {
      return 0;
    }
    if (code >> 4 == 0xc || code >> 4 == 0xe) {
      at++;
      return uint8();
    }
    at += 4;
    return int32();
  }

  /** Where the list, map or array ends whose constructor was read; the reader stays. */
  public int compoundEnd(int code) {
    if (code == FormatCode.LIST_0) {
      return at;
    }
    boolean narrow = code >> 4 == 0xc || code >> 4 == 0xe;
    return narrow ? at + 1 + (bytes[at] & 0xff) : at + 4 + int32(bytes, at);
  }

  /** A copy of the octets of the binary, string or symbol whose constructor was read. */
  public byte[] octets(int code) {
    int length = length(code);
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  /** Whether the next value is a string or symbol of these octets; passes it. */
  public boolean textEquals(byte[] text) {
    int start = at;
    int code = constructor();
    boolean equal = false;
    if (FormatCode.isString(code) || FormatCode.isSymbol(code)) {
      int length = length(code);
      equal = Arrays.equals(bytes, at, at + length, text, 0, text.length);
    }
    at = end(bytes, start);
    return equal;
  }

  /** Passes a value. */
  public void skip() {
    at = end(bytes, at);
  }

  /** Where a checked value ends that begins at an offset, found from its size alone. */
  public static int end(byte[] bytes, int offset) {
    int at = offset;
    while ((bytes[at] & 0xff) == FormatCode.DESCRIBED) {
      at = end(bytes, at + 1);
    }
    int code = bytes[at++] & 0xff;
    int width = FormatCode.fixedWidth(code);
    if (width >= 0) {
      return at + width;
    }
    return switch (code >> 4) {
      case 0xa, 0xc, 0xe -> at + 1 + (bytes[at] & 0xff);
      default -> at + 4 + int32(bytes, at);
    };
  }

  static int int32(byte[] bytes, int at) {
    return ((bytes[at] & 0xff) << 24)
        | ((bytes[at + 1] & 0xff) << 16)
        | ((bytes[at + 2] & 0xff) << 8)
        | (bytes[at + 3] & 0xff);
  }
}
