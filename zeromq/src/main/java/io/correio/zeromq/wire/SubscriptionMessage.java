package io.correio.zeromq.wire;

import java.util.Arrays;
import java.util.Optional;

/**
 * Subscriptions as messages, the form that ZMTP 3.0 and 2.0 know: one octet, 1 to subscribe and 0
 * to cancel, then the prefix. A publisher accepts both forms from anyone; a subscriber sends this
 * one unless {@link ZmtpVersion#hasSubscriptionCommands}.
 */
public final class SubscriptionMessage {
  private SubscriptionMessage() {}

  /** The message's body. */
  public static byte[] encode(Command.Subscribe subscribe) {
    return encode(1, subscribe.prefix());
  }

  /** The message's body. */
  public static byte[] encode(Command.Cancel cancel) {
    return encode(0, cancel.prefix());
  }

  private static byte[] encode(int first, byte[] prefix) {
    byte[] body = new byte[1 + prefix.length];
    body[0] = (byte) first;
    System.arraycopy(prefix, 0, body, 1, prefix.length);
    return body;
  }

  /** What a message to a publisher asks for; empty if it is no subscription but a user's own. */
  public static Optional<Command> decode(byte[] body) {
    if (body.length == 0 || body[0] < 0 || body[0] > 1) {
      return Optional.empty();
    }
    byte[] prefix = Arrays.copyOfRange(body, 1, body.length);
    return Optional.of(body[0] == 1 ? new Command.Subscribe(prefix) : new Command.Cancel(prefix));
  }
}
