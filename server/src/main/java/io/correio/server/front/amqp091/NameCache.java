package io.correio.server.front.amqp091;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.correio.core.message.Address;
import java.util.Arrays;

/**
 * Exchange and key of the message handed out last, encoded as deliveries carry them: most messages
 * have them in common with the one before. Owned by the connection's loop.
 */
final class NameCache {
  /** Longest short string (section 4.2.5.3); longer names, of other protocols, are cut. */
  private static final int MAX_SHORT_STRING = 255;

  private Address address = new Address("", "");
  private byte[] exchange = shortString("");
  private byte[] key = exchange;

  /** Makes sure that {@link #exchange} and {@link #key} are those of an address. */
  void use(Address wanted) {
    if (wanted.equals(address)) {
      return;
    }
    if (!wanted.exchange().equals(address.exchange())) {
      exchange = shortString(wanted.exchange());
    }
    if (!wanted.key().equals(address.key())) {
      key = shortString(wanted.key());
    }
    address = wanted;
  }

  byte[] exchange() {
    return exchange;
  }

  byte[] key() {
    return key;
  }

  private static byte[] shortString(String text) {
    byte[] encoded = text.getBytes(UTF_8);
    int length = encoded.length;
    if (length > MAX_SHORT_STRING) {
      length = MAX_SHORT_STRING;
      while ((encoded[length] & 0xc0) == 0x80) {
        length--;
      }
    }
    byte[] string = new byte[1 + length];
    string[0] = (byte) length;
    System.arraycopy(Arrays.copyOf(encoded, length), 0, string, 1, length);
    return string;
  }
}
