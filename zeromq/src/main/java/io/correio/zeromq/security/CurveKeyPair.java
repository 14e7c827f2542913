package io.correio.zeromq.security;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * A long-term key pair of CURVE. Thread-safe; the same pair serves any number of connections. Who
 * made it closes it, which wipes the secret key, once no socket uses it any more.
 */
public final class CurveKeyPair implements AutoCloseable {
  /** The octets of a key; in Z85 it has 40 characters. */
  public static final int KEY_LENGTH = Curve25519.KEY_LENGTH;

  private final byte[] publicKey;
  private final byte[] secretKey;

  private CurveKeyPair(byte[] secretKey) {
    this.secretKey = secretKey;
    this.publicKey = Curve25519.publicKey(secretKey);
  }

  /** A new pair. */
  public static CurveKeyPair generate() {
    Curve25519.require();
    return new CurveKeyPair(Curve25519.newSecretKey(new SecureRandom()));
  }

  /** The pair that belongs to a secret key of 32 octets, which is copied. */
  public static CurveKeyPair ofSecretKey(byte[] secretKey) {
    Curve25519.require();
    if (secretKey.length != KEY_LENGTH) {
      throw new IllegalArgumentException(
          "secret key of %d octets: a key has %d".formatted(secretKey.length, KEY_LENGTH));
    }
    return new CurveKeyPair(secretKey.clone());
  }

  /** The pair that belongs to a secret key in Z85. */
  public static CurveKeyPair ofSecretKey(String z85) {
    byte[] secretKey = Z85.decode(z85);
    try {
      return ofSecretKey(secretKey);
    } finally {
      Arrays.fill(secretKey, (byte) 0);
    }
  }

  /** The public key, as a copy. */
  public byte[] publicKey() {
    return publicKey.clone();
  }

  /** The public key in Z85: what clients are given as the server's key. */
  public String publicKeyText() {
    return Z85.encode(publicKey);
  }

  /** The secret key in Z85, to be kept in a safe place. */
  public String secretKeyText() {
    return Z85.encode(secretKey);
  }

  /** The secret key itself, for the handshakes. */
  byte[] secretKey() {
    return secretKey;
  }

  @Override
  public void close() {
    Arrays.fill(secretKey, (byte) 0);
  }

  /** The public key alone. */
  @Override
  public String toString() {
    return "CurveKeyPair[" + publicKeyText() + "]";
  }
}
