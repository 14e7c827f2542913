package io.correio.server.front.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.Spec;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.method.ConnectionMethod;
import io.correio.amqp.v091.method.QueueMethod;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.LongString;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.Reply;
import io.correio.core.queue.Settlement;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ClosingTest {
  private final Peer peer = Peer.opened();

  private static ChannelMethod.Close closeChannel() {
    return new ChannelMethod.Close(200, "bye", 0, 0);
  }

  private static ConnectionMethod.Close closeConnection() {
    return new ConnectionMethod.Close(200, "bye", 0, 0);
  }

  private void assertReturned(long... sequences) {
    Command.Settle settle = peer.shard.skipTo(Command.Settle.class);
    assertThat(settle.settlement()).isEqualTo(Settlement.RETURNED);
    assertThat(Arrays.copyOf(settle.sequences(), settle.count())).containsExactly(sequences);
  }

  // ---- channels ------------------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.5.2.5")
  void channel_close_returns_messages_and_is_answered_when_the_core_has_done_all() {
    long consumer = peer.consume("c", false);
    peer.emit(Peer.delivered(consumer, 1), Peer.delivered(consumer, 2));
    peer.received.clear();
    peer.send(1, new BasicMethod.Ack(1, false), closeChannel());
    assertThat(peer.shard.next(Command.Settle.class).settlement()).isEqualTo(Settlement.ACCEPTED);
    Command.Cancel cancel = peer.shard.next(Command.Cancel.class);
    assertReturned(2);
    Command.LimitPool last = peer.shard.next(Command.LimitPool.class);
    assertThat(last.limit()).isEqualTo(Command.UNLIMITED);
    peer.emit(Peer.delivered(consumer, 3));
    peer.assertSilent();
    assertReturned(3);
    peer.emit(
        new Effect.Replied(cancel.request(), new Reply.Done()),
        new Effect.Replied(last.request(), new Reply.Done()));
    peer.expect(ChannelMethod.CloseOk.class);
    peer.channel(1);
  }

  @Test
  void delivery_tags_start_again_on_a_new_channel_of_the_same_number() {
    peer.emit(Peer.delivered(peer.consume("c", false), 1));
    peer.send(1, closeChannel());
    peer.done(peer.shard.skipTo(Command.Cancel.class).request());
    peer.done(peer.shard.skipTo(Command.LimitPool.class).request());
    peer.received.clear();
    peer.channel(1);
    peer.emit(Peer.delivered(peer.consume("c", false), 5));
    assertThat(peer.expect(BasicMethod.Deliver.class).deliveryTag()).isEqualTo(1);
  }

  @Test
  void methods_on_a_channel_that_the_server_closes_are_discarded_until_close_ok() {
    peer.send(1, new BasicMethod.Ack(5, false));
    peer.expect(ChannelMethod.Close.class);
    peer.send(
        1,
        new QueueMethod.Declare("a", false, true, false, false, false, FieldTable.empty()),
        new BasicMethod.Qos(0, 1, false),
        new BasicMethod.Ack(1, false));
    peer.publish("q", "x");
    peer.assertSilent();
    peer.shard.next(Command.LimitPool.class);
    peer.shard.assertNoMore();
    peer.send(1, new ChannelMethod.CloseOk());
    peer.channel(1);
  }

  @Test
  void closes_of_a_channel_that_cross_are_both_answered() {
    peer.send(1, new BasicMethod.Ack(5, false));
    peer.expect(ChannelMethod.Close.class);
    peer.send(1, closeChannel());
    peer.expect(ChannelMethod.CloseOk.class);
    peer.send(1, new ChannelMethod.CloseOk());
    peer.channel(1);
  }

  @Test
  void error_names_the_method_that_caused_it() {
    peer.send(1, new BasicMethod.Ack(5, false));
    ChannelMethod.Close close = peer.expectChannelClose(406);
    assertThat(close.failedClassId()).isEqualTo(60);
    assertThat(close.failedMethodId()).isEqualTo(80);
  }

  @Test
  void replies_for_a_channel_that_was_closed_are_not_sent() {
    peer.send(1, new QueueMethod.Purge("q", false), new BasicMethod.Ack(5, false));
    peer.expectChannelClose(406);
    peer.emit(
        new Effect.Replied(
            peer.shard.next(Command.PurgeQueue.class).request(), new Reply.Removed(3)));
    peer.assertSilent();
  }

  @Test
  void channel_error_leaves_other_channels_alone() {
    peer.channel(2);
    long consumer = peer.consume(2, "c", false);
    peer.send(1, new BasicMethod.Ack(5, false));
    peer.expectChannelClose(406);
    peer.emit(Peer.delivered(consumer, 1));
    assertThat(peer.expectReceived(BasicMethod.Deliver.class).channel()).isEqualTo(2);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.5.2.1")
  void channel_opened_twice_is_an_error() {
    peer.send(1, new ChannelMethod.Open());
    assertThat(peer.expectConnectionClose(504).replyText())
        .contains("second 'channel.open' seen on channel 1");
  }

  @Test
  void method_on_a_channel_that_is_not_open_is_an_error() {
    peer.send(7, new BasicMethod.Qos(0, 1, false));
    assertThat(peer.expectConnectionClose(504).replyText())
        .contains("expected 'channel.open' on channel 7");
  }

  @Test
  void channel_over_the_negotiated_maximum_is_an_error() {
    peer.send(2_048, new ChannelMethod.Open());
    peer.expectConnectionClose(504);
  }

  @Test
  void late_close_ok_is_ignored() {
    peer.send(9, new ChannelMethod.CloseOk());
    peer.assertSilent();
    peer.channel(9);
  }

  // ---- connections ---------------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.4.2.10")
  void connection_close_is_answered_when_the_core_has_done_all() {
    long consumer = peer.consume("c", false);
    peer.emit(Peer.delivered(consumer, 1));
    peer.received.clear();
    peer.publish("q", "x");
    peer.shard.skipTo(Command.Publish.class);
    peer.send(0, closeConnection());
    peer.shard.next(Command.Cancel.class);
    assertReturned(1);
    Command.LimitPool barrier = peer.shard.next(Command.LimitPool.class);
    peer.assertSilent();
    peer.emit(new Effect.Accepted(1), new Effect.Replied(barrier.request(), new Reply.Done()));
    peer.expect(ConnectionMethod.CloseOk.class);
    assertThat(peer.wire.closed).isEmpty();
    peer.shard.next(Command.Disconnect.class);
    peer.session.onClosed("");
    peer.shard.assertNoMore();
  }

  @Test
  void everything_behind_connection_close_is_discarded() {
    peer.send(0, closeConnection());
    peer.shard.next(Command.LimitPool.class);
    peer.publish("q", "x");
    peer.send(1, new QueueMethod.Purge("q", false));
    peer.shard.assertNoMore();
  }

  @Test
  void connection_that_is_gone_is_disconnected_once() {
    peer.session.onClosed("reset by peer");
    peer.shard.next(Command.Disconnect.class);
    peer.shard.assertNoMore();
    peer.emit(new Effect.Accepted(1));
    peer.assertSilent();
  }

  @Test
  void connection_error_gives_everything_back_and_waits_for_close_ok() {
    peer.send(1, new BasicMethod.Recover(false), new QueueMethod.Purge("q", false));
    ConnectionMethod.Close close = peer.expect(ConnectionMethod.Close.class);
    assertThat(close.replyCode()).isEqualTo(540);
    assertThat(close.failedClassId()).isEqualTo(60);
    assertThat(close.failedMethodId()).isEqualTo(110);
    peer.shard.next(Command.Disconnect.class);
    peer.publish("q", "x");
    peer.shard.assertNoMore();
    assertThat(peer.wire.closed).isNull();
    peer.send(0, new ConnectionMethod.CloseOk());
    assertThat(peer.wire.closed).isEmpty();
  }

  @Test
  void peer_that_does_not_answer_connection_close_is_cut_off() {
    peer.send(1, new BasicMethod.Recover(false));
    peer.expect(ConnectionMethod.Close.class);
    peer.tick(5);
    assertThat(peer.wire.closed).isNull();
    peer.tick(2);
    assertThat(peer.wire.closed).contains("did not answer");
  }

  @Test
  void closes_of_a_connection_that_cross_are_both_answered() {
    peer.send(1, new BasicMethod.Recover(false));
    peer.expect(ConnectionMethod.Close.class);
    peer.send(0, closeConnection());
    peer.expect(ConnectionMethod.CloseOk.class);
    assertThat(peer.wire.closed).isNotNull();
  }

  @Test
  void error_while_reading_is_paused_lets_close_ok_in() {
    peer.send(
        1, new QueueMethod.Declare("new", false, true, false, false, true, FieldTable.empty()));
    peer.publish("new", "x");
    assertThat(peer.wire.reading).isFalse();
    peer.session.onStopping();
    peer.step();
    assertThat(peer.expect(ConnectionMethod.Close.class).replyCode()).isEqualTo(320);
    assertThat(peer.wire.reading).isTrue();
    peer.send(0, new ConnectionMethod.CloseOk());
    assertThat(peer.wire.closed).isEmpty();
  }

  @Test
  void server_that_stops_says_so() {
    peer.session.onStopping();
    peer.step();
    assertThat(peer.expectConnectionClose(320).replyText()).startsWith("CONNECTION_FORCED");
    peer.shard.next(Command.Disconnect.class);
  }

  @Test
  void server_that_stops_during_the_handshake_just_closes() {
    Peer other = new Peer();
    other.session.onStopping();
    assertThat(other.wire.closed).isNotNull();
  }

  // ---- blocked, secrets, garbage -------------------------------------------------------------

  @Test
  void blocked_and_unblocked_are_told() {
    peer.emit(new Effect.Blocked("low on disk"), new Effect.Unblocked());
    assertThat(peer.expect(ConnectionMethod.Blocked.class).reason()).isEqualTo("low on disk");
    peer.expect(ConnectionMethod.Unblocked.class);
  }

  @Test
  void client_that_does_not_understand_is_not_told_that_it_is_blocked() {
    Peer old = new Peer();
    old.handshake(FieldTable.empty(), 0);
    old.emit(new Effect.Blocked("low on disk"), new Effect.Unblocked());
    old.assertSilent();
  }

  @Test
  void new_secret_is_checked() {
    peer.send(0, new ConnectionMethod.UpdateSecret(LongString.of("new"), "renewed"));
    assertThat(peer.wire.reading).isFalse();
    peer.decideLogin(true);
    peer.expect(ConnectionMethod.UpdateSecretOk.class);
    assertThat(peer.wire.reading).isTrue();
    peer.send(0, new ConnectionMethod.UpdateSecret(LongString.of("bad"), "renewed"));
    peer.decideLogin(false);
    peer.expectConnectionClose(530);
  }

  @Test
  void handshake_methods_on_an_open_connection_are_invalid() {
    peer.send(0, new ConnectionMethod.Open("/"));
    peer.expectConnectionClose(503);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.3")
  void garbage_is_a_frame_error() {
    peer.sendRaw("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    assertThat(peer.expect(ConnectionMethod.Close.class).replyCode()).isEqualTo(501);
    peer.shard.next(Command.Disconnect.class);
    peer.tick(2);
    assertThat(peer.wire.closed).isNotNull();
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.6")
  void method_within_a_content_is_an_unexpected_frame() {
    peer.encoder.method(1, new BasicMethod.Publish("", "q", false, false));
    peer.encoder.method(1, new BasicMethod.Qos(0, 1, false));
    peer.flush();
    peer.expectConnectionClose(505);
  }

  @Test
  void unknown_method_is_not_implemented() {
    peer.sendRaw(
        (byte) 1,
        (byte) 0,
        (byte) 1,
        (byte) 0,
        (byte) 0,
        (byte) 0,
        (byte) 4,
        (byte) 0,
        (byte) 99,
        (byte) 0,
        (byte) 1,
        (byte) 206);
    peer.expectConnectionClose(540);
  }

  @Test
  void too_many_unanswered_requests_pause_the_connection() {
    for (int i = 0; i < SessionLimits.MAX_PENDING_REQUESTS + 10; i++) {
      peer.send(1, new QueueMethod.Purge("q", true));
    }
    assertThat(peer.wire.reading).isFalse();
    for (int i = 0; i < SessionLimits.MAX_PENDING_REQUESTS; i++) {
      peer.emit(
          new Effect.Replied(
              peer.shard.next(Command.PurgeQueue.class).request(), new Reply.Removed(0)));
    }
    assertThat(peer.wire.reading).isTrue();
    assertThat(peer.shard.commands)
        .filteredOn(Command.PurgeQueue.class::isInstance)
        .hasSize(SessionLimits.MAX_PENDING_REQUESTS + 10);
  }

  @Test
  void connection_of_a_deleted_user_is_closed_at_the_next_tick() {
    peer.tick(1);
    peer.assertSilent();
    peer.identities = peer.identities.withoutUser("guest");
    peer.tick(1);
    ConnectionMethod.Close close = peer.expectConnectionClose(320);
    assertThat(close.replyText()).contains("user 'guest' was deleted");
    peer.shard.skipTo(Command.Disconnect.class);
    peer.tick(1);
    peer.assertSilent();
  }

  @Test
  void bytes_one_by_one_make_the_same_conversation() {
    peer.encoder.method(1, new BasicMethod.Qos(0, 1, true));
    peer.encoder.content(
        1,
        new BasicMethod.Publish("", "q", false, false),
        BasicProperties.NONE.raw(),
        new byte[] {1, 2, 3});
    peer.flushOneByOne();
    peer.shard.next(Command.LimitPool.class);
    assertThat(peer.shard.next(Command.Publish.class).message().content().body())
        .containsExactly(1, 2, 3);
  }
}
