package io.correio.core.routing;

import java.util.Locale;
import java.util.Optional;

/** How an exchange chooses among its bindings. */
public enum ExchangeType {
  /** The binding's key equals the message's. */
  DIRECT,
  /** Every binding. */
  FANOUT,
  /** The binding's key is a pattern of words: {@code *} for one, {@code #} for any number. */
  TOPIC,
  /** The binding's arguments are compared with the message's headers. */
  HEADERS;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** Returns the name that peers use: direct, fanout, topic or headers. */
  public String wireName() {
    return wireName;
  }

  /** Returns the type of a wire name, if there is one. */
  public static Optional<ExchangeType> ofWireName(String wireName) {
    for (ExchangeType type : values()) {
      if (type.wireName.equals(wireName)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
