package io.correio.zeromq.security;

import io.correio.zeromq.wire.ZmtpException;
import java.nio.charset.StandardCharsets;

/**
 * The commands of the CURVE handshake (RFC 26), octet by octet. Capitals are public keys, small
 * letters secret ones; a dash marks the keys of the connection.
 *
 * <pre>
 *           0          8      80   112     120
 *  HELLO    | 5 HELLO 1 0 | 72 zeros | C' | nonce | Box[64 zeros](C' → S) |           = 200
 *           0          8            24
 *  WELCOME  | 7 WELCOME | long nonce | Box[S' + cookie](S → C') |                     = 168
 *           0           9        105     113
 *  INITIATE | 8 INITIATE | cookie | nonce | Box[C + vouch + metadata](C' → S') |      ≥ 257
 *           0        6       14
 *  READY    | 5 READY | nonce | Box[metadata](S' → C') |                              ≥ 30
 *
 *  cookie   | long nonce | SecretBox[C' + s'](K) |                                    = 96
 *  vouch    | long nonce | Box[C' + S](C → S') |                                      = 96
 * </pre>
 */
final class CurveHandshake {
  static final int KEY = Curve25519.KEY_LENGTH;
  static final int TAG = SecretBox.TAG_LENGTH;

  static final byte[] HELLO_NAME = name("HELLO");
  static final int HELLO_LENGTH = 200;
  static final int HELLO_VERSION_AT = 6;
  static final int HELLO_KEY_AT = 80;
  static final int HELLO_NONCE_AT = 112;
  static final int HELLO_BOX_AT = 120;
  static final int HELLO_ZEROS = 64;
  static final String HELLO_NONCE = "CurveZMQHELLO---";

  static final byte[] WELCOME_NAME = name("WELCOME");
  static final int WELCOME_LENGTH = 168;
  static final int WELCOME_NONCE_AT = 8;
  static final int WELCOME_BOX_AT = 24;
  static final String WELCOME_NONCE = "WELCOME-";

  static final byte[] INITIATE_NAME = name("INITIATE");
  static final int INITIATE_LENGTH_MIN = 257;
  static final int INITIATE_COOKIE_AT = 9;
  static final int INITIATE_NONCE_AT = 105;
  static final int INITIATE_BOX_AT = 113;
  static final String INITIATE_NONCE = "CurveZMQINITIATE";

  static final byte[] READY_NAME = name("READY");
  static final int READY_LENGTH_MIN = 30;
  static final int READY_NONCE_AT = 6;
  static final int READY_BOX_AT = 14;
  static final String READY_NONCE = "CurveZMQREADY---";

  static final int SEALED_LENGTH = 96;
  static final int SEALED_BOX_AT = 16;
  static final String COOKIE_NONCE = "COOKIE--";
  static final String VOUCH_NONCE = "VOUCH---";

  private CurveHandshake() {}

  private static byte[] name(String name) {
    byte[] octets = new byte[1 + name.length()];
    octets[0] = (byte) name.length();
    System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, octets, 1, name.length());
    return octets;
  }

  static byte[] command(byte[] name, int length) {
    byte[] command = new byte[length];
    System.arraycopy(name, 0, command, 0, name.length);
    return command;
  }

  static ZmtpException length(String command, int length) {
    return new ZmtpException(
        ZmtpException.Kind.MALFORMED, "the peer's %s has %d octets".formatted(command, length));
  }

  static ZmtpException forged(String command, String remedy) {
    return new ZmtpException(
        ZmtpException.Kind.FORGED, "the peer's %s does not open: %s".formatted(command, remedy));
  }
}
