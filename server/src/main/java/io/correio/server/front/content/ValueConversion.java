package io.correio.server.front.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.FieldValue;
import io.correio.amqp.v091.wire.FieldValue.IntType;
import io.correio.amqp.v091.wire.LongString;
import io.correio.amqp.v10.FormatCode;
import io.correio.amqp.v10.ValueReader;
import io.correio.amqp.v10.ValueWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values of AMQP 1.0 as field values of AMQP 0-9-1 and back. Types that both protocols have keep
 * their width and sign; {@code docs/amqp-conversion.md} has the table.
 */
final class ValueConversion {
  static final String UUID_PREFIX = "urn:uuid:";

  private static final int MAX_SHORT_STRING = 255;
  private static final long MILLIS = 1000;

  private ValueConversion() {}

  // ---- from 1.0 ------------------------------------------------------------------------------

  /** Reads a checked value. */
  static FieldValue read(ValueReader reader) {
    return read(reader.constructor(), reader);
  }

  private static FieldValue read(int code, ValueReader reader) {
    return switch (code) {
      case FormatCode.NULL -> new FieldValue.NoValue();
      case FormatCode.TRUE -> new FieldValue.Bool(true);
      case FormatCode.FALSE -> new FieldValue.Bool(false);
      case FormatCode.BOOLEAN -> new FieldValue.Bool(reader.uint8() != 0);
      case FormatCode.FLOAT -> new FieldValue.Float32(Float.intBitsToFloat(reader.int32()));
      case FormatCode.DOUBLE -> new FieldValue.Float64(Double.longBitsToDouble(reader.int64()));
      case FormatCode.CHAR -> text(character(reader.int32()));
      case FormatCode.DECIMAL_32 -> Decimals.read32(reader);
      case FormatCode.DECIMAL_64 -> Decimals.read64(reader);
      case FormatCode.DECIMAL_128 -> Decimals.read128(reader);
      case FormatCode.TIMESTAMP -> new FieldValue.Timestamp(toSeconds(reader.int64()));
      case FormatCode.UUID -> text(UUID_PREFIX + new UUID(reader.int64(), reader.int64()));
      case FormatCode.BINARY_8, FormatCode.BINARY_32 ->
          new FieldValue.Binary(LongString.of(reader.octets(code)));
      case FormatCode.STRING_8, FormatCode.STRING_32, FormatCode.SYMBOL_8, FormatCode.SYMBOL_32 ->
          new FieldValue.Text(LongString.of(reader.octets(code)));
      case FormatCode.LIST_0, FormatCode.LIST_8, FormatCode.LIST_32 -> list(code, reader);
      case FormatCode.MAP_8, FormatCode.MAP_32 -> map(code, reader);
      case FormatCode.ARRAY_8, FormatCode.ARRAY_32 -> array(code, reader);
      default -> integer(code, reader);
    };
  }

  private static FieldValue integer(int code, ValueReader reader) {
    return switch (code) {
      case FormatCode.UBYTE -> new FieldValue.Int(IntType.UINT8, reader.uint8());
      case FormatCode.BYTE -> new FieldValue.Int(IntType.INT8, reader.int8());
      case FormatCode.USHORT -> new FieldValue.Int(IntType.UINT16, reader.uint16());
      case FormatCode.SHORT -> new FieldValue.Int(IntType.INT16, (short) reader.uint16());
      case FormatCode.UINT_0 -> new FieldValue.Int(IntType.UINT32, 0);
      case FormatCode.SMALL_UINT -> new FieldValue.Int(IntType.UINT32, reader.uint8());
      case FormatCode.UINT ->
          new FieldValue.Int(IntType.UINT32, Integer.toUnsignedLong(reader.int32()));
      case FormatCode.SMALL_INT -> new FieldValue.Int(IntType.INT32, reader.int8());
      case FormatCode.INT -> new FieldValue.Int(IntType.INT32, reader.int32());
      case FormatCode.ULONG_0 -> new FieldValue.Int(IntType.INT64, 0);
      case FormatCode.SMALL_ULONG -> new FieldValue.Int(IntType.INT64, reader.uint8());
      case FormatCode.SMALL_LONG -> new FieldValue.Int(IntType.INT64, reader.int8());
      case FormatCode.LONG -> new FieldValue.Int(IntType.INT64, reader.int64());
      case FormatCode.ULONG -> {
        long value = reader.int64();
        yield value >= 0
            ? new FieldValue.Int(IntType.INT64, value)
            : text(Long.toUnsignedString(value));
      }
      default -> throw new AssertionError("constructor " + code + " was checked");
    };
  }

  private static FieldValue list(int code, ValueReader reader) {
    List<FieldValue> values = new ArrayList<>();
    for (int left = reader.count(code); left > 0; left--) {
      values.add(read(reader));
    }
    return new FieldValue.Array(values);
  }

  private static FieldValue array(int code, ValueReader reader) {
    int end = reader.compoundEnd(code);
    int count = reader.count(code);
    List<FieldValue> values = new ArrayList<>();
    if (count > 0) {
      int element = reader.constructor();
      for (int left = count; left > 0; left--) {
        values.add(read(element, reader));
      }
    }
    reader.position(end);
    return new FieldValue.Array(values);
  }

  private static FieldValue map(int code, ValueReader reader) {
    FieldTable.Builder table = FieldTable.builder();
    for (int left = reader.count(code); left > 0; left -= 2) {
      String name = read(reader).toString();
      FieldValue value = read(reader);
      if (isShortString(name)) {
        table.put(name, value);
      }
    }
    return table.build();
  }

  private static String character(int codePoint) {
    return Character.isValidCodePoint(codePoint) ? Character.toString(codePoint) : "\ufffd";
  }

  private static FieldValue text(String value) {
    return new FieldValue.Text(LongString.of(value));
  }

  // ---- to 1.0 --------------------------------------------------------------------------------

  /** Writes a field value. */
  static void write(FieldValue value, ValueWriter out) {
    switch (value) {
      case FieldValue.NoValue nothing -> out.nullValue();
      case FieldValue.Bool bool -> out.bool(bool.value());
      case FieldValue.Int integer -> writeInteger(integer, out);
      case FieldValue.Float32 real -> out.floatValue(real.value());
      case FieldValue.Float64 real -> out.doubleValue(real.value());
      case FieldValue.Decimal decimal -> out.decimal64(Decimals.toDecimal64(decimal.value()));
      case FieldValue.Text text -> writeText(text.value().bytes(), out);
      case FieldValue.Binary binary -> out.binary(binary.value().bytes());
      case FieldValue.Timestamp timestamp -> out.timestamp(toMillis(timestamp.seconds()));
      case FieldValue.Array array -> {
        int opened = out.open();
        array.values().forEach(element -> write(element, out));
        out.closeList(opened, array.values().size());
      }
      case FieldTable table -> {
        int opened = out.open();
        table
            .fields()
            .forEach((name, element) -> {
              writeKey(name, out);
              write(element, out);
            });
        out.closeMap(opened, table.size());
      }
    }
  }

  private static void writeInteger(FieldValue.Int integer, ValueWriter out) {
    long value = integer.value();
    switch (integer.type()) {
      case INT8 -> out.byteValue((int) value);
      case UINT8 -> out.ubyteValue((int) value);
      case INT16 -> out.shortValue((int) value);
      case UINT16 -> out.ushortValue((int) value);
      case INT32 -> out.intValue((int) value);
      case UINT32 -> out.uintValue(value);
      case INT64 -> out.longValue(value);
    }
  }

  /** Long strings of 0-9-1 are octets of which nobody knows whether they are text. */
  private static void writeText(byte[] octets, ValueWriter out) {
    if (Text.isUtf8(octets)) {
      out.string(octets);
    } else {
      out.binary(octets);
    }
  }

  private static void writeKey(String name, ValueWriter out) {
    if (Text.isAscii(name)) {
      out.symbol(Text.ascii(name));
    } else {
      out.string(name.getBytes(UTF_8));
    }
  }

  /** A string of 0-9-1 as a message identifier: as a UUID when it is one's canonical text. */
  static void writeId(String id, ValueWriter out) {
    UUID uuid = uuid(id);
    if (uuid == null) {
      out.string(id.getBytes(UTF_8));
    } else {
      out.uuid(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }
  }

  private static @Nullable UUID uuid(String id) {
    if (!id.startsWith(UUID_PREFIX) || id.length() != UUID_PREFIX.length() + 36) {
      return null;
    }
    String text = id.substring(UUID_PREFIX.length());
    try {
      UUID uuid = UUID.fromString(text);
      // In capitals it would come back as another text, which peers compare.
      return uuid.toString().equals(text) ? uuid : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  // ---- both ----------------------------------------------------------------------------------

  /** Whether a text fits a short string of 0-9-1. */
  static boolean isShortString(String text) {
    return text.length() <= MAX_SHORT_STRING && text.getBytes(UTF_8).length <= MAX_SHORT_STRING;
  }

  static long toSeconds(long millis) {
    return Math.floorDiv(millis, MILLIS);
  }

  /** Milliseconds; the earliest or latest there is when there are too many seconds. */
  static long toMillis(long seconds) {
    if (seconds > Long.MAX_VALUE / MILLIS) {
      return Long.MAX_VALUE;
    }
    return seconds < Long.MIN_VALUE / MILLIS ? Long.MIN_VALUE : seconds * MILLIS;
  }
}
