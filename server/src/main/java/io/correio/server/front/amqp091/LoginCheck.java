package io.correio.server.front.amqp091;

import java.util.function.Consumer;

/** Checks passwords, away from the loops. Thread-safe. */
@FunctionalInterface
public interface LoginCheck {
  /**
   * Checks a login.
   *
   * @param isLoopback whether the peer is on this machine
   * @param decided called once, on any thread, with whether the login is right
   */
  void check(String user, String password, boolean isLoopback, Consumer<Boolean> decided);
}
