package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens while the log takes no more: publishes wait, the rest goes on, order is kept. */
class WaitingForRoomTest {

  private static final long PUBLISHER = 1;
  private static final long CONSUMER = 2;
  private static final long OTHER = 3;

  private final Bench bench = new Bench();
  private long queue;

  @BeforeEach
  void declare() {
    bench.connect(PUBLISHER, CONSUMER, OTHER);
    queue = bench.declare(PUBLISHER, "q");
  }

  private void fillUp(boolean disk) {
    bench.decisions.room = 0;
    bench.decisions.roomShort = disk;
  }

  private void makeRoom() {
    bench.decisions.room = Long.MAX_VALUE;
    bench.decisions.roomShort = false;
    bench.decide(new Command.Resume());
  }

  @Test
  void publishes_wait_and_go_on_in_their_order() {
    bench.subscribe(CONSUMER, 1, "q", 10);
    bench.effects(CONSUMER);
    fillUp(false);
    bench.publish(PUBLISHER, queue, "a", "b");
    bench.publishTransient(PUBLISHER, queue, "c");
    bench.publish(OTHER, queue, "d");
    assertThat(bench.decider.isWaiting()).isTrue();
    assertThat(bench.decisions.sent).isEmpty();
    makeRoom();
    assertThat(bench.decider.isWaiting()).isFalse();
    assertThat(bench.delivered(CONSUMER)).containsExactly("a", "b", "c", "d");
    assertThat(bench.effects(PUBLISHER)).containsExactly(new Effect.Accepted(3));
    assertThat(bench.effects(OTHER)).containsExactly(new Effect.Accepted(1));
  }

  @Test
  void room_for_some_lets_some_go_on() {
    fillUp(false);
    bench.publish(PUBLISHER, queue, "a", "b");
    bench.decisions.room = Publishing.logBytes(Bench.publish(PUBLISHER, "a", true, queue));
    bench.decide(new Command.Resume());
    assertThat(bench.effects(PUBLISHER)).containsExactly(new Effect.Accepted(1));
    assertThat(bench.decider.isWaiting()).isTrue();
    makeRoom();
    assertThat(bench.effects(PUBLISHER)).containsExactly(new Effect.Accepted(2));
  }

  @Test
  void later_publish_does_not_overtake_when_there_is_room_again_for_it_alone() {
    fillUp(false);
    bench.publish(PUBLISHER, queue, "a");
    bench.decisions.room = Long.MAX_VALUE;
    bench.publish(PUBLISHER, queue, "b");
    assertThat(bench.effects(PUBLISHER)).isEmpty();
    makeRoom();
    bench.subscribe(CONSUMER, 1, "q", 10);
    assertThat(bench.delivered(CONSUMER)).containsExactly("a", "b");
  }

  @Test
  void commit_waits_as_a_whole() {
    bench.publish(PUBLISHER, queue, "a");
    bench.subscribe(CONSUMER, 1, "q", 1);
    bench.effects(CONSUMER);
    fillUp(false);
    int facts = bench.decisions.facts.size();
    bench.decide(
        new Command.Commit(
            CONSUMER,
            5,
            List.of(Bench.publish(CONSUMER, "b", true, queue)),
            List.of(
                Bench.settlement(CONSUMER, Settlement.ACCEPTED, LaneId.of(queue, 0, true), 1))));
    assertThat(bench.decisions.facts).hasSize(facts);
    assertThat(bench.effects(CONSUMER)).isEmpty();
    makeRoom();
    assertThat(bench.effects(CONSUMER)).contains(new Effect.Replied(5, new Reply.Done()));
  }

  @Test
  void what_a_connection_asks_behind_a_waiting_publish_waits_too() {
    fillUp(false);
    bench.publish(PUBLISHER, queue, "a");
    bench.decide(new Command.PurgeQueue(PUBLISHER, 5, "q"));
    assertThat(bench.effects(PUBLISHER)).isEmpty();
    makeRoom();
    assertThat(bench.reply(PUBLISHER)).isEqualTo(new Reply.Removed(1));
  }

  @Test
  void other_connections_ask_and_are_answered_meanwhile() {
    fillUp(false);
    bench.publish(PUBLISHER, queue, "a");
    bench.decide(new Command.PurgeQueue(OTHER, 5, "q"));
    assertThat(bench.reply(OTHER)).isEqualTo(new Reply.Removed(0));
  }

  @Test
  void settling_and_credit_pass_a_waiting_publish_of_the_same_connection() {
    bench.publish(PUBLISHER, queue, "a", "b", "c", "d");
    bench.decide(bench.subscription(CONSUMER, 1, "q", 1, true, 0));
    fillUp(false);
    bench.publish(CONSUMER, queue, "e");
    Effect.Delivered first = bench.deliveries(CONSUMER).getFirst();
    bench.settle(CONSUMER, Settlement.ACCEPTED, first);
    assertThat(bench.delivered(CONSUMER)).containsExactly("b");
    bench.decide(new Command.Credit(CONSUMER, 1, 1));
    assertThat(bench.delivered(CONSUMER)).containsExactly("c");
    bench.decide(new Command.Drained(CONSUMER, 1));
    assertThat(bench.decider.isWaiting()).isTrue();
  }

  @Test
  void full_disk_is_told_once_and_its_end_when_the_connection_goes_on() {
    fillUp(true);
    bench.publish(PUBLISHER, queue, "a", "b");
    assertThat(bench.effects(PUBLISHER)).hasSize(1).allMatch(Effect.Blocked.class::isInstance);
    bench.decide(new Command.Resume());
    assertThat(bench.effects(PUBLISHER)).isEmpty();
    makeRoom();
    assertThat(bench.effects(PUBLISHER))
        .containsExactlyInAnyOrder(new Effect.Accepted(2), new Effect.Unblocked());
  }

  @Test
  void waiting_for_a_moment_is_not_told_but_if_the_disk_fills_up_meanwhile_it_is() {
    fillUp(false);
    bench.publish(PUBLISHER, queue, "a");
    bench.publish(OTHER, queue, "b");
    assertThat(bench.decisions.sent).isEmpty();
    fillUp(true);
    bench.decide(new Command.Resume());
    assertThat(bench.effects(PUBLISHER)).hasSize(1).allMatch(Effect.Blocked.class::isInstance);
    assertThat(bench.effects(OTHER)).hasSize(1).allMatch(Effect.Blocked.class::isInstance);
  }

  @Test
  void disconnecting_while_waiting_returns_at_once_and_publishes_later() {
    bench.publish(PUBLISHER, queue, "a");
    bench.subscribe(CONSUMER, 1, "q", 10);
    long exclusive = bench.declare(CONSUMER, "x", false, true, false);
    fillUp(false);
    bench.publish(CONSUMER, queue, "b");
    bench.decide(new Command.Disconnect(CONSUMER));
    assertThat(bench.statistics(queue).ready()).isEqualTo(1);
    assertThat(bench.statistics(queue).consumers()).isZero();
    makeRoom();
    assertThat(bench.statistics(queue).ready()).isEqualTo(2);
    assertThat(bench.state.routing().queue(exclusive)).isNull();
    assertThat(bench.decider.isWaiting()).isFalse();
  }

  @Test
  void nothing_is_handed_to_a_connection_that_left_while_it_was_waiting() {
    fillUp(false);
    bench.publish(PUBLISHER, queue, "a");
    bench.decide(
        new Command.Subscribe(PUBLISHER, 1, 1, "q", "c", true, false, Bench.UNLIMITED, true, 0));
    bench.decide(new Command.Take(PUBLISHER, 2, "q", true));
    bench.decide(new Command.Disconnect(PUBLISHER));
    makeRoom();
    assertThat(bench.statistics(queue).ready()).isEqualTo(1);
    assertThat(bench.statistics(queue).consumers()).isZero();
  }

  @Test
  void large_publish_that_waits_is_not_overtaken_for_ever_by_small_ones() {
    bench.decisions.room = 1_000;
    bench.decide(Bench.publish(PUBLISHER, "x".repeat(10_000), true, queue));
    bench.publish(OTHER, queue, "small");
    assertThat(bench.decisions.sent).isEmpty();
    makeRoom();
    assertThat(bench.effects(OTHER)).containsExactly(new Effect.Accepted(1));
    assertThat(bench.lane(queue, true).messages()).isEqualTo(2);
  }

  @Test
  void what_a_lost_connection_had_in_flight_is_ready_though_its_queues_cannot_be_deleted_yet() {
    long gone = bench.declare(CONSUMER, "gone", true, false, true);
    bench.publish(PUBLISHER, queue, "a");
    bench.subscribe(CONSUMER, 1, "q", 10);
    bench.subscribe(CONSUMER, 2, "gone", 10);
    bench.decisions.reserve = Reserve.SETTLEMENT_BYTES;
    bench.decide(new Command.Disconnect(CONSUMER));
    assertThat(bench.statistics(queue).ready()).isEqualTo(1);
    assertThat(bench.statistics(queue).consumers()).isZero();
    assertThat(bench.state.routing().queue(gone)).isNotNull();
    bench.decisions.reserve = Long.MAX_VALUE;
    makeRoom();
    assertThat(bench.state.routing().queue(gone)).isNull();
    assertThat(bench.decider.isWaiting()).isFalse();
  }

  @Test
  void waiting_queue_may_be_deleted_meanwhile() {
    fillUp(false);
    Command.Publish publish =
        new Command.Publish(PUBLISHER, Bench.message("a", true), new long[] {queue}, true);
    bench.decide(publish);
    bench.decide(new Command.DeleteQueue(OTHER, 1, "q", false, false));
    makeRoom();
    assertThat(bench.effects(PUBLISHER))
        .containsExactly(new Effect.Returned(1, publish.message()), new Effect.Accepted(1));
  }
}
