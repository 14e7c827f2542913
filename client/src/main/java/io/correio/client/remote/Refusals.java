package io.correio.client.remote;

import io.correio.client.MessagingException;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/** What a manager's error conditions (part 2, section 2.8.14) are for programs. */
final class Refusals {

  private Refusals() {}

  /** The exception for a condition; {@code what} says what was asked of whom. */
  static MessagingException of(String what, @Nullable ErrorCondition condition) {
    if (condition == null) {
      return new MessagingException.Refused(what + ": refused without a reason");
    }
    String text = what + ": " + describe(condition);
    Symbol name = condition.getCondition();
    if (AmqpError.NOT_FOUND.equals(name) || AmqpError.RESOURCE_DELETED.equals(name)) {
      return new MessagingException.NoSuchQueue(text);
    }
    if (AmqpError.UNAUTHORIZED_ACCESS.equals(name)) {
      return new MessagingException.AccessRefused(text);
    }
    return new MessagingException.Refused(text);
  }

  static String describe(@Nullable ErrorCondition condition) {
    if (condition == null) {
      return "no reason given";
    }
    String description = condition.getDescription();
    return description == null || description.isEmpty()
        ? String.valueOf(condition.getCondition())
        : description;
  }
}
