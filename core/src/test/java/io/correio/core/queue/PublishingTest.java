package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of what is published. */
class PublishingTest {

  private static final long PUBLISHER = 1;
  private static final long CONSUMER = 2;

  private final Bench bench = new Bench();
  private long queue;

  @BeforeEach
  void declare() {
    bench.connect(PUBLISHER, CONSUMER);
    queue = bench.declare(PUBLISHER, "q");
  }

  private long transientQueue() {
    return bench.declare(PUBLISHER, "t", false, false, false);
  }

  @Test
  void durable_message_is_logged_in_the_durable_lane() {
    bench.publish(PUBLISHER, queue, "a", "b");
    List<Fact.Enqueued> facts = bench.facts(Fact.Enqueued.class);
    assertThat(facts).hasSize(2).allMatch(Fact::isLogged);
    assertThat(facts.get(1).lanes()).containsExactly(LaneId.of(queue, 0, true));
    assertThat(facts.get(1).sequences()).containsExactly(2);
  }

  @Test
  void outcome_of_a_durable_publish_waits_for_its_fact() {
    bench.publish(PUBLISHER, queue, "a");
    long position = bench.decisions.facts.getLast().position();
    RecordedDecisions.Sent outcome = bench.sent(PUBLISHER).getLast();
    assertThat(outcome.effect()).isEqualTo(new Effect.Accepted(1));
    assertThat(outcome.leavesAt()).isEqualTo(position);
  }

  @Test
  void transient_message_goes_to_the_transient_lane_and_waits_for_nothing() {
    Bench fresh = new Bench();
    fresh.connect(PUBLISHER, CONSUMER);
    fresh.declare(CONSUMER, "q");
    fresh.subscribe(CONSUMER, 1, "q", 10);
    fresh.effects(CONSUMER);
    fresh.decideTogether(
        new Command.Publish(PUBLISHER, Bench.message("lost", false), new long[0], true),
        Bench.publish(PUBLISHER, "a", false, fresh.queue("q").id()));
    assertThat(fresh.facts(Fact.Enqueued.class)).hasSize(1).noneMatch(Fact::isLogged);
    assertThat(fresh.sent(PUBLISHER))
        .hasSize(2)
        .allMatch(sent -> sent.dependsOn() == 0 && sent.leavesAt() == 0);
    assertThat(fresh.decisions.sent)
        .as("the delivery, too")
        .hasSize(1)
        .allMatch(sent -> sent.dependsOn() == 0);
  }

  @Test
  void durable_message_is_transient_in_a_queue_that_does_not_survive() {
    bench.decide(Bench.publish(PUBLISHER, "a", true, transientQueue()));
    assertThat(bench.facts(Fact.Enqueued.class)).hasSize(1).noneMatch(Fact::isLogged);
    long exclusive = bench.declare(PUBLISHER, "x", true, true, false);
    bench.decide(Bench.publish(PUBLISHER, "a", true, exclusive));
    assertThat(bench.facts(Fact.Enqueued.class)).hasSize(2).noneMatch(Fact::isLogged);
  }

  @Test
  void message_for_durable_and_transient_queues_is_logged_once_for_all_durable_ones() {
    long second = bench.declare(PUBLISHER, "q2");
    long passing = transientQueue();
    bench.decide(Bench.publish(PUBLISHER, "a", true, passing, queue, second));
    List<Fact.Enqueued> facts = bench.facts(Fact.Enqueued.class);
    assertThat(facts).hasSize(2);
    assertThat(facts.getFirst().isLogged()).isTrue();
    assertThat(facts.getFirst().lanes())
        .containsExactly(LaneId.of(queue, 0, true), LaneId.of(second, 0, true));
    assertThat(facts.getLast().lanes()).containsExactly(LaneId.of(passing, 0, false));
    for (long id : new long[] {queue, second, passing}) {
      assertThat(bench.statistics(id).ready()).isEqualTo(1);
    }
  }

  @Test
  void publish_to_many_queues_reaches_all() {
    long[] queues = new long[100];
    for (int i = 0; i < queues.length; i++) {
      queues[i] = bench.declare(PUBLISHER, "many" + i, i % 2 == 0, false, false);
    }
    bench.decide(Bench.publish(PUBLISHER, "a", true, queues));
    for (long id : queues) {
      assertThat(bench.statistics(id).ready()).isEqualTo(1);
    }
    assertThat(bench.facts(Fact.Enqueued.class)).hasSize(2);
  }

  @Test
  void unroutable_message_is_accepted_and_gone() {
    bench.decide(Bench.publish(PUBLISHER, "a", true));
    assertThat(bench.effects(PUBLISHER)).containsExactly(new Effect.Accepted(1));
    assertThat(bench.facts(Fact.Enqueued.class)).isEmpty();
  }

  @Test
  void unroutable_mandatory_message_is_returned_before_its_outcome() {
    Command.Publish publish =
        new Command.Publish(PUBLISHER, Bench.message("a", true), new long[0], true);
    bench.decide(publish);
    assertThat(bench.effects(PUBLISHER))
        .containsExactly(new Effect.Returned(1, publish.message()), new Effect.Accepted(1));
  }

  @Test
  void queue_deleted_since_the_message_was_routed_is_skipped() {
    long gone = bench.declare(PUBLISHER, "gone");
    bench.decide(new Command.DeleteQueue(PUBLISHER, 1, "gone", false, false));
    bench.effects(PUBLISHER);
    Command.Publish both =
        new Command.Publish(PUBLISHER, Bench.message("a", true), new long[] {gone, queue}, true);
    Command.Publish none =
        new Command.Publish(PUBLISHER, Bench.message("b", true), new long[] {gone}, true);
    bench.decideTogether(both, none);
    assertThat(bench.effects(PUBLISHER))
        .containsExactly(new Effect.Returned(2, none.message()), new Effect.Accepted(2));
    assertThat(bench.statistics(queue).ready()).isEqualTo(1);
  }

  @Test
  void publishes_are_numbered_per_connection_and_outcomes_saved_up_for_the_step() {
    bench.connect(3);
    bench.decideTogether(
        Bench.publish(PUBLISHER, "a", true, queue),
        Bench.publish(3, "b", false, queue),
        Bench.publish(PUBLISHER, "c", true, queue),
        Bench.publish(3, "d", true, queue),
        Bench.publish(PUBLISHER, "e", true, queue));
    assertThat(bench.effects(PUBLISHER)).containsExactly(new Effect.Accepted(3));
    assertThat(bench.effects(3)).containsExactly(new Effect.Accepted(2));
    bench.publish(PUBLISHER, queue, "f");
    assertThat(bench.effects(PUBLISHER)).containsExactly(new Effect.Accepted(4));
  }

  @Test
  void order_between_durable_and_transient_messages_is_that_of_arrival() {
    bench.publish(PUBLISHER, queue, "d1", "d2");
    bench.publishTransient(PUBLISHER, queue, "t1");
    bench.publish(PUBLISHER, queue, "d3");
    bench.publishTransient(PUBLISHER, queue, "t2", "t3");
    bench.publish(PUBLISHER, queue, "d4");
    bench.subscribe(CONSUMER, 1, "q", 100);
    assertThat(bench.delivered(CONSUMER)).containsExactly("d1", "d2", "t1", "d3", "t2", "t3", "d4");
  }

  @Test
  void commit_is_one_entry_and_its_reply_comes_last() {
    bench.publish(PUBLISHER, queue, "a", "b");
    bench.subscribe(CONSUMER, 1, "q", 100);
    Effect.Delivered[] got = bench.deliveries(CONSUMER).toArray(Effect.Delivered[]::new);
    int before = bench.decisions.facts.size();
    bench.decide(
        new Command.Commit(
            CONSUMER,
            77,
            List.of(
                Bench.publish(CONSUMER, "c", true, queue),
                Bench.publish(CONSUMER, "d", true, queue)),
            List.of(
                Bench.settlement(CONSUMER, Settlement.ACCEPTED, got[0].lane(), 1),
                Bench.settlement(CONSUMER, Settlement.RETURNED, got[1].lane(), 2))));
    List<RecordedDecisions.Logged> facts =
        bench.decisions.facts.subList(before, bench.decisions.facts.size());
    assertThat(facts.stream().map(RecordedDecisions.Logged::position).distinct()).hasSize(1);
    assertThat(facts.stream().map(RecordedDecisions.Logged::fact))
        .contains(new Fact.Settled(got[0].lane(), 1, 1));
    List<RecordedDecisions.Sent> sent = bench.sent(CONSUMER);
    assertThat(sent.stream().map(RecordedDecisions.Sent::effect))
        .containsSubsequence(new Effect.Accepted(2), new Effect.Replied(77, new Reply.Done()));
    assertThat(sent.get(1).leavesAt()).isEqualTo(facts.getFirst().position());
  }

  @Test
  void publisher_that_left_is_not_told() {
    bench.decideTogether(
        Bench.publish(PUBLISHER, "a", true, queue), new Command.Disconnect(PUBLISHER));
    assertThat(bench.statistics(queue).ready()).isEqualTo(1);
    bench.effects(PUBLISHER);
    bench.decide(Bench.publish(PUBLISHER, "b", true, queue));
    assertThat(bench.effects(PUBLISHER)).isEmpty();
    assertThat(bench.statistics(queue).ready()).isEqualTo(1);
  }

  @Test
  void message_that_no_entry_can_take_is_rejected_and_the_others_are_accepted() {
    bench.decisions.maxEntryBytes = 10_000;
    bench.decideTogether(
        Bench.publish(PUBLISHER, "a", true, queue),
        Bench.publish(PUBLISHER, "x".repeat(10_000), true, queue),
        Bench.publish(PUBLISHER, "b", true, queue));
    List<Effect> effects = bench.effects(PUBLISHER);
    assertThat(effects).hasSize(2).last().isEqualTo(new Effect.Accepted(3));
    assertThat(effects.getFirst())
        .isInstanceOfSatisfying(
            Effect.Rejected.class,
            rejected -> {
              assertThat(rejected.number()).isEqualTo(2);
              assertThat(rejected.refusal().kind()).isEqualTo(Refusal.Kind.LIMIT);
            });
    assertThat(bench.statistics(queue).ready()).isEqualTo(2);
  }

  @Test
  void message_that_no_entry_can_take_does_not_wait_for_room() {
    bench.decisions.maxEntryBytes = 10_000;
    bench.decisions.room = 0;
    bench.decide(Bench.publish(PUBLISHER, "x".repeat(10_000), true, queue));
    assertThat(bench.decider.isWaiting()).isFalse();
    assertThat(bench.effects(PUBLISHER, Effect.Rejected.class)).hasSize(1);
  }

  @Test
  void commit_that_no_entry_can_take_is_refused_and_nothing_of_it_happens() {
    bench.publish(PUBLISHER, queue, "a");
    bench.subscribe(CONSUMER, 1, "q", 1);
    Effect.Delivered got = bench.deliveries(CONSUMER).getFirst();
    bench.decisions.maxEntryBytes = 10_000;
    Command.Publish large = Bench.publish(CONSUMER, "x".repeat(6_000), true, queue);
    bench.decide(
        new Command.Commit(
            CONSUMER,
            77,
            List.of(large, large),
            List.of(Bench.settlement(CONSUMER, Settlement.ACCEPTED, got.lane(), got.sequence()))));
    bench.answerAllPages();
    List<Effect> effects = bench.effects(CONSUMER);
    assertThat(effects).contains(new Effect.Accepted(2));
    assertThat(effects.stream().filter(Effect.Replied.class::isInstance))
        .singleElement()
        .isInstanceOfSatisfying(
            Effect.Replied.class,
            replied -> assertThat(replied.reply()).isInstanceOf(Reply.Refused.class));
    assertThat(effects)
        .filteredOn(Effect.Delivered.class::isInstance)
        .as("the message is back, and is handed out again")
        .hasSize(1);
    assertThat(bench.facts(Fact.Enqueued.class)).hasSize(1);
    assertThat(bench.facts(Fact.Settled.class)).isEmpty();
  }

  @Test
  void transient_message_for_many_queues_without_consumers_is_spilled_once() {
    long[] queues = new long[50];
    for (int i = 0; i < queues.length; i++) {
      queues[i] = bench.declare(PUBLISHER, "many" + i, false, false, false);
    }
    bench.decide(Bench.publish(PUBLISHER, "x".repeat(100_000), false, queues));
    assertThat(bench.decisions.spills).isEqualTo(1);
    bench.subscribe(CONSUMER, 1, "many17", 1);
    bench.answerAllPages();
    assertThat(bench.delivered(CONSUMER)).hasSize(1);
  }
}
