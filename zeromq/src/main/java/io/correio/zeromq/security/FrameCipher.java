package io.correio.zeromq.security;

import io.correio.zeromq.wire.ZmtpException;

/**
 * Seals and opens frames after the handshake of a mechanism that encrypts. Frames have to be sealed
 * in the order in which they are sent, and opened in the order in which they came. Owned by whoever
 * runs the connection; sealing and opening share nothing, so each may have its thread. {@link
 * #close} wipes the keys.
 */
public interface FrameCipher extends AutoCloseable {
  /** How many octets a sealed frame's body has more than what is sealed. */
  int overhead();

  /**
   * Seals one frame. What results is the body of a frame without flags.
   *
   * @param more whether frames of the same message follow
   * @param command whether the frame is a command, in which case its body begins with the name
   * @param source the body to seal
   * @param target takes {@code length + overhead()} octets; may not overlap the source
   */
  void seal(
      boolean more,
      boolean command,
      byte[] source,
      int offset,
      int length,
      byte[] target,
      int targetOffset);

  /**
   * Opens a sealed frame's body in place.
   *
   * @return where in the array the body lies now, and its flags
   * @throws ZmtpException if the frame is not genuine, was seen before, or is too short; the
   *     connection has to be closed
   */
  Opened open(byte[] body, int offset, int length) throws ZmtpException;

  /** Wipes the keys; nothing can be sealed or opened any more. */
  @Override
  void close();

  /**
   * An opened frame.
   *
   * @param more whether frames of the same message follow
   * @param command whether it is a command
   * @param offset where its body begins in the array that was opened
   * @param length the length of its body
   */
  record Opened(boolean more, boolean command, int offset, int length) {}
}
