package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Consumers that choose: by a selector, or by only looking. */
class ScanningTest {

  private static final long PUBLISHER = 1;
  private static final long CHOOSER = 2;
  private static final long OTHER = 3;
  private static final String A = "body LIKE 'a%'";
  private static final String B = "body LIKE 'b%'";

  /** So little that nearly everything is cold. */
  private Bench bench = new Bench();

  private long queue;

  @BeforeEach
  void declare() {
    bench.connect(PUBLISHER, CHOOSER, OTHER);
    queue = bench.declare(PUBLISHER, "q");
  }

  private void smallWindow() {
    bench = new Bench(2048, Bench.OUTBOX_BYTES);
    declare();
  }

  private void publishMany(String prefix, int count) {
    for (int i = 0; i < count; i++) {
      bench.publish(PUBLISHER, queue, prefix + i);
    }
  }

  private long ready() {
    return bench.statistics(queue).ready();
  }

  @Test
  void a_consumer_gets_what_matches_and_leaves_the_rest_ready() {
    bench.publish(PUBLISHER, queue, "a1", "b1", "a2", "c1");
    bench.choose(CHOOSER, 1, "q", 10, A);
    assertThat(bench.delivered(CHOOSER)).containsExactly("a1", "a2");
    bench.publish(PUBLISHER, queue, "b2", "a3");
    bench.publishTransient(PUBLISHER, queue, "a4", "b3");
    assertThat(bench.delivered(CHOOSER)).containsExactly("a3", "a4");
    assertThat(ready()).isEqualTo(4);
    bench.subscribe(OTHER, 1, "q", 10);
    bench.answerAllPages();
    assertThat(bench.delivered(OTHER)).containsExactly("b1", "c1", "b2", "b3");
  }

  @Test
  void what_is_settled_out_of_order_stays_settled() {
    bench.publish(PUBLISHER, queue, "b1", "a1", "b2", "a2");
    bench.choose(CHOOSER, 1, "q", 10, A);
    List<Effect.Delivered> got = bench.deliveries(CHOOSER);
    bench.settle(CHOOSER, Settlement.ACCEPTED, got.get(1), got.get(0));
    QueueState recovered = bench.recovered();
    Lane lane = Objects.requireNonNull(recovered.lane(LaneId.of(queue, 0, true)));
    assertThat(lane.messages()).isEqualTo(2);
    assertThat(ready()).isEqualTo(2);
  }

  @Test
  void one_without_credit_holds_up_nobody_and_goes_on_where_it_stood() {
    bench.choose(CHOOSER, 1, "q", 1, A);
    bench.choose(OTHER, 1, "q", 10, B);
    bench.publish(PUBLISHER, queue, "a1", "a2", "b1", "a3", "b2");
    List<Effect.Delivered> got = bench.deliveries(CHOOSER);
    assertThat(got).hasSize(1);
    assertThat(bench.delivered(OTHER)).containsExactly("b1", "b2");
    bench.settle(CHOOSER, Settlement.ACCEPTED, got.get(0));
    got = bench.deliveries(CHOOSER);
    assertThat(Bench.body(got.get(0).message())).isEqualTo("a2");
    bench.settle(CHOOSER, Settlement.ACCEPTED, got.get(0));
    assertThat(bench.delivered(CHOOSER)).containsExactly("a3");
  }

  @Test
  void equal_choosers_take_turns() {
    bench.choose(CHOOSER, 1, "q", 10, A);
    bench.choose(OTHER, 1, "q", 10, A);
    bench.publish(PUBLISHER, queue, "a1", "a2", "a3", "a4");
    assertThat(bench.delivered(CHOOSER)).hasSize(2);
    assertThat(bench.delivered(OTHER)).hasSize(2);
  }

  @Test
  void what_comes_back_is_looked_at_again_by_all_who_passed_it() {
    bench.publish(PUBLISHER, queue, "a1", "b1", "a2");
    bench.choose(CHOOSER, 1, "q", 10, A);
    bench.choose(OTHER, 1, "q", 10, "body LIKE '_1'");
    List<Effect.Delivered> got = bench.deliveries(CHOOSER);
    assertThat(got).hasSize(2);
    assertThat(bench.delivered(OTHER)).containsExactly("b1");
    bench.decide(new Command.Cancel(CHOOSER, bench.request(), 1));
    bench.settle(CHOOSER, Settlement.RETURNED, got.get(0), got.get(1));
    bench.answerAllPages();
    List<Effect.Delivered> again = bench.deliveries(OTHER);
    assertThat(again).hasSize(1);
    assertThat(Bench.body(again.get(0).message())).isEqualTo("a1");
    assertThat(again.get(0).redelivered()).isTrue();
  }

  @Test
  void a_cold_backlog_is_gone_through_page_by_page_within_the_budget() {
    smallWindow();
    publishMany("b", 3_000);
    publishMany("a", 2);
    bench.choose(CHOOSER, 1, "q", 10, A);
    bench.answerAllPages();
    assertThat(bench.delivered(CHOOSER)).containsExactly("a0", "a1");
    assertThat(bench.decider.windowBytes()).isLessThanOrEqualTo(3 * 2048);
    assertThat(ready()).isEqualTo(3_000);
    publishMany("a", 1);
    bench.answerAllPages();
    assertThat(bench.delivered(CHOOSER)).containsExactly("a0");
  }

  @Test
  void what_was_passed_is_not_read_again() {
    smallWindow();
    publishMany("b", 3_000);
    bench.choose(CHOOSER, 1, "q", 10, A);
    bench.answerAllPages();
    publishMany("b", 10);
    int pages = 0;
    while (bench.answerPage()) {
      pages++;
    }
    assertThat(pages).isLessThanOrEqualTo(10);
  }

  @Test
  void takers_of_everything_get_the_cold_ones_that_choosers_left() {
    smallWindow();
    for (int i = 0; i < 600; i++) {
      bench.publish(PUBLISHER, queue, (i % 3 == 0 ? "a" : "b") + i);
    }
    bench.choose(CHOOSER, 1, "q", 1_000, A);
    bench.answerAllPages();
    List<Effect.Delivered> got = bench.deliveries(CHOOSER);
    assertThat(got).hasSize(200);
    bench.subscribe(OTHER, 1, "q", 1_000);
    bench.answerAllPages();
    assertThat(bench.deliveries(OTHER)).hasSize(400);
    bench.decide(new Command.Cancel(CHOOSER, bench.request(), 1));
    bench.settle(CHOOSER, Settlement.RETURNED, got.toArray(Effect.Delivered[]::new));
    bench.answerAllPages();
    assertThat(bench.deliveries(OTHER)).hasSize(200).allMatch(Effect.Delivered::redelivered);
    publishMany("late", 3);
    bench.answerAllPages();
    assertThat(bench.delivered(OTHER)).containsExactly("late0", "late1", "late2");
  }

  @Test
  void what_comes_back_from_far_ahead_leaves_no_gap_before_it() {
    smallWindow();
    publishMany("b", 2_000);
    publishMany("a", 1);
    bench.choose(CHOOSER, 1, "q", 10, A);
    bench.answerAllPages();
    Effect.Delivered got = bench.deliveries(CHOOSER).getFirst();
    bench.decide(new Command.Cancel(CHOOSER, bench.request(), 1));
    bench.settle(CHOOSER, Settlement.RETURNED, got);
    bench.answerAllPages();
    bench.subscribe(OTHER, 1, "q", 10_000);
    bench.answerAllPages();
    assertThat(bench.deliveries(OTHER)).hasSize(2_001);
  }

  @Test
  void draining_ends_when_nothing_matches_any_more() {
    bench.publish(PUBLISHER, queue, "b1", "a1", "b2");
    bench.decide(bench.choosing(CHOOSER, 1, "q", 5, A, false));
    bench.effects(CHOOSER);
    bench.decide(new Command.Drain(CHOOSER, 99, 1));
    assertThat(bench.effects(CHOOSER)).containsExactly(new Effect.Replied(99, new Reply.Done()));
    bench.publish(PUBLISHER, queue, "a2");
    assertThat(bench.effects(CHOOSER)).isEmpty();
  }

  @Test
  void draining_waits_for_the_pages_of_a_cold_queue() {
    smallWindow();
    publishMany("b", 1_000);
    publishMany("a", 1);
    bench.decide(bench.choosing(CHOOSER, 1, "q", 5, A, false));
    bench.effects(CHOOSER);
    bench.decide(new Command.Drain(CHOOSER, 99, 1));
    assertThat(bench.effects(CHOOSER)).isEmpty();
    bench.answerAllPages();
    List<Effect> effects = bench.effects(CHOOSER);
    assertThat(effects).hasSize(2);
    assertThat(effects.get(1)).isEqualTo(new Effect.Replied(99, new Reply.Done()));
  }

  @Test
  void browsing_shows_what_is_ready_and_takes_nothing() {
    bench.publish(PUBLISHER, queue, "m1", "m2", "m3");
    bench.subscribe(OTHER, 1, "q", 1);
    bench.browse(CHOOSER, 1, "q", 10);
    assertThat(bench.delivered(CHOOSER)).containsExactly("m2", "m3");
    assertThat(bench.statistics(queue).ready()).isEqualTo(2);
    assertThat(bench.statistics(queue).consumers()).isEqualTo(1);
    bench.publish(PUBLISHER, queue, "m4");
    assertThat(bench.delivered(CHOOSER)).containsExactly("m4");
    assertThat(bench.delivered(OTHER)).containsExactly("m1");
  }

  @Test
  void browsing_a_cold_queue_holds_one_page_and_its_credit_bounds_it() {
    smallWindow();
    publishMany("m", 2_000);
    bench.browse(CHOOSER, 1, "q", 5);
    bench.answerAllPages();
    assertThat(bench.delivered(CHOOSER)).containsExactly("m0", "m1", "m2", "m3", "m4");
    bench.decide(new Command.Credit(CHOOSER, 1, 5_000));
    bench.answerAllPages();
    assertThat(bench.delivered(CHOOSER)).hasSize(1_995);
    assertThat(bench.decider.windowBytes()).isLessThanOrEqualTo(2 * 2048);
    bench.decide(new Command.Drain(CHOOSER, 99, 1));
    assertThat(bench.effects(CHOOSER)).containsExactly(new Effect.Replied(99, new Reply.Done()));
    assertThat(ready()).isEqualTo(2_000);
  }

  @Test
  void a_browser_neither_keeps_a_queue_alive_nor_ends_it() {
    long temporary = bench.declare(PUBLISHER, "temporary", true, false, true);
    bench.browse(CHOOSER, 1, "temporary", 10);
    bench.decide(new Command.Cancel(CHOOSER, bench.request(), 1));
    assertThat(bench.state.routing().queue("temporary")).isNotNull();
    bench.browse(CHOOSER, 2, "temporary", 10);
    bench.subscribe(OTHER, 1, "temporary", 10);
    bench.effects(CHOOSER);
    bench.decide(new Command.Cancel(OTHER, bench.request(), 1));
    assertThat(bench.state.routing().queue(temporary)).isNull();
    assertThat(bench.effects(CHOOSER)).containsExactly(new Effect.ConsumerCancelled(2));
  }

  @Test
  void a_page_that_comes_after_its_consumer_is_gone_is_forgotten() {
    smallWindow();
    publishMany("b", 1_000);
    bench.choose(CHOOSER, 1, "q", 10, A);
    bench.decide(new Command.Disconnect(CHOOSER));
    bench.answerAllPages();
    bench.subscribe(OTHER, 1, "q", 1_000);
    bench.answerAllPages();
    assertThat(bench.deliveries(OTHER)).hasSize(1_000);
  }

  @Test
  void many_that_match_nothing_are_looked_at_in_portions() {
    bench = new Bench(8 << 20, Bench.OUTBOX_BYTES);
    declare();
    bench.subscribe(OTHER, 1, "q", 1); // so that all stay in memory
    publishMany("b", 3 * Scanning.MAX_LOOKED_AT);
    publishMany("a", 1);
    bench.choose(CHOOSER, 1, "q", 10, A);
    assertThat(bench.delivered(CHOOSER)).isEmpty();
    bench.answerAllPages();
    assertThat(bench.delivered(CHOOSER)).containsExactly("a0");
  }

  @Test
  void a_purge_leaves_nothing_to_choose() {
    smallWindow();
    publishMany("a", 100);
    bench.choose(CHOOSER, 1, "q", 1, A);
    bench.decide(new Command.PurgeQueue(PUBLISHER, bench.request(), "q"));
    bench.answerAllPages();
    assertThat(bench.deliveries(CHOOSER)).hasSizeLessThanOrEqualTo(1);
    bench.effects(PUBLISHER);
    publishMany("a", 1);
    bench.subscribe(OTHER, 1, "q", 10);
    bench.answerAllPages();
    assertThat(bench.delivered(OTHER)).hasSizeLessThanOrEqualTo(1);
  }
}
