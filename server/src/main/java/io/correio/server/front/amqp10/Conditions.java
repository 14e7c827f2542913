package io.correio.server.front.amqp10;

import io.correio.core.queue.Refusal;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;

/** Refusals in the words of AMQP 1.0 (part 2, section 2.8.15). */
final class Conditions {

  private Conditions() {}

  static ErrorCondition of(Symbol condition, String description) {
    return new ErrorCondition(condition, description);
  }

  static ErrorCondition of(Refusal refusal) {
    Symbol condition =
        switch (refusal.kind()) {
          case NOT_FOUND -> AmqpError.NOT_FOUND;
          case PRECONDITION -> AmqpError.PRECONDITION_FAILED;
          case LOCKED -> AmqpError.RESOURCE_LOCKED;
          case FORBIDDEN -> AmqpError.UNAUTHORIZED_ACCESS;
          case NOT_ALLOWED -> AmqpError.NOT_ALLOWED;
          case FULL, LIMIT -> AmqpError.RESOURCE_LIMIT_EXCEEDED;
        };
    return of(condition, refusal.text());
  }

  /** Something that the protocol offers and this server does not. */
  static ErrorCondition notImplemented(String what, String remedy) {
    return of(AmqpError.NOT_IMPLEMENTED, what + " is not supported; " + remedy);
  }
}
