package io.correio.server.front.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.Spec;
import io.correio.amqp.v091.method.AccessMethod;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.method.QueueMethod;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.core.manager.VirtualHost;
import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.Reply;
import io.correio.core.queue.Settlement;
import io.correio.server.front.OutboxAccount;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Acknowledgements, credit, and the outbox. */
class SettlingTest {
  private final Peer peer = Peer.opened();

  private static BasicMethod.Consume consume(String tag) {
    return new BasicMethod.Consume("q", tag, false, false, false, false, FieldTable.empty());
  }

  private void expectDelivery(String tag, long deliveryTag) {
    BasicMethod.Deliver delivery = peer.expect(BasicMethod.Deliver.class);
    assertThat(delivery.consumerTag()).isEqualTo(tag);
    assertThat(delivery.deliveryTag()).isEqualTo(deliveryTag);
  }

  private void assertSettled(Settlement settlement, long... sequences) {
    Command.Settle settle = peer.shard.skipTo(Command.Settle.class);
    assertThat(settle.settlement()).isEqualTo(settlement);
    assertThat(Arrays.copyOf(settle.sequences(), settle.count())).containsExactly(sequences);
    assertThat(Arrays.copyOf(settle.lanes(), settle.count())).containsOnly(7);
  }

  // ---- settlements ---------------------------------------------------------------------------

  private void deliverFour() {
    long consumer = peer.consume("c", false);
    for (int sequence = 11; sequence <= 14; sequence++) {
      peer.emit(Peer.delivered(consumer, sequence));
    }
    peer.received.clear();
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.13")
  void acknowledgements_read_at_once_are_one_command() {
    deliverFour();
    peer.send(
        1,
        new BasicMethod.Ack(2, false),
        new BasicMethod.Ack(1, false),
        new BasicMethod.Ack(4, false));
    assertSettled(Settlement.ACCEPTED, 12, 11, 14);
    peer.shard.assertNoMore();
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.13.2")
  void multiple_settles_all_up_to_the_tag() {
    deliverFour();
    peer.send(1, new BasicMethod.Ack(3, true));
    assertSettled(Settlement.ACCEPTED, 11, 12, 13);
    peer.send(1, new BasicMethod.Nack(0, true, true));
    assertSettled(Settlement.RETURNED, 14);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.14")
  void rejecting_returns_or_drops() {
    deliverFour();
    peer.send(
        1,
        new BasicMethod.Reject(1, true),
        new BasicMethod.Reject(2, false),
        new BasicMethod.Nack(3, false, true),
        new BasicMethod.Nack(4, true, false));
    assertSettled(Settlement.RETURNED, 11);
    assertSettled(Settlement.REJECTED, 12);
    assertSettled(Settlement.RETURNED, 13);
    assertSettled(Settlement.REJECTED, 14);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.13.1")
  void tag_that_is_not_waiting_is_a_failed_precondition() {
    deliverFour();
    peer.send(1, new BasicMethod.Ack(1, false), new BasicMethod.Ack(1, false));
    assertThat(peer.expectChannelClose(406).replyText()).contains("unknown delivery tag 1");
    assertSettled(Settlement.ACCEPTED, 11);
    assertSettled(Settlement.RETURNED, 12, 13, 14);
  }

  @Test
  void all_of_nothing_may_be_acknowledged() {
    peer.send(1, new BasicMethod.Ack(0, true));
    peer.assertSilent();
    peer.send(1, new BasicMethod.Ack(0, false));
    peer.expectChannelClose(406);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.16")
  void recover_returns_what_is_not_settled() {
    deliverFour();
    peer.send(1, new BasicMethod.Ack(2, false), new BasicMethod.Recover(true));
    assertSettled(Settlement.ACCEPTED, 12);
    assertSettled(Settlement.RETURNED, 11, 13, 14);
    peer.assertSilent();
    peer.done(peer.shard.next(Command.LimitPool.class).request());
    peer.expect(BasicMethod.RecoverOk.class);
    peer.send(1, new BasicMethod.RecoverAsync(true));
    peer.assertSilent();
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.16.1")
  void recover_without_requeue_is_not_implemented() {
    peer.send(1, new BasicMethod.Recover(false));
    peer.expectConnectionClose(540);
  }

  @Test
  void settlements_reach_the_core_before_what_the_client_asks_next() {
    deliverFour();
    peer.send(1, new BasicMethod.Ack(1, false), new QueueMethod.Purge("q", false));
    peer.shard.next(Command.Settle.class);
    peer.shard.next(Command.PurgeQueue.class);
  }

  // ---- credit --------------------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.1")
  void prefetch_is_the_credit_of_later_consumers() {
    peer.send(1, new BasicMethod.Qos(0, 25, false));
    peer.expect(BasicMethod.QosOk.class);
    peer.send(1, consume("c"), new BasicMethod.Qos(0, 0, false), consume("d"));
    assertThat(peer.shard.skipTo(Command.Subscribe.class).credit()).isEqualTo(25);
    assertThat(peer.shard.skipTo(Command.Subscribe.class).credit()).isEqualTo(Command.UNLIMITED);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.1.3")
  void global_prefetch_limits_the_channels_pool() {
    peer.send(1, new BasicMethod.Qos(0, 25, true));
    Command.LimitPool pool = peer.shard.next(Command.LimitPool.class);
    assertThat(pool.pool()).isEqualTo(1);
    assertThat(pool.limit()).isEqualTo(25);
    peer.assertSilent();
    peer.done(pool.request());
    peer.expect(BasicMethod.QosOk.class);
    peer.send(1, new BasicMethod.Qos(0, 0, true));
    assertThat(peer.shard.next(Command.LimitPool.class).limit())
        .isEqualTo(Peer.LIMITS.unsettledPerChannel());
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.1.1")
  void prefetch_in_bytes_is_not_implemented() {
    peer.send(1, new BasicMethod.Qos(1_000, 0, false));
    assertThat(peer.expectConnectionClose(540).replyText()).contains("prefetch_size!=0 (1000)");
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.5.2.3")
  void flow_stops_the_channels_pool() {
    peer.send(1, new ChannelMethod.Flow(false));
    Command.LimitPool pool = peer.shard.next(Command.LimitPool.class);
    assertThat(pool.flowing()).isFalse();
    peer.done(pool.request());
    assertThat(peer.expect(ChannelMethod.FlowOk.class).active()).isFalse();
    peer.send(1, new ChannelMethod.Flow(true));
    assertThat(peer.shard.next(Command.LimitPool.class).flowing()).isTrue();
  }

  @Test
  void answers_of_the_session_keep_their_place_among_those_of_the_core() {
    peer.send(
        1,
        new QueueMethod.Purge("q", false),
        new BasicMethod.Qos(0, 1, false),
        new AccessMethod.Request("/data", false, false, false, false, false));
    peer.assertSilent();
    peer.emit(
        new Effect.Replied(
            peer.shard.skipTo(Command.PurgeQueue.class).request(), new Reply.Removed(0)));
    peer.done(peer.shard.next(Command.LimitPool.class).request());
    peer.done(peer.shard.next(Command.LimitPool.class).request());
    peer.expect(QueueMethod.PurgeOk.class);
    peer.expect(BasicMethod.QosOk.class);
    peer.expect(AccessMethod.RequestOk.class);
  }

  @Test
  void gets_are_limited_by_what_is_not_acknowledged() {
    SessionLimits limits = new SessionLimits(10, 131_072, 0, 2, 1, 1_000, 1_000, 10, 3_000, 5_000);
    Peer small = new Peer(limits, new BodyBudget(1_000, 1_000, limits)).open();
    small.send(1, new BasicMethod.Get("q", false));
    small.emit(
        new Effect.Taken(
            small.shard.next(Command.Take.class).request(), 7, 1, Peer.message("m"), false, 0));
    small.expect(BasicMethod.GetOk.class);
    small.send(1, new BasicMethod.Get("q", false));
    assertThat(small.expectChannelClose(406).replyText()).contains("unacknowledged");
  }

  // ---- outbox --------------------------------------------------------------------------------

  @Test
  void core_is_told_what_has_left_in_portions() {
    long consumer = peer.consume("c", true);
    Message message = Peer.message(new byte[OutboxAccount.REPORT_IDLE_UNITS / 2]);
    peer.emit(new Effect.Delivered(consumer, 7, 1, message, false));
    peer.drain();
    peer.shard.assertNoMore();
    peer.emit(new Effect.Delivered(consumer, 7, 2, message, false));
    peer.shard.assertNoMore();
    peer.drain();
    assertThat(peer.shard.next(Command.Drained.class).bytes()).isEqualTo(2L * message.size());
  }

  @Test
  void taken_messages_count_as_well() {
    Message message = Peer.message(new byte[OutboxAccount.REPORT_IDLE_UNITS]);
    peer.send(1, new BasicMethod.Get("q", true));
    peer.emit(
        new Effect.Taken(peer.shard.next(Command.Take.class).request(), 7, 1, message, false, 0));
    peer.drain();
    assertThat(peer.shard.next(Command.Drained.class).bytes()).isEqualTo(message.size());
  }

  @Test
  void messages_that_went_back_count_as_well() {
    Message message = Peer.message(new byte[OutboxAccount.REPORT_IDLE_UNITS]);
    peer.emit(new Effect.Delivered(99, 7, 1, message, false));
    assertThat(peer.shard.skipTo(Command.Drained.class).bytes()).isEqualTo(message.size());
  }

  @Test
  void messages_wait_as_references_while_the_wire_has_no_room_and_outcomes_do_not() {
    long consumer = peer.consume("c", false);
    peer.send(1, new io.correio.amqp.v091.method.ConfirmMethod.Select(true));
    peer.publish("q", "x");
    peer.wire.hasRoom = false;
    peer.send(1, new BasicMethod.Cancel("c", false));
    long cancel = peer.shard.skipTo(Command.Cancel.class).request();
    peer.emit(
        Peer.delivered(consumer, 1),
        new Effect.Accepted(1),
        new Effect.Replied(cancel, new Reply.Done()));
    peer.expect(BasicMethod.Ack.class);
    peer.assertSilent();
    peer.wire.hasRoom = true;
    peer.drain();
    expectDelivery("c", 1);
    peer.expect(BasicMethod.CancelOk.class);
  }

  @Test
  void peer_that_reads_no_replies_is_not_read() {
    int size = 1 << 20;
    for (int i = 0; i < 9; i++) {
      peer.publish(
          1,
          new BasicMethod.Publish("x", "nobody", true, false),
          BasicProperties.NONE,
          "x".repeat(size));
      Command.Publish publish = peer.shard.skipTo(Command.Publish.class);
      peer.emit(new Effect.Returned(i + 1, publish.message()), new Effect.Accepted(i + 1));
    }
    peer.publish("q", "x");
    peer.publish("q", "x");
    assertThat(peer.wire.reading).isFalse();
    peer.drain();
    assertThat(peer.wire.reading).isTrue();
  }

  @Test
  void outbox_is_what_the_account_is_made_for() {
    assertThat(OutboxAccount.REPORT_UNITS).isLessThanOrEqualTo(VirtualHost.OUTBOX_BYTES / 2);
  }
}
