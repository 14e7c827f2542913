package io.correio.server.front.amqp10;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the address of a terminus says, or the {@code to} of a message.
 *
 * <pre>
 *   /queues/:queue              the queue, which must exist
 *   /exchanges/:exchange/:key   the exchange, with this routing key
 *   /exchanges/:exchange        the exchange; the key is the message's subject
 *   name                        a queue; or, with the capability topic, a topic
 * </pre>
 *
 * Names between slashes are percent-encoded UTF-8, as in RabbitMQ's second address format.
 */
sealed interface NodeAddress {

  /** A queue that must exist. */
  record Queue(String name) implements NodeAddress {}

  /**
   * An exchange to send to.
   *
   * @param key null when each message says it in its subject
   */
  record Exchange(String name, @Nullable String key) implements NodeAddress {}

  /** A plain name. */
  record Plain(String name) implements NodeAddress {}

  /** What is no address, and why. */
  record Malformed(String reason) implements NodeAddress {}

  String QUEUES = "/queues/";
  String EXCHANGES = "/exchanges/";

  /** Reads an address. */
  static NodeAddress parse(String address) {
    if (address.startsWith(QUEUES)) {
      String name = decode(address.substring(QUEUES.length()));
      return name == null || name.isEmpty() ? malformed(address) : new Queue(name);
    }
    if (address.startsWith(EXCHANGES)) {
      String rest = address.substring(EXCHANGES.length());
      int slash = rest.indexOf('/');
      String exchange = decode(slash < 0 ? rest : rest.substring(0, slash));
      String key = slash < 0 ? null : decode(rest.substring(slash + 1));
      if (exchange == null || exchange.isEmpty() || (slash >= 0 && key == null)) {
        return malformed(address);
      }
      return new Exchange(exchange, key);
    }
    return address.isEmpty() || address.startsWith("/") ? malformed(address) : new Plain(address);
  }

  private static Malformed malformed(String address) {
    return new Malformed(
        "'"
            + address
            + "' is no address: use /queues/:queue, /exchanges/:exchange/:key, or a queue's name,"
            + " with slashes in names written as %2F");
  }

  private static @Nullable String decode(String part) {
    if (part.indexOf('/') >= 0) {
      return null;
    }
    try {
      return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
