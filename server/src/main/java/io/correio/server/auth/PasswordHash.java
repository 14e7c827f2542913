package io.correio.server.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Salted, slow hashes of passwords: PBKDF2 (RFC 8018) with HMAC-SHA-256, with its parameters in the
 * encoded text, so that they can be raised without locking anybody out:
 *
 * <pre>
 *   pbkdf2-sha256 $ iterations $ salt, Base64 $ hash, Base64
 * </pre>
 *
 * Slow on purpose: never on a loop. Stateless and thread-safe.
 */
public final class PasswordHash {

  private static final String SCHEME = "pbkdf2-sha256";
  private static final String ALGORITHM = "PBKDF2WithHmacSHA256";
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  /** More would keep a core busy for half a minute. */
  static final int MAX_ITERATIONS = 10_000_000;

  /** Longer passwords are wrong. */
  static final int MAX_PASSWORD_BYTES = 4_096;

  private PasswordHash() {}

  /**
   * Encodes a password with a fresh salt.
   *
   * @param iterations how slow, 1 to 10,000,000; 600,000 take about a fifth of a second
   * @throws IllegalArgumentException when the password is empty, longer than 4,096 bytes, or not
   *     UTF-8
   */
  public static String encode(byte[] password, int iterations) {
    if (password.length == 0 || password.length > MAX_PASSWORD_BYTES) {
      throw new IllegalArgumentException("a password has 1 to 4,096 bytes");
    }
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return String.join(
        "$",
        SCHEME,
        String.valueOf(iterations),
        base64.encodeToString(salt),
        base64.encodeToString(derive(password, salt, iterations, HASH_BYTES)));
  }

  /**
   * Checks a password. Takes the same time whether it is right or wrong.
   *
   * @param credential what {@link #encode} gave; with anything else no password is right
   */
  public static boolean verify(byte[] password, String credential) {
    String[] parts = credential.split("\\$", -1);
    if (parts.length != 4 || !parts[0].equals(SCHEME) || password.length > MAX_PASSWORD_BYTES) {
      return false;
    }
    try {
      int iterations = Integer.parseInt(parts[1]);
      byte[] salt = Base64.getDecoder().decode(parts[2]);
      byte[] expected = Base64.getDecoder().decode(parts[3]);
      if (iterations < 1 || iterations > MAX_ITERATIONS || expected.length == 0) {
        return false;
      }
      byte[] actual = derive(password, salt, iterations, expected.length);
      return MessageDigest.isEqual(actual, expected);
    } catch (IllegalArgumentException e) {
      return false; // not a credential, or not a password that could have been encoded
    }
  }

  private static byte[] derive(byte[] password, byte[] salt, int iterations, int bytes) {
    char[] characters = characters(password);
    PBEKeySpec spec = new PBEKeySpec(characters, salt, iterations, 8 * bytes);
    try {
      return SecretKeyFactory.getInstance(ALGORITHM).generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    } finally {
      spec.clearPassword();
      Arrays.fill(characters, '\0');
    }
  }

  private static char[] characters(byte[] password) {
    try {
      var decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(password));
      char[] characters = new char[decoded.remaining()];
      decoded.get(characters);
      return characters;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the password is not UTF-8", e);
    }
  }
}
