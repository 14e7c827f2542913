package io.correio.server.front;

import io.correio.server.auth.AuthResult;
import java.util.function.Consumer;

/** Checks passwords, away from the loops: {@code Authenticator.authenticate}. Thread-safe. */
@FunctionalInterface
public interface LoginCheck {
  /**
   * Checks a login. Never blocks.
   *
   * @param loopback whether the peer is on this machine
   * @param callback called once with the result, at once or later, on any thread
   */
  void authenticate(String user, byte[] password, boolean loopback, Consumer<AuthResult> callback);
}
