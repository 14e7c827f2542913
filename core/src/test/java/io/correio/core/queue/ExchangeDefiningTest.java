package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.identity.User;
import io.correio.core.message.Arguments;
import io.correio.core.routing.Binding;
import io.correio.core.routing.Destination;
import io.correio.core.routing.ExchangeDefinition;
import io.correio.core.routing.ExchangeType;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Exchanges and bindings come and go; identities; looking into queues. */
class ExchangeDefiningTest {

  private static final long OWNER = 1;
  private static final long OTHER = 2;

  private final Bench bench = new Bench();

  @BeforeEach
  void connect() {
    bench.connect(OWNER, OTHER);
  }

  private static ExchangeDefinition exchange(String name, boolean durable, boolean autoDelete) {
    return new ExchangeDefinition(
        name, ExchangeType.TOPIC, durable, autoDelete, false, Arguments.EMPTY);
  }

  private void declare(ExchangeDefinition definition, boolean passive) {
    bench.decide(new Command.DeclareExchange(OWNER, bench.request(), definition, passive));
  }

  private static Binding toQueue(String source, String queue) {
    return new Binding(source, new Destination.ToQueue(queue), "k", Arguments.EMPTY);
  }

  private static Binding toExchange(String source, String exchange) {
    return new Binding(source, new Destination.ToExchange(exchange), "k", Arguments.EMPTY);
  }

  private void bind(Binding binding) {
    bench.decide(new Command.Bind(OWNER, bench.request(), binding));
  }

  private void unbind(Binding binding) {
    bench.decide(new Command.Unbind(OWNER, bench.request(), binding));
  }

  private boolean exists(String exchange) {
    return bench.state.routing().exchange(exchange) != null;
  }

  @Test
  void declaring_is_a_fact_that_the_reply_waits_for_and_declaring_alike_changes_nothing() {
    declare(exchange("e", true, false), false);
    RecordedDecisions.Sent reply = bench.sent(OWNER).getLast();
    assertThat(reply.leavesAt()).isEqualTo(bench.decisions.facts.getLast().position());
    declare(exchange("e", true, false), false);
    assertThat(bench.reply(OWNER)).isEqualTo(new Reply.Done());
    assertThat(bench.facts(Fact.ExchangeDeclared.class)).hasSize(1);
  }

  @Test
  void declaring_otherwise_is_refused_with_what_differs() {
    ExchangeDefinition is = exchange("e", true, false);
    declare(is, false);
    assertRefused(
        "type",
        new ExchangeDefinition("e", ExchangeType.DIRECT, true, false, false, Arguments.EMPTY));
    assertRefused("durable", exchange("e", false, false));
    assertRefused("auto_delete", exchange("e", true, true));
    assertRefused(
        "internal",
        new ExchangeDefinition("e", ExchangeType.TOPIC, true, false, true, Arguments.EMPTY));
    assertRefused(
        "arguments",
        new ExchangeDefinition(
            "e", ExchangeType.TOPIC, true, false, false, Arguments.of("a", "b")));
    declare(
        new ExchangeDefinition("e", ExchangeType.DIRECT, false, false, false, Arguments.EMPTY),
        true);
    assertThat(bench.reply(OWNER)).isEqualTo(new Reply.Done());
  }

  private void assertRefused(String what, ExchangeDefinition definition) {
    declare(definition, false);
    Refusal refusal = ((Reply.Refused) bench.reply(OWNER)).refusal();
    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.PRECONDITION);
    assertThat(refusal.text()).contains("'" + what + "'", "exchange 'e' in vhost '/'");
  }

  @Test
  void looking_for_no_exchange_is_refused() {
    declare(exchange("e", true, false), true);
    assertThat(bench.refusal(OWNER)).isEqualTo(Refusal.Kind.NOT_FOUND);
  }

  @Test
  void deleting_takes_the_bindings_along_and_deleting_nothing_is_done() {
    bench.declare(OWNER, "q");
    declare(exchange("e", true, false), false);
    bind(toQueue("e", "q"));
    bench.decide(new Command.DeleteExchange(OWNER, 1, "e", true));
    assertThat(bench.refusal(OWNER)).isEqualTo(Refusal.Kind.PRECONDITION);
    bench.decide(new Command.DeleteExchange(OWNER, 1, "e", false));
    assertThat(bench.reply(OWNER)).isEqualTo(new Reply.Done());
    assertThat(bench.state.routing().bindingCount()).isZero();
    bench.decide(new Command.DeleteExchange(OWNER, 1, "e", false));
    assertThat(bench.reply(OWNER)).isEqualTo(new Reply.Done());
  }

  @Test
  void binding_twice_is_one_and_unbinding_nothing_is_done() {
    bench.declare(OWNER, "q");
    declare(exchange("e", true, false), false);
    bind(toQueue("e", "q"));
    bind(toQueue("e", "q"));
    assertThat(bench.facts(Fact.Bound.class)).hasSize(1);
    unbind(toQueue("e", "q"));
    unbind(toQueue("e", "q"));
    assertThat(bench.reply(OWNER)).isEqualTo(new Reply.Done());
    assertThat(bench.facts(Fact.Unbound.class)).hasSize(1);
  }

  @Test
  void binding_needs_both_ends() {
    bench.declare(OWNER, "q");
    declare(exchange("e", true, false), false);
    for (Binding binding :
        List.of(
            toQueue("nowhere", "q"),
            toQueue("e", "nowhere"),
            toExchange("e", "nowhere"),
            toExchange("nowhere", "e"))) {
      bind(binding);
      assertThat(bench.refusal(OWNER)).isEqualTo(Refusal.Kind.NOT_FOUND);
    }
  }

  @Test
  void binding_survives_when_both_ends_do() {
    declare(exchange("durable", true, false), false);
    declare(exchange("durable2", true, false), false);
    declare(exchange("passing", false, false), false);
    bench.declare(OWNER, "q");
    bench.declare(OWNER, "t", false, false, false);
    bench.declare(OWNER, "x", true, true, false);
    bind(toQueue("durable", "q"));
    bind(toExchange("durable", "durable2"));
    bind(toQueue("durable", "t"));
    bind(toQueue("durable", "x"));
    bind(toQueue("passing", "q"));
    bind(toExchange("passing", "durable"));
    bind(toExchange("durable", "passing"));
    assertThat(bench.state.routing().bindingCount()).isEqualTo(7);
    var recovered = bench.recovered().routing();
    assertThat(recovered.bindingCount()).isEqualTo(2);
    assertThat(recovered.hasBinding(toQueue("durable", "q"))).isTrue();
    assertThat(recovered.hasBinding(toExchange("durable", "durable2"))).isTrue();
  }

  @Test
  void auto_delete_exchange_goes_with_its_last_binding() {
    bench.declare(OWNER, "q");
    declare(exchange("e", true, true), false);
    assertThat(exists("e")).isTrue();
    bind(toQueue("e", "q"));
    unbind(toQueue("e", "q"));
    assertThat(exists("e")).isFalse();
    assertThat(bench.recovered().routing().exchange("e")).isNull();
  }

  @Test
  void unbinding_waits_for_the_deletion_that_it_causes_even_if_the_binding_was_never_logged() {
    bench.declare(OWNER, "t", false, false, false);
    declare(exchange("e", true, true), false);
    bind(toQueue("e", "t"));
    bench.effects(OWNER);
    unbind(toQueue("e", "t"));
    assertThat(bench.decisions.facts.getLast().fact()).isInstanceOf(Fact.ExchangeDeleted.class);
    assertThat(bench.sent(OWNER).getLast().leavesAt())
        .isEqualTo(bench.decisions.facts.getLast().position());
  }

  @Test
  void deleting_a_queue_deletes_auto_delete_exchanges_up_the_chain() {
    bench.declare(OWNER, "q");
    declare(exchange("e1", true, true), false);
    declare(exchange("e2", true, true), false);
    declare(exchange("stays", true, false), false);
    bind(toExchange("e1", "e2"));
    bind(toExchange("stays", "e2"));
    bind(toQueue("e2", "q"));
    bench.decide(new Command.DeleteQueue(OTHER, 1, "q", false, false));
    assertThat(exists("e1")).isFalse();
    assertThat(exists("e2")).isFalse();
    assertThat(exists("stays")).isTrue();
    assertThat(bench.recovered().routing().exchangeCount())
        .isEqualTo(bench.state.routing().exchangeCount());
  }

  @Test
  void circle_of_auto_delete_exchanges_goes_as_a_whole() {
    declare(exchange("a", true, true), false);
    declare(exchange("b", true, true), false);
    bind(toExchange("a", "b"));
    bind(toExchange("b", "a"));
    bench.decide(new Command.DeleteExchange(OWNER, 1, "a", false));
    assertThat(exists("a")).isFalse();
    assertThat(exists("b")).isFalse();
  }

  @Test
  void identities_are_facts() {
    User user = new User("u", "secret", Set.of("administrator"));
    bench.decide(new Command.ChangeIdentities(OWNER, 3, List.of(new Fact.UserPut(user))));
    assertThat(bench.state.identities().user("u")).isEqualTo(user);
    assertThat(bench.recovered().identities().user("u")).isEqualTo(user);
    assertThat(bench.sent(OWNER).getLast().leavesAt())
        .isEqualTo(bench.decisions.facts.getLast().position());
  }

  @Test
  void looking_into_queues_tells_what_is_there_and_skips_what_is_not() {
    long queue = bench.declare(OWNER, "q");
    bench.publish(OWNER, queue, "a", "b", "c");
    bench.subscribe(OTHER, 1, "q", 1);
    bench.decide(new Command.Inspect(OWNER, 4, new long[] {queue, 99}));
    assertThat(bench.reply(OWNER))
        .isEqualTo(new Reply.Queues(List.of(new QueueStatistics(bench.queue("q"), 2, 1, 1))));
  }

  @Test
  void looking_into_a_queue_that_nobody_touched_since_the_start_counts_its_messages() {
    long queue = bench.declare(OWNER, "q");
    bench.publish(OWNER, queue, "a", "b", "c");
    Bench restarted = new Bench(bench.recovered(), Bench.WINDOW_BYTES, Bench.OUTBOX_BYTES);
    assertThat(restarted.statistics(queue).ready()).isEqualTo(3);
  }
}
