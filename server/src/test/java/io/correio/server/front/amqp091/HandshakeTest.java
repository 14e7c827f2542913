package io.correio.server.front.amqp091;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.Spec;
import io.correio.amqp.v091.SaslCredentials;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.method.ConnectionMethod;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.LongString;
import io.correio.core.queue.Command;
import io.correio.server.auth.AuthResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HandshakeTest {
  private final Peer peer = new Peer();

  private void start(String mechanism, LongString response) {
    start(mechanism, response, FieldTable.empty());
  }

  private void start(String mechanism, LongString response, FieldTable properties) {
    peer.encoder.protocolHeader();
    peer.flush();
    peer.expect(ConnectionMethod.Start.class);
    peer.send(0, new ConnectionMethod.StartOk(properties, mechanism, response, "en_US"));
  }

  private void tuned() {
    start("PLAIN", SaslCredentials.plain("guest", "guest"));
    peer.decideLogin(true);
    peer.expect(ConnectionMethod.Tune.class);
  }

  private void openVirtualHost(String name) {
    tuned();
    peer.send(0, new ConnectionMethod.TuneOk(100, 8_192, 0), new ConnectionMethod.Open(name));
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.2")
  void other_protocol_is_answered_with_the_header_of_this_one_and_closed() {
    peer.sendRaw("AMQP\0\1\0\0".getBytes(US_ASCII));
    assertThat(peer.wire.log).containsExactly("protocol header");
    assertThat(peer.wire.closed).isNotNull();
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.4.2.1")
  void start_names_product_mechanisms_and_capabilities() {
    peer.encoder.protocolHeader();
    peer.flush();
    ConnectionMethod.Start start = peer.expect(ConnectionMethod.Start.class);
    assertThat(start.versionMajor()).isZero();
    assertThat(start.versionMinor()).isEqualTo(9);
    assertThat(start.mechanisms().split(" ")).containsExactlyInAnyOrder("PLAIN", "AMQPLAIN");
    assertThat(start.serverProperties().getString("product")).contains("Correio");
    assertThat(start.serverProperties().getString("version")).contains("1.2.3");
    FieldTable capabilities =
        start.serverProperties().getTable("capabilities").orElse(FieldTable.empty());
    assertThat(capabilities.fields().keySet())
        .contains(
            "publisher_confirms",
            "exchange_exchange_bindings",
            "basic.nack",
            "consumer_cancel_notify",
            "connection.blocked",
            "authentication_failure_close");
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.4.2")
  void login_tune_open_leads_to_a_connection_of_the_core() {
    peer.handshake(FieldTable.empty(), 60);
    assertThat(peer.lastUser).isEqualTo("guest");
    assertThat(peer.wire.established).isTrue();
    peer.channel(1);
    peer.channel(2_047);
  }

  @Test
  void login_by_amqplain_works() {
    start("AMQPLAIN", SaslCredentials.amqplain("maria", "secret"));
    assertThat(peer.lastUser).isEqualTo("maria");
    peer.decideLogin(true);
    peer.expect(ConnectionMethod.Tune.class);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.4.2.3")
  void empty_response_is_asked_for_once_more_by_secure() {
    start("PLAIN", LongString.of(""));
    peer.expect(ConnectionMethod.Secure.class);
    peer.send(0, new ConnectionMethod.SecureOk(SaslCredentials.plain("guest", "guest")));
    peer.decideLogin(true);
    peer.expect(ConnectionMethod.Tune.class);
  }

  @Test
  void nothing_is_read_while_the_password_is_checked() {
    start("PLAIN", SaslCredentials.plain("guest", "guest"));
    assertThat(peer.wire.reading).isFalse();
    peer.send(0, new ConnectionMethod.TuneOk(100, 8_192, 0));
    peer.assertSilent();
    peer.decideLogin(true);
    assertThat(peer.wire.reading).isTrue();
  }

  @Test
  void unknown_mechanism_is_refused() {
    start("EXTERNAL", LongString.of("x"));
    assertThat(peer.expectConnectionClose(403).replyText()).contains("EXTERNAL", "PLAIN");
  }

  @Test
  void malformed_plain_response_is_a_syntax_error() {
    start("PLAIN", LongString.of("no nul in here"));
    peer.expectConnectionClose(502);
  }

  @Test
  void refused_login_is_told_to_clients_that_understand() {
    FieldTable capabilities = FieldTable.of("authentication_failure_close", true);
    start(
        "PLAIN",
        SaslCredentials.plain("guest", "wrong"),
        FieldTable.of("capabilities", capabilities));
    peer.decideLogin(false);
    assertThat(peer.expectConnectionClose(403).replyText())
        .startsWith("ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN");
    assertThat(peer.shard.commands).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = AuthResult.class,
      names = {"WRONG", "LOOPBACK_ONLY", "BUSY"})
  void refused_login_says_what_to_do(AuthResult result) {
    FieldTable capabilities = FieldTable.of("authentication_failure_close", true);
    start(
        "PLAIN",
        SaslCredentials.plain("guest", "guest"),
        FieldTable.of("capabilities", capabilities));
    peer.decideLogin(result);
    String text = peer.expectConnectionClose(403).replyText();
    switch (result) {
      case LOOPBACK_ONLY -> assertThat(text).contains("can only connect from the server's own");
      case BUSY -> assertThat(text).contains("try again later");
      default -> assertThat(text).contains("check user and password");
    }
  }

  @Test
  void refused_login_of_other_clients_closes_the_socket_after_a_delay() {
    start("PLAIN", SaslCredentials.plain("guest", "wrong"));
    peer.decideLogin(false);
    peer.tick(1);
    peer.assertSilent();
    assertThat(peer.wire.closed).isNull();
    assertThat(peer.wire.reading).isFalse();
    peer.tick(3);
    peer.assertSilent();
    assertThat(peer.wire.closed).isNotNull();
  }

  @Test
  void decision_on_a_login_that_nobody_waits_for_is_ignored() {
    start("PLAIN", SaslCredentials.plain("guest", "guest"));
    peer.session.onClosed("gone");
    peer.decideLogin(true);
    peer.assertSilent();
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.4.2.6")
  void larger_limits_than_proposed_are_not_allowed() {
    tuned();
    peer.send(0, new ConnectionMethod.TuneOk(2_048, 8_192, 0));
    assertThat(peer.expectConnectionClose(530).replyText())
        .contains("channel_max = 2048", "maximum allowed value (2047)");
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.4.2.6")
  void no_limit_where_there_is_one_is_not_allowed() {
    tuned();
    peer.send(0, new ConnectionMethod.TuneOk(2_047, 0, 0));
    assertThat(peer.expectConnectionClose(530).replyText()).contains("frame_max = 0 (no limit)");
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.4.2.6")
  void frames_smaller_than_the_minimum_are_not_allowed() {
    tuned();
    peer.send(0, new ConnectionMethod.TuneOk(2_047, 4_095, 0));
    assertThat(peer.expectConnectionClose(530).replyText()).contains("lower than the minimum");
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.4.2.7")
  void unknown_virtual_host_is_not_allowed() {
    openVirtualHost("nowhere");
    assertThat(peer.expectConnectionClose(530).replyText()).contains("vhost nowhere not found");
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.4.2.7")
  void virtual_host_without_permission_is_not_allowed() {
    openVirtualHost("locked");
    assertThat(peer.expectConnectionClose(530).replyText())
        .contains("access to vhost 'locked' refused for user 'guest'");
  }

  @Test
  void frame_over_the_handshake_limit_is_a_frame_error() {
    peer.encoder.protocolHeader();
    peer.flush();
    peer.expect(ConnectionMethod.Start.class);
    peer.sendRaw((byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 0, (byte) 0);
    assertThat(peer.expect(ConnectionMethod.Close.class).replyCode()).isEqualTo(501);
    peer.tick(2);
    assertThat(peer.wire.closed).isNotNull();
  }

  @Test
  void methods_out_of_turn_are_invalid() {
    peer.encoder.protocolHeader();
    peer.flush();
    peer.expect(ConnectionMethod.Start.class);
    peer.send(0, new ConnectionMethod.Open("/"));
    peer.expectConnectionClose(503);
  }

  @Test
  void channels_before_open_are_an_error() {
    tuned();
    peer.send(1, new ChannelMethod.Open());
    peer.expectConnectionClose(504);
  }

  @Test
  void methods_of_other_classes_on_channel_zero_are_invalid() {
    peer.handshake(FieldTable.empty(), 0);
    peer.send(0, new BasicMethod.Ack(1, false));
    peer.expectConnectionClose(503);
    peer.shard.next(Command.Disconnect.class);
  }

  @Test
  void client_that_closes_during_the_handshake_is_answered() {
    tuned();
    peer.send(0, new ConnectionMethod.Close(200, "bye", 0, 0));
    peer.expect(ConnectionMethod.CloseOk.class);
    assertThat(peer.wire.closed).isEmpty();
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.7")
  void heartbeat_is_sent_when_nothing_else_was_for_half_the_interval() {
    peer.handshake(FieldTable.empty(), 4);
    peer.tick(2);
    assertThat(peer.wire.log).isEmpty();
    peer.tick(1);
    assertThat(peer.wire.log).containsExactly("heartbeat");
    peer.tick(2);
    assertThat(peer.wire.log).containsExactly("heartbeat", "heartbeat");
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.7")
  void two_missed_heartbeats_close_the_connection() {
    peer.handshake(FieldTable.empty(), 2);
    peer.tick(5);
    assertThat(peer.wire.closed).isNull();
    peer.tick(1);
    assertThat(peer.wire.closed).contains("heartbeat");
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.7")
  void heartbeats_of_the_peer_keep_the_connection() {
    peer.handshake(FieldTable.empty(), 2);
    for (int i = 0; i < 10; i++) {
      peer.tick(3);
      peer.encoder.heartbeat();
      peer.flush();
    }
    assertThat(peer.wire.closed).isNull();
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.7")
  void no_heartbeats_when_the_client_wants_none() {
    peer.handshake(FieldTable.empty(), 0);
    peer.tick(1_000);
    assertThat(peer.wire.log).isEmpty();
    assertThat(peer.wire.closed).isNull();
  }
}
