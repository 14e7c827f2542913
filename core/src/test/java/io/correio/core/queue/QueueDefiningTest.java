package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.message.Arguments;
import io.correio.core.routing.Binding;
import io.correio.core.routing.Destination;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Queues come and go. */
class QueueDefiningTest {

  private static final long OWNER = 1;
  private static final long OTHER = 2;

  private final Bench bench = new Bench();

  @BeforeEach
  void connect() {
    bench.connect(OWNER, OTHER);
  }

  private void declare(long connection, String name, boolean passive, boolean durable) {
    declare(connection, name, passive, durable, false, false, Arguments.EMPTY);
  }

  private void declare(
      long connection,
      String name,
      boolean passive,
      boolean durable,
      boolean exclusive,
      boolean autoDelete,
      Arguments arguments) {
    bench.decide(
        new Command.DeclareQueue(
            connection, bench.request(), name, passive, durable, exclusive, autoDelete, arguments));
  }

  private void delete(long connection, String name, boolean ifUnused, boolean ifEmpty) {
    bench.decide(new Command.DeleteQueue(connection, bench.request(), name, ifUnused, ifEmpty));
  }

  // ---- declaring -----------------------------------------------------------------------------

  @Test
  void declaring_is_a_fact_that_the_reply_waits_for() {
    declare(OWNER, "q", false, true);
    RecordedDecisions.Sent reply = bench.sent(OWNER).getLast();
    assertThat(((Effect.Replied) reply.effect()).reply())
        .isEqualTo(new Reply.QueueDeclared("q", 0, 0));
    assertThat(reply.leavesAt()).isEqualTo(bench.decisions.facts.getLast().position());
  }

  @Test
  void finding_a_queue_that_another_has_just_declared_waits_for_the_fact_too() {
    bench.decideTogether(
        new Command.DeclareQueue(OWNER, 1, "q", false, true, false, false, Arguments.EMPTY),
        new Command.DeclareQueue(OTHER, 1, "q", true, true, false, false, Arguments.EMPTY));
    assertThat(bench.sent(OTHER).getLast().leavesAt())
        .isEqualTo(bench.decisions.facts.getLast().position());
  }

  @Test
  void declaring_alike_finds_the_queue_with_its_messages_and_consumers() {
    long queue = bench.declare(OWNER, "q");
    bench.publish(OWNER, queue, "a", "b");
    bench.subscribe(OTHER, 1, "q", 1);
    declare(OTHER, "q", false, true);
    assertThat(bench.reply(OTHER)).isEqualTo(new Reply.QueueDeclared("q", 1, 1));
    assertThat(bench.facts(Fact.QueueDeclared.class)).hasSize(1);
    assertThat(bench.queue("q").id()).isEqualTo(queue);
  }

  @Test
  void declaring_without_reply_says_nothing_but_refusals_are_told() {
    Command.DeclareQueue quiet =
        new Command.DeclareQueue(
            OWNER, Command.NO_REPLY, "q", false, true, false, false, Arguments.EMPTY);
    bench.decide(quiet);
    assertThat(bench.effects(OWNER)).isEmpty();
    declare(OWNER, "q", false, false);
    assertThat(bench.refusal(OWNER)).isEqualTo(Refusal.Kind.PRECONDITION);
  }

  @Test
  void declaring_otherwise_is_refused_with_what_differs() {
    Arguments limit = Arguments.of("limit", 5L);
    declare(OWNER, "q", false, true, false, false, limit);
    bench.effects(OWNER);
    assertRefused("durable", () -> declare(OTHER, "q", false, false, false, false, limit));
    assertRefused("exclusive", () -> declare(OTHER, "q", false, true, true, false, limit));
    assertRefused("auto_delete", () -> declare(OTHER, "q", false, true, false, true, limit));
    assertRefused(
        "limit", () -> declare(OTHER, "q", false, true, false, false, Arguments.of("limit", 6L)));
    declare(OTHER, "q", false, true, false, false, Arguments.of("limit", 5));
    assertThat(bench.reply(OTHER)).isInstanceOf(Reply.QueueDeclared.class);
  }

  private void assertRefused(String what, Runnable declaration) {
    declaration.run();
    Refusal refusal = ((Reply.Refused) bench.reply(OTHER)).refusal();
    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.PRECONDITION);
    assertThat(refusal.text()).contains("'" + what + "'", "queue 'q' in vhost '/'");
  }

  @Test
  void looking_for_a_queue_finds_it_whatever_else_is_asked_or_says_that_there_is_none() {
    declare(OTHER, "q", true, false);
    assertThat(bench.refusal(OTHER)).isEqualTo(Refusal.Kind.NOT_FOUND);
    bench.declare(OWNER, "q");
    declare(OTHER, "q", true, false, false, true, Arguments.of("x", "y"));
    assertThat(bench.reply(OTHER)).isInstanceOf(Reply.QueueDeclared.class);
  }

  @Test
  void ids_are_never_used_again() {
    long first = bench.declare(OWNER, "q");
    delete(OWNER, "q", false, false);
    long second = bench.declare(OWNER, "q");
    assertThat(second).isGreaterThan(first);
    assertThat(bench.recovered().nextQueueId()).isGreaterThan(second);
  }

  // ---- exclusive queues ----------------------------------------------------------------------

  @Test
  void exclusive_queue_is_closed_to_others_in_every_way() {
    bench.declare(OWNER, "x", true, true, false);
    declare(OTHER, "x", true, true);
    assertThat(bench.refusal(OTHER)).isEqualTo(Refusal.Kind.LOCKED);
    declare(OTHER, "x", false, true, true, false, Arguments.EMPTY);
    assertThat(bench.refusal(OTHER)).isEqualTo(Refusal.Kind.LOCKED);
    delete(OTHER, "x", false, false);
    assertThat(bench.refusal(OTHER)).isEqualTo(Refusal.Kind.LOCKED);
    bench.decide(new Command.PurgeQueue(OTHER, 1, "x"));
    assertThat(bench.refusal(OTHER)).isEqualTo(Refusal.Kind.LOCKED);
    bench.subscribe(OTHER, 1, "x", 1);
    assertThat(bench.refusal(OTHER)).isEqualTo(Refusal.Kind.LOCKED);
    bench.take(OTHER, "x");
    assertThat(bench.refusal(OTHER)).isEqualTo(Refusal.Kind.LOCKED);
    bench.decide(new Command.Bind(OTHER, 1, binding("x")));
    assertThat(bench.refusal(OTHER)).isEqualTo(Refusal.Kind.LOCKED);
  }

  private static Binding binding(String queue) {
    return new Binding("amq.fanout", new Destination.ToQueue(queue), "", Arguments.EMPTY);
  }

  @Test
  void exclusive_queue_is_open_to_its_owner_and_goes_with_it() {
    long queue = bench.declare(OWNER, "x", true, true, false);
    bench.publish(OTHER, queue, "a");
    bench.subscribe(OWNER, 1, "x", 1);
    assertThat(bench.delivered(OWNER)).containsExactly("a");
    bench.decide(new Command.Disconnect(OWNER));
    assertThat(bench.state.routing().queue("x")).isNull();
    assertThat(bench.state.laneIds()).isEmpty();
    assertThat(bench.recovered().routing().queue("x")).isNull();
  }

  @Test
  void exclusive_queue_is_never_logged() {
    bench.declare(OWNER, "x", true, true, false);
    assertThat(bench.decisions.facts).noneMatch(f -> f.fact().isLogged());
  }

  @Test
  void consumer_may_have_a_queue_for_itself() {
    bench.declare(OWNER, "q");
    bench.decide(new Command.Subscribe(OWNER, 1, 1, "q", "c", false, true, 1, true, 0));
    bench.subscribe(OTHER, 1, "q", 1);
    assertThat(bench.refusal(OTHER)).isEqualTo(Refusal.Kind.FORBIDDEN);
    bench.decide(new Command.Cancel(OWNER, 2, 1));
    bench.subscribe(OTHER, 1, "q", 1);
    assertThat(bench.reply(OTHER)).isEqualTo(new Reply.Done());
    bench.decide(new Command.Subscribe(OWNER, 1, 1, "q", "c", false, true, 1, true, 0));
    assertThat(bench.refusal(OWNER)).isEqualTo(Refusal.Kind.FORBIDDEN);
  }

  @Test
  void consumer_number_in_use_is_refused() {
    bench.declare(OWNER, "q");
    bench.subscribe(OWNER, 1, "q", 1);
    bench.subscribe(OWNER, 1, "q", 1);
    assertThat(bench.refusal(OWNER)).isEqualTo(Refusal.Kind.NOT_ALLOWED);
    bench.subscribe(OTHER, 1, "nowhere", 1);
    assertThat(bench.refusal(OTHER)).isEqualTo(Refusal.Kind.NOT_FOUND);
  }

  // ---- auto-delete ---------------------------------------------------------------------------

  @Test
  void auto_delete_queue_goes_with_its_last_consumer_and_not_before_its_first() {
    long queue = bench.declare(OWNER, "a", true, false, true);
    bench.publish(OWNER, queue, "m");
    assertThat(bench.state.routing().queue("a")).isNotNull();
    bench.subscribe(OWNER, 1, "a", 1);
    bench.subscribe(OTHER, 1, "a", 1);
    bench.decide(new Command.Cancel(OWNER, 1, 1));
    assertThat(bench.state.routing().queue("a")).isNotNull();
    bench.decide(new Command.Disconnect(OTHER));
    assertThat(bench.state.routing().queue("a")).isNull();
    assertThat(bench.recovered().routing().queue("a")).isNull();
    assertThat(bench.effects(OWNER, Effect.ConsumerCancelled.class)).isEmpty();
  }

  @Test
  void end_of_the_last_consumer_waits_for_the_deletion_that_it_causes() {
    bench.declare(OWNER, "a", true, false, true);
    bench.subscribe(OWNER, 1, "a", 1);
    bench.effects(OWNER);
    bench.decide(new Command.Cancel(OWNER, 1, 1));
    assertThat(bench.decisions.facts.getLast().fact()).isInstanceOf(Fact.QueueDeleted.class);
    assertThat(bench.sent(OWNER).getLast().leavesAt())
        .isEqualTo(bench.decisions.facts.getLast().position());
  }

  // ---- deleting and purging ------------------------------------------------------------------

  @Test
  void deleting_tells_consumers_and_drops_ready_and_in_flight() {
    long queue = bench.declare(OWNER, "q");
    bench.decide(new Command.LimitPool(OTHER, 1, 7, 2, true));
    bench.publish(OWNER, queue, "a", "b", "c");
    bench.decide(bench.subscription(OTHER, 4, "q", 10, true, 7));
    Effect.Delivered first = bench.deliveries(OTHER).getFirst();
    delete(OWNER, "q", false, false);
    assertThat(bench.reply(OWNER)).isEqualTo(new Reply.Removed(1));
    assertThat(bench.effects(OTHER)).containsExactly(new Effect.ConsumerCancelled(4));
    assertThat(bench.state.laneIds()).isEmpty();
    bench.settle(OTHER, Settlement.ACCEPTED, first);
    bench.settle(OTHER, Settlement.RETURNED, first);
    bench.decide(new Command.Cancel(OTHER, 9, 4));
    assertThat(bench.reply(OTHER)).isEqualTo(new Reply.Done());
    assertPoolIsFree(7);
  }

  private void assertPoolIsFree(long pool) {
    long queue = bench.declare(OWNER, "next");
    bench.publish(OWNER, queue, "x", "y", "z");
    bench.decide(bench.subscription(OTHER, 4, "next", 10, true, pool));
    assertThat(bench.delivered(OTHER)).containsExactly("x", "y");
  }

  @Test
  void deleting_gives_the_memory_of_transient_messages_back() {
    long queue = bench.declare(OWNER, "q");
    bench.publishTransient(OWNER, queue, "a", "b", "c", "d");
    bench.subscribe(OTHER, 1, "q", 2);
    delete(OWNER, "q", false, false);
    assertThat(bench.decider.windowBytes()).isZero();
    bench.decide(new Command.Disconnect(OTHER));
    assertThat(bench.decider.windowBytes()).isZero();
  }

  @Test
  void deleting_what_is_not_there_is_done_at_once() {
    delete(OWNER, "nowhere", false, false);
    assertThat(bench.reply(OWNER)).isEqualTo(new Reply.Removed(0));
  }

  @Test
  void deleting_on_condition_is_refused_when_it_does_not_hold() {
    long queue = bench.declare(OWNER, "q");
    bench.publish(OWNER, queue, "a", "b");
    delete(OWNER, "q", false, true);
    assertThat(bench.refusal(OWNER)).isEqualTo(Refusal.Kind.PRECONDITION);
    bench.subscribe(OTHER, 1, "q", 10);
    delete(OWNER, "q", true, false);
    assertThat(bench.refusal(OWNER)).isEqualTo(Refusal.Kind.PRECONDITION);
    delete(OWNER, "q", false, true);
    assertThat(bench.reply(OWNER))
        .as("what is in flight does not count")
        .isEqualTo(new Reply.Removed(0));
  }

  @Test
  void deletion_waits_for_its_fact() {
    bench.declare(OWNER, "q");
    delete(OTHER, "q", false, false);
    assertThat(bench.sent(OTHER).getLast().leavesAt())
        .isEqualTo(bench.decisions.facts.getLast().position());
  }

  @Test
  void purge_removes_what_is_ready_and_leaves_what_is_in_flight() {
    long queue = bench.declare(OWNER, "q");
    bench.publish(OWNER, queue, "a", "b", "c", "d", "e");
    bench.publishTransient(OWNER, queue, "t");
    bench.subscribe(OTHER, 1, "q", 3);
    List<Effect.Delivered> got = bench.deliveries(OTHER);
    bench.settle(OTHER, Settlement.ACCEPTED, got.get(1));
    bench.effects(OTHER);
    bench.decide(new Command.PurgeQueue(OWNER, 1, "q"));
    assertThat(bench.reply(OWNER)).isEqualTo(new Reply.Removed(2));
    assertThat(bench.statistics(queue).ready()).isZero();
    assertThat(bench.statistics(queue).unsettled()).isEqualTo(3);
    bench.settle(OTHER, Settlement.RETURNED, got.get(0), got.get(2));
    bench.publish(OWNER, queue, "f");
    bench.answerAllPages();
    assertThat(bench.delivered(OTHER)).containsExactly("a", "c");
    Lane replayed = bench.recovered().lane(LaneId.of(queue, 0, true));
    assertThat(replayed).isNotNull();
    assertThat(replayed.messages()).isEqualTo(bench.lane(queue, true).messages());
  }

  @Test
  void purge_removes_what_was_returned() {
    long queue = bench.declare(OWNER, "q");
    bench.publish(OWNER, queue, "a", "b");
    bench.subscribe(OTHER, 1, "q", 10);
    bench.decide(new Command.Disconnect(OTHER));
    bench.decide(new Command.PurgeQueue(OWNER, 1, "q"));
    assertThat(bench.reply(OWNER)).isEqualTo(new Reply.Removed(2));
    bench.subscribe(OWNER, 1, "q", 10);
    bench.answerAllPages();
    assertThat(bench.delivered(OWNER)).isEmpty();
  }

  @Test
  void purge_of_no_queue_is_refused_and_of_an_empty_one_no_fact() {
    bench.decide(new Command.PurgeQueue(OWNER, 1, "q"));
    assertThat(bench.refusal(OWNER)).isEqualTo(Refusal.Kind.NOT_FOUND);
    bench.declare(OWNER, "q");
    bench.decide(new Command.PurgeQueue(OWNER, 1, "q"));
    assertThat(bench.reply(OWNER)).isEqualTo(new Reply.Removed(0));
    assertThat(bench.facts(Fact.Purged.class)).isEmpty();
  }
}
