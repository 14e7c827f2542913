package io.correio.server.front;

import java.nio.ByteBuffer;

/**
 * A protocol that the server speaks on a port it shares with others. Stateless and thread-safe:
 * sessions hold the state.
 */
public interface Front {

  /** What the first bytes of a connection say. */
  enum Match {
    /** They are this protocol's. */
    YES,
    /** Too few to tell. */
    MORE,
    /** Whatever follows, they are not. */
    NO
  }

  /** The most bytes that any front may need to tell. */
  int MAX_NEEDED_BYTES = 64;

  /** Name for logs, such as "AMQP 0-9-1". */
  String name();

  /**
   * Looks at the first bytes of a connection, from position to limit, without moving either. With
   * {@link #MAX_NEEDED_BYTES} or more it must not answer {@link Match#MORE}.
   */
  Match match(ByteBuffer first);

  /** What a peer that speaks no known protocol is told before the connection is closed. */
  byte[] header();

  /** A session for a connection whose first bytes match. Called on the connection's loop. */
  Session open(Wire wire);
}
