package io.correio.zeromq.security;

import io.correio.zeromq.wire.ZmtpException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The nonces of one direction of a connection (RFC 26, "Nonces"): a prefix of 16 octets that says
 * what it is for, and a counter of 8 that starts at 1 and rises strictly, over all commands.
 */
final class CurveNonce {
  static final int SHORT_LENGTH = 8;
  static final int LONG_LENGTH = 16;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private long last;

  /** A nonce of a prefix of 16 octets and the next counter, which is also written to a target. */
  byte[] next(String prefix, byte[] target, int offset) {
    byte[] nonce = prefix(prefix);
    next(nonce, target, offset);
    return nonce;
  }

  /** Puts the next counter into a nonce, and into a target. */
  void next(byte[] nonce, byte[] target, int offset) {
    if (last == -1) {
      throw new IllegalStateException("all nonces of the connection are used up: connect again");
    }
    last++;
    LONG.set(nonce, LONG_LENGTH, last);
    LONG.set(target, offset, last);
  }

  /**
   * A nonce of a prefix of 16 octets and the counter that the peer sent.
   *
   * @throws ZmtpException if it does not rise
   */
  byte[] expect(String prefix, byte[] source, int offset) throws ZmtpException {
    byte[] nonce = prefix(prefix);
    expect(nonce, source, offset);
    return nonce;
  }

  /**
   * Puts the counter that the peer sent into a nonce. It counts once {@link #accept} says that what
   * came with it is genuine.
   *
   * @throws ZmtpException if it does not rise
   */
  void expect(byte[] nonce, byte[] source, int offset) throws ZmtpException {
    long counter = (long) LONG.get(source, offset);
    if (Long.compareUnsigned(counter, last) <= 0) {
      throw new ZmtpException(
          ZmtpException.Kind.FORGED, "the peer used a nonce again: a command was repeated");
    }
    LONG.set(nonce, LONG_LENGTH, counter);
  }

  /** What came with a nonce is genuine: none up to its counter may come again. */
  void accept(byte[] nonce) {
    last = (long) LONG.get(nonce, LONG_LENGTH);
  }

  /** A nonce of a prefix of 8 octets and 16 octets that were chosen at random. */
  static byte[] random(String prefix, byte[] source, int offset) {
    byte[] nonce = prefix(prefix);
    System.arraycopy(source, offset, nonce, SHORT_LENGTH, LONG_LENGTH);
    return nonce;
  }

  static byte[] prefix(String prefix) {
    return Arrays.copyOf(prefix.getBytes(StandardCharsets.US_ASCII), SecretBox.NONCE_LENGTH);
  }
}
