package io.correio.tests.amqp10;

import static io.correio.amqp.v10.peer.Performatives.begin;
import static io.correio.amqp.v10.peer.Performatives.error;
import static io.correio.amqp.v10.peer.Performatives.open;
import static io.correio.amqp.v10.peer.Performatives.transfer;
import static io.correio.amqp.v10.peer.ScriptedPeer.header;
import static io.correio.amqp.v10.peer.ScriptedPeer.saslHeader;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.Spec;
import io.correio.amqp.v10.peer.Composite;
import io.correio.amqp.v10.peer.Kind;
import io.correio.amqp.v10.peer.ScriptedPeer;
import io.correio.amqp.v10.peer.ScriptedPeer.Frame;
import io.correio.amqp.v10.peer.Values;
import io.correio.tests.broker.Broker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Part 2 of the standard up to the connection: headers, frames, open, close, silence. */
final class ConnectionConformanceTest extends ConformanceTest {

  ConnectionConformanceTest(Broker broker) {
    super(broker);
  }

  // ---- headers (2.2) -------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(
      strings = {"AMQP\0\2\0\0", "AMQP\0\1\1\0", "AMQP\0\1\0\1", "AMQP\3\2\0\0", "AMQP\7\1\0\0"})
  @Spec(value = "AMQP 1.0", section = "2.2")
  void wrong_header_is_answered_with_one_that_is_supported_and_the_end(String header)
      throws IOException {
    try (SocketPeer peer = new SocketPeer(broker)) {
      peer.send(header.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(peer.read(4)).isEqualTo("AMQP".getBytes(StandardCharsets.US_ASCII));
      peer.read(4);
      peer.expectEnd();
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.2")
  void header_may_come_byte_by_byte() throws IOException {
    try (SocketPeer peer = new SocketPeer(broker)) {
      for (byte each : saslHeader()) {
        peer.send(new byte[] {each});
      }
      assertThat(peer.read(8)).isEqualTo(saslHeader());
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "5.3.2")
  void peer_without_a_login_is_told_that_one_is_required() throws IOException {
    try (SocketPeer peer = new SocketPeer(broker)) {
      peer.send(header());
      assertThat(peer.read(8)).isEqualTo(saslHeader());
      peer.expectEnd();
    }
  }

  // ---- frames (2.3) --------------------------------------------------------------------------

  private SocketPeer loggedIn() throws IOException {
    SocketPeer peer = new SocketPeer(broker);
    peer.login("guest", "guest");
    return peer;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, -1, Integer.MAX_VALUE})
  @Spec(value = "AMQP 1.0", section = "2.3.1")
  void impossible_size_of_a_frame_is_a_framing_error(int size) throws IOException {
    try (SocketPeer peer = SocketPeer.begun(broker)) {
      peer.send(Values.encode(bytes(size), new byte[] {2, 0, 0, 0}));
      peer.expectClose("amqp:connection:framing-error");
    }
  }

  private static byte[] bytes(int value) {
    return java.nio.ByteBuffer.allocate(4).putInt(value).array();
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.3.1")
  void data_offset_below_two_is_a_framing_error() throws IOException {
    try (SocketPeer peer = SocketPeer.begun(broker)) {
      byte[] frame = ScriptedPeer.frame(1, begin());
      frame[4] = 1;
      peer.send(frame);
      peer.expectClose("amqp:connection:framing-error");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.3.1")
  void data_offset_beyond_the_frame_is_a_framing_error() throws IOException {
    try (SocketPeer peer = SocketPeer.begun(broker)) {
      byte[] frame = ScriptedPeer.frame(1, begin());
      frame[4] = 100;
      peer.send(frame);
      peer.expectClose("amqp:connection:framing-error");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.3.1")
  void extended_header_is_passed_over() throws IOException {
    try (SocketPeer peer = SocketPeer.begun(broker)) {
      byte[] body = Values.encode(begin());
      byte[] frame = ScriptedPeer.frame(ScriptedPeer.AMQP, 1, new byte[8], body);
      frame[4] = 4;
      peer.send(frame);
      assertThat(peer.expect(Kind.BEGIN).number("remote-channel")).isEqualTo(1);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.3.1")
  void unknown_type_of_frame_is_a_framing_error() throws IOException {
    try (SocketPeer peer = SocketPeer.begun(broker)) {
      peer.send(ScriptedPeer.frame(9, 0, Values.encode(begin())));
      peer.expectClose("amqp:connection:framing-error");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.3.2")
  void unknown_performative_is_a_decode_error() throws IOException {
    try (SocketPeer peer = SocketPeer.begun(broker)) {
      byte[] body = {0x00, 0x53, 0x1c, 0x45};
      peer.send(ScriptedPeer.frame(ScriptedPeer.AMQP, 0, body));
      peer.expectClose("amqp:decode-error");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.3.2")
  void frame_without_a_performative_in_it_is_a_decode_error() throws IOException {
    try (SocketPeer peer = SocketPeer.begun(broker)) {
      peer.send(ScriptedPeer.frame(ScriptedPeer.AMQP, 0, new byte[] {0x41, 0x41}));
      peer.expectClose("amqp:decode-error");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.1")
  void frame_larger_than_the_server_said_is_a_framing_error() throws IOException {
    try (SocketPeer peer = new SocketPeer(broker)) {
      long max = peer.open(open("peer")).number("max-frame-size");
      assertThat(max).isBetween(512L, 1L << 24);
      peer.begin(0);
      peer.send(ScriptedPeer.frame(ScriptedPeer.AMQP, 0, new byte[(int) max]));
      peer.expectClose("amqp:connection:framing-error");
    }
  }

  // ---- open (2.4.1, 2.7.1) -------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.1")
  void open_names_the_server_and_its_limits() throws IOException {
    try (SocketPeer peer = new SocketPeer(broker)) {
      Composite open = peer.open(open("peer"));
      assertThat(open.text("container-id")).isNotEmpty();
      assertThat(open.get("max-frame-size")).isInstanceOf(UnsignedInteger.class);
      assertThat(open.number("idle-time-out")).isPositive();
      assertThat(open.texts("offered-capabilities")).contains("ANONYMOUS-RELAY");
      peer.closeOrderly();
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.4.1")
  void anything_before_open_is_refused() throws IOException {
    try (SocketPeer peer = loggedIn()) {
      peer.send(0, begin());
      peer.expect(Kind.OPEN);
      peer.expectClose("amqp:illegal-state");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.4.1")
  void second_open_is_refused() throws IOException {
    try (SocketPeer peer = SocketPeer.opened(broker, open("peer"))) {
      peer.send(0, open("peer"));
      peer.expectClose("amqp:illegal-state");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.4.2")
  void open_begin_and_attach_may_be_pipelined() throws IOException {
    try (SocketPeer peer = new SocketPeer(broker)) {
      peer.send(
          saslHeader(),
          ScriptedPeer.frame(
              ScriptedPeer.SASL, 0, Values.encode(ScriptedPeer.plain("guest", "guest"))),
          header(),
          ScriptedPeer.frame(0, open("peer")),
          ScriptedPeer.frame(0, begin()),
          ScriptedPeer.frame(0, Composite.of(Kind.CLOSE)));
      assertThat(peer.read(8)).isEqualTo(saslHeader());
      peer.expect(Kind.SASL_MECHANISMS);
      peer.expect(Kind.SASL_OUTCOME);
      assertThat(peer.read(8)).isEqualTo(header());
      peer.expect(Kind.OPEN);
      peer.expect(Kind.BEGIN);
      peer.expect(Kind.CLOSE);
      peer.expectEnd();
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.1")
  void open_without_a_container_is_refused() throws IOException {
    try (SocketPeer peer = loggedIn()) {
      peer.send(0, Composite.of(Kind.OPEN).with("hostname", "localhost"));
      peer.expect(Kind.OPEN);
      peer.expectClose("amqp:decode-error");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.1")
  void open_with_a_field_of_another_type_is_refused() throws IOException {
    try (SocketPeer peer = loggedIn()) {
      peer.send(0, open("peer").with("max-frame-size", "large"));
      peer.expect(Kind.OPEN);
      peer.expectClose("amqp:decode-error");
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "511"})
  @Spec(value = "AMQP 1.0", section = "2.7.1")
  void frames_of_less_than_512_bytes_cannot_be_agreed_on(int max) throws IOException {
    try (SocketPeer peer = loggedIn()) {
      peer.send(0, open("peer").with("max-frame-size", max));
      peer.expect(Kind.OPEN);
      peer.expectClose("amqp:invalid-field");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.1")
  void server_keeps_to_the_peers_frame_size() throws IOException {
    try (SocketPeer peer = SocketPeer.opened(broker, open("peer").with("max-frame-size", 512))) {
      peer.begin(0);
      String queue = Broker.unique("frames");
      peer.attachSender(0, 0, queue);
      peer.deliver(0, 0, 0, "x".repeat(2_000));
      peer.attachReceiver(0, 1, queue, 1);
      int length = 0;
      Frame frame;
      do {
        frame = peer.expectFrame(Kind.TRANSFER);
        assertThat(Values.encode(frame.body()).length + 8 + frame.payload().length)
            .isLessThanOrEqualTo(512);
        length += frame.payload().length;
      } while (frame.body() != null && frame.body().isTrue("more"));
      assertThat(length).isGreaterThan(2_000);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.1")
  void unknown_virtual_host_is_not_found() throws IOException {
    try (SocketPeer peer = loggedIn()) {
      peer.send(0, open("peer").with("hostname", "vhost:nowhere"));
      peer.expect(Kind.OPEN);
      peer.expectClose("amqp:not-found");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.1")
  void server_uses_no_more_channels_than_the_peer_has() throws IOException {
    try (SocketPeer peer = SocketPeer.opened(broker, open("peer").with("channel-max", 0))) {
      Composite begun = peer.begin(0);
      assertThat(begun.number("remote-channel")).isZero();
      peer.closeOrderly();
    }
  }

  // ---- close (2.4.3) -------------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 1.0", section = "2.4.3")
  void close_is_answered_and_the_socket_ends() throws IOException {
    try (SocketPeer peer = SocketPeer.begun(broker)) {
      peer.send(0, Composite.of(Kind.CLOSE).with("error", error("my:reason", "tired")));
      assertThat(peer.expect(Kind.CLOSE).get("error")).isNull();
      peer.expectEnd();
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.4.3")
  void what_follows_close_counts_for_nothing() throws IOException {
    String queue = Broker.unique("closed");
    try (SocketPeer peer = SocketPeer.begun(broker)) {
      peer.attachSender(0, 0, queue);
      peer.send(
          ScriptedPeer.frame(0, Composite.of(Kind.CLOSE)),
          ScriptedPeer.frame(0, transfer(0, 0), ScriptedPeer.message("late")));
      peer.expect(Kind.CLOSE);
      peer.expectEnd();
    }
    try (SocketPeer peer = SocketPeer.begun(broker)) {
      peer.attachSender(0, 0, queue);
      peer.deliver(0, 0, 0, "first");
      peer.attachReceiver(0, 1, queue, 1);
      assertThat(peer.expectFrame(Kind.TRANSFER).payload())
          .endsWith("first".getBytes(StandardCharsets.UTF_8));
    }
  }

  // ---- silence (2.4.5) -----------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 1.0", section = "2.4.5")
  void peer_that_wants_signs_of_life_gets_empty_frames() throws IOException {
    try (SocketPeer peer = SocketPeer.opened(broker, open("peer").with("idle-time-out", 2_000))) {
      Frame frame = peer.nextOrEmpty();
      assertThat(frame.body()).isNull();
      assertThat(frame.channel()).isZero();
      peer.send(ScriptedPeer.frame(ScriptedPeer.AMQP, 0));
      peer.closeOrderly();
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.3.1")
  void empty_frames_are_signs_of_life_and_nothing_else() throws IOException {
    try (SocketPeer peer = SocketPeer.begun(broker)) {
      for (int i = 0; i < 100; i++) {
        peer.send(ScriptedPeer.frame(ScriptedPeer.AMQP, i));
      }
      peer.begin(1);
    }
  }
}
