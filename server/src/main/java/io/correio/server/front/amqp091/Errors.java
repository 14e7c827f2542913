package io.correio.server.front.amqp091;

import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.core.queue.Refusal;

/**
 * Refusals in the protocol's words. What a reply code closes, channel or connection, follows from
 * the code.
 */
final class Errors {
  private Errors() {}

  /** An error that a method caused. */
  static AmqpException of(ReplyCode code, Method method, String text) {
    return new AmqpException(code, text, method.classId(), method.methodId());
  }

  /** The core's refusal of what a method asked for. */
  static AmqpException refused(Refusal refusal, Method method) {
    ReplyCode code =
        switch (refusal.kind()) {
          case NOT_FOUND -> ReplyCode.NOT_FOUND;
          case PRECONDITION, FULL, LIMIT -> ReplyCode.PRECONDITION_FAILED;
          case LOCKED -> ReplyCode.RESOURCE_LOCKED;
          case FORBIDDEN -> ReplyCode.ACCESS_REFUSED;
          case NOT_ALLOWED -> ReplyCode.NOT_ALLOWED;
        };
    return of(code, method, refusal.text());
  }
}
