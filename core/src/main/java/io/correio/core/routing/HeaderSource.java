package io.correio.core.routing;

import io.correio.core.message.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * A message's headers, as headers exchanges ask for them. Implementations may decode a header when
 * it is first asked for; they are called only while the message is routed, on the routing thread,
 * and often for the same name.
 */
@FunctionalInterface
public interface HeaderSource {
  /** No headers at all. */
  HeaderSource NONE = name -> null;

  /**
   * Returns the value of a header, of a class that {@link Arguments} holds or any boxed number;
   * null when there is no such header or its value is void.
   */
  @Nullable Object header(String name);

  /** Returns whether there is such a header, be its value void. */
  default boolean hasHeader(String name) {
    return header(name) != null;
  }

  /** Returns the headers in {@code arguments}. */
  static HeaderSource of(Arguments arguments) {
    return new HeaderSource() {
      @Override
      public @Nullable Object header(String name) {
        return arguments.get(name);
      }

      @Override
      public boolean hasHeader(String name) {
        return arguments.contains(name);
      }
    };
  }
}
