package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.identity.Permission;
import io.correio.core.message.Arguments;
import io.correio.core.routing.Binding;
import io.correio.core.routing.Destination;
import io.correio.core.routing.ExchangeDefinition;
import io.correio.core.routing.ExchangeType;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client cannot bring about, however much it asks for. */
class BoundsTest {

  private static final long CLIENT = 1;
  private static final long OTHER = 2;

  private final Bench bench = new Bench();
  private long queue;

  @BeforeEach
  void declare() {
    bench.connect(CLIENT, OTHER);
    queue = bench.declare(CLIENT, "q");
  }

  private static String kilobytes(int kilobytes) {
    return "x".repeat(kilobytes << 10);
  }

  // ---- memory --------------------------------------------------------------------------------

  @Test
  void pages_of_very_many_cold_lanes_share_one_budget() {
    int lanes = 300;
    for (int i = 0; i < lanes; i++) {
      bench.publish(CLIENT, bench.declare(CLIENT, "q" + i), "a", "b");
    }
    Bench restarted = new Bench(bench.recovered(), Bench.WINDOW_BYTES, Bench.OUTBOX_BYTES);
    restarted.decisions.remember(bench.decisions);
    restarted.connect(CLIENT);
    for (int i = 0; i < lanes; i++) {
      restarted.subscribe(CLIENT, i + 1, "q" + i, 1);
    }
    long asked = restarted.decisions.fetches.stream().mapToLong(fetch -> fetch.maxBytes).sum();
    assertThat(restarted.decisions.fetches).hasSize(lanes);
    assertThat(asked).isLessThanOrEqualTo(Bench.WINDOW_BYTES / 2 * 3 + lanes);
    restarted.answerAllPages();
    assertThat(restarted.delivered(CLIENT)).hasSize(lanes);
  }

  @Test
  void budget_of_pages_comes_back_with_them_and_with_the_end_of_their_queue() {
    bench.publish(CLIENT, queue, "a", "b");
    Bench restarted = new Bench(bench.recovered(), Bench.WINDOW_BYTES, Bench.OUTBOX_BYTES);
    restarted.decisions.remember(bench.decisions);
    restarted.connect(CLIENT);
    for (int round = 0; round < 100; round++) {
      long again = restarted.declare(CLIENT, "again");
      restarted.decide(Bench.publish(CLIENT, kilobytes(600), true, again));
      restarted.decide(Bench.publish(CLIENT, kilobytes(600), true, again));
      restarted.subscribe(CLIENT, 1, "again", 1);
      restarted.decide(new Command.DeleteQueue(CLIENT, 1, "again", false, false));
    }
    restarted.decisions.fetches.clear();
    restarted.effects(CLIENT);
    restarted.decide(new Command.Drained(CLIENT, 100L << 20));
    restarted.subscribe(CLIENT, 2, "q", 1);
    assertThat(restarted.decisions.fetches.getFirst().maxBytes)
        .isEqualTo((int) Bench.WINDOW_BYTES / 4);
  }

  @Test
  void windows_that_nobody_takes_from_stay_within_the_budget() {
    for (int i = 0; i < 200; i++) {
      long idle = bench.declare(CLIENT, "q" + i);
      bench.subscribe(OTHER, i + 1, "q" + i, 1);
      bench.decide(Bench.publish(CLIENT, kilobytes(16), true, idle));
      bench.decide(Bench.publish(CLIENT, kilobytes(16), true, idle));
      bench.decide(Bench.publish(CLIENT, kilobytes(16), true, idle));
    }
    assertThat(bench.decider.windowBytes()).isLessThanOrEqualTo(Bench.WINDOW_BYTES / 2 * 3);
  }

  @Test
  void single_messages_are_taken_only_as_far_as_they_find_room_on_their_way_out() {
    for (int i = 0; i < 5; i++) {
      bench.decide(Bench.publish(CLIENT, kilobytes(800), true, queue));
    }
    for (int i = 0; i < 5; i++) {
      bench.take(OTHER, "q");
    }
    bench.answerAllPages();
    assertThat(bench.effects(OTHER)).hasSize(2);
    bench.take(CLIENT, "q");
    bench.answerAllPages();
    assertThat(bench.effects(CLIENT, Effect.Taken.class)).hasSize(1);
    bench.decide(new Command.Drained(OTHER, 2 * (800 << 10)));
    bench.answerAllPages();
    List<Effect> rest = bench.effects(OTHER);
    assertThat(rest).hasSize(3).first().isInstanceOf(Effect.Taken.class);
    assertThat(rest.getLast()).isInstanceOf(Effect.Replied.class); // nothing is left
  }

  @Test
  void publishes_left_behind_by_connections_that_come_and_go_are_bounded() {
    bench.decisions.room = 0;
    bench.decisions.roomShort = true;
    int each = 1 << 10;
    for (int connection = 10; connection < 60; connection++) {
      bench.connect(connection);
      bench.decide(Bench.publish(connection, kilobytes(each), true, queue));
      bench.decide(new Command.Disconnect(connection));
    }
    bench.decisions.room = Long.MAX_VALUE;
    bench.decide(new Command.Resume());
    assertThat(bench.decider.isWaiting()).isFalse();
    assertThat(bench.statistics(queue).ready()).isEqualTo(15);
    bench.decisions.room = 0;
    bench.connect(60);
    bench.decide(Bench.publish(60, kilobytes(each), true, queue));
    bench.decide(new Command.Disconnect(60));
    bench.decisions.room = Long.MAX_VALUE;
    bench.decide(new Command.Resume());
    assertThat(bench.statistics(queue).ready()).isEqualTo(16);
  }

  @Test
  void connection_that_settles_nothing_leaves_deliveries_to_others() {
    Bench large = new Bench(1L << 30, 1L << 40);
    large.connect(CLIENT, OTHER);
    long id = large.declare(CLIENT, "q");
    large.subscribe(OTHER, 1, "q", Bench.UNLIMITED);
    Command.Publish publish = Bench.publish(CLIENT, "", false, id);
    int count = ConnectionEntry.MAX_HELD + 1;
    for (int i = 0; i < count; i++) {
      large.decider.decide(publish);
    }
    List<Effect.Delivered> held = large.deliveries(OTHER);
    assertThat(held).hasSize(ConnectionEntry.MAX_HELD);
    large.take(CLIENT, "q");
    assertThat(large.effects(CLIENT, Effect.Taken.class)).hasSize(1);
    large.decider.decide(publish);
    assertThat(large.deliveries(OTHER)).isEmpty();
    large.settle(OTHER, Settlement.ACCEPTED, held.getFirst());
    assertThat(large.deliveries(OTHER)).hasSize(1);
  }

  // ---- definitions ---------------------------------------------------------------------------

  @Test
  void exclusive_queues_of_a_connection_have_a_maximum_and_deleted_ones_do_not_count() {
    for (int i = 0; i < Defining.MAX_EXCLUSIVE_QUEUES; i++) {
      declareExclusive("x" + i);
    }
    declareExclusive("y");
    assertThat(bench.refusal(CLIENT)).isEqualTo(Refusal.Kind.LIMIT);
    bench.decide(new Command.DeleteQueue(CLIENT, 1, "x0", false, false));
    declareExclusive("y");
    assertThat(bench.reply(CLIENT)).isEqualTo(new Reply.QueueDeclared("y", 0, 0));
  }

  private void declareExclusive(String name) {
    bench.decide(
        new Command.DeclareQueue(CLIENT, 1, name, false, false, true, false, Arguments.EMPTY));
  }

  @Test
  void long_chain_of_exchanges_goes_with_its_last_queue() {
    int length = 20_000;
    for (int i = 0; i < length; i++) {
      bench.decider.decide(
          new Command.DeclareExchange(
              CLIENT,
              Command.NO_REPLY,
              new ExchangeDefinition(
                  "e" + i, ExchangeType.FANOUT, true, true, false, Arguments.EMPTY),
              false));
      Destination to =
          i == 0 ? new Destination.ToQueue("q") : new Destination.ToExchange("e" + (i - 1));
      bench.decider.decide(
          new Command.Bind(
              CLIENT, Command.NO_REPLY, new Binding("e" + i, to, "", Arguments.EMPTY)));
    }
    bench.decide(new Command.DeleteQueue(CLIENT, 1, "q", false, false));
    assertThat(bench.reply(CLIENT)).isEqualTo(new Reply.Removed(0));
    assertThat(bench.state.routing().exchangeCount()).isEqualTo(2);
  }

  @Test
  void permission_for_nobody_is_refused_and_changes_nothing() {
    Permission permission = new Permission("nobody", "/", "", "", "");
    int facts = bench.decisions.facts.size();
    bench.decide(
        new Command.ChangeIdentities(
            CLIENT,
            1,
            List.of(new Fact.UserDeleted("somebody"), new Fact.PermissionPut(permission))));
    assertThat(bench.reply(CLIENT))
        .isEqualTo(
            new Reply.Refused(
                new Refusal(Refusal.Kind.PRECONDITION, "no user 'nobody' to permit something to")));
    assertThat(bench.decisions.facts).hasSize(facts);
  }

  @Test
  void binding_to_the_default_exchange_is_refused() {
    bench.decide(
        new Command.Bind(
            CLIENT, 1, new Binding("", new Destination.ToQueue("q"), "k", Arguments.EMPTY)));
    assertThat(bench.refusal(CLIENT)).isEqualTo(Refusal.Kind.FORBIDDEN);
  }
}
