package io.correio.zeromq.model;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The values of one socket's options. Thread-safe. */
public final class Options {
  private final Map<SocketOption<?>, Object> values = new ConcurrentHashMap<>();

  /** No option set: every one has its default. */
  public Options() {}

  /** The value, or the default. */
  public <T> T get(SocketOption<T> option) {
    Object value = values.get(option);
    return value == null ? option.defaultValue() : option.type().cast(value);
  }

  /**
   * Sets a value.
   *
   * @throws IllegalArgumentException naming the option, if the value is invalid
   */
  public <T> void set(SocketOption<T> option, T value) {
    option.check(value);
    values.put(option, value);
  }
}
