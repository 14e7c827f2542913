package io.correio.zeromq.security;

import io.correio.zeromq.wire.ZmtpException;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc7748.X25519;

/**
 * Keys, and what two of them have in common (RFC 7748; "Cryptography in NaCl", section 7). What
 * needs Bouncy Castle is here and in {@link SecretBox}.
 */
final class Curve25519 {
  static final int KEY_LENGTH = 32;
  private static final byte[] ZEROS = new byte[16];

  private Curve25519() {}

  /**
   * Says what is missing where CURVE is configured without Bouncy Castle.
   *
   * @throws IllegalStateException if it is not on the class path
   */
  static void require() {
    try {
      X25519.precompute();
    } catch (NoClassDefFoundError absent) {
      throw new IllegalStateException(
          "CURVE needs Bouncy Castle: add org.bouncycastle:bcprov-jdk18on to the class path",
          absent);
    }
  }

  static byte[] newSecretKey(SecureRandom random) {
    byte[] secret = new byte[KEY_LENGTH];
    X25519.generatePrivateKey(random, secret);
    return secret;
  }

  static byte[] publicKey(byte[] secret) {
    byte[] publicKey = new byte[KEY_LENGTH];
    X25519.generatePublicKey(secret, 0, publicKey, 0);
    return publicKey;
  }

  /**
   * A box that only the owners of the two keys can make or open.
   *
   * @throws ZmtpException if the public key is one that makes every shared secret zero
   */
  static SecretBox box(byte[] secret, byte[] publicKey) throws ZmtpException {
    byte[] shared = new byte[KEY_LENGTH];
    byte[] key = new byte[KEY_LENGTH];
    try {
      if (!X25519.calculateAgreement(secret, 0, publicKey, 0, shared, 0)) {
        throw new ZmtpException(
            ZmtpException.Kind.FORGED, "the peer's key is of low order: no secret comes of it");
      }
      Salsa20.derive(shared, ZEROS, 0, key);
      return new SecretBox(key);
    } finally {
      Arrays.fill(shared, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }
}
