package io.correio.zeromq.security;

import io.correio.zeromq.wire.Command;
import io.correio.zeromq.wire.Metadata;
import io.correio.zeromq.wire.ZmtpException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The client of PLAIN (RFC 24): shows a user name and a password, in clear text.
 *
 * <pre>
 *   client                                       server
 *   ── HELLO(user name, password) ──────────────►  asks ZAP
 *   ◄───────────────────────────────── WELCOME ──  or ERROR
 *   ── INITIATE(metadata) ──────────────────────►
 *   ◄─────────────────────────── READY(metadata) ─
 * </pre>
 */
public final class PlainClient extends Handshake implements Mechanism {
  /** The most octets of a user name, and of a password, in UTF-8. */
  public static final int CREDENTIAL_LENGTH_MAX = 255;

  private static final byte[] MISSPELT_ERROR = "^RROR".getBytes(StandardCharsets.US_ASCII);

  private boolean welcome;
  private boolean ready;

  /**
   * Begins a handshake.
   *
   * @param metadata what the peer is told
   * @param username at most 255 octets in UTF-8
   * @param password at most 255 octets in UTF-8
   */
  public PlainClient(Metadata metadata, String username, String password) {
    super("PLAIN", metadata, null);
    byte[] user = credential("user name", username);
    byte[] secret = credential("password", password);
    byte[] data = new byte[2 + user.length + secret.length];
    data[0] = (byte) user.length;
    System.arraycopy(user, 0, data, 1, user.length);
    data[1 + user.length] = (byte) secret.length;
    System.arraycopy(secret, 0, data, 2 + user.length, secret.length);
    send(new Command.Other("HELLO", data).encode());
  }

  static byte[] credential(String what, String text) {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    if (octets.length > CREDENTIAL_LENGTH_MAX) {
      throw new IllegalArgumentException(
          "%s of %d octets: PLAIN allows at most %d"
              .formatted(what, octets.length, CREDENTIAL_LENGTH_MAX));
    }
    return octets;
  }

  @Override
  public boolean isServer() {
    return false;
  }

  @Override
  public void consume(byte[] command) throws ZmtpException {
    // libzmq 4.3 writes "\x05ERROR" in C, whose compiler takes the E for a digit.
    boolean misspelt =
        command.length > MISSPELT_ERROR.length
            && Arrays.equals(
                command, 0, MISSPELT_ERROR.length, MISSPELT_ERROR, 0, MISSPELT_ERROR.length);
    if (misspelt) {
      byte[] reason = Arrays.copyOfRange(command, MISSPELT_ERROR.length, command.length);
      super.consume(new Command.Other("ERROR", reason).encode());
    } else {
      super.consume(command);
    }
  }

  @Override
  void receive(String command, byte[] body) throws ZmtpException {
    if (command.equals("WELCOME") && !welcome) {
      welcome = true;
      send(new Command.Other("INITIATE", metadata().encode()).encode());
    } else if (command.equals("READY") && welcome && !ready) {
      ready = true;
      keep(((Command.Ready) Command.decode(body)).metadata());
      finish();
    } else {
      throw unexpected(command);
    }
  }

  @Override
  void authenticated() {
    throw new IllegalStateException("a client of PLAIN asks no authenticator");
  }

  @Override
  public @Nullable FrameCipher cipher() {
    return null;
  }

  @Override
  public void close() {}
}
