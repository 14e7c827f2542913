package io.correio.zeromq.model;

/** The socket was closed, before the call or while it waited. */
public final class SocketClosedException extends ZeroMqException {
  private static final long serialVersionUID = 1L;

  /** Names the socket's type. */
  public SocketClosedException(SocketType type) {
    super(Kind.CLOSED, "the " + type + " socket is closed");
  }
}
