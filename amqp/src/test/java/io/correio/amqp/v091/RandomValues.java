package io.correio.amqp.v091;

import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.BasicPropertiesBuilder;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.FieldValue;
import io.correio.amqp.v091.wire.FieldValue.IntType;
import io.correio.amqp.v091.wire.LongString;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Seeded values of every type of the wire, with the extreme ones among them. */
final class RandomValues {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz.-_0123456789 äßé€😀";
  private static final int[] SHORTS = {0, 1, 255, 256, 0x7fff, 0x8000, 0xffff};
  private static final long[] LONGS = {
    0, 1, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL, Long.MAX_VALUE, Long.MIN_VALUE, -1
  };

  private static final List<IntType> INT_TYPES = List.of(IntType.values());

  private final Random random;

  RandomValues(long seed) {
    random = new Random(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  boolean bool() {
    return random.nextBoolean();
  }

  int octet() {
    return random.nextInt(256);
  }

  int unsignedShort() {
    return bool() ? SHORTS[below(SHORTS.length)] : random.nextInt(0x10000);
  }

  long unsignedInt() {
    return longLong() & 0xffff_ffffL;
  }

  long longLong() {
    return bool() ? LONGS[below(LONGS.length)] : random.nextLong();
  }

  byte[] bytes(int maxLength) {
    byte[] bytes = new byte[below(maxLength + 1)];
    random.nextBytes(bytes);
    return bytes;
  }

  String shortString() {
    if (below(10) == 0) {
      return "x".repeat(255);
    }
    StringBuilder text = new StringBuilder();
    for (int length = below(20); length > 0; length--) {
      int at = below(ALPHABET.codePointCount(0, ALPHABET.length()));
      text.appendCodePoint(ALPHABET.codePoints().skip(at).findFirst().orElseThrow());
    }
    return text.toString();
  }

  LongString longString() {
    return LongString.of(bytes(300));
  }

  FieldTable table(int depth) {
    FieldTable.Builder builder = FieldTable.builder();
    for (int fields = below(6); fields > 0; fields--) {
      builder.put(shortString(), value(depth));
    }
    return builder.build();
  }

  FieldValue value(int depth) {
    return switch (below(depth > 0 ? 12 : 10)) {
      case 0 -> new FieldValue.Bool(bool());
      case 1, 2 -> integer(INT_TYPES.get(below(INT_TYPES.size())));
      case 3 -> new FieldValue.Float32(random.nextFloat());
      case 4 -> new FieldValue.Float64(random.nextDouble());
      case 5 ->
          new FieldValue.Decimal(new BigDecimal(BigInteger.valueOf(random.nextInt()), octet()));
      case 6 -> new FieldValue.Text(longString());
      case 7 -> new FieldValue.Binary(longString());
      case 8 -> new FieldValue.Timestamp(longLong());
      case 9 -> new FieldValue.NoValue();
      case 10 -> {
        List<FieldValue> values = new ArrayList<>();
        for (int count = below(5); count > 0; count--) {
          values.add(value(depth - 1));
        }
        yield new FieldValue.Array(values);
      }
      default -> table(depth - 1);
    };
  }

  FieldValue.Int integer(IntType type) {
    long value = longLong();
    return new FieldValue.Int(
        type,
        switch (type) {
          case INT8 -> (byte) value;
          case UINT8 -> value & 0xff;
          case INT16 -> (short) value;
          case UINT16 -> value & 0xffff;
          case INT32 -> (int) value;
          case UINT32 -> value & 0xffff_ffffL;
          case INT64 -> value;
        });
  }

  BasicProperties properties() {
    BasicPropertiesBuilder builder = BasicProperties.builder();
    List<Runnable> all =
        List.of(
            () -> builder.contentType(shortString()),
            () -> builder.contentEncoding(shortString()),
            () -> builder.headers(table(2)),
            () -> builder.deliveryMode(1 + below(2)),
            () -> builder.priority(octet()),
            () -> builder.correlationId(shortString()),
            () -> builder.replyTo(shortString()),
            () -> builder.expiration(Integer.toString(below(100_000))),
            () -> builder.messageId(shortString()),
            () -> builder.timestamp(longLong()),
            () -> builder.type(shortString()),
            () -> builder.userId(shortString()),
            () -> builder.appId(shortString()),
            () -> builder.clusterId(shortString()));
    for (Runnable each : all) {
      if (below(3) == 0) {
        each.run();
      }
    }
    return builder.build();
  }

  /** A method of a record class; octets and shorts are told apart by the names of the fields. */
  Method method(Class<? extends Method> type) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = argument(components[i]);
    }
    try {
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<? extends Method> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type + " is no record", e);
    }
  }

  private Object argument(RecordComponent component) {
    String name = component.getName();
    Class<?> type = component.getType();
    if (type == int.class) {
      return name.startsWith("version") ? octet() : unsignedShort();
    } else if (type == long.class) {
      return name.equals("deliveryTag") ? longLong() : unsignedInt();
    } else if (type == boolean.class) {
      return bool();
    } else if (type == String.class) {
      return shortString();
    } else if (type == LongString.class) {
      return longString();
    } else if (type == FieldTable.class) {
      return table(3);
    }
    throw new AssertionError("no value for " + component);
  }

  /** Every method class there is, found through the sealed interfaces. */
  static List<Class<? extends Method>> methodClasses() {
    List<Class<? extends Method>> found = new ArrayList<>();
    collect(Method.class, found);
    return found;
  }

  private static void collect(Class<?> type, List<Class<? extends Method>> found) {
    if (type.isRecord()) {
      found.add(type.asSubclass(Method.class));
      return;
    }
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      collect(permitted, found);
    }
  }
}
