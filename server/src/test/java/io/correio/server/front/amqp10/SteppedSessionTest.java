package io.correio.server.front.amqp10;

import static io.correio.amqp.v10.peer.Performatives.begin;
import static io.correio.amqp.v10.peer.Performatives.credit;
import static io.correio.amqp.v10.peer.Performatives.detach;
import static io.correio.amqp.v10.peer.Performatives.disposition;
import static io.correio.amqp.v10.peer.Performatives.flow;
import static io.correio.amqp.v10.peer.Performatives.receiver;
import static io.correio.amqp.v10.peer.Performatives.sender;
import static io.correio.amqp.v10.peer.Performatives.transfer;
import static io.correio.server.front.amqp10.SteppedPeer.delivered;
import static io.correio.server.front.amqp10.SteppedPeer.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.Spec;
import io.correio.amqp.v10.peer.Composite;
import io.correio.amqp.v10.peer.Kind;
import io.correio.amqp.v10.peer.Performatives;
import io.correio.amqp.v10.peer.ScriptedPeer;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.Refusal;
import io.correio.core.queue.Reply;
import io.correio.core.queue.Settlement;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Order, credit, settlement and ends, one step after the other. */
final class SteppedSessionTest {

  private final SteppedPeer peer;

  SteppedSessionTest() throws IOException {
    peer = SteppedPeer.begun();
  }

  private static Composite accepted() {
    return Composite.of(Kind.ACCEPTED);
  }

  private void assertSettled(Settlement settlement, long... sequences) {
    Command.Settle settle = peer.shard.skipTo(Command.Settle.class);
    assertThat(settle.settlement()).isEqualTo(settlement);
    assertThat(Arrays.copyOf(settle.sequences(), settle.count())).containsExactly(sequences);
  }

  private int creditGiven() {
    return peer.shard.skipTo(Command.Credit.class).messages();
  }

  // ---- sending -------------------------------------------------------------------------------

  private void sending() throws IOException {
    peer.attach(0, sender("link", 0, "q"));
    peer.expect(Kind.FLOW);
  }

  private void send(long id) throws IOException {
    peer.send(0, transfer(0, id), ScriptedPeer.message("message"));
    peer.shard.skipTo(Command.Publish.class);
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.12")
  void outcome_comes_when_the_core_has_one_and_not_before() throws IOException {
    sending();
    send(0);
    send(1);
    peer.assertSilent();
    peer.emit(new Effect.Accepted(1));
    assertThat(peer.expect(Kind.DISPOSITION).number("first")).isZero();
    peer.assertSilent();
    peer.emit(new Effect.Accepted(2));
    assertThat(peer.expect(Kind.DISPOSITION).number("first")).isEqualTo(1);
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.6")
  void outcomes_that_come_together_are_one_range() throws IOException {
    sending();
    for (long id = 0; id < 5; id++) {
      send(id);
    }
    peer.emit(new Effect.Accepted(4));
    Composite outcome = peer.expect(Kind.DISPOSITION);
    assertThat(outcome.number("first")).isZero();
    assertThat(outcome.number("last")).isEqualTo(3);
    assertThat(outcome.part("state").kind()).isEqualTo(Kind.ACCEPTED);
    peer.assertSilent();
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "3.4.3")
  void message_that_the_core_does_not_take_is_rejected() throws IOException {
    sending();
    send(0);
    peer.emit(new Effect.Rejected(1, new Refusal(Refusal.Kind.FULL, "queue 'q' is full")));
    Composite state = peer.expect(Kind.DISPOSITION).part("state");
    assertThat(state.kind()).isEqualTo(Kind.REJECTED);
    assertThat(state.part("error").text("condition")).startsWith("amqp:resource-limit");
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.4")
  void outcome_for_a_link_that_is_gone_is_not_told() throws IOException {
    sending();
    send(0);
    peer.send(0, detach(0, true));
    peer.expect(Kind.DETACH);
    peer.emit(new Effect.Accepted(1));
    peer.assertSilent();
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.7")
  void delivery_beyond_the_credit_detaches_the_link_alone() throws IOException {
    // A coordinator renews its credit when it answers, and it answers no part of a delivery.
    peer.attach(0, Performatives.controller("controller", 0));
    long credit = peer.expect(Kind.FLOW).number("link-credit");
    long id = 0;
    while (id < credit) {
      peer.send(0, transfer(0, id++).with("aborted", true), new byte[] {0});
      peer.send(0, flow().with("echo", true));
      peer.expect(Kind.FLOW);
    }
    peer.send(0, transfer(0, id).with("more", true), new byte[] {0});
    peer.expectDetach(0, 0, "amqp:link:transfer-limit-exceeded");
  }

  @Test
  void frames_may_come_byte_by_byte() throws IOException {
    byte[] all = ScriptedPeer.frame(0, sender("link", 0, "q"));
    for (byte each : all) {
      peer.send(new byte[] {each});
    }
    peer.expect(Kind.ATTACH);
  }

  // ---- receiving -----------------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.7")
  void credit_is_passed_on_as_it_changes() throws IOException {
    peer.receiving();
    peer.send(0, credit(0, 0, 10));
    assertThat(creditGiven()).isEqualTo(10);
    peer.send(0, credit(0, 0, 10));
    peer.shard.assertNoMore();
    peer.send(0, credit(0, 0, 4));
    assertThat(creditGiven()).isEqualTo(-6);
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.7")
  void credit_given_before_the_attach_is_answered_counts() throws IOException {
    peer.send(0, receiver("link", 0, "q"));
    peer.send(0, credit(0, 0, 10));
    Command.Subscribe subscribe = peer.shard.skipTo(Command.Subscribe.class);
    peer.shard.assertNoMore();
    peer.done(subscribe.request());
    peer.expect(Kind.ATTACH);
    assertThat(creditGiven()).isEqualTo(10);
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.7")
  void drain_asked_for_before_the_attach_is_answered_is_done() throws IOException {
    peer.send(0, receiver("link", 0, "q"));
    peer.send(0, credit(0, 0, 10).with("drain", true));
    peer.done(peer.shard.skipTo(Command.Subscribe.class).request());
    peer.expect(Kind.ATTACH);
    peer.done(peer.shard.skipTo(Command.Drain.class).request());
    Composite flow = peer.expect(Kind.FLOW);
    assertThat(flow.number("delivery-count")).isEqualTo(10);
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.7")
  void delivery_that_crosses_with_credit_taken_back_goes_back() throws IOException {
    long consumer = peer.receiving();
    peer.send(0, credit(0, 0, 2));
    peer.send(0, credit(0, 0, 0));
    peer.emit(delivered(consumer, 11), delivered(consumer, 12));
    peer.assertSilent();
    assertSettled(Settlement.RELEASED, 11, 12);
    // The core's account of two that were taken back and delivered all the same is at minus two.
    peer.send(0, credit(0, 0, 1));
    assertThat(creditGiven()).isEqualTo(3);
    peer.emit(delivered(consumer, 13));
    assertThat(text(peer.expectFrame(Kind.TRANSFER))).isEqualTo("message 13");
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.7")
  void drain_delivers_what_is_ready_and_then_says_that_it_is_done() throws IOException {
    long consumer = peer.receiving();
    peer.send(0, credit(0, 0, 5).with("drain", true));
    Command.Drain drain = peer.shard.skipTo(Command.Drain.class);
    peer.assertSilent();
    peer.emit(delivered(consumer, 11), new Effect.Replied(drain.request(), new Reply.Done()));
    assertThat(text(peer.next())).isEqualTo("message 11");
    Composite flow = peer.expect(Kind.FLOW);
    assertThat(flow.number("link-credit")).isZero();
    assertThat(flow.number("delivery-count")).isEqualTo(5);
    peer.send(0, credit(0, 5, 3));
    assertThat(creditGiven()).isEqualTo(3);
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.5.6")
  void deliveries_wait_for_the_window_in_their_order() throws IOException {
    peer.send(1, begin().with("incoming-window", 1));
    peer.expect(Kind.BEGIN);
    peer.send(1, receiver("link", 0, "q"));
    Command.Subscribe subscribe = peer.shard.skipTo(Command.Subscribe.class);
    peer.done(subscribe.request());
    peer.expect(Kind.ATTACH);
    peer.send(1, credit(0, 0, 10).with("incoming-window", 1));
    long consumer = subscribe.consumer();
    peer.emit(delivered(consumer, 11), delivered(consumer, 12), delivered(consumer, 13));
    assertThat(text(peer.expectFrame(Kind.TRANSFER))).isEqualTo("message 11");
    peer.assertSilent();
    peer.send(1, flow().with("next-incoming-id", 1).with("incoming-window", 2));
    assertThat(text(peer.expectFrame(Kind.TRANSFER))).isEqualTo("message 12");
    assertThat(text(peer.expectFrame(Kind.TRANSFER))).isEqualTo("message 13");
    peer.assertSilent();
  }

  @Test
  void unsettled_deliveries_have_a_limit_and_credit_beyond_it_waits() throws IOException {
    Amqp10Limits l = SteppedPeer.LIMITS;
    SteppedPeer few =
        SteppedPeer.begun(
            new Amqp10Limits(
                l.containerId(),
                l.channelMax(),
                l.frameMaxBytes(),
                l.idleTimeoutMillis(),
                l.messageMaxBytes(),
                l.linksPerConnection(),
                2,
                l.unfinishedBytes(),
                l.transactionMaxBytes(),
                l.transactionMaxOperations(),
                true,
                true,
                l.announcedVersion(),
                l.closeMillis()));
    long consumer = few.receiving();
    few.send(0, credit(0, 0, 10));
    assertThat(few.shard.skipTo(Command.Credit.class).messages()).isEqualTo(2);
    few.emit(delivered(consumer, 11), delivered(consumer, 12));
    few.shard.assertNoMore();
    few.send(0, disposition(0, null, accepted()));
    assertThat(few.shard.skipTo(Command.Credit.class).messages()).isEqualTo(1);
  }

  // ---- settling ------------------------------------------------------------------------------

  private long deliverFour() throws IOException {
    long consumer = peer.receiving();
    peer.send(0, credit(0, 0, 10));
    for (int sequence = 11; sequence <= 14; sequence++) {
      peer.emit(delivered(consumer, sequence));
      peer.expect(Kind.TRANSFER);
    }
    return consumer;
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.6")
  void range_of_outcomes_is_one_settlement() throws IOException {
    deliverFour();
    peer.send(0, disposition(0, 2L, accepted()));
    assertSettled(Settlement.ACCEPTED, 11, 12, 13);
    peer.send(0, disposition(0, 3L, accepted()));
    assertSettled(Settlement.ACCEPTED, 14);
    peer.assertSilent();
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "3.4")
  void each_outcome_is_its_settlement() throws IOException {
    deliverFour();
    peer.send(0, disposition(3, null, Composite.of(Kind.RELEASED)));
    assertSettled(Settlement.RELEASED, 14);
    peer.send(0, disposition(1, null, Composite.of(Kind.REJECTED)));
    assertSettled(Settlement.REJECTED, 12);
    peer.send(
        0, disposition(0, null, Composite.of(Kind.MODIFIED).with("undeliverable-here", true)));
    assertSettled(Settlement.REJECTED, 11);
    peer.send(0, disposition(2, null, Composite.of(Kind.MODIFIED)));
    assertSettled(Settlement.RELEASED, 13);
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.12")
  void outcome_that_is_not_settled_is_settled_by_the_server() throws IOException {
    deliverFour();
    peer.send(0, disposition(1, null, accepted()).with("settled", false));
    assertSettled(Settlement.ACCEPTED, 12);
    Composite settled = peer.expect(Kind.DISPOSITION);
    assertThat(settled.number("first")).isEqualTo(1);
    assertThat(settled.isTrue("settled")).isTrue();
    assertThat(settled.isTrue("role")).isFalse();
  }

  // ---- ends ----------------------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.4")
  void detach_returns_what_is_unsettled_and_is_answered_when_the_consumer_is_gone()
      throws IOException {
    long consumer = deliverFour();
    peer.send(0, disposition(1, null, accepted()));
    peer.send(0, detach(0, false));
    assertSettled(Settlement.ACCEPTED, 12);
    assertSettled(Settlement.RELEASED, 11, 13, 14);
    Command.Cancel cancel = peer.shard.next(Command.Cancel.class);
    peer.emit(delivered(consumer, 15));
    assertSettled(Settlement.RELEASED, 15);
    peer.assertSilent();
    peer.done(cancel.request());
    assertThat(peer.expect(Kind.DETACH).isTrue("closed")).isFalse();
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.6")
  void outcome_of_a_link_that_is_gone_settles_nothing() throws IOException {
    deliverFour();
    peer.send(0, detach(0, false));
    assertSettled(Settlement.RELEASED, 11, 12, 13, 14);
    peer.done(peer.shard.next(Command.Cancel.class).request());
    peer.expect(Kind.DETACH);
    peer.send(0, disposition(0, 3L, accepted()));
    peer.shard.assertNoMore();
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.3")
  void detach_before_the_attach_is_answered_leaves_nothing_behind() throws IOException {
    peer.send(0, receiver("link", 0, "q"));
    Command.Subscribe subscribe = peer.shard.skipTo(Command.Subscribe.class);
    peer.send(0, detach(0, true));
    Command.Cancel cancel = peer.shard.skipTo(Command.Cancel.class);
    assertThat(cancel.consumer()).isEqualTo(subscribe.consumer());
    peer.done(subscribe.request());
    peer.done(cancel.request());
    peer.send(0, flow().with("echo", true));
    assertThat(peer.next().body()).isNotNull();
  }

  @Test
  void queue_that_is_deleted_detaches_its_links() throws IOException {
    long consumer = deliverFour();
    peer.emit(new Effect.ConsumerCancelled(consumer));
    peer.expectDetach(0, 0, "amqp:resource-deleted");
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.4.3")
  void close_is_answered_when_all_before_it_is_done() throws IOException {
    deliverFour();
    peer.send(0, disposition(0, 1L, accepted()));
    peer.send(0, Composite.of(Kind.CLOSE));
    assertSettled(Settlement.ACCEPTED, 11, 12);
    peer.assertSilent();
    assertThat(peer.wire.closed).isNull();
    peer.done(peer.shard.next(Command.LimitPool.class).request());
    peer.expect(Kind.CLOSE);
    peer.expectEnd();
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.4.3")
  void nothing_counts_after_close() throws IOException {
    sending();
    peer.send(
        ScriptedPeer.frame(0, Composite.of(Kind.CLOSE)),
        ScriptedPeer.frame(0, transfer(0, 0), ScriptedPeer.message("late")));
    peer.shard.skipTo(Command.LimitPool.class);
    peer.shard.assertNoMore();
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.4.3")
  void server_that_stops_says_so_and_waits_for_the_answer() throws IOException {
    deliverFour();
    peer.session.onStopping();
    ScriptedPeer.assertCondition(peer.expect(Kind.CLOSE), "amqp:connection:forced");
    assertThat(peer.wire.closed).isNull();
    peer.send(0, disposition(0, null, accepted()));
    peer.send(0, Composite.of(Kind.CLOSE));
    peer.expectEnd();
  }

  @Test
  void peer_that_does_not_answer_close_is_cut_off() throws IOException {
    peer.session.onStopping();
    peer.expect(Kind.CLOSE);
    peer.tick(3);
    assertThat(peer.wire.closed).isNull();
    peer.tick(5);
    assertThat(peer.wire.closed).contains("did not answer close");
  }

  // ---- silence (2.4.5) -----------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 1.0", section = "2.4.5")
  void silent_peer_is_told_and_cut_off() throws IOException {
    peer.tick(50);
    ScriptedPeer.assertCondition(peer.expect(Kind.CLOSE), "amqp:resource-limit-exceeded");
    assertThat(peer.wire.closed).isNotNull();
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.4.5")
  void empty_frames_keep_a_connection() throws IOException {
    for (int i = 0; i < 20; i++) {
      peer.tick(5);
      peer.send(ScriptedPeer.frame(ScriptedPeer.AMQP, 0));
    }
    peer.assertSilent();
    assertThat(peer.wire.closed).isNull();
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.4.5")
  void peers_time_out_is_met_by_empty_frames() throws IOException {
    SteppedPeer other = new SteppedPeer(SteppedPeer.LIMITS);
    other.open(Performatives.open("peer").with("idle-time-out", 10_000));
    other.tick(30);
    int empty = 0;
    for (int i = 0; i < 3; i++) {
      empty += other.nextOrEmpty().body() == null ? 1 : 0;
    }
    assertThat(empty).isEqualTo(3);
  }
}
