package io.correio.amqp.v091.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.util.Arrays;

/**
 * Writes the elementary types (section 4.2.5) into an array that grows up to {@link #MAX_BYTES}.
 * Values that do not fit their type are the caller's fault: IllegalArgumentException. Not
 * thread-safe; reusable through {@link #clear}.
 */
public final class WireWriter {
  /** Most bytes that a writer holds. */
  public static final int MAX_BYTES = 16 << 20;

  private static final int MAX_SHORT_STRING = 255;

  private byte[] bytes = new byte[256];
  private int length;

  /** An empty writer. */
  public WireWriter() {}

  /** Forgets what was written. */
  public void clear() {
    length = 0;
  }

  /** Number of bytes written. */
  public int length() {
    return length;
  }

  /** The array behind the writer: valid up to {@link #length} and until the next write. */
  public byte[] array() {
    return bytes;
  }

  /** A copy of the bytes written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  /** An octet: the low 8 bits. */
  public WireWriter octet(int value) {
    room(1);
    bytes[length++] = (byte) value;
    return this;
  }

  /** A short: the low 16 bits. */
  public WireWriter shortInt(int value) {
    room(2);
    bytes[length++] = (byte) (value >> 8);
    bytes[length++] = (byte) value;
    return this;
  }

  /** A long, which is 32 bits in this protocol: the low 32 bits. */
  public WireWriter longInt(long value) {
    room(4);
    putInt(length, (int) value);
    length += 4;
    return this;
  }

  /** A longlong, which is 64 bits. */
  public WireWriter longLong(long value) {
    longInt(value >> 32);
    return longInt(value);
  }

  /** Up to eight bits packed into one octet, the first one lowest (section 4.2.5.2). */
  public WireWriter bits(boolean... values) {
    int packed = 0;
    for (int i = 0; i < values.length; i++) {
      if (values[i]) {
        packed |= 1 << i;
      }
    }
    return octet(packed);
  }

  /** A short string of at most 255 bytes of UTF-8. */
  public WireWriter shortString(String text) {
    byte[] encoded = text.getBytes(UTF_8);
    if (encoded.length > MAX_SHORT_STRING) {
      throw new IllegalArgumentException(
          "a short string holds 255 bytes, not " + encoded.length + ": " + text);
    }
    return octet(encoded.length).raw(encoded, 0, encoded.length);
  }

  /** A long string of the UTF-8 form of a text. */
  public WireWriter longString(String text) {
    byte[] encoded = text.getBytes(UTF_8);
    return longInt(encoded.length).raw(encoded, 0, encoded.length);
  }

  /** A long string. */
  public WireWriter longString(LongString string) {
    byte[] encoded = string.unsharedBytes();
    return longInt(encoded.length).raw(encoded, 0, encoded.length);
  }

  /** A field table. */
  public WireWriter table(FieldTable table) {
    int start = length;
    longInt(0);
    tableWithoutLength(table);
    putInt(start, length - start - 4);
    return this;
  }

  /** The fields of a table without the length before them. */
  public WireWriter tableWithoutLength(FieldTable table) {
    table
        .fields()
        .forEach((name, value) -> {
          shortString(name);
          value(value);
        });
    return this;
  }

  /** Bytes as they are. */
  public WireWriter raw(byte[] source, int offset, int count) {
    room(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
    return this;
  }

  private void value(FieldValue value) {
    switch (value) {
      case FieldValue.Bool bool -> octet('t').octet(bool.value() ? 1 : 0);
      case FieldValue.Int integer -> integer(integer);
      case FieldValue.Float32 real -> octet('f').longInt(Float.floatToRawIntBits(real.value()));
      case FieldValue.Float64 real -> octet('d').longLong(Double.doubleToRawLongBits(real.value()));
      case FieldValue.Decimal decimal -> decimal(decimal.value());
      case FieldValue.Text text -> octet('S').longString(text.value());
      case FieldValue.Binary binary -> octet('x').longString(binary.value());
      case FieldValue.Timestamp timestamp -> octet('T').longLong(timestamp.seconds());
      case FieldValue.NoValue nothing -> octet('V');
      case FieldValue.Array array -> array(array);
      case FieldTable table -> octet('F').table(table);
    }
  }

  private void integer(FieldValue.Int integer) {
    long value = integer.value();
    octet(integer.type().tag);
    switch (integer.type()) {
      case INT8, UINT8 -> octet((int) value);
      case INT16, UINT16 -> shortInt((int) value);
      case INT32, UINT32 -> longInt(value);
      case INT64 -> longLong(value);
    }
  }

  private void decimal(BigDecimal value) {
    octet('D').octet(value.scale()).longInt(value.unscaledValue().intValueExact());
  }

  private void array(FieldValue.Array array) {
    octet('A');
    int start = length;
    longInt(0);
    array.values().forEach(this::value);
    putInt(start, length - start - 4);
  }

  private void putInt(int at, int value) {
    bytes[at] = (byte) (value >> 24);
    bytes[at + 1] = (byte) (value >> 16);
    bytes[at + 2] = (byte) (value >> 8);
    bytes[at + 3] = (byte) value;
  }

  private void room(int count) {
    long needed = (long) length + count;
    if (needed > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a method or property list of more than " + MAX_BYTES + " bytes");
    }
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(MAX_BYTES, Math.max(needed, bytes.length * 2L)));
    }
  }

  /** The longest beginning of a text that fits a short string. */
  static String cutToShortString(String text) {
    byte[] encoded = text.getBytes(UTF_8);
    if (encoded.length <= MAX_SHORT_STRING) {
      return text;
    }
    int end = MAX_SHORT_STRING;
    while ((encoded[end] & 0xc0) == 0x80) {
      end--;
    }
    return new String(encoded, 0, end, UTF_8);
  }
}
