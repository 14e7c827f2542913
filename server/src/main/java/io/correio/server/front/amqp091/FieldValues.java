package io.correio.server.front.amqp091;

import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.FieldValue;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.core.message.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Field tables as the core's arguments. */
final class FieldValues {
  private FieldValues() {}

  /** The arguments that a method carries; 406 when they are more than the core takes. */
  static Arguments toArguments(FieldTable table, Method method) {
    if (table.isEmpty()) {
      return Arguments.EMPTY;
    }
    try {
      return toArguments(table);
    } catch (IllegalArgumentException e) {
      throw Errors.of(
          ReplyCode.PRECONDITION_FAILED, method, "unacceptable arguments: " + e.getMessage());
    }
  }

  /** A value as the core holds it. */
  static @Nullable Object toCore(FieldValue value) {
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

  private static Arguments toArguments(FieldTable table) {
    Arguments.Builder builder = Arguments.builder();
    table.fields().forEach((name, value) -> builder.put(name, toCore(value)));
    return builder.build();
  }
}
