package io.correio.amqp.v091.method;

import io.correio.amqp.v091.wire.WireWriter;
import java.util.List;
import java.util.Locale;

/**
 * A method of AMQP 0-9-1 (section 1.3 of the generated specification) with its arguments; reserved
 * arguments are left out, written as zero and ignored when read. Immutable.
 */
public sealed interface Method
    permits AccessMethod,
        BasicMethod,
        ChannelMethod,
        ConfirmMethod,
        ConnectionMethod,
        ExchangeMethod,
        QueueMethod,
        TxMethod {
  /** Number of the method's class. */
  int classId();

  /** Number of the method within its class. */
  int methodId();

  /** The methods that may answer this one; empty when the peer does not answer. */
  default List<Class<? extends Method>> replies() {
    return List.of();
  }

  /** Whether the sender asked for no answer, although the method has one. */
  default boolean noWait() {
    return false;
  }

  /** Writes the arguments, without class and method number. */
  void writeArguments(WireWriter out);

  /** The method's name as the specification writes it, for messages: {@code queue.declare}. */
  default String protocolName() {
    String className = getClass().getInterfaces()[0].getSimpleName().replace("Method", "");
    String name = this instanceof ContentMethod ? "Basic" : className;
    String method = getClass().getSimpleName().replaceAll("(?<=[a-z])([A-Z])", "-$1");
    return (name + '.' + method).toLowerCase(Locale.ROOT);
  }
}
