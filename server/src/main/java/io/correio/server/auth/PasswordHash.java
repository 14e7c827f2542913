package io.correio.server.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of passwords: keys made by a salted, slow hash, PBKDF2 (RFC 8018), with its
 * parameters in the encoded text, so that they can be raised without locking anybody out. The keys
 * are those of SCRAM (RFC 5802): they check a password, and nobody who reads them can log in.
 *
 * <pre>
 *   scram $ iterations $ salt $ stored key, server key of SHA-256 [$ both of SHA-512]
 *   pbkdf2-sha256 $ iterations $ salt $ salted password         (written by earlier versions, read)
 * </pre>
 *
 * All bytes are in Base64. Slow on purpose: never on a loop. Stateless and thread-safe.
 */
public final class PasswordHash {

  private static final String SCHEME = "scram";
  private static final String OLD_SCHEME = "pbkdf2-sha256";
  private static final int FIXED_PARTS = 3;
  static final int SALT_BYTES = 16;

  /** More would keep a core busy for half a minute. */
  static final int MAX_ITERATIONS = 10_000_000;

  /** Longer passwords are wrong. */
  static final int MAX_PASSWORD_BYTES = 4_096;

  private PasswordHash() {}

  /**
   * Encodes a password with a fresh salt, for PLAIN and SCRAM-SHA-256.
   *
   * @param iterations how slow, 1 to 10,000,000; 600,000 take about a fifth of a second
   * @throws IllegalArgumentException when the password is empty, longer than 4,096 bytes, or not
   *     UTF-8
   */
  public static String encode(byte[] password, int iterations) {
    return encode(password, iterations, false);
  }

  /**
   * The same, with keys for SCRAM-SHA-512 beside them where that is asked for, which takes about
   * five times as long.
   */
  public static String encode(byte[] password, int iterations, boolean sha512) {
    if (password.length == 0 || password.length > MAX_PASSWORD_BYTES) {
      throw new IllegalArgumentException("a password has 1 to 4,096 bytes");
    }
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    char[] characters = prepared(password);
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    List<String> parts =
        new ArrayList<>(List.of(SCHEME, String.valueOf(iterations), base64.encodeToString(salt)));
    for (ScramHash hash : ScramHash.values()) {
      if (hash == ScramHash.SHA_256 || sha512) {
        ScramKeys keys =
            ScramKeys.of(hash, iterations, salt, hash.saltedPassword(characters, salt, iterations));
        parts.add(base64.encodeToString(keys.storedKey()));
        parts.add(base64.encodeToString(keys.serverKey()));
      }
    }
    Arrays.fill(characters, '\0');
    return String.join("$", parts);
  }

  /**
   * Checks a password. Takes the same time whether it is right or wrong.
   *
   * @param credential what {@link #encode} gave; with anything else no password is right
   */
  public static boolean verify(byte[] password, String credential) {
    ScramKeys expected = keys(credential, ScramHash.SHA_256);
    if (expected == null || password.length > MAX_PASSWORD_BYTES) {
      return false;
    }
    char[] characters;
    try {
      characters = credential.startsWith(OLD_SCHEME) ? text(password) : prepared(password);
    } catch (IllegalArgumentException e) {
      return false; // not a password that could have been encoded
    }
    byte[] salted =
        ScramHash.SHA_256.saltedPassword(characters, expected.salt(), expected.iterations());
    Arrays.fill(characters, '\0');
    ScramKeys actual =
        ScramKeys.of(ScramHash.SHA_256, expected.iterations(), expected.salt(), salted);
    return MessageDigest.isEqual(actual.storedKey(), expected.storedKey());
  }

  /** The keys in a credential; null when it has none of this hash, or is no credential. */
  static @Nullable ScramKeys keys(String credential, ScramHash hash) {
    String[] parts = credential.split("\\$", -1);
    boolean old = parts[0].equals(OLD_SCHEME);
    int first = hash == ScramHash.SHA_256 ? FIXED_PARTS : FIXED_PARTS + 2;
    if (old
        ? parts.length != FIXED_PARTS + 1 || hash != ScramHash.SHA_256
        : !parts[0].equals(SCHEME) || parts.length < first + 2) {
      return null;
    }
    try {
      int iterations = Integer.parseInt(parts[1]);
      byte[] salt = Base64.getDecoder().decode(parts[2]);
      byte[] stored = Base64.getDecoder().decode(parts[first]);
      if (iterations < 1
          || iterations > MAX_ITERATIONS
          || salt.length == 0
          || stored.length != hash.bytes()) {
        return null;
      }
      return old
          ? ScramKeys.of(hash, iterations, salt, stored)
          : new ScramKeys(iterations, salt, stored, Base64.getDecoder().decode(parts[first + 1]));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static char[] text(byte[] password) {
    try {
      var decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(password));
      char[] characters = new char[decoded.remaining()];
      decoded.get(characters);
      return characters;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the password is not UTF-8", e);
    }
  }

  /**
   * A password as SASLprep (RFC 4013, section 2) has it before it is hashed: other spaces are
   * spaces, invisible characters are left out, compatible ones are one. ASCII stays as it is.
   */
  private static char[] prepared(byte[] password) {
    char[] characters = text(password);
    boolean ascii = true;
    for (char character : characters) {
      ascii &= character < 0x80;
    }
    if (ascii) {
      return characters;
    }
    StringBuilder mapped = new StringBuilder();
    for (char character : characters) {
      if (!isMappedToNothing(character)) {
        mapped.append(Character.isSpaceChar(character) ? ' ' : character);
      }
    }
    return Normalizer.normalize(mapped, Normalizer.Form.NFKC).toCharArray();
  }

  /** RFC 3454, table B.1. */
  private static boolean isMappedToNothing(char character) {
    return character == 0xAD
        || character == 0x34F
        || character == 0x1806
        || (character >= 0x180B && character <= 0x180D)
        || (character >= 0x200B && character <= 0x200D)
        || character == 0x2060
        || (character >= 0xFE00 && character <= 0xFE0F)
        || character == 0xFEFF;
  }
}
