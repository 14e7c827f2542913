package io.correio.server.cli;

/** What commands exit with. */
final class ExitStatus {

  /** Done. */
  static final int OK = 0;

  /** There was no message. */
  static final int EMPTY = 1;

  /** The command line or the configuration is wrong. */
  static final int USAGE = 2;

  /** No broker there, or it refused; what was to be started did not start. */
  static final int REFUSED = 3;

  private ExitStatus() {}
}
