package io.correio.amqp.v10;

import java.util.Arrays;

/**
 * Writes values (part 1, section 1.6) in their shortest forms into an array that grows up to {@link
 * #MAX_BYTES}. A list or map is opened, its elements are written, and it is closed with their
 * count. Values that do not fit are the caller's fault: IllegalArgumentException. Not thread-safe.
 */
public final class ValueWriter {
  /** Most octets that a writer holds. */
  public static final int MAX_BYTES = 64 << 20;

  /** Constructor, size and count, in their wide form. */
  private static final int WIDE_HEADER = 9;

  private static final int NARROW_HEADER = 3;

  private byte[] bytes;
  private int length;

  /** An empty writer with room for so many octets before it has to grow. */
  public ValueWriter(int capacity) {
    bytes = new byte[capacity];
  }

  /** Number of octets written. */
  public int length() {
    return length;
  }

  /** Forgets what was written behind so many octets. */
  public void truncate(int octets) {
    length = Math.min(length, octets);
  }

  /** A copy of what was written, with room for more octets behind it. */
  public byte[] toByteArray(int roomBehind) {
    return Arrays.copyOf(bytes, length + roomBehind);
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return toByteArray(0);
  }

  /** The descriptor of a type of the specification, below 256; its value comes next. */
  public ValueWriter descriptor(int code) {
    return put(FormatCode.DESCRIBED).put(FormatCode.SMALL_ULONG).put(code);
  }

  /** null. */
  public ValueWriter nullValue() {
    return put(FormatCode.NULL);
  }

  /** boolean. */
  public ValueWriter bool(boolean value) {
    return put(value ? FormatCode.TRUE : FormatCode.FALSE);
  }

  /** ubyte. */
  public ValueWriter ubyteValue(int value) {
    return put(FormatCode.UBYTE).put(value);
  }

  /** byte. */
  public ValueWriter byteValue(int value) {
    return put(FormatCode.BYTE).put(value);
  }

  /** ushort. */
  public ValueWriter ushortValue(int value) {
    return put(FormatCode.USHORT).put(value >> 8).put(value);
  }

  /** short. */
  public ValueWriter shortValue(int value) {
    return put(FormatCode.SHORT).put(value >> 8).put(value);
  }

  /** uint, from 0 to 2<sup>32</sup>-1. */
  public ValueWriter uintValue(long value) {
    if (value == 0) {
      return put(FormatCode.UINT_0);
    }
    return value >>> 8 == 0
        ? put(FormatCode.SMALL_UINT).put((int) value)
        : put(FormatCode.UINT).put32((int) value);
  }

  /** int. */
  public ValueWriter intValue(int value) {
    return value == (byte) value
        ? put(FormatCode.SMALL_INT).put(value)
        : put(FormatCode.INT).put32(value);
  }

  /** ulong. */
  public ValueWriter ulongValue(long value) {
    if (value == 0) {
      return put(FormatCode.ULONG_0);
    }
    return value >>> 8 == 0
        ? put(FormatCode.SMALL_ULONG).put((int) value)
        : put(FormatCode.ULONG).put64(value);
  }

  /** long. */
  public ValueWriter longValue(long value) {
    return value == (byte) value
        ? put(FormatCode.SMALL_LONG).put((int) value)
        : put(FormatCode.LONG).put64(value);
  }

  /** float. */
  public ValueWriter floatValue(float value) {
    return put(FormatCode.FLOAT).put32(Float.floatToRawIntBits(value));
  }

  /** double. */
  public ValueWriter doubleValue(double value) {
    return put(FormatCode.DOUBLE).put64(Double.doubleToRawLongBits(value));
  }

  /** decimal64, from its bits. */
  public ValueWriter decimal64(long bits) {
    return put(FormatCode.DECIMAL_64).put64(bits);
  }

  /** timestamp, milliseconds since 1970. */
  public ValueWriter timestamp(long millis) {
    return put(FormatCode.TIMESTAMP).put64(millis);
  }

  /** uuid. */
  public ValueWriter uuid(long mostSignificant, long leastSignificant) {
    return put(FormatCode.UUID).put64(mostSignificant).put64(leastSignificant);
  }

  /** binary. */
  public ValueWriter binary(byte[] value) {
    return variable(FormatCode.BINARY_8, value);
  }

  /** string, from octets of UTF-8. */
  public ValueWriter string(byte[] utf8) {
    return variable(FormatCode.STRING_8, utf8);
  }

  /** symbol, from octets of ASCII. */
  public ValueWriter symbol(byte[] ascii) {
    return variable(FormatCode.SYMBOL_8, ascii);
  }

  /** The beginning of a binary whose octets the caller puts behind what is written. */
  public ValueWriter binaryHeader(int size) {
    return size < 256 ? put(FormatCode.BINARY_8).put(size) : put(FormatCode.BINARY_32).put32(size);
  }

  /** Octets as they are: a value that is encoded already. */
  public ValueWriter raw(byte[] source, int offset, int count) {
    room(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
    return this;
  }

  /** Opens a list or map; returns what its closing needs. */
  public int open() {
    room(WIDE_HEADER);
    length += WIDE_HEADER;
    return length;
  }

  /** Closes a list of so many elements. */
  public void closeList(int opened, int count) {
    close(opened, count, FormatCode.LIST_8, FormatCode.LIST_32);
  }

  /** Closes a map of so many entries. */
  public void closeMap(int opened, int entries) {
    close(opened, 2 * entries, FormatCode.MAP_8, FormatCode.MAP_32);
  }

  private void close(int opened, int count, int narrow, int wide) {
    int size = length - opened;
    int start = opened - WIDE_HEADER;
    if (size < 255 && count < 256) {
      bytes[start] = (byte) narrow;
      bytes[start + 1] = (byte) (size + 1);
      bytes[start + 2] = (byte) count;
      System.arraycopy(bytes, opened, bytes, start + NARROW_HEADER, size);
      length -= WIDE_HEADER - NARROW_HEADER;
    } else {
      bytes[start] = (byte) wide;
      set32(start + 1, size + 4);
      set32(start + 5, count);
    }
  }

  private ValueWriter variable(int narrow, byte[] value) {
    if (value.length < 256) {
      put(narrow).put(value.length);
    } else {
      put(narrow + 0x10).put32(value.length);
    }
    return raw(value, 0, value.length);
  }

  private ValueWriter put(int octet) {
    room(1);
    bytes[length++] = (byte) octet;
    return this;
  }

  private ValueWriter put32(int value) {
    room(4);
    set32(length, value);
    length += 4;
    return this;
  }

  private ValueWriter put64(long value) {
    return put32((int) (value >> 32)).put32((int) value);
  }

  private void set32(int at, int value) {
    bytes[at] = (byte) (value >> 24);
    bytes[at + 1] = (byte) (value >> 16);
    bytes[at + 2] = (byte) (value >> 8);
    bytes[at + 3] = (byte) value;
  }

  private void room(int count) {
    long needed = (long) length + count;
    if (needed > MAX_BYTES) {
      throw new IllegalArgumentException("more than " + MAX_BYTES + " octets of values");
    }
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(MAX_BYTES, Math.max(needed, bytes.length * 2L)));
    }
  }
}
