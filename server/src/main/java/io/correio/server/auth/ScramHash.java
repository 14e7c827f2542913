package io.correio.server.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The hashes that SCRAM is defined with here (RFC 7677), and its functions (RFC 5802, 2.2). */
public enum ScramHash {
  /** SCRAM-SHA-256. */
  SHA_256("SCRAM-SHA-256", "SHA-256", "HmacSHA256", 32),
  /** SCRAM-SHA-512. */
  SHA_512("SCRAM-SHA-512", "SHA-512", "HmacSHA512", 64);

  private final String mechanism;
  private final String digest;
  private final String mac;
  private final int bytes;

  ScramHash(String mechanism, String digest, String mac, int bytes) {
    this.mechanism = mechanism;
    this.digest = digest;
    this.mac = mac;
    this.bytes = bytes;
  }

  /** Name of the SASL mechanism. */
  public String mechanism() {
    return mechanism;
  }

  /** Length of a hash. */
  int bytes() {
    return bytes;
  }

  /** HMAC(key, text). */
  byte[] hmac(byte[] key, String text) {
    try {
      Mac function = Mac.getInstance(mac);
      function.init(new SecretKeySpec(key, mac));
      return function.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw missing(mac, e);
    }
  }

  /** H(bytes). */
  byte[] hash(byte[] bytes) {
    try {
      return MessageDigest.getInstance(digest).digest(bytes);
    } catch (GeneralSecurityException e) {
      throw missing(digest, e);
    }
  }

  /** Hi(password, salt, iterations): PBKDF2 with this hash. Slow on purpose. */
  byte[] saltedPassword(char[] password, byte[] salt, int iterations) {
    PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, 8 * bytes);
    String algorithm = "PBKDF2With" + mac;
    try {
      return SecretKeyFactory.getInstance(algorithm).generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw missing(algorithm, e);
    } finally {
      spec.clearPassword();
    }
  }

  private static IllegalStateException missing(String algorithm, GeneralSecurityException cause) {
    return new IllegalStateException("this Java has no " + algorithm, cause);
  }
}
