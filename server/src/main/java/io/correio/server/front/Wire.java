package io.correio.server.front;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * A connection as its session sees it. Owned by one loop; only {@link #wake} and {@link #execute}
 * may be called from other threads.
 */
public interface Wire {

  /** The most that {@link #reserve} gives at once, in bytes. */
  int MAX_RESERVE_BYTES = 1 << 20;

  /**
   * A buffer positioned for writing, big endian, with room for at least so many bytes; valid until
   * the next call. What lies before its position counts as written from then on. After {@link
   * #close} a buffer whose content goes nowhere.
   *
   * @param bytes at most {@link #MAX_RESERVE_BYTES}
   */
  ByteBuffer reserve(int bytes);

  /**
   * Writes a range of an array, of any length. A large range is kept as it is until the socket
   * takes it, so the array must not change any more.
   */
  void write(byte[] bytes, int offset, int length);

  /**
   * Bytes written and not yet reported by {@link Session#onDrained}. What is written in one round
   * leaves in one gather write when the round ends.
   */
  long pendingBytes();

  /**
   * Whether a session that has a lot to say should go on saying it. When this is false, {@link
   * Session#onDrained} is certain to come, and is the moment to go on: until then messages are
   * better kept as references than encoded. Answers, which the peer's own pace bounds, may be
   * written all the same. The limit is about 128 KiB, and lower while many peers read nothing.
   */
  boolean hasRoom();

  /**
   * The handshake is over. A peer that does not bring it about in the time configured is cut off.
   */
  void established();

  /** No more {@link Session#onRead} until {@link #resumeReading}. Idempotent. */
  void pauseReading();

  /** Ends {@link #pauseReading}; kept bytes are offered again in a later round. Idempotent. */
  void resumeReading();

  /**
   * Writes what is pending, then closes. A peer that takes too long to read it is cut off. Nothing
   * is read any more; {@link Session#onClosed} comes when the last byte has been taken. Idempotent.
   *
   * @param cause why, in words for the log; empty for a close that the protocol agreed on
   */
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

  /** The certificate that the peer has shown and TLS has verified; null when there is none. */
  default @Nullable X509Certificate peerCertificate() {
    return null;
  }
}
