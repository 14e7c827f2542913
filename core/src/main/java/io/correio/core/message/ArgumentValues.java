package io.correio.core.message;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values that {@link Arguments} hold: which there are, and when two are the same. */
final class ArgumentValues {
  private ArgumentValues() {}

  /**
   * Returns {@code value} in the form that arguments hold.
   *
   * @param name the argument's name, for the error
   * @param depth the level that the value's own entries would have
   */
  static @Nullable Object normalized(String name, @Nullable Object value, int depth) {
    return switch (value) {
      case null -> null;
      case Boolean b -> b;
      case Long n -> n;
      case Byte n -> n.longValue();
      case Short n -> n.longValue();
      case Integer n -> n.longValue();
      case Double d -> d;
      case Float f -> f.doubleValue();
      case BigInteger n -> integer(name, n);
      case BigDecimal d -> decimal(name, d);
      case String s -> s;
      case Instant t -> t;
      case byte[] bytes -> bytes.clone();
      case Arguments table -> table(name, table, depth);
      case Map<?, ?> map -> table(name, map, depth);
      case List<?> list -> list(name, list, depth);
      default ->
          throw new IllegalArgumentException(
              "argument '%s' cannot hold a %s; allowed are null, Boolean, numbers, String, byte[],"
                      .formatted(name, value.getClass().getName())
                  + " Instant, List and Arguments");
    };
  }

  private static Object integer(String name, BigInteger value) {
    return value.bitLength() < Long.SIZE
        ? (Object) value.longValue()
        : decimal(name, new BigDecimal(value));
  }

  private static BigDecimal decimal(String name, BigDecimal value) {
    if (value.unscaledValue().bitLength() >= 8 * Arguments.MAX_DECIMAL_BYTES) {
      throw new IllegalArgumentException(
          "argument '%s' is a decimal of more than %d bytes"
              .formatted(name, Arguments.MAX_DECIMAL_BYTES));
    }
    return value;
  }

  private static void checkDepth(String name, int depth) {
    if (depth > Arguments.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "argument '%s' is nested deeper than %d levels".formatted(name, Arguments.MAX_DEPTH));
    }
  }

  private static Arguments table(String name, Arguments table, int depth) {
    checkDepth(name, depth + depthOf(table) - 1);
    return table;
  }

  private static Arguments table(String name, Map<?, ?> map, int depth) {
    checkDepth(name, depth);
    Arguments.Builder builder = Arguments.builder();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getKey() instanceof String key)) {
        throw new IllegalArgumentException(
            "argument '%s' has a name that is no string: %s".formatted(name, entry.getKey()));
      }
      builder.put(key, normalized(name, entry.getValue(), depth + 1));
    }
    return builder.build();
  }

  private static List<@Nullable Object> list(String name, List<?> list, int depth) {
    checkDepth(name, depth);
    if (list.size() > Arguments.MAX_ENTRIES) {
      throw new IllegalArgumentException(
          "argument '%s' is a list of more than %d values".formatted(name, Arguments.MAX_ENTRIES));
    }
    List<@Nullable Object> copy = new ArrayList<>(list.size());
    for (Object value : list) {
      copy.add(normalized(name, value, depth + 1));
    }
    return Collections.unmodifiableList(copy);
  }

  private static int depthOf(@Nullable Object value) {
    int deepest = 0;
    switch (value) {
      case Arguments table -> {
        for (int i = 0; i < table.size(); i++) {
          deepest = Math.max(deepest, depthOf(table.value(i)));
        }
      }
      case List<?> list -> {
        for (Object element : list) {
          deepest = Math.max(deepest, depthOf(element));
        }
      }
      case null, default -> {
        return 0;
      }
    }
    return deepest + 1;
  }

  static boolean same(@Nullable Object a, @Nullable Object b) {
    return switch (a) {
      case null -> b == null;
      case byte[] bytes -> b instanceof byte[] others && Arrays.equals(bytes, others);
      case List<?> list -> b instanceof List<?> others && same(list, others);
      case Number number -> b instanceof Number other && sameNumber(number, other);
      default -> a.equals(b);
    };
  }

  private static boolean same(List<?> list, List<?> others) {
    if (list.size() != others.size()) {
      return false;
    }
    for (int i = 0; i < list.size(); i++) {
      if (!same(list.get(i), others.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameNumber(Number a, Number b) {
    if (isInteger(a)) {
      return isInteger(b) && a.longValue() == b.longValue();
    }
    if (a instanceof BigDecimal decimal) {
      return b instanceof BigDecimal other && decimal.compareTo(other) == 0;
    }
    if (isFloating(a)) {
      return isFloating(b) && Double.compare(a.doubleValue(), b.doubleValue()) == 0;
    }
    return a.equals(b);
  }

  private static boolean isInteger(Number n) {
    return n instanceof Long || n instanceof Integer || n instanceof Short || n instanceof Byte;
  }

  private static boolean isFloating(Number n) {
    return n instanceof Double || n instanceof Float;
  }

  static void show(@Nullable Object value, StringBuilder text) {
    switch (value) {
      case byte[] bytes -> text.append(Arrays.toString(bytes));
      case List<?> list -> {
        text.append('[');
        for (int i = 0; i < list.size(); i++) {
          text.append(i == 0 ? "" : ", ");
          show(list.get(i), text);
        }
        text.append(']');
      }
      case null, default -> text.append(value);
    }
  }

  /** Returns a hash that is equal for values that are the same. */
  static int hash(@Nullable Object value) {
    return switch (value) {
      case null -> 0;
      case byte[] bytes -> Arrays.hashCode(bytes);
      case BigDecimal decimal -> decimal.stripTrailingZeros().hashCode();
      case List<?> list -> {
        int hash = 1;
        for (Object element : list) {
          hash = 31 * hash + hash(element);
        }
        yield hash;
      }
      default -> value.hashCode();
    };
  }
}
