package io.correio.core.routing;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An exchange with the bindings from it, arranged so that a message finds the matching ones
 * quickly. Immutable: an update returns another exchange that shares what did not change.
 */
abstract sealed class Exchange
    permits DirectExchange, FanoutExchange, TopicExchange, HeadersExchange {
  private final ExchangeDefinition definition;
  private final @Nullable String alternate;

  Exchange(ExchangeDefinition definition) {
    this.definition = definition;
    this.alternate = definition.alternateExchange();
  }

  /** Returns an exchange without bindings. */
  static Exchange of(ExchangeDefinition definition) {
    return switch (definition.type()) {
      case DIRECT -> new DirectExchange(definition, PersistentMap.empty());
      case FANOUT -> new FanoutExchange(definition, null);
      case TOPIC -> new TopicExchange(definition, TopicNode.EMPTY);
      case HEADERS -> new HeadersExchange(definition, PersistentMap.empty());
    };
  }

  final ExchangeDefinition definition() {
    return definition;
  }

  /** Returns the name of the exchange for messages that match no binding, or null. */
  final @Nullable String alternate() {
    return alternate;
  }

  /** Returns this exchange, with its bindings, under a definition of the same type. */
  abstract Exchange redefined(ExchangeDefinition definition);

  /** Returns this exchange with a binding more; itself when it has the binding. */
  abstract Exchange with(Binding binding, Target target);

  /** Returns this exchange with a binding less; itself when it does not have the binding. */
  abstract Exchange without(Binding binding);

  abstract boolean contains(Binding binding);

  abstract boolean hasBindings();

  abstract void forEachBinding(Consumer<Binding> action);

  /** Hands the target of every binding that matches to {@code walk}. */
  abstract void match(String key, HeaderSource headers, Walk walk);
}
