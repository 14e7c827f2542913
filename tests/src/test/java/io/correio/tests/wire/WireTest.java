package io.correio.tests.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import io.correio.tests.wire.Wire.Fields;
import io.correio.tests.wire.Wire.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bad input is contained to its connection and answered with the protocol's own error. After each
 * test another connection must still work. Some tests ask for what the specification says where
 * other brokers just cut the connection; those run against Correio alone.
 */
@ExtendWith(BrokerExtension.class)
final class WireTest {
  private final Broker broker;

  WireTest(Broker broker) {
    this.broker = broker;
  }

  @AfterEach
  void broker_still_serves_others() throws IOException {
    try (Wire wire = Wire.open(broker)) {
      wire.openChannel(1);
      assertThat(wire.declareQueue(1)).isNotEmpty();
    }
  }

  // 2.2: a server that gets a header it does not accept sends the one it accepts and closes.
  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "AMQP\0\0\10\0", "AMQP\1\1\0\12", "XXXXXXXX"})
  void wrong_protocol_header_is_answered_with_the_right_one(String header) throws Exception {
    try (Wire wire = new Wire(broker)) {
      wire.send(header.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(wire.read(8)).isEqualTo(Wire.HEADER);
      wire.expectEnd();
    }
  }

  @Test
  void header_may_arrive_byte_by_byte() throws Exception {
    try (Wire wire = new Wire(broker)) {
      for (byte b : Wire.HEADER) {
        wire.send(new byte[] {b});
      }
      wire.expect(0, 10, 10);
    }
  }

  @Test
  void start_offers_plain_and_amqplain() throws Exception {
    try (Wire wire = new Wire(broker)) {
      wire.send(Wire.HEADER);
      Frame start = wire.expect(0, 10, 10);
      String text = new String(start.payload(), StandardCharsets.ISO_8859_1);
      assertThat(start.payload()[4]).as("major").isEqualTo((byte) 0);
      assertThat(start.payload()[5]).as("minor").isEqualTo((byte) 9);
      assertThat(text).contains("AMQPLAIN").contains("PLAIN").contains("en_US");
    }
  }

  @Test
  void amqplain_logs_in() throws Exception {
    try (Wire wire = new Wire(broker)) {
      wire.send(Wire.HEADER);
      wire.expect(0, 10, 10);
      Fields table =
          new Fields()
              .shortString("LOGIN")
              .octet('S')
              .longString("guest")
              .shortString("PASSWORD")
              .octet('S')
              .longString("guest");
      wire.startOk("AMQPLAIN", new String(table.toBytes(), StandardCharsets.UTF_8));
      wire.expect(0, 10, 30);
    }
  }

  @Test
  void unknown_mechanism_is_refused() throws Exception {
    try (Wire wire = new Wire(broker)) {
      wire.send(Wire.HEADER);
      wire.expect(0, 10, 10);
      wire.startOk("NO-SUCH-MECHANISM", "x");
      wire.expectEndOrConnectionClose();
    }
  }

  // 1.4.2.6: a client that does not know authentication_failure_close is just cut off.
  @Test
  void old_client_with_a_wrong_password_is_cut_off() throws Exception {
    try (Wire wire = new Wire(broker)) {
      wire.send(Wire.HEADER);
      wire.expect(0, 10, 10);
      wire.startOk("PLAIN", "\0guest\0wrong");
      wire.expectEndOrConnectionClose();
    }
  }

  // 4.2.3: a frame larger than agreed is a frame error.
  @Test
  void oversized_frame_is_a_frame_error() throws Exception {
    try (Wire wire = Wire.open(broker)) {
      wire.openChannel(1);
      wire.send(new Fields().octet(Wire.METHOD).shortUint(1).longUint(Integer.MAX_VALUE).toBytes());
      wire.expectConnectionClose(501);
    }
  }

  @Test
  void wrong_frame_end_is_a_frame_error() throws Exception {
    try (Wire wire = Wire.open(broker)) {
      wire.openChannel(1);
      wire.send(new Fields().octet(Wire.HEARTBEAT).shortUint(0).longUint(0).octet(0).toBytes());
      wire.expectConnectionClose(501);
    }
  }

  @Test
  void unknown_frame_type_is_refused() throws Exception {
    try (Wire wire = Wire.open(broker)) {
      wire.frame(77, 0, new byte[0]);
      wire.expectConnectionClose(501, 505);
    }
  }

  @Test
  @DisabledIfSystemProperty(named = "correio.broker", matches = ".+")
  void unknown_class_is_refused() throws Exception {
    try (Wire wire = Wire.open(broker)) {
      wire.openChannel(1);
      wire.method(1, 999, 10, new Fields());
      wire.expectConnectionClose(501, 503, 540);
    }
  }

  @Test
  @DisabledIfSystemProperty(named = "correio.broker", matches = ".+")
  void unknown_method_is_refused() throws Exception {
    try (Wire wire = Wire.open(broker)) {
      wire.openChannel(1);
      wire.method(1, 50, 999, new Fields());
      wire.expectConnectionClose(501, 503, 540);
    }
  }

  @Test
  void method_of_the_server_is_refused_from_a_client() throws Exception {
    try (Wire wire = Wire.open(broker)) {
      wire.openChannel(1);
      wire.method(1, 50, 11, new Fields().shortString("q").longUint(0).longUint(0));
      wire.expectConnectionClose(503, 540);
    }
  }

  @Test
  void truncated_arguments_are_a_syntax_error() throws Exception {
    try (Wire wire = Wire.open(broker)) {
      wire.openChannel(1);
      wire.method(1, 50, 10, new Fields().shortUint(0).octet(200).octet('x'));
      wire.expectConnectionClose(501, 502);
    }
  }

  // 1.5.2.5: an opened channel is not opened again.
  @Test
  void opening_an_open_channel_is_a_channel_error() throws Exception {
    try (Wire wire = Wire.open(broker)) {
      wire.openChannel(1);
      wire.method(1, 20, 10, new Fields().shortString(""));
      wire.expectConnectionClose(504);
    }
  }

  @Test
  void method_on_a_channel_that_is_not_open_is_a_channel_error() throws Exception {
    try (Wire wire = Wire.open(broker)) {
      wire.method(7, 50, 10, new Fields().shortUint(0).shortString("").octet(4).longUint(0));
      wire.expectConnectionClose(504);
    }
  }

  @Test
  @DisabledIfSystemProperty(named = "correio.broker", matches = ".+")
  void channel_above_the_agreed_number_is_refused() throws Exception {
    try (Wire wire = new Wire(broker)) {
      wire.send(Wire.HEADER);
      wire.expect(0, 10, 10);
      wire.startOk("PLAIN", "\0guest\0guest");
      wire.expect(0, 10, 30);
      wire.tuneOk(5, 131_072, 0);
      wire.method(0, 10, 40, new Fields().shortString("/").shortString("").octet(0));
      wire.expect(0, 10, 41);
      wire.openChannel(5);
      wire.method(6, 20, 10, new Fields().shortString(""));
      wire.expectConnectionClose(504, 530);
    }
  }

  @Test
  void limits_above_the_servers_are_refused() throws Exception {
    try (Wire wire = new Wire(broker)) {
      wire.send(Wire.HEADER);
      wire.expect(0, 10, 10);
      wire.startOk("PLAIN", "\0guest\0guest");
      ByteBuffer tune = wire.expect(0, 10, 30).content();
      assertThat(tune.getInt(6)).isGreaterThanOrEqualTo(4096);
      wire.tuneOk(tune.getShort(4), tune.getInt(6) + 1, 0);
      wire.expectEndOrConnectionClose();
    }
  }

  // 4.2.6: content is method, header, bodies; anything between is an unexpected frame.
  @Test
  void body_without_a_header_is_an_unexpected_frame() throws Exception {
    try (Wire wire = Wire.open(broker)) {
      wire.openChannel(1);
      wire.publish(1, "key");
      wire.frame(Wire.BODY, 1, new byte[] {1});
      wire.expectConnectionClose(505);
    }
  }

  @Test
  void method_where_a_header_must_follow_is_an_unexpected_frame() throws Exception {
    try (Wire wire = Wire.open(broker)) {
      wire.openChannel(1);
      wire.publish(1, "key");
      wire.publish(1, "key");
      wire.expectConnectionClose(505);
    }
  }

  @Test
  void header_without_a_publish_is_an_unexpected_frame() throws Exception {
    try (Wire wire = Wire.open(broker)) {
      wire.openChannel(1);
      wire.contentHeader(1, 60, 0);
      wire.expectConnectionClose(505);
    }
  }

  @Test
  void header_of_another_class_is_an_unexpected_frame() throws Exception {
    try (Wire wire = Wire.open(broker)) {
      wire.openChannel(1);
      wire.publish(1, "key");
      wire.contentHeader(1, 50, 0);
      wire.expectConnectionClose(501, 505);
    }
  }

  @Test
  void contents_of_two_channels_may_interleave() throws Exception {
    try (Wire wire = Wire.open(broker)) {
      wire.openChannel(1);
      wire.openChannel(2);
      String queue = wire.declareQueue(1);
      wire.publish(1, queue);
      wire.publish(2, queue);
      wire.contentHeader(2, 60, 2);
      wire.contentHeader(1, 60, 2);
      wire.frame(Wire.BODY, 1, new byte[] {1});
      wire.frame(Wire.BODY, 2, new byte[] {2, 2});
      wire.frame(Wire.BODY, 1, new byte[] {1});
      wire.method(1, 60, 70, new Fields().shortUint(0).shortString(queue).octet(1));
      wire.expect(1, 60, 71);
      assertThat(wire.next().type()).isEqualTo(Wire.CONTENT_HEADER);
      assertThat(wire.next().payload()).isEqualTo(new byte[] {2, 2});
      wire.method(1, 60, 70, new Fields().shortUint(0).shortString(queue).octet(1));
      wire.expect(1, 60, 71);
      assertThat(wire.next().type()).isEqualTo(Wire.CONTENT_HEADER);
      assertThat(wire.next().payload()).isEqualTo(new byte[] {1, 1});
    }
  }

  // 1.5.2.6 and 4.3: after its close a channel ignores everything but close and close-ok.
  @Test
  void channel_that_is_closing_ignores_what_still_comes() throws Exception {
    try (Wire wire = Wire.open(broker)) {
      wire.openChannel(1);
      wire.method(1, 50, 10, new Fields().shortUint(0).shortString("none").octet(1).longUint(0));
      wire.method(1, 50, 10, new Fields().shortUint(0).shortString("").octet(4).longUint(0));
      wire.publish(1, "key");
      wire.contentHeader(1, 60, 1);
      wire.frame(Wire.BODY, 1, new byte[] {1});
      wire.expectChannelClose(1, 404);
      wire.openChannel(1);
      assertThat(wire.declareQueue(1)).isNotEmpty();
    }
  }

  // 4.2.7: a silent peer is given up after two intervals; the broker itself sends heartbeats.
  @Test
  void silent_client_is_given_up() throws Exception {
    try (Wire wire = new Wire(broker)) {
      wire.send(Wire.HEADER);
      wire.expect(0, 10, 10);
      wire.startOk("PLAIN", "\0guest\0guest");
      ByteBuffer tune = wire.expect(0, 10, 30).content();
      wire.tuneOk(tune.getShort(4), tune.getInt(6), 1);
      wire.method(0, 10, 40, new Fields().shortString("/").shortString("").octet(0));
      wire.expect(0, 10, 41);
      assertThat(wire.nextOfAnyKind().type()).isEqualTo(Wire.HEARTBEAT);
      wire.expectEndAfterHeartbeats();
    }
  }

  @Test
  void client_that_leaves_in_the_middle_of_a_frame_is_forgotten() throws Exception {
    try (Wire wire = Wire.open(broker)) {
      wire.openChannel(1);
      wire.publish(1, "key");
      wire.send(new byte[] {Wire.CONTENT_HEADER, 0, 1, 0});
    }
  }
}
