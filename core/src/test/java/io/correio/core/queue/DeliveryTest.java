package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is handed what, and how much of it. */
class DeliveryTest {

  private static final long PUBLISHER = 1;
  private static final long CONSUMER = 2;
  private static final long HOLDER = 9;
  private static final long OTHER = 3;

  private final Bench bench = new Bench();
  private long queue;

  @BeforeEach
  void declare() {
    bench.connect(PUBLISHER, CONSUMER, OTHER);
    queue = bench.declare(PUBLISHER, "q");
  }

  private void publishMany(int from, int to) {
    for (int i = from; i <= to; i++) {
      bench.publish(PUBLISHER, queue, "m" + i);
    }
  }

  private static String[] bodies(int from, int to) {
    List<String> bodies = new ArrayList<>();
    for (int i = from; i <= to; i++) {
      bodies.add("m" + i);
    }
    return bodies.toArray(String[]::new);
  }

  @Test
  void credit_bounds_what_is_outstanding_and_settling_renews_it() {
    publishMany(1, 10);
    bench.subscribe(CONSUMER, 1, "q", 3);
    List<Effect.Delivered> got = bench.deliveries(CONSUMER);
    assertThat(got).hasSize(3);
    bench.settle(CONSUMER, Settlement.ACCEPTED, got.get(1), got.get(0));
    assertThat(bench.delivered(CONSUMER)).containsExactly("m4", "m5");
    bench.settle(CONSUMER, Settlement.REJECTED, got.get(2));
    assertThat(bench.delivered(CONSUMER)).containsExactly("m6");
  }

  @Test
  void draining_delivers_what_is_ready_and_lets_the_rest_of_the_credit_lapse() {
    publishMany(1, 3);
    bench.decide(bench.subscription(CONSUMER, 1, "q", 0, false, 0));
    bench.effects(CONSUMER);
    bench.decideTogether(new Command.Credit(CONSUMER, 1, 5), new Command.Drain(CONSUMER, 9, 1));
    List<Effect> effects = bench.effects(CONSUMER);
    assertThat(effects).hasSize(4);
    assertThat(effects.getLast()).isEqualTo(new Effect.Replied(9, new Reply.Done()));
    publishMany(4, 4);
    assertThat(bench.delivered(CONSUMER)).isEmpty();
    bench.decide(new Command.Credit(CONSUMER, 1, 1));
    assertThat(bench.delivered(CONSUMER)).containsExactly("m4");
  }

  @Test
  void draining_ends_with_the_credit_when_more_is_ready() {
    publishMany(1, 3);
    bench.decide(bench.subscription(CONSUMER, 1, "q", 0, false, 0));
    bench.effects(CONSUMER);
    bench.decideTogether(new Command.Credit(CONSUMER, 1, 2), new Command.Drain(CONSUMER, 9, 1));
    assertThat(bench.effects(CONSUMER)).hasSize(3);
    bench.decide(new Command.Drain(CONSUMER, 10, 1));
    assertThat(bench.effects(CONSUMER)).containsExactly(new Effect.Replied(10, new Reply.Done()));
  }

  @Test
  void draining_waits_for_cold_messages_and_is_answered_when_the_consumer_ends() {
    publishMany(1, 5);
    Bench restarted = new Bench(bench.recovered(), Bench.WINDOW_BYTES, Bench.OUTBOX_BYTES);
    restarted.decisions.remember(bench.decisions);
    restarted.connect(CONSUMER);
    restarted.decide(restarted.subscription(CONSUMER, 1, "q", 10, false, 0));
    restarted.effects(CONSUMER);
    restarted.decide(new Command.Drain(CONSUMER, 9, 1));
    assertThat(restarted.effects(CONSUMER)).isEmpty();
    restarted.answerPage();
    assertThat(restarted.effects(CONSUMER))
        .hasSize(6)
        .endsWith(new Effect.Replied(9, new Reply.Done()));
    restarted.decide(new Command.Credit(CONSUMER, 1, 1));
    restarted.settle(CONSUMER, Settlement.ACCEPTED);
    restarted.decideTogether(
        new Command.Drain(CONSUMER, 10, 1), new Command.Cancel(CONSUMER, 11, 1));
    assertThat(restarted.effects(CONSUMER)).contains(new Effect.Replied(10, new Reply.Done()));
  }

  @Test
  void credit_can_be_taken_back() {
    bench.decide(bench.subscription(CONSUMER, 1, "q", 3, false, 0));
    bench.decide(new Command.Credit(CONSUMER, 1, -2));
    publishMany(1, 3);
    assertThat(bench.delivered(CONSUMER)).containsExactly("m1");
  }

  @Test
  void credit_that_does_not_renew_comes_from_credit_commands_alone() {
    publishMany(1, 10);
    bench.decide(bench.subscription(CONSUMER, 1, "q", 2, false, 0));
    List<Effect.Delivered> got = bench.deliveries(CONSUMER);
    assertThat(got).hasSize(2);
    bench.settle(CONSUMER, Settlement.ACCEPTED, got.toArray(Effect.Delivered[]::new));
    assertThat(bench.delivered(CONSUMER)).isEmpty();
    bench.decide(new Command.Credit(CONSUMER, 1, 3));
    assertThat(bench.delivered(CONSUMER)).containsExactly("m3", "m4", "m5");
  }

  @Test
  void credit_without_end_is_bounded_by_the_outbox_which_draining_renews() {
    int size = Bench.message("m1", true).size();
    Bench small = new Bench(Bench.WINDOW_BYTES, 3L * size);
    small.connect(PUBLISHER, CONSUMER);
    long id = small.declare(PUBLISHER, "q");
    small.publish(PUBLISHER, id, bodies(1, 9));
    small.subscribe(CONSUMER, 1, "q", Bench.UNLIMITED);
    assertThat(small.delivered(CONSUMER)).containsExactly(bodies(1, 3));
    small.decide(new Command.Drained(CONSUMER, 2L * size));
    assertThat(small.delivered(CONSUMER)).containsExactly(bodies(4, 5));
    small.decide(new Command.Drained(CONSUMER, 4L * size));
    assertThat(small.delivered(CONSUMER)).containsExactly(bodies(6, 9));
  }

  @Test
  void outbox_of_one_connection_does_not_hold_up_another() {
    int size = Bench.message("m1", true).size();
    Bench small = new Bench(Bench.WINDOW_BYTES, size);
    small.connect(PUBLISHER, CONSUMER, OTHER);
    long id = small.declare(PUBLISHER, "q");
    small.subscribe(CONSUMER, 1, "q", Bench.UNLIMITED);
    small.subscribe(OTHER, 1, "q", Bench.UNLIMITED);
    small.publish(PUBLISHER, id, bodies(1, 3));
    assertThat(small.delivered(CONSUMER)).containsExactly("m1");
    assertThat(small.delivered(OTHER)).containsExactly("m2");
    small.decide(new Command.Drained(OTHER, size));
    assertThat(small.delivered(OTHER)).containsExactly("m3");
  }

  @Test
  void pool_bounds_its_consumers_together_across_queues() {
    long second = bench.declare(PUBLISHER, "q2");
    bench.decide(new Command.LimitPool(CONSUMER, 1, 5, 2, true));
    bench.decide(bench.subscription(CONSUMER, 1, "q", 10, true, 5));
    bench.decide(bench.subscription(CONSUMER, 2, "q2", 10, true, 5));
    bench.publish(PUBLISHER, queue, "a");
    bench.publish(PUBLISHER, second, "b");
    bench.publish(PUBLISHER, second, "c");
    List<Effect.Delivered> got = bench.deliveries(CONSUMER);
    assertThat(got).hasSize(2);
    bench.settle(CONSUMER, Settlement.ACCEPTED, got.getFirst());
    assertThat(bench.delivered(CONSUMER)).containsExactly("c");
  }

  @Test
  void raising_the_limit_of_a_pool_lets_more_out_and_lowering_takes_nothing_back() {
    publishMany(1, 10);
    bench.decide(new Command.LimitPool(CONSUMER, 1, 5, 2, true));
    bench.decide(bench.subscription(CONSUMER, 1, "q", 10, true, 5));
    List<Effect.Delivered> got = bench.deliveries(CONSUMER);
    bench.decide(new Command.LimitPool(CONSUMER, 1, 5, 1, true));
    bench.settle(CONSUMER, Settlement.ACCEPTED, got.getFirst());
    assertThat(bench.delivered(CONSUMER)).isEmpty();
    bench.decide(new Command.LimitPool(CONSUMER, 1, 5, 4, true));
    assertThat(bench.delivered(CONSUMER)).containsExactly("m3", "m4", "m5");
    bench.decide(new Command.LimitPool(CONSUMER, 1, 5, Bench.UNLIMITED, true));
    assertThat(bench.delivered(CONSUMER)).containsExactly(bodies(6, 10));
  }

  @Test
  void pool_that_does_not_flow_hands_out_nothing_until_it_does() {
    bench.decide(bench.subscription(CONSUMER, 1, "q", 10, true, 5));
    bench.decide(new Command.LimitPool(CONSUMER, 1, 5, Bench.UNLIMITED, false));
    publishMany(1, 2);
    assertThat(bench.delivered(CONSUMER)).isEmpty();
    bench.decide(new Command.LimitPool(CONSUMER, 1, 5, Bench.UNLIMITED, true));
    assertThat(bench.delivered(CONSUMER)).containsExactly("m1", "m2");
  }

  @Test
  void pools_of_two_connections_are_not_shared() {
    publishMany(1, 4);
    bench.decide(new Command.LimitPool(CONSUMER, 1, 5, 1, true));
    bench.decide(bench.subscription(CONSUMER, 1, "q", 10, true, 5));
    bench.decide(bench.subscription(OTHER, 1, "q", 10, true, 5));
    assertThat(bench.delivered(CONSUMER)).containsExactly("m1");
    assertThat(bench.delivered(OTHER)).containsExactly("m2", "m3", "m4");
  }

  @Test
  void consumers_take_turns() {
    bench.subscribe(CONSUMER, 1, "q", 10);
    bench.subscribe(CONSUMER, 2, "q", 10);
    bench.subscribe(OTHER, 1, "q", 10);
    publishMany(1, 9);
    List<Effect.Delivered> got = bench.deliveries(CONSUMER);
    assertThat(got.stream().filter(d -> d.consumer() == 1).map(d -> d.sequence()))
        .containsExactly(1L, 4L, 7L);
    assertThat(got.stream().filter(d -> d.consumer() == 2).map(d -> d.sequence()))
        .containsExactly(2L, 5L, 8L);
    assertThat(bench.delivered(OTHER)).containsExactly("m3", "m6", "m9");
  }

  @Test
  void consumer_without_credit_loses_its_turn_and_gets_it_back_with_credit() {
    bench.subscribe(CONSUMER, 1, "q", 1);
    bench.subscribe(OTHER, 1, "q", 10);
    publishMany(1, 4);
    List<Effect.Delivered> got = bench.deliveries(CONSUMER);
    assertThat(got).hasSize(1);
    assertThat(bench.delivered(OTHER)).containsExactly("m2", "m3", "m4");
    bench.settle(CONSUMER, Settlement.ACCEPTED, got.getFirst());
    publishMany(5, 6);
    assertThat(bench.delivered(OTHER)).containsExactly("m5");
    assertThat(bench.delivered(CONSUMER)).containsExactly("m6");
  }

  @Test
  void auto_settled_message_is_gone_and_costs_the_pool_nothing() {
    bench.decide(new Command.LimitPool(CONSUMER, 1, 0, 1, true));
    bench.subscribeAutoSettling(CONSUMER, 1, "q", Bench.UNLIMITED);
    publishMany(1, 5);
    assertThat(bench.delivered(CONSUMER)).containsExactly(bodies(1, 5));
    assertThat(bench.statistics(queue).ready()).isZero();
    assertThat(bench.statistics(queue).unsettled()).isZero();
    assertThat(bench.lane(queue, true).floor()).isEqualTo(6);
  }

  @Test
  void delivery_waits_for_the_message_and_its_mark_but_not_for_its_own_settlement() {
    publishMany(1, 1);
    long enqueued = bench.decisions.facts.getLast().position();
    bench.subscribeAutoSettling(CONSUMER, 1, "q", Bench.UNLIMITED);
    RecordedDecisions.Sent first = bench.sent(CONSUMER).getLast();
    long marked =
        bench.decisions.facts.stream()
            .filter(f -> f.fact() instanceof Fact.Marked)
            .findFirst()
            .orElseThrow()
            .position();
    assertThat(first.dependsOn()).isEqualTo(marked).isGreaterThan(enqueued);
    publishMany(2, 2);
    long second = bench.decisions.facts.getLast().position();
    assertThat(bench.decisions.facts.getLast().fact()).isInstanceOf(Fact.Settled.class);
    assertThat(bench.sent(CONSUMER).getLast().dependsOn()).isEqualTo(second);
  }

  @Test
  void delivery_of_a_message_that_just_arrived_waits_for_its_fact() {
    bench.subscribe(CONSUMER, 1, "q", 10);
    publishMany(1, 3);
    List<RecordedDecisions.Sent> sent = bench.sent(CONSUMER);
    assertThat(sent.getLast().dependsOn()).isEqualTo(bench.decisions.facts.getLast().position());
    assertThat(bench.decisions.facts.getLast().fact()).isInstanceOf(Fact.Enqueued.class);
  }

  @Test
  void settlements_of_neighbours_are_one_fact() {
    publishMany(1, 6);
    bench.subscribe(CONSUMER, 1, "q", 10);
    long lane = LaneId.of(queue, 0, true);
    bench.decide(Bench.settlement(CONSUMER, Settlement.ACCEPTED, lane, 1, 2, 3, 5, 6));
    assertThat(bench.facts(Fact.Settled.class))
        .containsExactly(new Fact.Settled(lane, 1, 3), new Fact.Settled(lane, 5, 6));
  }

  @Test
  void settling_is_ignored_for_what_the_connection_was_not_handed() {
    publishMany(1, 3);
    bench.subscribe(CONSUMER, 1, "q", 2);
    long lane = LaneId.of(queue, 0, true);
    bench.settle(OTHER, Settlement.ACCEPTED, lane, 1);
    bench.settle(CONSUMER, Settlement.ACCEPTED, lane, 3);
    bench.settle(CONSUMER, Settlement.ACCEPTED, lane, 99);
    bench.settle(CONSUMER, Settlement.ACCEPTED, LaneId.of(999, 0, true), 1);
    assertThat(bench.facts(Fact.Settled.class)).isEmpty();
    bench.settle(CONSUMER, Settlement.ACCEPTED, lane, 1);
    bench.settle(CONSUMER, Settlement.ACCEPTED, lane, 1);
    assertThat(bench.facts(Fact.Settled.class)).hasSize(1);
  }

  @Test
  void returned_message_keeps_its_place_and_is_flagged() {
    publishMany(1, 5);
    bench.subscribe(CONSUMER, 1, "q", 3);
    List<Effect.Delivered> got = bench.deliveries(CONSUMER);
    assertThat(got).noneMatch(Effect.Delivered::redelivered);
    bench.decide(new Command.Cancel(CONSUMER, 5, 1));
    bench.settle(CONSUMER, Settlement.RETURNED, got.get(2));
    bench.settle(CONSUMER, Settlement.RETURNED, got.get(0));
    bench.subscribe(OTHER, 1, "q", 10);
    bench.answerAllPages();
    List<Effect.Delivered> again = bench.deliveries(OTHER);
    assertThat(again.stream().map(d -> Bench.body(d.message())))
        .containsExactly("m1", "m3", "m4", "m5");
    assertThat(again.stream().map(Effect.Delivered::redelivered))
        .containsExactly(true, true, false, false);
  }

  @Test
  void returned_transient_message_keeps_its_place_too() {
    bench.publish(PUBLISHER, queue, "d1");
    bench.publishTransient(PUBLISHER, queue, "t1");
    bench.publish(PUBLISHER, queue, "d2");
    bench.subscribe(CONSUMER, 1, "q", 2);
    List<Effect.Delivered> got = bench.deliveries(CONSUMER);
    bench.decide(new Command.Cancel(CONSUMER, 5, 1));
    bench.settle(CONSUMER, Settlement.RETURNED, got.get(1));
    bench.subscribe(OTHER, 1, "q", 10);
    assertThat(bench.delivered(OTHER)).containsExactly("t1", "d2");
  }

  @Test
  void message_returned_in_front_of_many_ready_ones_is_fetched_and_handed_out() {
    publishMany(1, 400);
    bench.subscribe(CONSUMER, 1, "q", 1);
    Effect.Delivered first = bench.deliveries(CONSUMER).getFirst();
    bench.settle(CONSUMER, Settlement.RETURNED, first);
    bench.answerAllPages();
    assertThat(bench.delivered(CONSUMER)).containsExactly("m1");
  }

  @Test
  void disconnecting_returns_all_that_is_in_flight() {
    publishMany(1, 4);
    bench.subscribe(CONSUMER, 1, "q", 2);
    bench.subscribe(CONSUMER, 2, "q", 1);
    bench.effects(CONSUMER);
    bench.decide(new Command.Disconnect(CONSUMER));
    assertThat(bench.statistics(queue).ready()).isEqualTo(4);
    assertThat(bench.statistics(queue).consumers()).isZero();
    bench.subscribe(OTHER, 1, "q", 10);
    bench.answerAllPages();
    List<Effect.Delivered> again = bench.deliveries(OTHER);
    assertThat(again.stream().map(d -> Bench.body(d.message()))).containsExactly(bodies(1, 4));
    assertThat(again.stream().map(Effect.Delivered::redelivered))
        .containsExactly(true, true, true, false);
    assertThat(bench.effects(CONSUMER)).isEmpty();
  }

  @Test
  void cancelled_consumer_gets_nothing_more_and_keeps_what_it_has() {
    publishMany(1, 2);
    bench.subscribe(CONSUMER, 1, "q", 10);
    Effect.Delivered[] got = bench.deliveries(CONSUMER).toArray(Effect.Delivered[]::new);
    bench.decide(new Command.Cancel(CONSUMER, 9, 1));
    assertThat(bench.reply(CONSUMER)).isEqualTo(new Reply.Done());
    publishMany(3, 3);
    assertThat(bench.delivered(CONSUMER)).isEmpty();
    assertThat(bench.statistics(queue).unsettled()).isEqualTo(2);
    bench.settle(CONSUMER, Settlement.ACCEPTED, got);
    assertThat(bench.statistics(queue).unsettled()).isZero();
    assertThat(bench.statistics(queue).ready()).isEqualTo(1);
  }

  @Test
  void more_in_flight_than_a_shard_may_have_pauses_deliveries_until_some_is_settled() {
    fillInFlight();
    assertThat(bench.statistics(queue).ready()).isEqualTo(10);
    settleByWhoeverHasThem(1);
    assertThat(bench.decisions.sent).hasSize(1);
    settleByWhoeverHasThem(2, 3, 4);
    assertThat(bench.decisions.sent).hasSize(4);
  }

  @Test
  void deleting_a_queue_with_much_in_flight_lets_the_others_go_on() {
    long second = bench.declare(PUBLISHER, "q2");
    bench.subscribe(OTHER, 1, "q2", Bench.UNLIMITED);
    fillInFlight();
    bench.publishTransient(PUBLISHER, second, "waits");
    assertThat(bench.delivered(OTHER)).isEmpty();
    bench.decide(new Command.DeleteQueue(PUBLISHER, 1, "q", false, false));
    assertThat(bench.delivered(OTHER)).containsExactly("waits");
  }

  @Test
  void disconnecting_with_much_in_flight_lets_the_others_go_on() {
    long second = bench.declare(PUBLISHER, "q2");
    bench.subscribe(OTHER, 1, "q2", Bench.UNLIMITED);
    fillInFlight();
    bench.publishTransient(PUBLISHER, second, "waits");
    bench.decide(new Command.Disconnect(CONSUMER));
    assertThat(bench.delivered(OTHER)).containsExactly("waits");
  }

  private void settleByWhoeverHasThem(long... sequences) {
    long lane = LaneId.of(queue, 0, false);
    bench.decide(Bench.settlement(CONSUMER, Settlement.ACCEPTED, lane, sequences));
    bench.decide(Bench.settlement(HOLDER, Settlement.ACCEPTED, lane, sequences));
  }

  /** As much as may be in flight, and ten messages more. */
  private void fillInFlight() {
    bench.connect(HOLDER);
    bench.subscribe(CONSUMER, 1, "q", Bench.UNLIMITED);
    bench.subscribe(HOLDER, 1, "q", Bench.UNLIMITED);
    int left = Conversation.MAX_IN_FLIGHT + 10;
    Command.Publish publish = Bench.publish(PUBLISHER, "m", false, queue);
    Command[] thousand = new Command[1_000];
    Arrays.fill(thousand, publish);
    while (left > 0) {
      bench.decideTogether(left >= 1_000 ? thousand : Arrays.copyOf(thousand, left));
      bench.decide(new Command.Drained(CONSUMER, 1_000L * publish.message().size()));
      bench.decide(new Command.Drained(HOLDER, 1_000L * publish.message().size()));
      left -= 1_000;
      bench.decisions.sent.clear();
      bench.decisions.facts.clear();
    }
  }

  @Test
  void delivery_does_not_wait_for_a_newer_mark_when_an_older_one_covers_it() {
    for (int i = 0; i < Delivery.MARK_AHEAD; i++) {
      bench.publish(PUBLISHER, queue, "m");
    }
    bench.subscribe(CONSUMER, 1, "q", 1);
    bench.sent(CONSUMER);
    long first = bench.decisions.facts.getLast().position();
    bench.decide(new Command.Credit(CONSUMER, 1, Delivery.MARK_AHEAD - 1));
    bench.answerAllPages();
    assertThat(bench.facts(Fact.Marked.class)).hasSize(2);
    assertThat(bench.sent(CONSUMER))
        .hasSize(Delivery.MARK_AHEAD - 1)
        .allMatch(sent -> sent.dependsOn() == first);
  }
}
