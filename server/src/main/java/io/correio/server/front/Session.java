package io.correio.server.front;

import java.nio.ByteBuffer;

/**
 * One protocol on one connection, without its socket: bytes come in by {@link #onRead}, go out
 * through the {@link Wire}, time comes in by {@link #onTick}. All calls come from the loop that
 * owns the connection, one at a time; so a session can be stepped by hand in tests.
 */
public interface Session {

  /**
   * Takes what the socket had. Consumes as much as it can; what remains in the buffer is offered
   * again, in front of newer bytes, after {@link Wire#resumeReading} or when more has come. The
   * buffer is valid during the call only. The first bytes of the connection, by which the protocol
   * was chosen, are among those offered.
   */
  void onRead(ByteBuffer in);

  /**
   * Effects may be waiting: take them, encode, write. Called at most once per round of the loop.
   */
  void onWake();

  /** So many bytes of what was written have reached the socket since the last call. */
  void onDrained(long bytes);

  /**
   * About once a second.
   *
   * @param nowMillis monotonic: differences count, and it is no date
   */
  void onTick(long nowMillis);

  /** The server stops: say so to the peer in the protocol's words and close. */
  void onStopping();

  /** What people and tools are told of it. */
  default SessionInfo info() {
    return SessionInfo.NONE;
  }

  /**
   * The connection is gone, whoever closed it. Last call. Everything that the session holds in the
   * core is given back here.
   *
   * @param cause why, in words for the log; empty for a close that the protocol agreed on
   */
  void onClosed(String cause);
}
