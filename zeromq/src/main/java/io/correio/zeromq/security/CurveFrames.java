package io.correio.zeromq.security;

import io.correio.zeromq.wire.ZmtpException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * MESSAGE of CURVE (RFC 25, 26): every frame in a box of its own.
 *
 * <pre>
 *   0           8        16     32      33
 *   | 7 MESSAGE | nonce  | tag  | flags | body …     flags: 1 more, 2 command
 *                               └── encrypted ──┘
 * </pre>
 *
 * RFC 25 calls MESSAGE a command; libzmq sends it in a frame without the COMMAND flag, and takes it
 * either way.
 */
final class CurveFrames implements FrameCipher {
  private static final byte[] NAME = "\7MESSAGE".getBytes(StandardCharsets.US_ASCII);
  private static final int NONCE_AT = 8;
  private static final int BOX_AT = 16;
  private static final int FLAGS_AT = 32;
  private static final int BODY_AT = 33;
  private static final int MORE = 1;
  private static final int COMMAND = 2;

  private final SecretBox sealing;
  private final SecretBox opening;
  private final CurveNonce sent;
  private final CurveNonce received;
  private final byte[] sealNonce;
  private final byte[] openNonce;
  private boolean closed;

  /**
   * @param sealing the shared key, for what is sent; from now on owned here
   * @param opening the same key, for what comes; from now on owned here
   * @param sent goes on counting where the handshake ended
   * @param received goes on counting where the handshake ended
   */
  CurveFrames(
      SecretBox sealing, SecretBox opening, boolean server, CurveNonce sent, CurveNonce received) {
    this.sealing = sealing;
    this.opening = opening;
    this.sent = sent;
    this.received = received;
    sealNonce = CurveNonce.prefix(server ? "CurveZMQMESSAGES" : "CurveZMQMESSAGEC");
    openNonce = CurveNonce.prefix(server ? "CurveZMQMESSAGEC" : "CurveZMQMESSAGES");
  }

  @Override
  public int overhead() {
    return BODY_AT;
  }

  @Override
  public void seal(
      boolean more,
      boolean command,
      byte[] source,
      int offset,
      int length,
      byte[] target,
      int targetOffset) {
    checkOpen();
    System.arraycopy(NAME, 0, target, targetOffset, NAME.length);
    sent.next(sealNonce, target, targetOffset + NONCE_AT);
    target[targetOffset + FLAGS_AT] = (byte) ((more ? MORE : 0) | (command ? COMMAND : 0));
    System.arraycopy(source, offset, target, targetOffset + BODY_AT, length);
    sealing.seal(sealNonce, target, targetOffset + BOX_AT, length + 1);
  }

  @Override
  public Opened open(byte[] body, int offset, int length) throws ZmtpException {
    checkOpen();
    if (length < BODY_AT
        || !Arrays.equals(body, offset, offset + NAME.length, NAME, 0, NAME.length)) {
      throw new ZmtpException(
          ZmtpException.Kind.UNEXPECTED, "the peer sent a frame that is no MESSAGE of CURVE");
    }
    received.expect(openNonce, body, offset + NONCE_AT);
    if (!opening.open(openNonce, body, offset + BOX_AT, length - BOX_AT)) {
      throw new ZmtpException(
          ZmtpException.Kind.FORGED, "a frame was changed on its way, or is not of this peer");
    }
    received.accept(openNonce);
    int flags = body[offset + FLAGS_AT];
    return new Opened(
        (flags & MORE) != 0, (flags & COMMAND) != 0, offset + BODY_AT, length - BODY_AT);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the keys of this connection are wiped");
    }
  }

  @Override
  public void close() {
    closed = true;
    sealing.close();
    opening.close();
  }
}
