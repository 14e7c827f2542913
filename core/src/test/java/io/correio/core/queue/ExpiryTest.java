package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.message.Arguments;
import io.correio.core.message.Envelope;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExpiryTest {

  private static final long PUBLISHER = 1;
  private static final long CONSUMER = 2;
  private static final long START = 1_000_000;
  private static final long NEVER = Long.MAX_VALUE;

  private final Bench bench = new Bench();
  private long queue;

  @BeforeEach
  void begin() {
    bench.tick(START);
    bench.connect(PUBLISHER, CONSUMER);
    queue = bench.declare(PUBLISHER, "q");
  }

  private void publish(String body, boolean durable, long timeToLiveMillis) {
    bench.decide(
        new Command.Publish(
            PUBLISHER,
            Bench.message(body, durable, 0, timeToLiveMillis),
            new long[] {queue},
            false));
  }

  private void declareWith(String name, Object value) {
    queue = bench.declare(PUBLISHER, "timed", Arguments.of(name, value));
  }

  private List<String> all(Bench from, String name) {
    from.subscribe(CONSUMER, 1, name, Bench.UNLIMITED);
    from.answerAllPages();
    return from.delivered(CONSUMER);
  }

  private Bench restarted(long nowMillis) {
    Bench again = new Bench(bench.recovered(), Bench.WINDOW_BYTES, Bench.OUTBOX_BYTES);
    again.decisions.remember(bench.decisions);
    again.tick(nowMillis);
    again.connect(PUBLISHER, CONSUMER);
    return again;
  }

  @Test
  void message_that_waited_too_long_is_gone_without_anybody_asking() {
    publish("short", true, 100);
    publish("long", true, 500);
    assertThat(bench.decider.nextTickMillis()).isEqualTo(START + 100);
    bench.tick(START + 99);
    assertThat(bench.statistics(queue).ready()).isEqualTo(2);
    bench.tick(START + 100);
    assertThat(bench.statistics(queue).ready()).isEqualTo(1);
    assertThat(bench.decider.nextTickMillis()).isEqualTo(START + 500);
    assertThat(all(bench, "q")).containsExactly("long");
  }

  @Test
  void nothing_is_to_be_watched_where_nothing_expires() {
    publish("forever", true, Envelope.NO_EXPIRY);
    assertThat(bench.decider.nextTickMillis()).isEqualTo(NEVER);
    bench.tick(START + 1_000_000_000);
    assertThat(all(bench, "q")).containsExactly("forever");
  }

  @Test
  void queue_lets_messages_expire_that_say_nothing() {
    declareWith("x-message-ttl", 100);
    publish("durable", true, Envelope.NO_EXPIRY);
    publish("transient", false, Envelope.NO_EXPIRY);
    bench.tick(START + 100);
    assertThat(bench.statistics(queue).ready()).isZero();
    assertThat(bench.decider.nextTickMillis()).isEqualTo(NEVER);
  }

  @Test
  void lesser_of_message_and_queue_wins() {
    declareWith("x-message-ttl", 100);
    publish("short", true, 50);
    publish("long", true, 500);
    bench.tick(START + 50);
    assertThat(bench.statistics(queue).ready()).isEqualTo(1);
    bench.tick(START + 100);
    assertThat(bench.statistics(queue).ready()).isZero();
  }

  @Test
  void message_that_may_not_wait_is_delivered_at_once_or_gone() {
    publish("nobody there", true, 0);
    assertThat(bench.statistics(queue).ready()).isZero();
    bench.subscribe(CONSUMER, 1, "q", Bench.UNLIMITED);
    publish("at once", true, 0);
    assertThat(bench.delivered(CONSUMER)).containsExactly("at once");
  }

  @Test
  void expired_message_is_not_handed_out_however_late_the_tick() {
    publish("late", true, 100);
    publish("good", true, Envelope.NO_EXPIRY);
    bench.decideTogether(
        new Command.Tick(START + 200),
        bench.subscription(CONSUMER, 1, "q", Bench.UNLIMITED, true, 0));
    assertThat(bench.delivered(CONSUMER)).containsExactly("good");
  }

  @Test
  void message_in_flight_expires_only_when_it_comes_back() {
    publish("held", true, 100);
    bench.subscribe(CONSUMER, 1, "q", 1);
    Effect.Delivered held = bench.deliveries(CONSUMER).getFirst();
    bench.tick(START + 200);
    assertThat(bench.statistics(queue).unsettled()).isEqualTo(1);
    bench.settle(CONSUMER, Settlement.RETURNED, held);
    assertThat(bench.deliveries(CONSUMER)).isEmpty();
    assertThat(bench.statistics(queue).ready()).isZero();
    assertThat(bench.lane(queue, true).messages()).isZero();
  }

  @Test
  void restart_does_not_begin_the_time_anew() {
    publish("short", true, 1_000);
    publish("long", true, 10_000);
    Bench again = restarted(START + 1_500);
    again.answerAllPages();
    assertThat(again.statistics(queue).ready()).isEqualTo(1);
    assertThat(again.decider.nextTickMillis()).isEqualTo(START + 10_000);
    again.tick(START + 10_000);
    assertThat(again.statistics(queue).ready()).isZero();
  }

  @Test
  void queue_of_a_thousand_old_messages_is_emptied_after_a_restart_though_nobody_consumes() {
    declareWith("x-message-ttl", 1_000);
    for (int i = 0; i < 1_000; i++) {
      publish("m" + i, true, Envelope.NO_EXPIRY);
    }
    Bench again = restarted(START + 2_000);
    again.answerAllPages();
    assertThat(again.statistics(queue).ready()).isZero();
    assertThat(again.lane(queue, true).floor()).isEqualTo(1_001);
  }

  @Test
  void expired_neighbours_are_one_fact() {
    for (int i = 0; i < 100; i++) {
      publish("m" + i, true, 10);
    }
    bench.tick(START + 10);
    assertThat(bench.facts(Fact.Settled.class))
        .containsExactly(new Fact.Settled(LaneId.of(queue, 0, true), 1, 100));
  }

  @Test
  void message_taken_one_by_one_is_none_that_expired() {
    publish("late", true, 100);
    bench.tick(START + 99);
    bench.decideTogether(
        new Command.Tick(START + 101), new Command.Take(CONSUMER, bench.request(), "q", false));
    assertThat(bench.reply(CONSUMER)).isEqualTo(new Reply.Empty());
  }

  @Test
  void without_room_for_a_settlement_expired_messages_stay_and_nobody_gets_them() {
    publish("late", true, 100);
    bench.decisions.reserve = 0;
    bench.tick(START + 100);
    bench.subscribe(CONSUMER, 1, "q", Bench.UNLIMITED);
    bench.tick(START + 200);
    assertThat(bench.deliveries(CONSUMER)).isEmpty();
    assertThat(bench.decider.isWaiting()).isTrue();
    bench.decisions.reserve = Long.MAX_VALUE;
    bench.decide(new Command.Resume());
    assertThat(bench.statistics(queue).ready()).isZero();
    assertThat(bench.decider.isWaiting()).isFalse();
  }

  @Test
  void clock_that_is_set_back_changes_nothing() {
    publish("m", true, 100);
    bench.tick(START - 500_000);
    publish("n", true, 100);
    bench.tick(START + 100);
    assertThat(bench.statistics(queue).ready()).isZero();
  }

  @Test
  void unused_queue_is_deleted() {
    declareWith("x-expires", 1_000);
    bench.tick(START + 999);
    assertThat(bench.state.routing().queue("timed")).isNotNull();
    bench.tick(START + 1_000);
    assertThat(bench.state.routing().queue("timed")).isNull();
    assertThat(bench.decider.nextTickMillis()).isEqualTo(NEVER);
  }

  @Test
  void consumers_declarations_and_takes_keep_a_queue() {
    declareWith("x-expires", 1_000);
    bench.subscribe(CONSUMER, 1, "timed", 1);
    bench.tick(START + 5_000);
    assertThat(bench.state.routing().queue("timed")).isNotNull();
    bench.decide(new Command.Cancel(CONSUMER, bench.request(), 1));
    bench.tick(START + 5_900);
    bench.take(CONSUMER, "timed");
    bench.tick(START + 6_800);
    bench.declare(PUBLISHER, "timed", Arguments.of("x-expires", 1_000));
    bench.tick(START + 7_700);
    assertThat(bench.state.routing().queue("timed")).isNotNull();
    bench.tick(START + 7_800);
    assertThat(bench.state.routing().queue("timed")).isNull();
  }

  @Test
  void unused_queue_has_its_whole_time_again_after_a_restart() {
    declareWith("x-expires", 1_000);
    Bench again = restarted(START + 50_000);
    again.tick(START + 50_999);
    assertThat(again.state.routing().queue("timed")).isNotNull();
    again.tick(START + 51_000);
    assertThat(again.state.routing().queue("timed")).isNull();
  }
}
