package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which messages are in memory, and how the others get there. */
class WindowTest {

  private static final long PUBLISHER = 1;
  private static final long CONSUMER = 2;

  private final Bench bench = new Bench();

  private static long setUp(Bench bench) {
    bench.connect(PUBLISHER, CONSUMER);
    return bench.declare(PUBLISHER, "q");
  }

  private static String large(int n) {
    return n + ":" + "x".repeat(10_000);
  }

  private static List<String> publishLarge(Bench bench, long queue, int count, boolean durable) {
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      bodies.add(large(i));
      bench.decide(Bench.publish(PUBLISHER, large(i), durable, queue));
    }
    return bodies;
  }

  /** Settles everything that is delivered, and answers pages, until nothing more comes. */
  private static List<String> drain(Bench bench) {
    List<String> got = new ArrayList<>();
    while (true) {
      List<Effect.Delivered> deliveries = bench.deliveries(CONSUMER);
      if (deliveries.isEmpty() && !bench.answerPage()) {
        return got;
      }
      for (Effect.Delivered d : deliveries) {
        got.add(Bench.body(d.message()));
        bench.decideTogether(
            Bench.settlement(CONSUMER, Settlement.ACCEPTED, d.lane(), d.sequence()),
            new Command.Drained(CONSUMER, d.message().size()));
      }
    }
  }

  @Test
  void consumer_that_keeps_up_never_asks_the_log() {
    long queue = setUp(bench);
    bench.subscribe(CONSUMER, 1, "q", 10);
    for (int i = 0; i < 2_000; i++) {
      bench.publish(PUBLISHER, queue, "m" + i);
      bench.settle(
          CONSUMER,
          Settlement.ACCEPTED,
          bench.deliveries(CONSUMER).toArray(Effect.Delivered[]::new));
    }
    assertThat(bench.decisions.fetches).isEmpty();
    assertThat(bench.lane(queue, true).messages()).isZero();
  }

  @Test
  void backlog_beyond_the_window_is_fetched_in_order() {
    long queue = setUp(bench);
    List<String> published = publishLarge(bench, queue, 200, true);
    bench.subscribe(CONSUMER, 1, "q", 7);
    assertThat(drain(bench)).isEqualTo(published);
    assertThat(bench.lane(queue, true).messages()).isZero();
  }

  @Test
  void transient_backlog_is_spilled_and_fetched_in_order() {
    long queue = setUp(bench);
    List<String> published = publishLarge(bench, queue, 200, false);
    assertThat(bench.decisions.spills).isPositive();
    bench.subscribe(CONSUMER, 1, "q", 7);
    assertThat(drain(bench)).isEqualTo(published);
  }

  @Test
  void mixed_backlog_keeps_the_order_of_arrival() {
    long queue = setUp(bench);
    List<String> published = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      published.add(large(i));
      bench.decide(Bench.publish(PUBLISHER, large(i), i / 7 % 2 == 0, queue));
    }
    bench.subscribe(CONSUMER, 1, "q", 7);
    assertThat(drain(bench)).isEqualTo(published);
  }

  @Test
  void cold_backlog_does_not_fill_the_memory_when_nobody_takes() {
    Bench first = new Bench();
    long queue = setUp(first);
    publishLarge(first, queue, 1_000, true);
    Bench bench = new Bench(first.recovered(), 1 << 20, Bench.OUTBOX_BYTES);
    bench.decisions.remember(first.decisions);
    bench.connect(CONSUMER);
    bench.subscribe(CONSUMER, 1, "q", 1);
    bench.answerAllPages();
    assertThat(bench.deliveries(CONSUMER)).hasSize(1);
    assertThat(bench.decider.windowBytes()).isLessThan(1 << 20);
  }

  @Test
  void page_may_end_early_and_the_rest_is_asked_for_again() {
    Bench first = new Bench();
    long queue = setUp(first);
    List<String> published = publishLarge(first, queue, 40, true);
    Bench bench = new Bench(first.recovered(), Bench.WINDOW_BYTES, Bench.OUTBOX_BYTES);
    bench.decisions.remember(first.decisions);
    bench.connect(CONSUMER);
    bench.subscribe(CONSUMER, 1, "q", 100);
    List<String> got = new ArrayList<>();
    while (bench.answerPage(3)) {
      got.addAll(bench.delivered(CONSUMER));
    }
    assertThat(got).isEqualTo(published);
  }

  @Test
  void idle_lanes_share_half_of_the_memory() {
    bench.connect(PUBLISHER);
    for (int i = 0; i < 100; i++) {
      long queue = bench.declare(PUBLISHER, "q" + i);
      publishLarge(bench, queue, 10, true);
    }
    assertThat(bench.decider.windowBytes()).isLessThanOrEqualTo(Bench.WINDOW_BYTES / 2);
  }

  @Test
  void purge_gives_the_memory_back_and_later_messages_come_with_their_bodies() {
    long queue = setUp(bench);
    publishLarge(bench, queue, 100, true);
    bench.decide(new Command.PurgeQueue(PUBLISHER, 1, "q"));
    assertThat(bench.decider.windowBytes()).isZero();
    bench.publish(PUBLISHER, queue, "a");
    bench.subscribe(CONSUMER, 1, "q", 10);
    assertThat(bench.delivered(CONSUMER)).containsExactly("a");
  }

  @Test
  void page_that_comes_after_a_purge_changes_nothing() {
    Bench first = new Bench();
    long queue = setUp(first);
    publishLarge(first, queue, 10, true);
    Bench bench = new Bench(first.recovered(), Bench.WINDOW_BYTES, Bench.OUTBOX_BYTES);
    bench.decisions.remember(first.decisions);
    bench.connect(PUBLISHER, CONSUMER);
    bench.subscribe(CONSUMER, 1, "q", 10);
    bench.decide(new Command.PurgeQueue(PUBLISHER, 1, "q"));
    bench.publish(PUBLISHER, queue, "a");
    bench.answerAllPages();
    assertThat(bench.delivered(CONSUMER)).containsExactly("a");
    assertThat(bench.decider.windowBytes()).isZero();
  }

  @Test
  void page_that_comes_after_its_queue_is_gone_changes_nothing() {
    Bench first = new Bench();
    long queue = setUp(first);
    publishLarge(first, queue, 10, true);
    Bench bench = new Bench(first.recovered(), Bench.WINDOW_BYTES, Bench.OUTBOX_BYTES);
    bench.decisions.remember(first.decisions);
    bench.connect(PUBLISHER, CONSUMER);
    bench.subscribe(CONSUMER, 1, "q", 10);
    bench.decide(new Command.DeleteQueue(PUBLISHER, 1, "q", false, false));
    bench.effects(CONSUMER);
    bench.answerAllPages();
    assertThat(bench.effects(CONSUMER)).isEmpty();
    assertThat(bench.decider.windowBytes()).isZero();
  }

  @Test
  void transient_messages_held_by_slow_receivers_are_spilled_beyond_half_of_the_memory() {
    long queue = setUp(bench);
    bench.subscribe(CONSUMER, 1, "q", Bench.UNLIMITED);
    List<Effect.Delivered> got = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      bench.decideTogether(
          Bench.publish(PUBLISHER, large(i), false, queue),
          new Command.Drained(CONSUMER, Bench.message(large(i), false).size()));
      got.addAll(bench.deliveries(CONSUMER));
    }
    assertThat(got).hasSize(200);
    assertThat(bench.decisions.spills).isBetween(100, 199);
    bench.decide(new Command.Cancel(CONSUMER, 1, 1));
    long[] sequences = got.stream().mapToLong(Effect.Delivered::sequence).toArray();
    bench.decide(Bench.settlement(CONSUMER, Settlement.RETURNED, got.getFirst().lane(), sequences));
    bench.subscribe(CONSUMER, 2, "q", 7);
    assertThat(drain(bench)).isEqualTo(got.stream().map(d -> Bench.body(d.message())).toList());
    assertThat(bench.decider.windowBytes()).isZero();
  }

  @Test
  void many_returned_messages_come_back_in_order() {
    long queue = setUp(bench);
    String[] bodies = new String[3_000];
    Arrays.setAll(bodies, i -> "m" + i);
    bench.publish(PUBLISHER, queue, bodies);
    bench.subscribe(CONSUMER, 1, "q", 2_500);
    bench.answerAllPages();
    List<Effect.Delivered> got = bench.deliveries(CONSUMER);
    assertThat(got).hasSize(2_500);
    bench.decide(new Command.Cancel(CONSUMER, 1, 1));
    long[] sequences = got.stream().mapToLong(Effect.Delivered::sequence).toArray();
    bench.decide(Bench.settlement(CONSUMER, Settlement.RETURNED, got.getFirst().lane(), sequences));
    bench.subscribe(CONSUMER, 2, "q", 3);
    assertThat(drain(bench)).containsExactly(bodies);
  }

  @Test
  void transient_message_is_not_spilled_behind_later_ones_of_its_queue() {
    long queue = setUp(bench);
    long other = bench.declare(PUBLISHER, "other");
    // All that may be held in memory is held: what is handed out from now on is spilled.
    bench.subscribe(CONSUMER, 1, "other", 100);
    for (int i = 0; i < 100; i++) {
      bench.decideTogether(
          Bench.publish(PUBLISHER, large(i), false, other),
          new Command.Drained(CONSUMER, Bench.message(large(i), false).size()));
    }
    bench.deliveries(CONSUMER);
    List<String> published = publishLarge(bench, queue, 100, false);
    bench.subscribe(CONSUMER, 2, "q", 7);
    assertThat(drain(bench)).isEqualTo(published);
  }

  @Test
  void transient_message_stays_in_memory_when_the_scratch_log_has_no_room() {
    long queue = setUp(bench);
    bench.decisions.spillRoom = false;
    bench.subscribe(CONSUMER, 1, "q", Bench.UNLIMITED);
    for (int i = 0; i < 200; i++) {
      bench.decideTogether(
          Bench.publish(PUBLISHER, large(i), false, queue),
          new Command.Drained(CONSUMER, Bench.message(large(i), false).size()));
    }
    assertThat(bench.deliveries(CONSUMER)).hasSize(200);
    assertThat(bench.decisions.spills).isZero();
  }
}
