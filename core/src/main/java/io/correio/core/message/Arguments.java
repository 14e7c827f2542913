package io.correio.core.message;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Named values, in the order they were given: what a declaration, a binding or a message carries
 * besides its fixed fields.
 *
 * <p>A value is null (void), Boolean, Long, Double, BigDecimal, String, byte[], Instant, a list of
 * values, or Arguments; nothing is nested deeper than {@link #MAX_DEPTH}. Other widths of numbers
 * become Long or Double when they are put in.
 *
 * <p>Immutable, and safe to share between threads. Byte arrays are copied on the way in; those
 * handed out are shared and must not be written to. Two are equal when they have equal values under
 * the same names, in whatever order; byte arrays are compared by content, decimals by their number.
 *
 * <p>{@link ArgumentsCodec} draws and writes the encoded form.
 */
public final class Arguments {
  /** How deep lists and arguments may be nested, this level included. */
  public static final int MAX_DEPTH = 32;

  /** How many entries one level may have. */
  public static final int MAX_ENTRIES = 65_536;

  /** How many bytes the unscaled number of a decimal may have. */
  public static final int MAX_DECIMAL_BYTES = 64;

  /** No values. */
  public static final Arguments EMPTY = new Arguments(new String[0], new Object[0]);

  /** Up to this many names are compared one by one. */
  private static final int SCANNED = 8;

  private final String[] names;
  private final @Nullable Object[] values;

  /** The places of the names; empty when there are few. */
  private final Map<String, Integer> places;

  private final int hash;

  /** Takes distinct names, and values that are in their final form. */
  private Arguments(String[] names, @Nullable Object[] values) {
    this.names = names;
    this.values = values;
    int sum = 0;
    Map<String, Integer> index = names.length <= SCANNED ? Map.of() : new HashMap<>();
    for (int i = 0; i < names.length; i++) {
      sum += names[i].hashCode() * 31 ^ ArgumentValues.hash(values[i]);
      if (names.length > SCANNED) {
        index.put(names[i], i);
      }
    }
    this.places = index;
    this.hash = sum;
  }

  /**
   * Returns arguments with the entries of {@code values}, in its order.
   *
   * @throws IllegalArgumentException if a value is of another class, nested too deep, or one of too
   *     many
   */
  public static Arguments of(Map<String, ? extends @Nullable Object> values) {
    if (values.isEmpty()) {
      return EMPTY;
    }
    Builder builder = builder();
    values.forEach(builder::put);
    return builder.build();
  }

  /** Returns arguments with one entry; as {@link #of(Map)}. */
  public static Arguments of(String name, @Nullable Object value) {
    return builder().put(name, value).build();
  }

  /** Returns a builder without entries. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns whether two values are the same: numbers of any width by their number (a floating one
   * is never the same as an integer), byte arrays by content, void as itself.
   */
  public static boolean sameValue(@Nullable Object a, @Nullable Object b) {
    return ArgumentValues.same(a, b);
  }

  /** Returns the number of entries. */
  public int size() {
    return names.length;
  }

  /** Returns whether there is no entry. */
  public boolean isEmpty() {
    return names.length == 0;
  }

  /** Returns the names, in order. */
  public List<String> names() {
    return List.of(names);
  }

  /** Returns whether there is such a name, be its value void. */
  public boolean contains(String name) {
    return place(name) >= 0;
  }

  /** Returns a value; null when there is no such name or its value is void. */
  public @Nullable Object get(String name) {
    int place = place(name);
    return place < 0 ? null : values[place];
  }

  /**
   * Returns a string; empty when there is no such name or its value is void.
   *
   * @throws IllegalArgumentException if the value is something else
   */
  public Optional<String> string(String name) {
    return value(name, String.class, "a string");
  }

  /**
   * Returns an integer; empty when there is no such name or its value is void.
   *
   * @throws IllegalArgumentException if the value is something else
   */
  public OptionalLong integer(String name) {
    Long value = value(name, Long.class, "an integer").orElse(null);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /**
   * Returns a truth value; empty when there is no such name or its value is void.
   *
   * @throws IllegalArgumentException if the value is something else
   */
  public Optional<Boolean> bool(String name) {
    return value(name, Boolean.class, "true or false");
  }

  /**
   * Returns nested arguments; empty when there is no such name or its value is void.
   *
   * @throws IllegalArgumentException if the value is something else
   */
  public Optional<Arguments> nested(String name) {
    return value(name, Arguments.class, "a table");
  }

  /** Calls {@code action} for each entry, in order. */
  public void forEach(BiConsumer<String, @Nullable Object> action) {
    for (int i = 0; i < names.length; i++) {
      action.accept(names[i], values[i]);
    }
  }

  /** Returns the entries in a new map, in order. */
  public Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    forEach(map::put);
    return map;
  }

  /** Returns these arguments with a value set or added; as {@link #of(Map)}. */
  public Arguments with(String name, @Nullable Object value) {
    Builder builder = builder();
    forEach(builder::put);
    return builder.put(name, value).build();
  }

  /** Returns these arguments without a name. */
  public Arguments without(String name) {
    if (!contains(name)) {
      return this;
    }
    Map<String, @Nullable Object> rest = toMap();
    rest.remove(name);
    return of(rest);
  }

  /** Returns the number of bytes that {@link #encode} writes. */
  public int encodedSize() {
    return ArgumentsCodec.size(this);
  }

  /**
   * Writes these arguments at the buffer's position, which moves on. The buffer's byte order plays
   * no part.
   *
   * @throws java.nio.BufferOverflowException if fewer than {@link #encodedSize()} bytes remain
   */
  public void encode(ByteBuffer to) {
    ArgumentsCodec.write(this, to);
  }

  /**
   * Reads arguments at the buffer's position, which moves on.
   *
   * @throws IllegalArgumentException if that is not what was encoded
   */
  public static Arguments decode(ByteBuffer from) {
    return ArgumentsCodec.read(from);
  }

  private <T> Optional<T> value(String name, Class<T> type, String expected) {
    Object value = get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(
          "argument '%s' must be %s, not %s".formatted(name, expected, shown(value)));
    }
    return Optional.of(type.cast(value));
  }

  private static String shown(Object value) {
    return switch (value) {
      case byte[] bytes -> bytes.length + " bytes";
      case String text -> "'" + text + "'";
      case Arguments table -> "a table";
      case List<?> list -> "a list";
      default -> value.toString();
    };
  }

  private int place(String name) {
    if (names.length > SCANNED) {
      return places.getOrDefault(name, -1);
    }
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(name)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Arguments that)
        || hash != that.hash
        || names.length != that.names.length) {
      return false;
    }
    for (int i = 0; i < names.length; i++) {
      int place = that.place(names[i]);
      if (place < 0 || !ArgumentValues.same(values[i], that.values[place])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < names.length; i++) {
      text.append(i == 0 ? "" : ", ").append(names[i]).append('=');
      ArgumentValues.show(values[i], text);
    }
    return text.append('}').toString();
  }

  /** Collects entries, in order; a name that comes again replaces the earlier value. */
  public static final class Builder {
    private final Map<String, @Nullable Object> entries = new LinkedHashMap<>();

    private Builder() {}

    /**
     * Adds an entry.
     *
     * @throws IllegalArgumentException if the value is of a class that arguments cannot hold,
     *     nested too deep, or one of too many
     */
    public Builder put(String name, @Nullable Object value) {
      entries.put(Objects.requireNonNull(name, "name"), ArgumentValues.normalized(name, value, 2));
      if (entries.size() > MAX_ENTRIES) {
        throw new IllegalArgumentException("more than %d arguments".formatted(MAX_ENTRIES));
      }
      return this;
    }

    /** Returns arguments with the entries so far. */
    public Arguments build() {
      return of(entries.keySet().toArray(String[]::new), entries.values().toArray());
    }
  }

  static Arguments of(String[] names, @Nullable Object[] values) {
    return names.length == 0 ? EMPTY : new Arguments(names, values);
  }

  /**
   * Returns whether no name comes twice, as a builder makes sure of, but an encoded form may not.
   */
  boolean hasDistinctNames() {
    if (names.length > SCANNED) {
      return places.size() == names.length;
    }
    for (int i = 1; i < names.length; i++) {
      if (place(names[i]) != i) {
        return false;
      }
    }
    return true;
  }

  String name(int place) {
    return names[place];
  }

  @Nullable Object value(int place) {
    return values[place];
  }
}
