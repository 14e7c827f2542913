package io.correio.core.routing;

import io.correio.core.message.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * An exchange as it was declared.
 *
 * @param name its name, unique among the virtual host's exchanges; "" is the default exchange
 * @param type how it chooses among its bindings
 * @param durable whether it is there after a restart
 * @param autoDelete whether it goes when the last binding from it has gone
 * @param internal whether publishers are refused, so that only other exchanges lead to it
 * @param arguments what else was asked for
 */
public record ExchangeDefinition(
    String name,
    ExchangeType type,
    boolean durable,
    boolean autoDelete,
    boolean internal,
    Arguments arguments) {
  /** The argument that names the exchange for messages that this one has no binding for. */
  public static final String ALTERNATE_EXCHANGE = "alternate-exchange";

  /** The default exchange: routes to the queue that the key names; always there. */
  public static final ExchangeDefinition DEFAULT =
      new ExchangeDefinition("", ExchangeType.DIRECT, true, false, false, Arguments.EMPTY);

  /** Returns the name of the alternate exchange; null when none is named, or not by a string. */
  public @Nullable String alternateExchange() {
    return arguments.get(ALTERNATE_EXCHANGE) instanceof String name ? name : null;
  }
}
