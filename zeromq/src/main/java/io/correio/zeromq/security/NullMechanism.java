package io.correio.zeromq.security;

import io.correio.zeromq.wire.Command;
import io.correio.zeromq.wire.Metadata;
import io.correio.zeromq.wire.ZmtpException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * NULL (RFC 37): no authentication but what ZAP makes of the peer's address, no confidentiality.
 * Both sides send READY, in any order; a side that asks ZAP sends its own after the answer.
 *
 * <pre>
 *   ── READY(metadata) ──►
 *   ◄── READY(metadata) ──
 * </pre>
 */
public final class NullMechanism extends Handshake implements Mechanism {
  private boolean sent;
  private boolean received;

  /**
   * Begins a handshake.
   *
   * @param metadata what the peer is told
   * @param zap as what an authenticator is asked about the peer; null, or a context without a
   *     domain, if none is (RFC 27: a domain is what turns ZAP on for NULL)
   */
  public NullMechanism(Metadata metadata, @Nullable ZapContext zap) {
    super("NULL", metadata, zap == null || zap.domain().isEmpty() ? null : zap);
    ask(List.of());
  }

  @Override
  public boolean isServer() {
    return false;
  }

  @Override
  void authenticated() {
    sent = true;
    send(new Command.Ready(metadata()).encode());
    if (received) {
      finish();
    }
  }

  @Override
  void receive(String command, byte[] body) throws ZmtpException {
    if (!command.equals("READY") || received) {
      throw unexpected(command);
    }
    keep(((Command.Ready) Command.decode(body)).metadata());
    received = true;
    if (sent) {
      finish();
    }
  }

  @Override
  public @Nullable FrameCipher cipher() {
    return null;
  }

  @Override
  public void close() {}
}
