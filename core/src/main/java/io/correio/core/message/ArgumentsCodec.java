package io.correio.core.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The encoded form of {@link Arguments}. Numbers of a fixed width are little-endian; a {@code len}
 * or {@code count} is 1 to 5 bytes, seven bits each from the lowest on, the top bit set on all but
 * the last.
 *
 * <pre>
 *   arguments   count, then count × entry
 *   entry       len, name as UTF-8 (len bytes), value
 *   value       tag (1 byte), then
 *
 *      tag  0  void        nothing            6  floating   IEEE 754 (8)
 *           1  false       nothing            7  decimal    scale (4), len, unscaled (len, signed)
 *           2  true        nothing            8  string     len, UTF-8 (len)
 *           3  integer     signed (1)         9  bytes      len, bytes (len)
 *           4  integer     signed (4)        10  instant    seconds (8), nanoseconds (4)
 *           5  integer     signed (8)        11  list       count, then count × value
 *                                            12  arguments  as above
 * </pre>
 *
 * <p>The unscaled number of a decimal has its highest byte first. An integer takes the narrowest
 * tag that holds it.
 */
final class ArgumentsCodec {
  private static final int VOID = 0;
  private static final int FALSE = 1;
  private static final int TRUE = 2;
  private static final int INTEGER_8 = 3;
  private static final int INTEGER_32 = 4;
  private static final int INTEGER_64 = 5;
  private static final int FLOATING = 6;
  private static final int DECIMAL = 7;
  private static final int STRING = 8;
  private static final int BYTES = 9;
  private static final int INSTANT = 10;
  private static final int LIST = 11;
  private static final int ARGUMENTS = 12;

  private ArgumentsCodec() {}

  static int size(Arguments arguments) {
    int size = lengthSize(arguments.size());
    for (int i = 0; i < arguments.size(); i++) {
      size += textSize(arguments.name(i)) + valueSize(arguments.value(i));
    }
    return size;
  }

  private static int valueSize(@Nullable Object value) {
    return 1
        + switch (value) {
          case null -> 0;
          case Boolean b -> 0;
          case Long n -> integerSize(n);
          case Double d -> 8;
          case BigDecimal d -> {
            int length = d.unscaledValue().bitLength() / 8 + 1;
            yield 4 + lengthSize(length) + length;
          }
          case String s -> textSize(s);
          case byte[] bytes -> lengthSize(bytes.length) + bytes.length;
          case Instant t -> 12;
          case List<?> list -> {
            int size = lengthSize(list.size());
            for (Object element : list) {
              size += valueSize(element);
            }
            yield size;
          }
          case Arguments table -> size(table);
          default -> throw new AssertionError(value.getClass());
        };
  }

  private static int integerSize(long n) {
    return n == (byte) n ? 1 : n == (int) n ? 4 : 8;
  }

  private static int lengthSize(int length) {
    return length == 0 ? 1 : (38 - Integer.numberOfLeadingZeros(length)) / 7;
  }

  private static int textSize(String text) {
    int length = utf8Length(text);
    return lengthSize(length) + length;
  }

  /** Returns how many bytes {@code getBytes(UTF_8)} gives, where a lone surrogate becomes '?'. */
  private static int utf8Length(String text) {
    int length = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        length += 2;
        i++;
      } else if (!Character.isSurrogate(c)) {
        length += c < 0x800 ? 1 : 2;
      }
    }
    return length;
  }

  static void write(Arguments arguments, ByteBuffer to) {
    ByteOrder order = to.order();
    to.order(ByteOrder.LITTLE_ENDIAN);
    try {
      writeTable(arguments, to);
    } finally {
      to.order(order);
    }
  }

  private static void writeTable(Arguments arguments, ByteBuffer to) {
    writeLength(arguments.size(), to);
    for (int i = 0; i < arguments.size(); i++) {
      writeBytes(arguments.name(i).getBytes(UTF_8), to);
      writeValue(arguments.value(i), to);
    }
  }

  private static void writeValue(@Nullable Object value, ByteBuffer to) {
    switch (value) {
      case null -> to.put((byte) VOID);
      case Boolean b -> to.put((byte) (b ? TRUE : FALSE));
      case Long n -> writeInteger(n, to);
      case Double d -> to.put((byte) FLOATING).putDouble(d);
      case BigDecimal d -> {
        to.put((byte) DECIMAL).putInt(d.scale());
        writeBytes(d.unscaledValue().toByteArray(), to);
      }
      case String s -> writeBytes(s.getBytes(UTF_8), to.put((byte) STRING));
      case byte[] bytes -> writeBytes(bytes, to.put((byte) BYTES));
      case Instant t -> to.put((byte) INSTANT).putLong(t.getEpochSecond()).putInt(t.getNano());
      case List<?> list -> {
        writeLength(list.size(), to.put((byte) LIST));
        for (Object element : list) {
          writeValue(element, to);
        }
      }
      case Arguments table -> writeTable(table, to.put((byte) ARGUMENTS));
      default -> throw new AssertionError(value.getClass());
    }
  }

  private static void writeInteger(long n, ByteBuffer to) {
    switch (integerSize(n)) {
      case 1 -> to.put((byte) INTEGER_8).put((byte) n);
      case 4 -> to.put((byte) INTEGER_32).putInt((int) n);
      default -> to.put((byte) INTEGER_64).putLong(n);
    }
  }

  private static void writeLength(int length, ByteBuffer to) {
    int rest = length;
    while (rest >= 0x80) {
      to.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    to.put((byte) rest);
  }

  private static void writeBytes(byte[] bytes, ByteBuffer to) {
    writeLength(bytes.length, to);
    to.put(bytes);
  }

  static Arguments read(ByteBuffer from) {
    ByteOrder order = from.order();
    from.order(ByteOrder.LITTLE_ENDIAN);
    int start = from.position();
    try {
      return readTable(from, 1);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException(
          "arguments at %d end after %d bytes, amid a value".formatted(start, from.limit() - start),
          e);
    } finally {
      from.order(order);
    }
  }

  private static Arguments readTable(ByteBuffer from, int depth) {
    int count = readCount(from, depth);
    String[] names = new String[count];
    @Nullable Object[] values = new Object[count];
    for (int i = 0; i < count; i++) {
      names[i] = new String(readBytes(from), UTF_8);
      values[i] = readValue(from, depth + 1);
    }
    Arguments table = Arguments.of(names, values);
    if (!table.hasDistinctNames()) {
      throw malformed(from, "a name comes twice");
    }
    return table;
  }

  private static @Nullable Object readValue(ByteBuffer from, int depth) {
    int tag = from.get();
    return switch (tag) {
      case VOID -> null;
      case FALSE -> false;
      case TRUE -> true;
      case INTEGER_8 -> (long) from.get();
      case INTEGER_32 -> (long) from.getInt();
      case INTEGER_64 -> from.getLong();
      case FLOATING -> from.getDouble();
      case DECIMAL -> readDecimal(from);
      case STRING -> new String(readBytes(from), UTF_8);
      case BYTES -> readBytes(from);
      case INSTANT -> readInstant(from);
      case LIST -> readList(from, depth);
      case ARGUMENTS -> readTable(from, depth);
      default -> throw malformed(from, "unknown tag %d".formatted(tag));
    };
  }

  private static BigDecimal readDecimal(ByteBuffer from) {
    int scale = from.getInt();
    byte[] unscaled = readBytes(from);
    if (unscaled.length == 0 || unscaled.length > Arguments.MAX_DECIMAL_BYTES) {
      throw malformed(from, "a decimal of %d bytes".formatted(unscaled.length));
    }
    return new BigDecimal(new BigInteger(unscaled), scale);
  }

  private static Instant readInstant(ByteBuffer from) {
    long seconds = from.getLong();
    int nanos = from.getInt();
    try {
      return Instant.ofEpochSecond(seconds, nanos);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("an instant of %d seconds".formatted(seconds), e);
    }
  }

  private static List<@Nullable Object> readList(ByteBuffer from, int depth) {
    int count = readCount(from, depth);
    List<@Nullable Object> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(readValue(from, depth + 1));
    }
    return Collections.unmodifiableList(list);
  }

  /**
   * Reads the count of a list or table at {@code depth}; each of its values has a byte at least.
   */
  private static int readCount(ByteBuffer from, int depth) {
    if (depth > Arguments.MAX_DEPTH) {
      throw malformed(from, "nested deeper than %d".formatted(Arguments.MAX_DEPTH));
    }
    int count = readLength(from);
    if (count > Arguments.MAX_ENTRIES) {
      throw malformed(from, "%d entries".formatted(count));
    }
    return count;
  }

  private static byte[] readBytes(ByteBuffer from) {
    byte[] bytes = new byte[readLength(from)];
    from.get(bytes);
    return bytes;
  }

  /** Reads a length, of what needs at least a byte for each. */
  private static int readLength(ByteBuffer from) {
    long length = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      byte b = from.get();
      length |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        if (length > from.remaining()) {
          throw malformed(
              from, "a length of %d where %d bytes remain".formatted(length, from.remaining()));
        }
        return (int) length;
      }
    }
    throw malformed(from, "a length of more than 5 bytes");
  }

  private static IllegalArgumentException malformed(ByteBuffer from, String what) {
    return new IllegalArgumentException(
        "malformed arguments before position %d: %s".formatted(from.position(), what));
  }
}
