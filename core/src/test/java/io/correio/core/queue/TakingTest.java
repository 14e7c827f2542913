package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages that are asked for one at a time. */
class TakingTest {

  private static final long PUBLISHER = 1;
  private static final long TAKER = 2;
  private static final long OTHER = 3;

  private final Bench bench = new Bench();
  private long queue;

  @BeforeEach
  void declare() {
    bench.connect(PUBLISHER, TAKER, OTHER);
    queue = bench.declare(PUBLISHER, "q");
  }

  private List<Effect.Taken> taken(long connection) {
    return bench.effects(connection, Effect.Taken.class);
  }

  /** Messages that lie in the log alone, as after a restart. */
  private Bench restarted(String... bodies) {
    bench.publish(PUBLISHER, queue, bodies);
    Bench restarted = new Bench(bench.recovered(), Bench.WINDOW_BYTES, Bench.OUTBOX_BYTES);
    restarted.decisions.remember(bench.decisions);
    restarted.connect(PUBLISHER, TAKER, OTHER);
    return restarted;
  }

  @Test
  void taking_gives_the_first_message_and_how_many_remain() {
    bench.publish(PUBLISHER, queue, "a", "b", "c");
    bench.decide(new Command.Take(TAKER, 7, "q", false));
    Effect.Taken taken = taken(TAKER).getFirst();
    assertThat(taken.request()).isEqualTo(7);
    assertThat(Bench.body(taken.message())).isEqualTo("a");
    assertThat(taken.remaining()).isEqualTo(2);
    assertThat(taken.redelivered()).isFalse();
    assertThat(bench.statistics(queue).unsettled()).isEqualTo(1);
    bench.settle(TAKER, Settlement.ACCEPTED, taken.lane(), taken.sequence());
    assertThat(bench.statistics(queue).unsettled()).isZero();
  }

  @Test
  void taking_waits_for_the_message_and_its_mark() {
    bench.publish(PUBLISHER, queue, "a");
    bench.take(TAKER, "q");
    RecordedDecisions.Logged last = bench.decisions.facts.getLast();
    assertThat(last.fact()).isInstanceOf(Fact.Marked.class);
    assertThat(bench.sent(TAKER).getLast().dependsOn()).isEqualTo(last.position());
  }

  @Test
  void taking_with_auto_settlement_settles() {
    bench.publish(PUBLISHER, queue, "a");
    bench.decide(new Command.Take(TAKER, 7, "q", true));
    assertThat(taken(TAKER)).hasSize(1);
    assertThat(bench.statistics(queue).unsettled()).isZero();
    assertThat(bench.lane(queue, true).messages()).isZero();
  }

  @Test
  void taking_from_an_empty_queue_says_so() {
    bench.take(TAKER, "q");
    assertThat(bench.reply(TAKER)).isEqualTo(new Reply.Empty());
  }

  @Test
  void empty_is_a_barrier_for_what_was_settled_before() {
    bench.publish(PUBLISHER, queue, "a");
    bench.take(TAKER, "q");
    Effect.Taken taken = taken(TAKER).getFirst();
    bench.settle(TAKER, Settlement.ACCEPTED, taken.lane(), taken.sequence());
    long settled = bench.decisions.facts.getLast().position();
    bench.take(TAKER, "q");
    assertThat(bench.sent(TAKER).getLast().leavesAt()).isEqualTo(settled);
  }

  @Test
  void message_in_flight_cannot_be_taken_and_returned_one_can() {
    bench.publishTransient(PUBLISHER, queue, "a");
    bench.take(TAKER, "q");
    Effect.Taken first = taken(TAKER).getFirst();
    bench.take(OTHER, "q");
    assertThat(bench.reply(OTHER)).isEqualTo(new Reply.Empty());
    bench.settle(TAKER, Settlement.RETURNED, first.lane(), first.sequence());
    bench.take(OTHER, "q");
    assertThat(taken(OTHER)).hasSize(1).allMatch(Effect.Taken::redelivered);
  }

  @Test
  void taking_from_no_queue_is_refused() {
    bench.take(TAKER, "nowhere");
    assertThat(bench.refusal(TAKER)).isEqualTo(Refusal.Kind.NOT_FOUND);
  }

  @Test
  void taking_from_a_queue_in_exclusive_use_is_refused() {
    bench.decide(new Command.Subscribe(OTHER, 1, 1, "q", "c", false, true, 1, true, 0));
    bench.take(TAKER, "q");
    assertThat(bench.refusal(TAKER)).isEqualTo(Refusal.Kind.FORBIDDEN);
  }

  @Test
  void taking_what_only_the_log_has_waits_for_the_page() {
    Bench restarted = restarted("a", "b");
    restarted.take(TAKER, "q");
    restarted.take(OTHER, "q");
    assertThat(restarted.decisions.sent).isEmpty();
    assertThat(restarted.answerPage()).isTrue();
    assertThat(restarted.effects(TAKER, Effect.Taken.class))
        .hasSize(1)
        .allMatch(t -> Bench.body(t.message()).equals("a"));
    assertThat(restarted.effects(OTHER, Effect.Taken.class))
        .hasSize(1)
        .allMatch(t -> Bench.body(t.message()).equals("b"));
  }

  @Test
  void more_takes_than_messages_that_wait_for_a_page_end_empty() {
    Bench restarted = restarted("a");
    restarted.take(TAKER, "q");
    restarted.take(OTHER, "q");
    restarted.answerPage();
    assertThat(restarted.effects(TAKER, Effect.Taken.class)).hasSize(1);
    assertThat(restarted.reply(OTHER)).isEqualTo(new Reply.Empty());
  }

  @Test
  void purge_while_a_take_waits_for_its_page_makes_it_empty() {
    Bench restarted = restarted("a");
    restarted.take(TAKER, "q");
    restarted.decide(new Command.PurgeQueue(OTHER, 1, "q"));
    restarted.answerPage();
    assertThat(restarted.reply(TAKER)).isEqualTo(new Reply.Empty());
  }

  @Test
  void deleting_the_queue_while_a_take_waits_makes_it_empty() {
    Bench restarted = restarted("a");
    restarted.take(TAKER, "q");
    restarted.decide(new Command.DeleteQueue(OTHER, 1, "q", false, false));
    assertThat(restarted.reply(TAKER)).isEqualTo(new Reply.Empty());
    restarted.answerPage();
    assertThat(restarted.decisions.sent).hasSize(1); // the answer to the deletion
  }

  @Test
  void taker_that_left_before_its_page_came_takes_nothing() {
    Bench restarted = restarted("a");
    restarted.take(TAKER, "q");
    restarted.decide(new Command.Disconnect(TAKER));
    restarted.answerPage();
    assertThat(restarted.effects(TAKER)).isEmpty();
    assertThat(restarted.statistics(queue).ready()).isEqualTo(1);
    restarted.take(OTHER, "q");
    restarted.answerAllPages();
    assertThat(restarted.effects(OTHER, Effect.Taken.class)).hasSize(1);
  }

  @Test
  void taking_counts_for_the_outbox() {
    int size = Bench.message("a", true).size();
    Bench small = new Bench(Bench.WINDOW_BYTES, size);
    small.connect(PUBLISHER, TAKER);
    long id = small.declare(PUBLISHER, "q");
    small.publish(PUBLISHER, id, "a", "b");
    small.take(TAKER, "q");
    small.subscribe(TAKER, 1, "q", 10);
    assertThat(small.delivered(TAKER)).isEmpty();
    small.decide(new Command.Drained(TAKER, size));
    assertThat(small.delivered(TAKER)).containsExactly("b");
  }
}
