package io.correio.tests.amqp10;

import static io.correio.amqp.v10.peer.Performatives.open;
import static io.correio.amqp.v10.peer.ScriptedPeer.SASL;
import static io.correio.amqp.v10.peer.ScriptedPeer.frame;
import static io.correio.amqp.v10.peer.ScriptedPeer.header;
import static io.correio.amqp.v10.peer.ScriptedPeer.plain;
import static io.correio.amqp.v10.peer.ScriptedPeer.saslHeader;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.Spec;
import io.correio.amqp.v10.peer.Composite;
import io.correio.amqp.v10.peer.Kind;
import io.correio.amqp.v10.peer.ScriptedPeer.Frame;
import io.correio.amqp.v10.peer.Values;
import io.correio.tests.broker.Broker;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Part 5 of the standard: the login. */
final class SaslConformanceTest extends ConformanceTest {

  private static final long OK = 0;
  private static final long AUTH = 1;

  SaslConformanceTest(Broker broker) {
    super(broker);
  }

  /** A peer that has been told the mechanisms. */
  private SocketPeer asked() throws IOException {
    SocketPeer peer = new SocketPeer(broker);
    peer.send(saslHeader());
    assertThat(peer.read(8)).isEqualTo(saslHeader());
    assertThat(peer.expect(Kind.SASL_MECHANISMS).texts("sasl-server-mechanisms")).contains("PLAIN");
    return peer;
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "5.3.1")
  void mechanisms_come_in_a_sasl_frame_on_channel_0() throws IOException {
    try (SocketPeer peer = new SocketPeer(broker)) {
      peer.send(saslHeader());
      peer.read(8);
      Frame frame = peer.nextOrEmpty();
      assertThat(frame.type()).isEqualTo(SASL);
      assertThat(frame.channel()).isZero();
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "5.3.3.6")
  void right_login_is_ok_and_the_header_follows() throws IOException {
    try (SocketPeer peer = asked()) {
      peer.sendSasl(plain("guest", "guest"));
      assertThat(peer.expect(Kind.SASL_OUTCOME).number("code")).isEqualTo(OK);
      peer.send(header());
      assertThat(peer.read(8)).isEqualTo(header());
      peer.send(0, open("peer"));
      peer.expect(Kind.OPEN);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "5.3.3.6")
  void wrong_password_unknown_user_and_mechanism_have_the_same_code() throws IOException {
    List<Composite> wrong =
        List.of(
            plain("guest", "wrong"),
            plain("nobody", "guest"),
            plain("guest", "guest").with("mechanism", "DIGEST-MD5"),
            Composite.of(Kind.SASL_INIT).with("mechanism", "ANONYMOUS"),
            Composite.of(Kind.SASL_INIT).with("mechanism", "PLAIN"),
            plain("guest", "guest").with("initial-response", new byte[] {1, 2, 3}));
    for (Composite init : wrong) {
      try (SocketPeer peer = asked()) {
        peer.sendSasl(init);
        assertThat(peer.expect(Kind.SASL_OUTCOME).number("code")).as("%s", init).isEqualTo(AUTH);
        peer.expectEnd();
      }
    }
  }

  /** The end, and before it no outcome that says ok. */
  private static void expectRefusal(SocketPeer peer) throws IOException {
    try {
      Composite outcome = peer.expect(Kind.SASL_OUTCOME);
      assertThat(outcome.number("code")).isNotEqualTo(OK);
    } catch (EOFException e) {
      return;
    }
    peer.expectEnd();
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "5.3.2")
  void login_that_is_skipped_ends_the_connection() throws IOException {
    try (SocketPeer peer = asked()) {
      peer.send(header());
      peer.send(0, open("peer"));
      expectRefusal(peer);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "5.3.2")
  void frames_out_of_their_order_end_the_connection() throws IOException {
    List<Composite> frames =
        List.of(
            Composite.of(Kind.SASL_RESPONSE).with("response", new byte[1]),
            Composite.of(Kind.SASL_CHALLENGE).with("challenge", new byte[1]),
            Composite.of(Kind.SASL_OUTCOME).with("code", 0),
            Composite.of(Kind.SASL_INIT));
    for (Composite each : frames) {
      try (SocketPeer peer = asked()) {
        peer.sendSasl(each);
        expectRefusal(peer);
      }
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "5.3.2")
  void second_login_ends_the_connection() throws IOException {
    try (SocketPeer peer = asked()) {
      peer.sendSasl(plain("guest", "guest"));
      peer.expect(Kind.SASL_OUTCOME);
      peer.sendSasl(plain("guest", "guest"));
      peer.expectEnd();
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "5.3.1")
  void sasl_frame_on_an_open_connection_is_refused() throws IOException {
    try (SocketPeer peer = SocketPeer.opened(broker, open("peer"))) {
      peer.send(frame(SASL, 0, Values.encode(plain("guest", "guest"))));
      assertThat(peer.expect(Kind.CLOSE).get("error")).isNotNull();
      peer.expectEnd();
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "5.3.1")
  void amqp_frame_in_a_login_ends_the_connection() throws IOException {
    try (SocketPeer peer = asked()) {
      peer.send(0, open("peer"));
      expectRefusal(peer);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "5.3.1")
  void large_frame_in_a_login_ends_the_connection() throws IOException {
    try (SocketPeer peer = asked()) {
      peer.sendSasl(plain("guest", "x".repeat(100_000)));
      expectRefusal(peer);
    }
  }
}
