package io.correio.zeromq.model;

/** A call on a socket that failed; the message names cause, object and remedy. */
public class ZeroMqException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure it is. */
  public enum Kind {
    /** The call does not fit the socket's state, such as two requests without an answer between. */
    STATE,
    /** The socket's type has no such call. */
    UNSUPPORTED,
    /** No peer has the routing id, or it cannot take the message now. */
    UNREACHABLE,
    /** The address is in use, or cannot be used. */
    ADDRESS,
    /** The calling thread was interrupted; its flag is still set. */
    INTERRUPTED,
    /** The socket or its context was closed. */
    CLOSED,
    /** A named maximum is reached. */
    LIMIT
  }

  private final Kind kind;

  /** A failure of a kind. */
  public ZeroMqException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** A failure of a kind, with its cause. */
  public ZeroMqException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** What kind of failure it is. */
  public final Kind kind() {
    return kind;
  }
}
