package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.correio.core.message.Arguments;
import io.correio.core.message.Death;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadLetterTest {

  private static final long PUBLISHER = 1;
  private static final long CONSUMER = 2;
  private static final long GRAVEDIGGER = 3;
  private static final long START = 1_000_000;

  private final Bench bench = new Bench();
  private long queue;
  private long dead;

  @BeforeEach
  void begin() {
    bench.tick(START);
    bench.connect(PUBLISHER, CONSUMER, GRAVEDIGGER);
    dead = bench.declare(PUBLISHER, "dead");
    declare(Map.of());
  }

  private void declare(Map<String, Object> more) {
    Arguments.Builder arguments =
        Arguments.builder()
            .put("x-dead-letter-exchange", "")
            .put("x-dead-letter-routing-key", "dead");
    more.forEach(arguments::put);
    queue = bench.declare(PUBLISHER, "q" + more.size(), arguments.build());
  }

  private Message deadOne() {
    bench.subscribe(GRAVEDIGGER, 1, "dead", Bench.UNLIMITED);
    bench.answerAllPages();
    List<Effect.Delivered> got = bench.deliveries(GRAVEDIGGER);
    assertThat(got).hasSize(1);
    return got.getFirst().message();
  }

  private List<Effect.Delivered> receive(String name) {
    bench.subscribe(CONSUMER, 1, name, Bench.UNLIMITED);
    return bench.deliveries(CONSUMER);
  }

  @Test
  void refused_message_is_settled_here_and_enqueued_there_in_one_entry() {
    bench.publish(PUBLISHER, queue, "m");
    bench.settle(CONSUMER, Settlement.REJECTED, receive("q0").getFirst());
    List<RecordedDecisions.Logged> last = bench.decisions.facts.reversed();
    assertThat(last.get(0).fact()).isInstanceOf(Fact.Enqueued.class);
    assertThat(last.get(1).fact()).isEqualTo(new Fact.Settled(LaneId.of(queue, 0, true), 1, 1));
    assertThat(last.get(0).position()).isEqualTo(last.get(1).position());
    Message message = deadOne();
    assertThat(Bench.body(message)).isEqualTo("m");
    assertThat(message.envelope().address().key()).isEqualTo("dead");
    assertThat(message.history().deaths())
        .containsExactly(
            new Death(
                "q0",
                Death.Reason.REJECTED,
                1,
                START,
                START,
                "",
                List.of("q"),
                Envelope.NO_EXPIRY));
    assertThat(bench.statistics(queue).ready()).isZero();
  }

  @Test
  void expired_message_goes_where_the_queue_says_and_does_not_expire_there() {
    bench.decide(
        new Command.Publish(
            PUBLISHER, Bench.message("m", true, 3, 100), new long[] {queue}, false));
    bench.tick(START + 100);
    bench.tick(START + 1_000_000);
    Message message = deadOne();
    assertThat(message.envelope().timeToLiveMillis()).isEqualTo(Envelope.NO_EXPIRY);
    assertThat(message.envelope().priority()).isEqualTo(3);
    Death death = message.history().deaths().getFirst();
    assertThat(death.reason()).isEqualTo(Death.Reason.EXPIRED);
    assertThat(death.timeToLiveMillis()).isEqualTo(100);
    assertThat(death.firstMillis()).isEqualTo(START + 100);
  }

  @Test
  void message_that_failed_more_often_than_allowed_goes() {
    declare(Map.of("x-delivery-limit", 2));
    bench.publish(PUBLISHER, queue, "poison");
    Effect.Delivered last = receive("q1").getFirst();
    for (int failures = 0; failures < 2; failures++) {
      assertThat(last.failures()).isEqualTo(failures);
      bench.settle(CONSUMER, Settlement.RETURNED, last);
      last = bench.deliveries(CONSUMER).getFirst();
    }
    bench.settle(CONSUMER, Settlement.RETURNED, last);
    assertThat(bench.deliveries(CONSUMER)).isEmpty();
    assertThat(deadOne().history().deaths().getFirst().reason())
        .isEqualTo(Death.Reason.TOO_MANY_FAILURES);
  }

  @Test
  void message_given_back_untouched_is_not_counted() {
    declare(Map.of("x-delivery-limit", 0));
    bench.publish(PUBLISHER, queue, "m");
    Effect.Delivered first = receive("q1").getFirst();
    bench.settle(CONSUMER, Settlement.RELEASED, first);
    Effect.Delivered again = bench.deliveries(CONSUMER).getFirst();
    assertThat(again.failures()).isZero();
    assertThat(again.redelivered()).isTrue();
  }

  @Test
  void message_that_failed_too_often_is_gone_where_the_queue_says_nothing() {
    queue = bench.declare(PUBLISHER, "limited", Arguments.of("x-delivery-limit", 0));
    bench.publish(PUBLISHER, queue, "poison");
    bench.settle(CONSUMER, Settlement.RETURNED, receive("limited").getFirst());
    assertThat(bench.deliveries(CONSUMER)).isEmpty();
    assertThat(bench.lane(queue, true).messages()).isZero();
  }

  @Test
  void refused_message_that_only_the_log_has_is_fetched_first_and_nobody_gets_it_meanwhile() {
    Bench again = new Bench(64 << 10, Bench.OUTBOX_BYTES);
    again.tick(START);
    again.connect(PUBLISHER, CONSUMER, GRAVEDIGGER);
    long there = again.declare(PUBLISHER, "dead");
    long here =
        again.declare(
            PUBLISHER,
            "q",
            Arguments.of(
                Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead")));
    again.publish(PUBLISHER, here, "x".repeat(40_000));
    again.subscribe(CONSUMER, 1, "q", 5);
    again.answerAllPages();
    Effect.Delivered held = again.deliveries(CONSUMER).getFirst();
    again.settle(CONSUMER, Settlement.REJECTED, held);
    assertThat(again.statistics(there).ready()).isZero();
    assertThat(again.statistics(here).ready()).isZero();
    again.decide(new Command.PurgeQueue(PUBLISHER, again.request(), "q"));
    again.answerAllPages();
    assertThat(again.statistics(there).ready()).isEqualTo(1);
    assertThat(again.deliveries(CONSUMER)).isEmpty();
    assertThat(again.lane(here, true).messages()).isZero();
  }

  @Test
  void without_room_a_refused_message_waits_and_goes_when_there_is_room() {
    bench.publish(PUBLISHER, queue, "m");
    Effect.Delivered held = receive("q0").getFirst();
    bench.decisions.room = 0;
    bench.settle(CONSUMER, Settlement.REJECTED, held);
    assertThat(bench.statistics(dead).ready()).isZero();
    assertThat(bench.statistics(queue).ready()).isZero();
    assertThat(bench.decider.isWaiting()).isTrue();
    bench.decisions.room = Long.MAX_VALUE;
    bench.decide(new Command.Resume());
    assertThat(bench.statistics(dead).ready()).isEqualTo(1);
    assertThat(bench.decider.isWaiting()).isFalse();
  }

  @Test
  void refused_message_that_did_not_go_before_a_crash_is_ready_again() {
    bench.publish(PUBLISHER, queue, "m");
    Effect.Delivered held = receive("q0").getFirst();
    bench.decisions.room = 0;
    bench.settle(CONSUMER, Settlement.REJECTED, held);
    Bench again = new Bench(bench.recovered(), Bench.WINDOW_BYTES, Bench.OUTBOX_BYTES);
    assertThat(again.statistics(queue).ready()).isEqualTo(1);
  }

  @Test
  void deaths_are_counted_by_queue_and_reason_the_last_one_first() {
    long work =
        bench.declare(
            PUBLISHER,
            "work",
            Arguments.of(
                Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "retry")));
    bench.declare(
        PUBLISHER,
        "retry",
        Arguments.of(
            Map.of(
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                "work",
                "x-message-ttl",
                100)));
    bench.publish(PUBLISHER, work, "m");
    bench.subscribe(CONSUMER, 1, "work", Bench.UNLIMITED);
    Effect.Delivered got = bench.deliveries(CONSUMER).getFirst();
    for (int i = 1; i <= 3; i++) {
      bench.settle(CONSUMER, Settlement.REJECTED, got);
      bench.tick(START + 100L * i);
      got = bench.deliveries(CONSUMER).getFirst();
    }
    assertThat(got.message().history().deaths())
        .extracting(Death::queue, Death::reason, Death::count)
        .containsExactly(
            tuple("retry", Death.Reason.EXPIRED, 3L), tuple("work", Death.Reason.REJECTED, 3L));
    assertThat(got.message().history().firstDeath()).extracting(Death::queue).isEqualTo("work");
  }

  @Test
  void message_that_would_go_round_for_ever_is_gone() {
    Arguments.Builder circle =
        Arguments.builder()
            .put("x-dead-letter-exchange", "")
            .put("x-dead-letter-routing-key", "circle")
            .put("x-message-ttl", 100);
    long around = bench.declare(PUBLISHER, "circle", circle.build());
    bench.publish(PUBLISHER, around, "m");
    bench.tick(START + 100);
    assertThat(bench.statistics(around).ready()).isZero();
    assertThat(bench.lane(around, true).tail()).isEqualTo(2);
  }

  @Test
  void message_is_gone_where_the_exchange_is_not_there() {
    queue = bench.declare(PUBLISHER, "nowhere", Arguments.of("x-dead-letter-exchange", "missing"));
    bench.publish(PUBLISHER, queue, "m");
    bench.settle(CONSUMER, Settlement.REJECTED, receive("nowhere").getFirst());
    assertThat(bench.lane(queue, true).messages()).isZero();
  }

  @Test
  void history_survives_a_restart() {
    bench.publish(PUBLISHER, queue, "m");
    bench.settle(CONSUMER, Settlement.REJECTED, receive("q0").getFirst());
    Bench again = new Bench(bench.recovered(), Bench.WINDOW_BYTES, Bench.OUTBOX_BYTES);
    again.decisions.remember(bench.decisions);
    again.connect(GRAVEDIGGER);
    again.subscribe(GRAVEDIGGER, 1, "dead", 1);
    again.answerAllPages();
    assertThat(again.deliveries(GRAVEDIGGER).getFirst().message().history().deaths()).hasSize(1);
  }

  @Test
  void large_number_of_expired_messages_goes_page_by_page() {
    declare(Map.of("x-message-ttl", 100));
    int count = DeadLettering.MAX_PER_TURN + 10;
    for (int i = 0; i < count; i++) {
      bench.publish(PUBLISHER, queue, "m" + i);
    }
    bench.tick(START + 100);
    while (bench.answerPage() || bench.decider.nextTickMillis() <= START + 100) {
      bench.tick(START + 100);
    }
    assertThat(bench.statistics(dead).ready()).isEqualTo(count);
    assertThat(bench.statistics(queue).ready()).isZero();
  }
}
