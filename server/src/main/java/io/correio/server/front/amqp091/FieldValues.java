package io.correio.server.front.amqp091;

import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.core.message.Arguments;
import io.correio.server.front.content.CoreValues;

/** Field tables as the core's arguments. */
final class FieldValues {
  private FieldValues() {}

  /** The arguments that a method carries; 406 when they are more than the core takes. */
  static Arguments toArguments(FieldTable table, Method method) {
    if (table.isEmpty()) {
      return Arguments.EMPTY;
    }
    try {
      return CoreValues.toArguments(table);
    } catch (IllegalArgumentException e) {
      throw Errors.of(
          ReplyCode.PRECONDITION_FAILED, method, "unacceptable arguments: " + e.getMessage());
    }
  }
}
