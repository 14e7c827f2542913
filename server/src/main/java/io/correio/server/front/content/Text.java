package io.correio.server.front.content;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Octets as text and back. */
final class Text {
  private Text() {}

  /** Octets of ASCII; other characters become question marks. */
  static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  static boolean isUtf8(byte[] octets) {
    for (byte octet : octets) {
      if (octet < 0) {
        return isDecodable(octets);
      }
    }
    return true;
  }

  private static boolean isDecodable(byte[] octets) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(octets));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
