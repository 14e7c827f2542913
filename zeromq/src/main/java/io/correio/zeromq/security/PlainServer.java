package io.correio.zeromq.security;

import io.correio.zeromq.wire.Command;
import io.correio.zeromq.wire.Metadata;
import io.correio.zeromq.wire.ZmtpException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server of PLAIN (RFC 24): has an {@link Authenticator} decide on user name and password,
 * which come in clear text. {@link PlainClient} draws the exchange.
 */
public final class PlainServer extends Handshake implements Mechanism {
  private boolean hello;
  private boolean welcome;
  private boolean initiated;

  /**
   * Begins a handshake.
   *
   * @param metadata what the peer is told
   * @param zap as what the authenticator is asked; there is no PLAIN without one
   */
  public PlainServer(Metadata metadata, ZapContext zap) {
    super("PLAIN", metadata, zap);
  }

  @Override
  public boolean isServer() {
    return true;
  }

  @Override
  void receive(String command, byte[] body) throws ZmtpException {
    if (command.equals("HELLO") && !hello) {
      hello = true;
      ask(credentials(body, 1 + "HELLO".length()));
    } else if (command.equals("INITIATE") && welcome && !initiated) {
      initiated = true;
      int from = 1 + "INITIATE".length();
      keep(Metadata.decode(body, from, body.length - from));
      send(new Command.Ready(metadata()).encode());
      finish();
    } else {
      throw unexpected(command);
    }
  }

  private static List<byte[]> credentials(byte[] body, int from) throws ZmtpException {
    int userEnd = end(body, from);
    int passwordEnd = end(body, userEnd);
    if (passwordEnd != body.length) {
      throw new ZmtpException(
          ZmtpException.Kind.MALFORMED, "the peer's HELLO has more than a name and a password");
    }
    return List.of(
        Arrays.copyOfRange(body, from + 1, userEnd),
        Arrays.copyOfRange(body, userEnd + 1, passwordEnd));
  }

  private static int end(byte[] body, int from) throws ZmtpException {
    int end = from < body.length ? from + 1 + (body[from] & 0xff) : Integer.MAX_VALUE;
    if (end > body.length) {
      throw new ZmtpException(
          ZmtpException.Kind.MALFORMED, "the peer's HELLO has no name and password");
    }
    return end;
  }

  @Override
  void authenticated() {
    welcome = true;
    send(new Command.Other("WELCOME", new byte[0]).encode());
  }

  @Override
  public @Nullable FrameCipher cipher() {
    return null;
  }

  @Override
  public void close() {}
}
