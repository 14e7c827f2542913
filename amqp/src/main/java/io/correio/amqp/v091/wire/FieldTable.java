package io.correio.amqp.v091.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A field table (section 4.2.5.5): names with typed values, in the order they were written.
 * Immutable. Where a peer repeats a name, which the specification forbids without saying what
 * follows, the last value counts.
 *
 * <p>The typed getters give nothing when the name is absent or has another type; whoever must tell
 * the two apart looks at {@link #get}.
 */
public final class FieldTable implements FieldValue {
  /** Deepest nesting of tables and arrays that is read; deeper ones are a syntax error. */
  public static final int MAX_DEPTH = 32;

  private static final FieldTable EMPTY = new FieldTable(Map.of());

  private final Map<String, FieldValue> fields;

  private FieldTable(Map<String, FieldValue> fields) {
    this.fields = fields;
  }

  /** The table without fields. */
  public static FieldTable empty() {
    return EMPTY;
  }

  /** A table of one field, its value converted by {@link FieldValue#of}. */
  public static FieldTable of(String name, @Nullable Object value) {
    return builder().put(name, value).build();
  }

  /** A table of a map's entries, converted by {@link FieldValue#of}; keys by toString. */
  public static FieldTable copyOf(Map<?, ?> map) {
    Builder builder = builder();
    map.forEach((name, value) -> builder.put(String.valueOf(name), value));
    return builder.build();
  }

  /** A builder, to be used by one thread. */
  public static Builder builder() {
    return new Builder();
  }

  /** Number of fields. */
  public int size() {
    return fields.size();
  }

  /** Whether there is no field. */
  public boolean isEmpty() {
    return fields.isEmpty();
  }

  /** The fields in their order; unmodifiable. */
  public Map<String, FieldValue> fields() {
    return fields;
  }

  /** The field of a name, or null. */
  public @Nullable FieldValue get(String name) {
    return fields.get(name);
  }

  /** A string field as text. */
  public Optional<String> getString(String name) {
    return get(name) instanceof Text text ? Optional.of(text.value().toString()) : Optional.empty();
  }

  /** An integer field of any width. */
  public OptionalLong getLong(String name) {
    return get(name) instanceof Int integer
        ? OptionalLong.of(integer.value())
        : OptionalLong.empty();
  }

  /** A boolean field, or the default when it is absent or of another type. */
  public boolean getBoolean(String name, boolean defaultValue) {
    return get(name) instanceof Bool bool ? bool.value() : defaultValue;
  }

  /** A nested table. */
  public Optional<FieldTable> getTable(String name) {
    return get(name) instanceof FieldTable table ? Optional.of(table) : Optional.empty();
  }

  /** An array. */
  public Optional<Array> getArray(String name) {
    return get(name) instanceof Array array ? Optional.of(array) : Optional.empty();
  }

  /** A new map with each field's {@link FieldValue#toJava()}. */
  @Override
  public Map<String, @Nullable Object> toJava() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    fields.forEach((name, value) -> map.put(name, value.toJava()));
    return map;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FieldTable that && fields.equals(that.fields);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  /** The fields as a Java map prints them. */
  @Override
  public String toString() {
    return fields.toString();
  }

  /** Collects fields for one table. */
  public static final class Builder {
    private final Map<String, FieldValue> fields = new LinkedHashMap<>();

    private Builder() {}

    /** Sets a field, its value converted by {@link FieldValue#of}. */
    public Builder put(String name, @Nullable Object value) {
      fields.put(name, FieldValue.of(value));
      return this;
    }

    /** The table; the builder must not be used afterwards. */
    public FieldTable build() {
      return fields.isEmpty() ? EMPTY : new FieldTable(Collections.unmodifiableMap(fields));
    }
  }
}
