package io.correio.server.front;

import java.nio.ByteBuffer;

/**
 * A connection as its session sees it. Owned by one loop; only {@link #wake} and {@link #execute}
 * may be called from other threads.
 */
public interface Wire {

  /**
   * A buffer positioned for writing with room for at least so many bytes; valid until the next
   * call.
   */
  ByteBuffer reserve(int bytes);

  /** Writes a range of an array; large ranges are written without another copy where that pays. */
  void write(byte[] bytes, int offset, int length);

  /**
   * Bytes written and not yet taken by the socket. What is written in one round leaves in one
   * gather write when the round ends.
   */
  long pendingBytes();

  /** No more {@link Session#onRead} until {@link #resumeReading}. Idempotent. */
  void pauseReading();

  /** Ends {@link #pauseReading}; kept bytes are offered again in a later round. Idempotent. */
  void resumeReading();

  /** Writes what is pending, then closes. A peer that takes too long to read it is cut off. */
  void close(String cause);

  /** Asks for {@link Session#onWake} soon; many calls cost one wake-up. Any thread. */
  void wake();

  /** Runs the task on the loop that owns this connection. Any thread. */
  void execute(Runnable task);

  /** Address and port of the peer, for logs. */
  String peer();

  /** Whether the peer came over the loopback interface (or from within the process). */
  boolean isLoopback();

  /** Whether the connection is encrypted. */
  boolean isSecure();
}
