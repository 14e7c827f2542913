package io.correio.zeromq.wire;

/**
 * What a peer sent is not ZMTP, not what this side agreed to, or not genuine. The connection it
 * came from has to be closed; nothing else is affected. The message names cause and remedy and
 * contains no secret.
 */
public final class ZmtpException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kind of thing went wrong. */
  public enum Kind {
    /** Bytes that are no ZMTP: a bad signature, a cut-off command, a length that lies. */
    MALFORMED,
    /** The peer speaks a version that this side does not, or may not, speak. */
    VERSION,
    /** The two sides are configured for different security mechanisms, or for the same role. */
    MECHANISM,
    /** A command that is well-formed but does not belong here. */
    UNEXPECTED,
    /** More than a named maximum allows. */
    TOO_LARGE,
    /** A cryptographic check failed: wrong key, tampered or repeated frame. */
    FORGED
  }

  private final Kind kind;

  /**
   * @param kind what kind of thing went wrong
   * @param message cause, object and remedy, for monitors and logs
   */
  public ZmtpException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** What kind of thing went wrong. */
  public Kind kind() {
    return kind;
  }
}
