package io.correio.server.net;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Addresses and first bytes as people read them in logs. */
final class Addresses {

  private static final int MAX_MESSAGE = 160;

  private Addresses() {}

  /** Such as {@code 127.0.0.1:5672} or {@code [::1]:5672}; asks no name server. */
  static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host)
        + ":"
        + address.getPort();
  }

  /** What an exception says, without the kilobytes that some say. */
  static String shortened(Throwable thrown) {
    String message = String.valueOf(thrown.getMessage());
    return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "…";
  }

  /** The next bytes in hexadecimal, and as text where they are printable. */
  static String hex(ByteBuffer bytes, int max) {
    StringBuilder hex = new StringBuilder();
    StringBuilder text = new StringBuilder();
    int end = Math.min(bytes.limit(), bytes.position() + max);
    for (int i = bytes.position(); i < end; i++) {
      int value = bytes.get(i) & 0xff;
      hex.append(i > bytes.position() ? " " : "").append(value < 16 ? "0" : "");
      hex.append(Integer.toHexString(value));
      text.append(value >= 0x20 && value < 0x7f ? (char) value : '.');
    }
    return hex + " (" + text + ")";
  }
}
