package io.correio.zeromq.wire;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The octet that stands for a socket type in the greeting of ZMTP 2.0 (RFC 15). libzmq 3.2 also
 * sends 9 and 10, for XPUB and XSUB, which the RFC does not know.
 */
final class LegacySocketType {
  private static final List<String> NAMES =
      List.of(
          "PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH", "XPUB", "XSUB");

  private LegacySocketType() {}

  /** The octet to send: XPUB and XSUB pass as PUB and SUB; −1 if 2.0 has no such type. */
  static int code(String socketType) {
    String name = socketType.toUpperCase(Locale.ROOT);
    return switch (name) {
      case "XPUB" -> 1;
      case "XSUB" -> 2;
      default -> NAMES.indexOf(name);
    };
  }

  /** The name of a received octet, or null if there is none. */
  static @Nullable String name(int code) {
    return code < NAMES.size() ? NAMES.get(code) : null;
  }
}
