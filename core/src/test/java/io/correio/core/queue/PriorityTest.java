package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.message.Arguments;
import io.correio.core.message.Envelope;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PriorityTest {

  private static final long PUBLISHER = 1;
  private static final long CONSUMER = 2;

  private final Bench bench = new Bench();
  private long queue;

  @BeforeEach
  void begin() {
    bench.connect(PUBLISHER, CONSUMER);
    queue = bench.declare(PUBLISHER, "q", Arguments.of("x-max-priority", 10));
  }

  private void publish(Bench to, String body, boolean durable, int priority) {
    to.decide(
        new Command.Publish(
            PUBLISHER,
            Bench.message(body, durable, priority, Envelope.NO_EXPIRY),
            new long[] {queue},
            false));
  }

  private List<String> all(Bench from) {
    from.subscribe(CONSUMER, 1, "q", Bench.UNLIMITED);
    from.answerAllPages();
    return from.delivered(CONSUMER);
  }

  private Bench restarted() {
    Bench again = new Bench(bench.recovered(), Bench.WINDOW_BYTES, Bench.OUTBOX_BYTES);
    again.decisions.remember(bench.decisions);
    again.connect(PUBLISHER, CONSUMER);
    return again;
  }

  @Test
  void higher_priorities_go_first_and_equal_ones_in_the_order_of_their_arrival() {
    publish(bench, "low1", true, 0);
    publish(bench, "mid1", true, 5);
    publish(bench, "high", true, 10);
    publish(bench, "low2", false, 0);
    publish(bench, "mid2", false, 5);
    assertThat(all(bench)).containsExactly("high", "mid1", "mid2", "low1", "low2");
  }

  @Test
  void priorities_above_the_highest_of_the_queue_are_that() {
    publish(bench, "ten", true, 10);
    publish(bench, "two hundred", true, 200);
    publish(bench, "eleven", true, 11);
    assertThat(all(bench)).containsExactly("ten", "two hundred", "eleven");
    assertThat(bench.state.laneIds()).containsExactly(LaneId.of(queue, 10, true));
  }

  @Test
  void queue_without_priorities_keeps_the_order_of_arrival() {
    queue = bench.declare(PUBLISHER, "plain");
    publish(bench, "a", true, 0);
    publish(bench, "b", true, 9);
    bench.subscribe(CONSUMER, 1, "plain", Bench.UNLIMITED);
    assertThat(bench.delivered(CONSUMER)).containsExactly("a", "b");
  }

  @Test
  void message_that_came_back_goes_before_lower_priorities_only() {
    publish(bench, "low", true, 1);
    publish(bench, "high", true, 2);
    bench.subscribe(CONSUMER, 1, "q", 1);
    Effect.Delivered high = bench.deliveries(CONSUMER).getFirst();
    publish(bench, "higher", true, 3);
    bench.settle(CONSUMER, Settlement.RETURNED, high);
    assertThat(bench.delivered(CONSUMER)).containsExactly("higher");
  }

  @Test
  void all_priorities_are_there_after_a_restart() {
    publish(bench, "low", true, 0);
    publish(bench, "lost", false, 4);
    publish(bench, "mid", true, 4);
    publish(bench, "high", true, 7);
    Bench again = restarted();
    assertThat(again.statistics(queue).ready()).isEqualTo(3);
    assertThat(all(again)).containsExactly("high", "mid", "low");
  }

  @Test
  void purge_and_delete_leave_nothing_of_any_priority() {
    publish(bench, "low", true, 0);
    publish(bench, "mid", false, 4);
    publish(bench, "high", true, 7);
    bench.decide(new Command.PurgeQueue(PUBLISHER, bench.request(), "q"));
    assertThat(bench.reply(PUBLISHER)).isEqualTo(new Reply.Removed(3));
    assertThat(bench.statistics(queue).ready()).isZero();
    publish(bench, "high", true, 7);
    bench.decide(new Command.DeleteQueue(PUBLISHER, bench.request(), "q", false, false));
    assertThat(bench.reply(PUBLISHER)).isEqualTo(new Reply.Removed(1));
    assertThat(bench.state.laneIds()).isEmpty();
    assertThat(bench.recovered().laneIds()).isEmpty();
  }

  @Test
  void statistics_of_an_untouched_queue_count_all_priorities() {
    publish(bench, "low", true, 0);
    publish(bench, "high", true, 7);
    assertThat(restarted().statistics(queue).ready()).isEqualTo(2);
  }

  @Test
  void settled_messages_of_a_priority_stay_settled() {
    publish(bench, "low", true, 0);
    publish(bench, "high", true, 7);
    bench.subscribe(CONSUMER, 1, "q", Bench.UNLIMITED);
    bench.settle(CONSUMER, Settlement.ACCEPTED, bench.deliveries(CONSUMER).getFirst());
    assertThat(all(restarted())).containsExactly("low");
  }

  @Test
  void clean_stop_notes_what_was_handed_out_of_each_priority() {
    publish(bench, "low", true, 0);
    publish(bench, "high1", true, 7);
    publish(bench, "high2", true, 7);
    bench.subscribe(CONSUMER, 1, "q", 1);
    bench.decide(new Command.Disconnect(CONSUMER));
    bench.decide(new Command.Rest());
    Lane high = Objects.requireNonNull(bench.state.lane(LaneId.of(queue, 7, true)));
    Lane low = Objects.requireNonNull(bench.state.lane(LaneId.of(queue, 0, true)));
    assertThat(high.mark()).isEqualTo(2);
    assertThat(low.mark()).isEqualTo(1);
  }

  @Test
  void number_of_priorities_that_makes_no_sense_is_refused_by_name() {
    for (Object value : new Object[] {0, 256, -1, "ten", true}) {
      bench.decide(
          new Command.DeclareQueue(
              PUBLISHER,
              bench.request(),
              "other",
              false,
              true,
              false,
              false,
              Arguments.of("x-max-priority", value)));
      Reply reply = bench.reply(PUBLISHER);
      assertThat(reply).isInstanceOf(Reply.Refused.class);
      Refusal refusal = ((Reply.Refused) reply).refusal();
      assertThat(refusal.kind()).isEqualTo(Refusal.Kind.PRECONDITION);
      assertThat(refusal.text()).contains("x-max-priority").contains("other");
    }
    assertThat(bench.state.routing().queue("other")).isNull();
  }

  @Test
  void messages_of_a_low_priority_that_are_only_in_the_log_come_after_the_high_ones() {
    for (int i = 0; i < 2_000; i++) {
      publish(bench, "low" + i, true, 0);
    }
    Bench again = restarted();
    publish(again, "high", true, 9);
    again.subscribe(CONSUMER, 1, "q", Bench.UNLIMITED);
    again.answerAllPages();
    List<String> got = again.delivered(CONSUMER);
    assertThat(got).hasSize(2_001).startsWith("high", "low0", "low1").endsWith("low1999");
  }
}
