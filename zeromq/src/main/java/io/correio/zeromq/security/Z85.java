package io.correio.zeromq.security;

import java.util.Arrays;

/** Z85 (RFC 32): four octets as five printable characters; how keys are written. */
public final class Z85 {
  private static final String DIGITS =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
  private static final byte[] VALUES = values();

  private Z85() {}

  private static byte[] values() {
    byte[] values = new byte[128];
    Arrays.fill(values, (byte) -1);
    for (int i = 0; i < DIGITS.length(); i++) {
      values[DIGITS.charAt(i)] = (byte) i;
    }
    return values;
  }

  /**
   * Octets as text.
   *
   * @throws IllegalArgumentException if their number is no multiple of 4
   */
  public static String encode(byte[] octets) {
    if (octets.length % 4 != 0) {
      throw new IllegalArgumentException(
          "%d octets: Z85 takes a multiple of 4".formatted(octets.length));
    }
    StringBuilder text = new StringBuilder(octets.length / 4 * 5);
    for (int at = 0; at < octets.length; at += 4) {
      long value = 0;
      for (int i = 0; i < 4; i++) {
        value = value << 8 | (octets[at + i] & 0xff);
      }
      for (long divisor = 85L * 85 * 85 * 85; divisor > 0; divisor /= 85) {
        text.append(DIGITS.charAt((int) (value / divisor % 85)));
      }
    }
    return text.toString();
  }

  /**
   * Text as octets. The message of the exception does not repeat the text, which may be a secret.
   *
   * @throws IllegalArgumentException if the text is not Z85
   */
  public static byte[] decode(String text) {
    if (text.length() % 5 != 0) {
      throw new IllegalArgumentException(
          "%d characters: Z85 has a multiple of 5, a key has 40".formatted(text.length()));
    }
    byte[] octets = new byte[text.length() / 5 * 4];
    for (int group = 0; group < text.length() / 5; group++) {
      long value = 0;
      for (int i = 0; i < 5; i++) {
        char c = text.charAt(group * 5 + i);
        int digit = c < VALUES.length ? VALUES[c] : -1;
        if (digit < 0) {
          throw new IllegalArgumentException(
              "character %d is none of Z85".formatted(group * 5 + i + 1));
        }
        value = value * 85 + digit;
      }
      if (value > 0xffffffffL) {
        throw new IllegalArgumentException(
            "characters %d to %d are no four octets in Z85"
                .formatted(group * 5 + 1, group * 5 + 5));
      }
      for (int i = 0; i < 4; i++) {
        octets[group * 4 + i] = (byte) (value >>> (24 - 8 * i));
      }
    }
    return octets;
  }
}
