package io.correio.tests.amqp10;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.v10.peer.Composite;
import io.correio.amqp.v10.peer.Kind;
import io.correio.amqp.v10.peer.Performatives;
import io.correio.amqp.v10.peer.ScriptedPeer;
import io.correio.tests.broker.Broker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Somebody else's connection, with a message on its way while a test misbehaves: afterwards it has
 * to go on as if nothing had been.
 */
final class Bystander {

  private final SocketPeer peer;
  private final String queue = Broker.unique("bystander");

  Bystander(Broker broker) throws IOException {
    peer = SocketPeer.begun(broker);
    peer.attachSender(0, 0, queue);
    peer.attachReceiver(0, 1, queue, 10);
    peer.send(0, Performatives.transfer(0, 0).with("more", true), ScriptedPeer.message("beg"));
  }

  /** The rest of the message is taken, delivered, settled, and the connection closed in order. */
  void check() throws IOException {
    try (peer) {
      peer.send(0, Performatives.transfer(0, 0), ScriptedPeer.message("un"));
      boolean accepted = false;
      boolean delivered = false;
      while (!accepted || !delivered) {
        ScriptedPeer.Frame frame = peer.next();
        if (frame.body() != null && frame.body().kind() == Kind.DISPOSITION) {
          assertThat(frame.body().part("state").kind()).isEqualTo(Kind.ACCEPTED);
          accepted = true;
        } else if (frame.body() != null && frame.body().kind() == Kind.TRANSFER) {
          assertThat(frame.payload()).endsWith("un".getBytes(StandardCharsets.UTF_8));
          delivered = true;
        }
      }
      peer.send(0, Performatives.disposition(0, null, Composite.of(Kind.ACCEPTED)));
      peer.closeOrderly();
    }
  }
}
