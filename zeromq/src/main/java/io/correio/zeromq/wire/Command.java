package io.correio.zeromq.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A command of ZMTP, as the body of a frame with the COMMAND flag (RFC 37, "Commands"). Commands of
 * mechanisms other than READY and ERROR are {@link Other} here: their mechanism reads them. Arrays
 * are handed over, not copied.
 *
 * <pre>
 *   +--------+-------+------+
 *   | length | name  | data |
 *   | 1      | 1-255 | 0-…  |
 *   +--------+-------+------+
 * </pre>
 */
public sealed interface Command {
  /** The most octets of a PING's context; a longer one is cut. */
  int CONTEXT_LENGTH_MAX = 16;

  /** The most octets of a command during the handshake. */
  int HANDSHAKE_LENGTH_MAX = 64 * 1024;

  /** The last command of the NULL and PLAIN handshakes. */
  record Ready(Metadata metadata) implements Command {}

  /** The peer refuses to go on and closes; it should not be tried again as it is. */
  record ErrorCommand(String reason) implements Command {}

  /** A subscriber wants messages that start with a prefix. */
  @SuppressWarnings("ArrayRecordComponent")
  record Subscribe(byte[] prefix) implements Command {}

  /** One {@link Subscribe} of the same prefix is taken back. */
  @SuppressWarnings("ArrayRecordComponent")
  record Cancel(byte[] prefix) implements Command {}

  /** A DISH joins a group. */
  record Join(String group) implements Command {}

  /** A DISH leaves a group. */
  record Leave(String group) implements Command {}

  /**
   * A heartbeat.
   *
   * @param ttlTenths after how many tenths of a second without traffic the receiver should give the
   *     connection up; 0 for never
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Ping(int ttlTenths, byte[] context) implements Command {}

  /** The answer to a heartbeat, with its context. */
  @SuppressWarnings("ArrayRecordComponent")
  record Pong(byte[] context) implements Command {}

  /** A command that only its mechanism knows, or nobody: to be ignored after the handshake. */
  @SuppressWarnings("ArrayRecordComponent")
  record Other(String name, byte[] data) implements Command {}

  /** The frame's body. */
  default byte[] encode() {
    return switch (this) {
      case Ready ready -> body("READY", ready.metadata().encode());
      case ErrorCommand error -> body("ERROR", reason(error.reason()));
      case Subscribe subscribe -> body("SUBSCRIBE", subscribe.prefix());
      case Cancel cancel -> body("CANCEL", cancel.prefix());
      case Join join -> body("JOIN", join.group().getBytes(StandardCharsets.UTF_8));
      case Leave leave -> body("LEAVE", leave.group().getBytes(StandardCharsets.UTF_8));
      case Ping ping -> body("PING", heartbeat(ping));
      case Pong pong -> body("PONG", cut(pong.context(), 0));
      case Other other -> body(other.name(), other.data());
    };
  }

  /**
   * Reads a frame's body.
   *
   * @throws ZmtpException if it has no name, or the data of a known command is cut off
   */
  static Command decode(byte[] body) throws ZmtpException {
    int nameLength = nameLength(body);
    String name = new String(body, 1, nameLength, StandardCharsets.ISO_8859_1);
    byte[] data = Arrays.copyOfRange(body, 1 + nameLength, body.length);
    return switch (name) {
      case "READY" -> new Ready(Metadata.decode(data, 0, data.length));
      case "ERROR" -> new ErrorCommand(readReason(data));
      case "SUBSCRIBE" -> new Subscribe(data);
      case "CANCEL" -> new Cancel(data);
      case "JOIN" -> new Join(new String(data, StandardCharsets.UTF_8));
      case "LEAVE" -> new Leave(new String(data, StandardCharsets.UTF_8));
      case "PING" -> readPing(data);
      case "PONG" -> new Pong(cut(data, 0));
      default -> new Other(name, data);
    };
  }

  /**
   * The name of the command in a frame's body.
   *
   * @throws ZmtpException if there is none
   */
  static String name(byte[] body) throws ZmtpException {
    return new String(body, 1, nameLength(body), StandardCharsets.ISO_8859_1);
  }

  private static int nameLength(byte[] body) throws ZmtpException {
    int length = body.length == 0 ? 0 : body[0] & 0xff;
    if (length == 0 || length > body.length - 1) {
      throw new ZmtpException(
          ZmtpException.Kind.MALFORMED, "the peer sent a command without a name");
    }
    return length;
  }

  private static byte[] body(String name, byte[] data) {
    byte[] octets = name.getBytes(StandardCharsets.ISO_8859_1);
    byte[] body = new byte[1 + octets.length + data.length];
    body[0] = (byte) octets.length;
    System.arraycopy(octets, 0, body, 1, octets.length);
    System.arraycopy(data, 0, body, 1 + octets.length, data.length);
    return body;
  }

  private static byte[] reason(String reason) {
    byte[] data = new byte[1 + Math.min(reason.length(), 255)];
    data[0] = (byte) (data.length - 1);
    for (int i = 1; i < data.length; i++) {
      data[i] = (byte) printable(reason.charAt(i - 1));
    }
    return data;
  }

  private static String readReason(byte[] data) throws ZmtpException {
    if (data.length == 0 || (data[0] & 0xff) > data.length - 1) {
      throw new ZmtpException(
          ZmtpException.Kind.MALFORMED, "the peer sent an ERROR whose reason is cut off");
    }
    StringBuilder reason = new StringBuilder();
    for (int i = 1; i <= (data[0] & 0xff); i++) {
      reason.append(printable((char) (data[i] & 0xff)));
    }
    return reason.toString();
  }

  /** What a peer writes ends up in logs: neither line ends nor escapes. */
  private static char printable(char c) {
    return c >= 0x20 && c < 0x7f ? c : '?';
  }

  private static byte[] heartbeat(Ping ping) {
    if (ping.ttlTenths() < 0 || ping.ttlTenths() > 0xffff) {
      throw new IllegalArgumentException(
          "time-to-live %d: use 0 to 65,535 tenths of a second".formatted(ping.ttlTenths()));
    }
    byte[] context = cut(ping.context(), 0);
    byte[] data = new byte[2 + context.length];
    data[0] = (byte) (ping.ttlTenths() >>> 8);
    data[1] = (byte) ping.ttlTenths();
    System.arraycopy(context, 0, data, 2, context.length);
    return data;
  }

  private static Ping readPing(byte[] data) throws ZmtpException {
    if (data.length < 2) {
      throw new ZmtpException(
          ZmtpException.Kind.MALFORMED, "the peer sent a PING without a time-to-live");
    }
    return new Ping((data[0] & 0xff) << 8 | (data[1] & 0xff), cut(data, 2));
  }

  private static byte[] cut(byte[] source, int from) {
    return Arrays.copyOfRange(source, from, Math.min(source.length, from + CONTEXT_LENGTH_MAX));
  }
}
