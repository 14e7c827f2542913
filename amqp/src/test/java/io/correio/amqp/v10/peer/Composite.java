package io.correio.amqp.v10.peer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.jspecify.annotations.Nullable;

/**
 * A value of a composite type (part 1, section 1.4), with whatever fields a test puts into it:
 * mandatory ones may be missing, and of any type. Immutable.
 */
public final class Composite {

  private final Kind kind;
  private final List<@Nullable Object> fields;

  private Composite(Kind kind, List<@Nullable Object> fields) {
    this.kind = kind;
    this.fields = fields;
  }

  /** Without any fields. */
  public static Composite of(Kind kind) {
    return new Composite(kind, new ArrayList<>());
  }

  /** The same with a field set: numbers and texts become the type that the field has. */
  public Composite with(String name, @Nullable Object value) {
    int index = kind.index(name);
    List<@Nullable Object> changed = new ArrayList<>(fields);
    while (changed.size() <= index) {
      changed.add(null);
    }
    changed.set(index, typed(kind.type(index), value));
    return new Composite(kind, changed);
  }

  private static @Nullable Object typed(String type, @Nullable Object value) {
    return switch (value) {
      case Number number when type.equals("ubyte") -> UnsignedByte.valueOf(number.byteValue());
      case Number number when type.equals("ushort") -> UnsignedShort.valueOf(number.shortValue());
      case Number number when type.equals("uint") -> UnsignedInteger.valueOf(number.intValue());
      case Number number when type.equals("ulong") -> UnsignedLong.valueOf(number.longValue());
      case String text when type.equals("symbol") -> Symbol.valueOf(text);
      case byte[] bytes -> new Binary(bytes);
      case null, default -> value;
    };
  }

  public Kind kind() {
    return kind;
  }

  /** A field, or null when it is not there. */
  public @Nullable Object get(String name) {
    int index = kind.index(name);
    return index < fields.size() ? fields.get(index) : null;
  }

  /** A field that is a number. */
  public long number(String name) {
    return ((Number) Objects.requireNonNull(get(name), () -> name + " of " + this)).longValue();
  }

  /** A field that is a composite itself. */
  public Composite part(String name) {
    return (Composite) Objects.requireNonNull(get(name), () -> name + " of " + this);
  }

  /** A field as text, {@code "null"} when it is not there. */
  public String text(String name) {
    return String.valueOf(get(name));
  }

  public boolean isTrue(String name) {
    return Boolean.TRUE.equals(get(name));
  }

  /** The elements of an array, or the one that stands for it. */
  public List<String> texts(String name) {
    Object value = get(name);
    if (value instanceof Object[] array) {
      return Arrays.stream(array).map(String::valueOf).toList();
    }
    return value == null ? List.of() : List.of(String.valueOf(value));
  }

  /** As proton-j's encoder takes it. */
  DescribedType described() {
    List<@Nullable Object> values = new ArrayList<>();
    for (Object field : fields) {
      values.add(field instanceof Composite part ? part.described() : field);
    }
    return Values.described(kind.code(), values);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(kind.name()).append('(');
    for (int i = 0; i < fields.size() && i < kind.names().size(); i++) {
      Object field = fields.get(i);
      if (field != null) {
        String shown = field instanceof Object[] array ? Arrays.toString(array) : field.toString();
        text.append(kind.names().get(i)).append('=').append(shown).append(' ');
      }
    }
    return text.append(')').toString();
  }
}
