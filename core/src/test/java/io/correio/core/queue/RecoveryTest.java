package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Marks, and what a restart makes of them. */
class RecoveryTest {

  private static final long PUBLISHER = 1;
  private static final long CONSUMER = 2;

  private final Bench bench = new Bench();
  private long queue;

  @BeforeEach
  void declare() {
    bench.connect(PUBLISHER, CONSUMER);
    queue = bench.declare(PUBLISHER, "q");
  }

  private void publish(int count) {
    for (int i = 1; i <= count; i++) {
      bench.publish(PUBLISHER, queue, "m" + i);
    }
  }

  private Bench restarted() {
    Bench restarted = new Bench(bench.recovered(), Bench.WINDOW_BYTES, Bench.OUTBOX_BYTES);
    restarted.decisions.remember(bench.decisions);
    restarted.connect(PUBLISHER, CONSUMER);
    return restarted;
  }

  private List<Effect.Delivered> all(Bench bench) {
    bench.subscribe(CONSUMER, 1, "q", Bench.UNLIMITED);
    bench.answerAllPages();
    return bench.deliveries(CONSUMER);
  }

  private long mark() {
    return bench.lane(queue, true).mark();
  }

  @Test
  void nothing_is_marked_that_nobody_was_handed() {
    publish(3);
    assertThat(bench.facts(Fact.Marked.class)).isEmpty();
    assertThat(all(restarted())).hasSize(3).noneMatch(Effect.Delivered::redelivered);
  }

  @Test
  void mark_is_written_ahead_and_always_covers_what_is_handed_out() {
    publish(3_000);
    bench.subscribe(CONSUMER, 1, "q", 1);
    int settled = 0;
    while (settled < 3_000) {
      bench.answerAllPages();
      for (RecordedDecisions.Sent sent : bench.sent(CONSUMER)) {
        if (sent.effect() instanceof Effect.Delivered d) {
          assertThat(mark()).isGreaterThan(d.sequence());
          assertThat(sent.dependsOn()).isGreaterThanOrEqualTo(positionOfCover(d.sequence()));
          bench.settle(CONSUMER, Settlement.ACCEPTED, d);
          settled++;
        }
      }
    }
    assertThat(bench.facts(Fact.Marked.class)).hasSizeLessThan(3_000 / 500 + 2);
  }

  /** The first position from which on the sequence is covered. */
  private long positionOfCover(long sequence) {
    return bench.decisions.facts.stream()
        .filter(f -> f.fact() instanceof Fact.Marked m && m.upTo() > sequence)
        .findFirst()
        .orElseThrow()
        .position();
  }

  @Test
  void all_that_may_have_been_handed_out_is_flagged_after_a_crash() {
    publish(10);
    bench.subscribe(CONSUMER, 1, "q", 4);
    List<Effect.Delivered> got = bench.deliveries(CONSUMER);
    bench.settle(CONSUMER, Settlement.ACCEPTED, got.get(1));
    List<Effect.Delivered> again = all(restarted());
    assertThat(again.stream().map(Effect.Delivered::sequence))
        .containsExactly(1L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(again).allMatch(Effect.Delivered::redelivered);
  }

  @Test
  void messages_published_after_a_crash_are_not_flagged() {
    publish(2);
    bench.subscribe(CONSUMER, 1, "q", 4);
    Bench restarted = restarted();
    restarted.publish(PUBLISHER, queue, "new");
    List<Effect.Delivered> again = all(restarted);
    assertThat(again.stream().map(Effect.Delivered::redelivered))
        .containsExactly(true, true, false);
  }

  @Test
  void clean_stop_writes_down_exactly_what_was_handed_out() {
    publish(10);
    bench.subscribe(CONSUMER, 1, "q", 4);
    bench.decide(new Command.Disconnect(CONSUMER));
    bench.decide(new Command.Rest());
    assertThat(mark()).isEqualTo(5);
    assertThat(all(restarted()).stream().map(Effect.Delivered::redelivered))
        .containsExactly(true, true, true, true, false, false, false, false, false, false);
  }

  @Test
  void clean_stop_of_a_queue_that_nobody_touched_forgets_nothing() {
    publish(10);
    bench.subscribe(CONSUMER, 1, "q", 4);
    Bench crashed = restarted();
    crashed.decide(new Command.Rest());
    Lane lane = Objects.requireNonNull(crashed.state.lane(LaneId.of(queue, 0, true)));
    assertThat(lane.mark()).isEqualTo(11);
  }

  @Test
  void clean_stop_while_only_part_of_a_crashed_lane_came_back_forgets_nothing() {
    publish(1_000);
    bench.subscribe(CONSUMER, 1, "q", 600);
    Bench crashed = restarted();
    crashed.subscribe(CONSUMER, 1, "q", 1);
    crashed.answerPage();
    crashed.decide(new Command.Disconnect(CONSUMER));
    crashed.decide(new Command.Rest());
    Lane lane = Objects.requireNonNull(crashed.state.lane(LaneId.of(queue, 0, true)));
    assertThat(lane.mark()).isEqualTo(1_001);
  }

  @Test
  void transient_messages_are_gone_after_a_restart_and_their_queue_counts_none() {
    bench.publishTransient(PUBLISHER, queue, "t1", "t2");
    publish(1);
    Bench restarted = restarted();
    assertThat(restarted.statistics(queue).ready()).isEqualTo(1);
    restarted.publishTransient(PUBLISHER, queue, "t3");
    assertThat(all(restarted)).hasSize(2);
  }
}
