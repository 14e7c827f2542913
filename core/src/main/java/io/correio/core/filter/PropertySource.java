package io.correio.core.filter;

import org.jspecify.annotations.Nullable;

/** A message's headers and properties by name, looked up when a selector asks for them. */
@FunctionalInterface
public interface PropertySource {

  /**
   * A value: a String, a Boolean or any boxed number, which selectors compare; an object of another
   * class is there and equals nothing. Null when there is no such property.
   */
  @Nullable Object property(String name);
}
