package io.correio.server.auth;

/** What became of a login. */
public enum AuthResult {
  /** User and password are right. */
  ACCEPTED,
  /** No such user, or another password. Peers are not told which. */
  WRONG,
  /** The user may log in from the server's own machine only. */
  LOOPBACK_ONLY,
  /** Too many logins wait for their check already. */
  BUSY
}
