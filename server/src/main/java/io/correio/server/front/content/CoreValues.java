package io.correio.server.front.content;

import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.FieldValue;
import io.correio.core.message.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values of the protocols as the core holds them: of the classes that {@link Arguments} name. */
public final class CoreValues {
  private CoreValues() {}

  /**
   * A value as the core holds it.
   *
   * @throws IllegalArgumentException if a table has more entries than arguments hold
   */
  public static @Nullable Object toCore(FieldValue value) {
    return switch (value) {
      case FieldTable table -> toArguments(table);
      case FieldValue.Array array -> {
        List<@Nullable Object> list = new ArrayList<>(array.values().size());
        for (FieldValue element : array.values()) {
          list.add(toCore(element));
        }
        yield list;
      }
      default -> value.toJava();
    };
  }

  /**
   * A table as arguments.
   *
   * @throws IllegalArgumentException if one has more entries than arguments hold
   */
  public static Arguments toArguments(FieldTable table) {
    Arguments.Builder builder = Arguments.builder();
    table.fields().forEach((name, value) -> builder.put(name, toCore(value)));
    return builder.build();
  }
}
