package io.correio.server.front;

import io.correio.core.message.Arguments;
import io.correio.core.routing.ExchangeDefinition;
import java.util.Set;

/**
 * The one list of arguments of declarations that mean something here, by whatever protocol they
 * come. An argument that would change what a queue does and does not exist here is refused by name:
 * a queue that silently keeps what it was told to drop is worse than an error. Names without the
 * prefix {@code x-} are the application's own and are kept. Stateless.
 */
public final class DeclaredArguments {

  private static final String RESERVED_PREFIX = "x-";
  private static final String QUEUE_TYPE = "x-queue-type";

  /** Arguments of queues that the core acts on. */
  private static final Set<String> QUEUE =
      Set.of(
          "x-max-priority",
          "x-message-ttl",
          "x-expires",
          "x-dead-letter-exchange",
          "x-dead-letter-routing-key",
          "x-delivery-limit",
          "x-max-length",
          "x-overflow");

  /**
   * Arguments of queues that say how RabbitMQ should store or place them; here every queue is
   * stored alike.
   */
  private static final Set<String> QUEUE_PLACEMENT =
      Set.of(
          QUEUE_TYPE,
          "x-queue-mode",
          "x-queue-version",
          "x-queue-master-locator",
          "x-queue-leader-locator",
          "x-quorum-initial-group-size");

  private static final Set<String> QUEUE_TYPES = Set.of("classic", "quorum");

  private DeclaredArguments() {}

  /**
   * Arguments of a queue; those on placement are left out, since they say nothing here.
   *
   * @throws IllegalArgumentException for one that means nothing here, with a sentence for the peer
   */
  public static Arguments ofQueue(Arguments declared) {
    Arguments.Builder kept = Arguments.builder();
    declared.forEach((name, value) -> {
      if (!QUEUE_PLACEMENT.contains(name)) {
        checkName(name, QUEUE, "a queue");
        kept.put(name, value);
      } else if (name.equals(QUEUE_TYPE)
          && !(value instanceof String type && QUEUE_TYPES.contains(type))) {
        throw new IllegalArgumentException(
            "invalid arg '%s': '%s' is none of %s".formatted(QUEUE_TYPE, value, QUEUE_TYPES));
      }
    });
    return kept.build();
  }

  /**
   * Arguments of an exchange.
   *
   * @throws IllegalArgumentException as above
   */
  public static Arguments ofExchange(Arguments declared) {
    declared.names().forEach(name -> checkName(name, Set.of(), "an exchange"));
    Object alternate = declared.get(ExchangeDefinition.ALTERNATE_EXCHANGE);
    if (alternate != null && !(alternate instanceof String)) {
      throw new IllegalArgumentException(
          "invalid type for arg 'alternate-exchange': give the exchange's name as a string");
    }
    return declared;
  }

  /**
   * Checks that a name with the prefix {@code x-} is one of those known.
   *
   * @throws IllegalArgumentException when it is not
   */
  public static void checkName(String name, Set<String> known, String what) {
    if (name.startsWith(RESERVED_PREFIX) && !known.contains(name)) {
      throw new IllegalArgumentException(
          "arg '%s' of %s is not supported: declare it without".formatted(name, what));
    }
  }
}
