package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.message.Arguments;
import io.correio.core.routing.Binding;
import io.correio.core.routing.Destination;
import io.correio.core.routing.ExchangeDefinition;
import io.correio.core.routing.ExchangeType;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens when the log has no room but for settlements, and not many of them. */
class ReserveTest {

  private static final long PUBLISHER = 1;
  private static final long CONSUMER = 2;

  private final Bench bench = new Bench();
  private long queue;

  @BeforeEach
  void declare() {
    bench.connect(PUBLISHER, CONSUMER);
    queue = bench.declare(PUBLISHER, "q");
  }

  private void roomForDeliveries(int count) {
    bench.decisions.room = 0;
    bench.decisions.roomShort = true;
    bench.decisions.reserve =
        Reserve.DELETIONS_BYTES + (long) Reserve.SETTLEMENT_BYTES * (count + 1);
  }

  private void makeRoom() {
    bench.decisions.room = Long.MAX_VALUE;
    bench.decisions.reserve = Long.MAX_VALUE;
    bench.decisions.roomShort = false;
    bench.decide(new Command.Resume());
  }

  @Test
  void no_more_is_handed_out_than_can_be_settled() {
    bench.publish(PUBLISHER, queue, "a", "b", "c");
    roomForDeliveries(2);
    bench.subscribe(CONSUMER, 1, "q", 10);
    List<Effect.Delivered> first = bench.deliveries(CONSUMER);
    assertThat(first).hasSize(2);
    assertThat(bench.decider.isWaiting()).isTrue();
    assertThat(bench.decider.lacksReserve()).isTrue();
    bench.settle(CONSUMER, Settlement.ACCEPTED, first.getFirst());
    makeRoom();
    assertThat(bench.delivered(CONSUMER)).containsExactly("c");
    assertThat(bench.decider.isWaiting()).isFalse();
  }

  @Test
  void a_get_waits_as_deliveries_do() {
    bench.publish(PUBLISHER, queue, "a");
    roomForDeliveries(0);
    bench.decide(new Command.Take(CONSUMER, 5, "q", true));
    assertThat(bench.effects(CONSUMER)).isEmpty();
    makeRoom();
    assertThat(bench.effects(CONSUMER)).hasSize(1).allMatch(Effect.Taken.class::isInstance);
  }

  @Test
  void transient_messages_need_no_reserve() {
    bench.publishTransient(PUBLISHER, queue, "a");
    roomForDeliveries(0);
    bench.subscribe(CONSUMER, 1, "q", 10);
    assertThat(bench.delivered(CONSUMER)).containsExactly("a");
  }

  @Test
  void settling_takes_what_was_kept_for_it() {
    bench.publish(PUBLISHER, queue, "a", "b");
    bench.subscribe(CONSUMER, 1, "q", 10);
    List<Effect.Delivered> both = bench.deliveries(CONSUMER);
    bench.decisions.room = 0;
    bench.decisions.reserve = 2L * Reserve.SETTLEMENT_BYTES;
    int facts = bench.decisions.facts.size();
    bench.settle(CONSUMER, Settlement.ACCEPTED, both.toArray(Effect.Delivered[]::new));
    assertThat(bench.decisions.facts).hasSize(facts + 2);
    assertThat(bench.statistics(queue).unsettled()).isZero();
  }

  @Test
  void publishes_leave_room_for_settling_what_is_in_flight() {
    bench.publish(PUBLISHER, queue, "a");
    bench.subscribe(CONSUMER, 1, "q", 10);
    bench.effects(PUBLISHER);
    long needed = Publishing.logBytes(Bench.publish(PUBLISHER, "b", true, queue));
    bench.decisions.reserve = needed + Reserve.SETTLEMENT_BYTES - 1;
    bench.publish(PUBLISHER, queue, "b");
    assertThat(bench.effects(PUBLISHER)).isEmpty();
    makeRoom();
    assertThat(bench.effects(PUBLISHER)).containsExactly(new Effect.Accepted(2));
  }

  @Test
  void new_durable_definitions_wait_as_publishes_do() {
    roomForDeliveries(10);
    bench.decide(
        new Command.DeclareQueue(PUBLISHER, 7, "new", false, true, false, false, Arguments.EMPTY));
    assertThat(bench.state.routing().queue("new")).isNull();
    assertThat(bench.effects(PUBLISHER)).hasSize(1).allMatch(Effect.Blocked.class::isInstance);
    bench.decide(
        new Command.DeclareExchange(
            CONSUMER,
            8,
            new ExchangeDefinition("e", ExchangeType.DIRECT, true, false, false, Arguments.EMPTY),
            false));
    assertThat(bench.state.routing().exchange("e")).isNull();
    makeRoom();
    assertThat(bench.state.routing().queue("new")).isNotNull();
    assertThat(bench.state.routing().exchange("e")).isNotNull();
  }

  @Test
  void bindings_wait_too_unless_they_exist() {
    Binding binding = new Binding("amq.fanout", new Destination.ToQueue("q"), "k", Arguments.EMPTY);
    roomForDeliveries(10);
    bench.decide(new Command.Bind(PUBLISHER, 7, binding));
    assertThat(bench.state.routing().hasBinding(binding)).isFalse();
    makeRoom();
    assertThat(bench.reply(PUBLISHER)).isEqualTo(new Reply.Done());
    roomForDeliveries(10);
    bench.decide(new Command.Bind(PUBLISHER, 8, binding));
    assertThat(bench.reply(PUBLISHER)).isEqualTo(new Reply.Done());
  }

  @Test
  void what_exists_may_be_declared_again_by_who_comes_to_consume() {
    roomForDeliveries(10);
    bench.decide(
        new Command.DeclareQueue(CONSUMER, 7, "q", false, true, false, false, Arguments.EMPTY));
    assertThat(bench.reply(CONSUMER)).isInstanceOf(Reply.QueueDeclared.class);
    bench.decide(
        new Command.DeclareQueue(CONSUMER, 8, "t", false, false, true, false, Arguments.EMPTY));
    assertThat(bench.reply(CONSUMER)).isInstanceOf(Reply.QueueDeclared.class);
  }

  @Test
  void a_commit_that_only_settles_does_not_wait() {
    bench.publish(PUBLISHER, queue, "a");
    bench.subscribe(CONSUMER, 1, "q", 1);
    bench.effects(CONSUMER);
    roomForDeliveries(1);
    bench.decide(
        new Command.Commit(
            CONSUMER,
            5,
            List.of(),
            List.of(
                Bench.settlement(CONSUMER, Settlement.ACCEPTED, LaneId.of(queue, 0, true), 1))));
    assertThat(bench.reply(CONSUMER)).isEqualTo(new Reply.Done());
  }

  @Test
  void deleting_and_purging_use_what_deliveries_leave() {
    bench.publish(PUBLISHER, queue, "a");
    roomForDeliveries(0);
    bench.decide(new Command.PurgeQueue(CONSUMER, 5, "q"));
    assertThat(bench.reply(CONSUMER)).isEqualTo(new Reply.Removed(1));
    bench.decide(new Command.DeleteQueue(CONSUMER, 6, "q", false, false));
    assertThat(bench.reply(CONSUMER)).isEqualTo(new Reply.Removed(0));
  }

  @Test
  void a_deletion_waits_when_even_that_is_used_up() {
    bench.decisions.reserve = 10;
    bench.decide(new Command.DeleteQueue(CONSUMER, 6, "q", false, false));
    assertThat(bench.state.routing().queue("q")).isNotNull();
    makeRoom();
    assertThat(bench.state.routing().queue("q")).isNull();
  }

  @Test
  void exchanges_bound_in_a_circle_can_be_measured() {
    for (String name : List.of("x", "y")) {
      bench.decide(
          new Command.DeclareExchange(
              PUBLISHER,
              1,
              new ExchangeDefinition(name, ExchangeType.FANOUT, true, true, false, Arguments.EMPTY),
              false));
    }
    bind("x", "y");
    bind("y", "x");
    bench.decide(new Command.DeleteExchange(PUBLISHER, 3, "x", false));
    assertThat(bench.state.routing().exchange("x")).isNull();
    assertThat(bench.state.routing().exchange("y")).isNull();
  }

  private void bind(String source, String destination) {
    bench.decide(
        new Command.Bind(
            PUBLISHER,
            2,
            new Binding(source, new Destination.ToExchange(destination), "", Arguments.EMPTY)));
  }
}
