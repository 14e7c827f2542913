package io.correio.core.routing;

import io.correio.core.message.Arguments;
import java.util.Optional;

/**
 * A rule that leads messages from an exchange to a destination. Two bindings with equal components
 * are one.
 *
 * @param source the name of the exchange
 * @param destination the queue or exchange
 * @param key compared with the message's key by direct and topic exchanges
 * @param arguments compared with the message's headers by headers exchanges
 */
public record Binding(String source, Destination destination, String key, Arguments arguments) {
  /** The most characters that a key may have. */
  public static final int MAX_KEY_LENGTH = 1_024;

  /**
   * Creates a binding.
   *
   * @throws IllegalArgumentException if the key is longer than {@link #MAX_KEY_LENGTH}
   */
  public Binding {
    if (key.length() > MAX_KEY_LENGTH) {
      throw new IllegalArgumentException(
          "binding from exchange '%s' to '%s': the key has %d characters, at most %d are allowed"
              .formatted(source, destination.name(), key.length(), MAX_KEY_LENGTH));
    }
  }

  /**
   * Returns why an exchange of {@code type} should not take this binding, as the end of a sentence;
   * empty when nothing speaks against it. A table takes it all the same: a binding that was once
   * accepted is not refused later.
   */
  public Optional<String> refusal(ExchangeType type) {
    return type == ExchangeType.HEADERS ? HeadersRule.refusal(arguments) : Optional.empty();
  }
}
