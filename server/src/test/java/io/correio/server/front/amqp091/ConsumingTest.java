package io.correio.server.front.amqp091;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.Spec;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.core.identity.Permission;
import io.correio.core.message.Address;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.Refusal;
import io.correio.core.queue.Reply;
import io.correio.core.queue.Settlement;
import io.correio.server.front.content.Amqp10Message;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ConsumingTest {
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

  // ---- consume and cancel --------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.3")
  void consume_subscribes_with_unlimited_credit_and_the_channels_pool() {
    peer.send(
        1, new BasicMethod.Consume("q", "mine", true, false, true, false, FieldTable.empty()));
    Command.LimitPool pool = peer.shard.next(Command.LimitPool.class);
    assertThat(pool.pool()).isEqualTo(1);
    assertThat(pool.limit()).isEqualTo(Peer.LIMITS.unsettledPerChannel());
    assertThat(pool.flowing()).isTrue();
    Command.Subscribe subscribe = peer.shard.next(Command.Subscribe.class);
    assertThat(subscribe)
        .isEqualTo(
            new Command.Subscribe(
                1,
                subscribe.request(),
                subscribe.consumer(),
                "q",
                "mine",
                false,
                true,
                Command.UNLIMITED,
                true,
                1));
    peer.assertSilent();
    peer.done(subscribe.request());
    assertThat(peer.expect(BasicMethod.ConsumeOk.class).consumerTag()).isEqualTo("mine");
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.5")
  void message_on_its_way_when_a_consumer_without_acks_is_cancelled_is_not_lost() {
    long consumer = peer.consume("c", true);
    peer.send(1, new BasicMethod.Cancel("c", true));
    peer.emit(Peer.delivered(consumer, 1));
    expectDelivery("c", 1);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.3.3")
  void consumer_without_a_tag_gets_one() {
    peer.send(1, consume(""));
    Command.Subscribe subscribe = peer.shard.skipTo(Command.Subscribe.class);
    peer.done(subscribe.request());
    String tag = peer.expect(BasicMethod.ConsumeOk.class).consumerTag();
    assertThat(tag).matches("amq\\.ctag-[A-Za-z0-9_-]{22}");
    peer.emit(Peer.delivered(subscribe.consumer(), 1));
    expectDelivery(tag, 1);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.3.3")
  void consumer_tag_in_use_is_not_allowed() {
    peer.consume("c", false);
    peer.send(1, consume("c"));
    assertThat(peer.expectConnectionClose(530).replyText())
        .contains("attempt to reuse consumer tag 'c'");
  }

  @Test
  void same_consumer_tag_on_two_channels_is_two_consumers() {
    peer.channel(2);
    long first = peer.consume(1, "c", false);
    long second = peer.consume(2, "c", false);
    peer.emit(Peer.delivered(second, 1), Peer.delivered(first, 2));
    assertThat(peer.expectReceived(BasicMethod.Deliver.class).channel()).isEqualTo(2);
    assertThat(peer.expectReceived(BasicMethod.Deliver.class).channel()).isEqualTo(1);
  }

  @Test
  void consuming_needs_permission_to_read() {
    peer.identities = peer.identities.with(new Permission("guest", "/", ".*", ".*", ""));
    peer.send(1, consume("c"));
    assertThat(peer.expectChannelClose(403).replyText()).contains("read access to queue 'q'");
    peer.channel(1);
    peer.send(1, new BasicMethod.Get("q", false));
    peer.expectChannelClose(403);
  }

  @Test
  void argument_of_a_consumer_that_means_nothing_here_is_refused_by_name() {
    peer.send(
        1,
        new BasicMethod.Consume(
            "q", "c", false, false, false, false, FieldTable.of("x-priority", 5)));
    assertThat(peer.expectChannelClose(406).replyText()).contains("'x-priority'");
  }

  @Test
  void consumers_of_a_channel_are_limited() {
    SessionLimits limits = new SessionLimits(10, 131_072, 0, 2, 10, 1_000, 1_000, 10, 3_000, 5_000);
    Peer small = new Peer(limits, new BodyBudget(1_000, 1_000, limits)).open();
    small.consume("a", false);
    small.consume("b", false);
    small.send(1, consume("c"));
    assertThat(small.expectConnectionClose(530).replyText()).contains("maximum (2)");
  }

  @Test
  void refused_consumer_closes_the_channel() {
    peer.send(1, consume("c"));
    peer.emit(
        new Effect.Replied(
            peer.shard.skipTo(Command.Subscribe.class).request(),
            new Reply.Refused(new Refusal(Refusal.Kind.FORBIDDEN, "in exclusive use"))));
    peer.expectChannelClose(403);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.5")
  void deliveries_go_on_until_cancel_ok() {
    long consumer = peer.consume("c", false);
    peer.send(1, new BasicMethod.Cancel("c", false));
    Command.Cancel cancel = peer.shard.next(Command.Cancel.class);
    assertThat(cancel.consumer()).isEqualTo(consumer);
    peer.emit(Peer.delivered(consumer, 1), new Effect.Replied(cancel.request(), new Reply.Done()));
    expectDelivery("c", 1);
    assertThat(peer.expect(BasicMethod.CancelOk.class).consumerTag()).isEqualTo("c");
    peer.emit(Peer.delivered(consumer, 2));
    peer.assertSilent();
    assertSettled(Settlement.RETURNED, 2);
  }

  @Test
  void delivery_behind_a_cancel_without_answer_goes_back() {
    long consumer = peer.consume("c", false);
    peer.send(1, new BasicMethod.Cancel("c", true));
    peer.emit(Peer.delivered(consumer, 1));
    peer.assertSilent();
    assertSettled(Settlement.RETURNED, 1);
  }

  @Test
  void tag_cancelled_without_answer_may_be_used_again_at_once() {
    long first = peer.consume("c", false);
    peer.send(1, new BasicMethod.Cancel("c", true));
    long second = peer.consume("c", false);
    assertThat(second).isNotEqualTo(first);
    peer.emit(Peer.delivered(first, 1), Peer.delivered(second, 2));
    expectDelivery("c", 1);
    peer.assertSilent();
    assertSettled(Settlement.RETURNED, 1);
  }

  @Test
  void number_of_a_cancelled_consumer_is_used_again_after_the_cores_answer() {
    long first = peer.consume("a", false);
    peer.send(1, new BasicMethod.Cancel("a", false));
    peer.done(peer.shard.next(Command.Cancel.class).request());
    peer.expect(BasicMethod.CancelOk.class);
    assertThat(peer.consume("b", false)).isEqualTo(first);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.5")
  void cancelling_an_unknown_consumer_is_no_error() {
    peer.send(1, new BasicMethod.Cancel("nobody", false));
    peer.expect(BasicMethod.CancelOk.class);
    peer.send(1, new BasicMethod.Cancel("nobody", true));
    peer.assertSilent();
  }

  @Test
  void consumer_of_a_deleted_queue_is_cancelled_by_the_server() {
    long consumer = peer.consume("c", false);
    peer.emit(Peer.delivered(consumer, 1), new Effect.ConsumerCancelled(consumer));
    expectDelivery("c", 1);
    assertThat(peer.expect(BasicMethod.Cancel.class)).isEqualTo(new BasicMethod.Cancel("c", true));
    assertThat(peer.consume("c", false)).isEqualTo(consumer);
  }

  @Test
  void client_that_does_not_understand_is_not_told_of_the_cancel() {
    Peer old = new Peer();
    old.handshake(FieldTable.empty(), 0);
    old.channel(1);
    old.emit(new Effect.ConsumerCancelled(old.consume("c", false)));
    old.assertSilent();
  }

  @Test
  void cancels_of_both_sides_that_cross_end_in_cancel_ok() {
    long consumer = peer.consume("c", false);
    peer.send(1, new BasicMethod.Cancel("c", false));
    peer.emit(new Effect.ConsumerCancelled(consumer));
    peer.assertSilent();
    peer.done(peer.shard.next(Command.Cancel.class).request());
    peer.expect(BasicMethod.CancelOk.class);
    peer.assertSilent();
  }

  // ---- deliveries ----------------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.9")
  void delivery_carries_the_content_as_it_was_published() {
    long consumer = peer.consume("c", false);
    BasicProperties properties =
        BasicProperties.builder().headers(FieldTable.of("a", 1)).messageId("id").build();
    byte[] body = "x".repeat(300_000).getBytes(UTF_8);
    Message message =
        new Message(
            new Envelope(new Address("news", "a.b"), true, 0, Envelope.NO_EXPIRY),
            MessageFormat.toContent(properties.raw(), body));
    peer.emit(new Effect.Delivered(consumer, 7, 1, message, true));
    Peer.Received received = peer.expectReceived(BasicMethod.Deliver.class);
    assertThat(received.method()).isEqualTo(new BasicMethod.Deliver("c", 1, true, "news", "a.b"));
    assertThat(received.properties()).isEqualTo(properties.raw());
    assertThat(received.body()).isEqualTo(body);
  }

  @Test
  void message_of_another_protocol_is_delivered_converted() throws Exception {
    // Sections properties (correlation-id "id" alone) and two of data, the second longer than a
    // frame (AMQP 1.0 part 3, section 3.2).
    byte[] start = HexFormat.of().parseHex("005373c00a064040404040a1026964" + "005375a00101");
    ByteBuffer encoded = ByteBuffer.allocate(200_100).put(start);
    encoded.put(HexFormat.of().parseHex("005375b000030d40")).position(encoded.position() + 200_000);
    Message message =
        new Message(
            new Envelope(new Address("news", "a.b"), true, 4, Envelope.NO_EXPIRY),
            Amqp10Message.decode(encoded.array(), 0, encoded.position()).content());
    BasicProperties expected = BasicProperties.builder().persistent().correlationId("id").build();
    byte[] body = new byte[200_001];
    body[0] = 1;
    long consumer = peer.consume("c", false);
    peer.emit(new Effect.Delivered(consumer, 7, 1, message, false));
    Peer.Received received = peer.expectReceived(BasicMethod.Deliver.class);
    assertThat(received.properties()).isEqualTo(expected.raw());
    assertThat(received.body()).isEqualTo(body);
  }

  @Test
  void properties_that_do_not_fit_the_clients_frames_close_the_channel_and_keep_the_message() {
    SessionLimits limits =
        new SessionLimits(10, 4_096, 0, 10, 10, 100_000, 100_000, 10, 3_000, 5_000);
    Peer small = new Peer(limits, new BodyBudget(100_000, 100_000, limits)).open();
    long consumer = small.consume("c", false);
    BasicProperties large =
        BasicProperties.builder().headers(FieldTable.of("a", "x".repeat(5_000))).build();
    Message message =
        new Message(Peer.message("").envelope(), MessageFormat.toContent(large.raw(), new byte[0]));
    small.emit(new Effect.Delivered(consumer, 7, 1, message, false));
    assertThat(small.expectChannelClose(406).replyText()).contains("frame-max");
    assertThat(small.shard.skipTo(Command.Settle.class).settlement())
        .isEqualTo(Settlement.RETURNED);
  }

  @Test
  void nothing_is_settled_for_a_consumer_without_acknowledgements() {
    long consumer = peer.consume("c", true);
    peer.emit(Peer.delivered(consumer, 1));
    expectDelivery("c", 1);
    peer.send(1, new BasicMethod.Ack(1, false));
    assertThat(peer.expectChannelClose(406).replyText()).contains("unknown delivery tag 1");
  }

  @Test
  void consumer_without_acknowledgements_has_unlimited_credit_whatever_the_prefetch() {
    peer.send(1, new BasicMethod.Qos(0, 10, false));
    peer.expect(BasicMethod.QosOk.class);
    peer.consume("c", true);
    peer.send(1, consume("d"));
    Command.Subscribe other = peer.shard.skipTo(Command.Subscribe.class);
    assertThat(other.credit()).isEqualTo(10);
    assertThat(peer.shard.commands)
        .filteredOn(Command.Subscribe.class::isInstance)
        .first()
        .extracting(command -> ((Command.Subscribe) command).credit())
        .isEqualTo(Command.UNLIMITED);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.10")
  void get_takes_one_message() {
    peer.send(1, new BasicMethod.Get("q", false));
    Command.Take take = peer.shard.next(Command.Take.class);
    assertThat(take.autoSettle()).isFalse();
    peer.emit(new Effect.Taken(take.request(), 7, 1, Peer.message("m1"), true, 4));
    Peer.Received received = peer.expectReceived(BasicMethod.GetOk.class);
    assertThat(received.method()).isEqualTo(new BasicMethod.GetOk(1, true, "", "q", 4));
    assertThat(received.body()).isEqualTo("m1".getBytes(UTF_8));
    peer.send(1, new BasicMethod.Ack(1, false));
    assertSettled(Settlement.ACCEPTED, 1);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.12")
  void get_from_an_empty_queue_is_answered_so() {
    peer.send(1, new BasicMethod.Get("q", true));
    Command.Take take = peer.shard.next(Command.Take.class);
    assertThat(take.autoSettle()).isTrue();
    peer.emit(new Effect.Replied(take.request(), new Reply.Empty()));
    peer.expect(BasicMethod.GetEmpty.class);
  }

  @Test
  void message_taken_for_a_closed_channel_goes_back() {
    peer.send(1, new BasicMethod.Get("q", false), new BasicMethod.Ack(99, false));
    peer.expectChannelClose(406);
    peer.emit(
        new Effect.Taken(
            peer.shard.skipTo(Command.Take.class).request(), 7, 1, Peer.message("m"), false, 0));
    peer.assertSilent();
    assertSettled(Settlement.RETURNED, 1);
  }
}
