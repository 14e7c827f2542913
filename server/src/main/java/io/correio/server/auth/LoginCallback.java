package io.correio.server.auth;

import java.util.function.Consumer;

/** Takes the result of a login and can say that it has lost interest. */
public interface LoginCallback extends Consumer<AuthResult> {

  /**
   * Whether the result still matters: asked before the slow part of a check, on any thread. A peer
   * that has gone does not keep those behind it waiting.
   */
  boolean isAwaited();
}
