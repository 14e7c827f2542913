package io.correio.zeromq.io;

import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.security.Mechanism;
import io.correio.zeromq.security.NullMechanism;
import io.correio.zeromq.wire.Greeting;
import io.correio.zeromq.wire.GreetingExchange;
import io.correio.zeromq.wire.GreetingOffer;
import io.correio.zeromq.wire.Metadata;
import io.correio.zeromq.wire.ZmtpException;
import io.correio.zeromq.wire.ZmtpVersion;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What two peers say before the first message: greeting, then the mechanism's commands. Owned by
 * the socket's lock, for one connection.
 */
final class Introduction {
  /** What the peers agreed on. */
  record Agreement(ZmtpVersion version, Metadata peer) {}

  private final Connection connection;
  private final GreetingExchange greeting;
  private final Metadata own;
  private @Nullable Mechanism mechanism;

  Introduction(Connection connection) {
    this.connection = connection;
    SocketCore core = connection.core();
    byte[] identity = core.options().get(SocketOption.ROUTING_ID);
    own = Metadata.of(core.type().name(), identity);
    greeting =
        new GreetingExchange(
            new GreetingOffer(
                ZmtpVersion.V3_1, ZmtpVersion.V2_0, "NULL", false, core.type().name(), identity));
  }

  byte[] takeOutput() {
    return greeting.takeOutput();
  }

  /** Takes the greeting from the buffer; says whether there may be more of it. */
  boolean consume(ByteBuffer buffer) throws ZmtpException {
    if (greeting.isComplete()) {
      return false;
    }
    try {
      greeting.consume(buffer);
    } finally {
      connection.urgent(greeting.takeOutput());
    }
    if (greeting.isComplete()) {
      Greeting agreed = greeting.greeting();
      if (!agreed.version().hasMechanisms()) {
        connection.flush();
        connection.onReady(new Agreement(agreed.version(), agreed.metadata()));
        return false;
      }
      mechanism = new NullMechanism(own, null);
      pump();
    }
    connection.flush();
    return !greeting.isComplete();
  }

  void onCommand(byte[] body) throws ZmtpException {
    Mechanism current = mechanism;
    if (current == null) {
      throw new ZmtpException(ZmtpException.Kind.UNEXPECTED, "the peer sent a command too early");
    }
    current.consume(body);
    pump();
  }

  private void pump() throws ZmtpException {
    Mechanism current = mechanism;
    if (current == null) {
      return;
    }
    for (byte[] body = current.produce(); body != null; body = current.produce()) {
      connection.urgent(frame(body));
    }
    if (current.state() == Mechanism.State.FAILED) {
      connection.flush();
      throw new ZmtpException(
          ZmtpException.Kind.MECHANISM,
          "the handshake was refused: "
              + current.refusal().map(refusal -> refusal.reason()).orElse("without a reason"));
    }
    connection.flush();
    if (current.state() == Mechanism.State.READY) {
      connection.decoder().cipher(current.cipher());
      connection.onReady(new Agreement(greeting.greeting().version(), current.peerMetadata()));
    }
  }

  private static byte[] frame(byte[] body) {
    ByteBuffer frame = ByteBuffer.allocate(9 + body.length);
    if (body.length < 256) {
      frame.put((byte) 4).put((byte) body.length);
    } else {
      frame.put((byte) 6).putLong(body.length);
    }
    frame.put(body).flip();
    byte[] octets = new byte[frame.remaining()];
    frame.get(octets);
    return octets;
  }

  void close() {
    if (mechanism != null) {
      mechanism.close();
    }
  }
}
