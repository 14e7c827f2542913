package io.correio.server;

import java.io.Serial;

/** The configuration cannot be used as it is; says what is wrong, where, and what would do. */
public final class ConfigException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** What is wrong, in words for an operator. */
  public ConfigException(String message) {
    super(message);
  }
}
