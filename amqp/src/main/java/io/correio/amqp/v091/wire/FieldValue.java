package io.correio.amqp.v091.wire;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value in a field table (section 4.2.5.5), with its exact type. Immutable, equal by type and
 * value; {@link #toJava()} gives it in the types that a Java program uses, {@code toString} as text
 * to be read.
 *
 * <p>The grammar of the specification and the one that RabbitMQ and all its clients use differ.
 * This codec speaks the latter:
 *
 * <pre>
 *  tag  specification          RabbitMQ, and here           Java
 *  t    boolean                boolean                      Bool
 *  b B  octet signed/unsigned  the same                     Int INT8, UINT8
 *  U u  16 bits signed/uns.    U read as signed 16 bits     Int INT16 (written as s), UINT16
 *  s    short string           16 bits signed               Int INT16
 *  I i  32 bits signed/uns.    the same                     Int INT32, UINT32
 *  L    64 bits signed         64 bits signed               Int INT64 (written as l)
 *  l    64 bits unsigned       64 bits signed               Int INT64
 *  f d  float, double          the same                     Float32, Float64
 *  D    scale, 32 bits uns.    scale, 32 bits signed        Decimal
 *  S    long string            the same                     Text
 *  T    seconds, 64 bits       the same                     Timestamp
 *  A F  array, table           the same                     Array, FieldTable
 *  V    no value               the same                     NoValue
 *  x    (none)                 byte array                   Binary
 * </pre>
 */
public sealed interface FieldValue
    permits FieldTable,
        FieldValue.Bool,
        FieldValue.Int,
        FieldValue.Float32,
        FieldValue.Float64,
        FieldValue.Decimal,
        FieldValue.Text,
        FieldValue.Binary,
        FieldValue.Timestamp,
        FieldValue.Array,
        FieldValue.NoValue {
  /** The value in Java's own types: see each record. */
  @Nullable Object toJava();

  /** Width and sign of an integer, with its tag on the wire. */
  enum IntType {
    /** Signed, 8 bits. */
    INT8('b', Byte.MIN_VALUE, Byte.MAX_VALUE),
    /** Unsigned, 8 bits. */
    UINT8('B', 0, 0xff),
    /** Signed, 16 bits. */
    INT16('s', Short.MIN_VALUE, Short.MAX_VALUE),
    /** Unsigned, 16 bits. */
    UINT16('u', 0, 0xffff),
    /** Signed, 32 bits. */
    INT32('I', Integer.MIN_VALUE, Integer.MAX_VALUE),
    /** Unsigned, 32 bits. */
    UINT32('i', 0, 0xffff_ffffL),
    /** Signed, 64 bits. */
    INT64('l', Long.MIN_VALUE, Long.MAX_VALUE);

    final char tag;
    final long min;
    final long max;

    IntType(char tag, long min, long max) {
      this.tag = tag;
      this.min = min;
      this.max = max;
    }
  }

  /** Tag {@code t}; in Java a Boolean. */
  record Bool(boolean value) implements FieldValue {
    @Override
    public Boolean toJava() {
      return value;
    }

    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  /** Any integer; in Java a Long. */
  record Int(IntType type, long value) implements FieldValue {
    /** Checks that the value fits its type. */
    public Int {
      if (value < type.min || value > type.max) {
        throw new IllegalArgumentException(value + " does not fit " + type);
      }
    }

    @Override
    public Long toJava() {
      return value;
    }

    @Override
    public String toString() {
      return Long.toString(value);
    }
  }

  /** Tag {@code f}; in Java a Double. */
  record Float32(float value) implements FieldValue {
    @Override
    public Double toJava() {
      return (double) value;
    }

    @Override
    public String toString() {
      return Float.toString(value);
    }
  }

  /** Tag {@code d}; in Java a Double. */
  record Float64(double value) implements FieldValue {
    @Override
    public Double toJava() {
      return value;
    }

    @Override
    public String toString() {
      return Double.toString(value);
    }
  }

  /** Tag {@code D}; in Java a BigDecimal. */
  record Decimal(BigDecimal value) implements FieldValue {
    private static final int MAX_SCALE = 255;

    /** Checks that scale and unscaled value have room in an octet and 32 bits. */
    public Decimal {
      BigInteger unscaled = value.unscaledValue();
      if (value.scale() < 0 || value.scale() > MAX_SCALE || unscaled.bitLength() > 31) {
        throw new IllegalArgumentException(
            value + " does not fit a decimal of the protocol: scale 0 to 255, 32 bits");
      }
    }

    @Override
    public BigDecimal toJava() {
      return value;
    }

    @Override
    public String toString() {
      return value.toString();
    }
  }

  /** Tag {@code S}; in Java a String. */
  record Text(LongString value) implements FieldValue {
    @Override
    public String toJava() {
      return value.toString();
    }

    @Override
    public String toString() {
      return value.toString();
    }
  }

  /** Tag {@code x}; in Java a byte[]. */
  record Binary(LongString value) implements FieldValue {
    @Override
    public byte[] toJava() {
      return value.bytes();
    }

    @Override
    public String toString() {
      return "0x" + HexFormat.of().formatHex(value.unsharedBytes());
    }
  }

  /** Tag {@code T}: seconds since 1970; in Java an Instant, or a Long beyond what that holds. */
  record Timestamp(long seconds) implements FieldValue {
    @Override
    public Object toJava() {
      boolean holds =
          seconds >= Instant.MIN.getEpochSecond() && seconds <= Instant.MAX.getEpochSecond();
      return holds ? Instant.ofEpochSecond(seconds) : (Object) seconds;
    }

    @Override
    public String toString() {
      return toJava().toString();
    }
  }

  /** Tag {@code A}; in Java a List of such values. */
  record Array(List<FieldValue> values) implements FieldValue {
    /** Takes a copy of the list. */
    public Array {
      values = List.copyOf(values);
    }

    @Override
    public List<@Nullable Object> toJava() {
      List<@Nullable Object> list = new ArrayList<>(values.size());
      for (FieldValue value : values) {
        list.add(value.toJava());
      }
      return list;
    }

    @Override
    public String toString() {
      return values.toString();
    }
  }

  /** Tag {@code V}; in Java null. */
  record NoValue() implements FieldValue {
    @Override
    public @Nullable Object toJava() {
      return null;
    }

    @Override
    public String toString() {
      return "void";
    }
  }

  /**
   * The value for an object of Java: null, Boolean, any boxed number, BigDecimal, String,
   * LongString, byte[], Instant, List, Map with String keys, or a FieldValue as it is.
   *
   * @throws IllegalArgumentException for any other class
   */
  static FieldValue of(@Nullable Object value) {
    return switch (value) {
      case null -> new NoValue();
      case FieldValue field -> field;
      case Boolean bool -> new Bool(bool);
      case Number number -> ofNumber(number);
      case String text -> new Text(LongString.of(text));
      case LongString text -> new Text(text);
      case byte[] bytes -> new Binary(LongString.of(bytes));
      case Instant instant -> new Timestamp(instant.getEpochSecond());
      case List<?> list -> {
        List<FieldValue> values = new ArrayList<>(list.size());
        for (Object element : list) {
          values.add(of(element));
        }
        yield new Array(values);
      }
      case Map<?, ?> map -> FieldTable.copyOf(map);
      default ->
          throw new IllegalArgumentException("no field value for a " + value.getClass().getName());
    };
  }

  private static FieldValue ofNumber(Number number) {
    return switch (number) {
      case Byte small -> new Int(IntType.INT8, small);
      case Short small -> new Int(IntType.INT16, small);
      case Integer integer -> new Int(IntType.INT32, integer);
      case Long integer -> new Int(IntType.INT64, integer);
      case Float real -> new Float32(real);
      case Double real -> new Float64(real);
      case BigDecimal decimal -> new Decimal(decimal);
      default ->
          throw new IllegalArgumentException("no field value for a " + number.getClass().getName());
    };
  }
}
