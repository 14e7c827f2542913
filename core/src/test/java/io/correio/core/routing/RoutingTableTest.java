package io.correio.core.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.correio.core.message.Address;
import io.correio.core.message.Arguments;
import io.correio.core.routing.Destination.ToExchange;
import io.correio.core.routing.Destination.ToQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RoutingTableTest {
  private static final RoutingTable TABLE =
      RoutingTable.of(
              List.of(
                  exchange("direct", ExchangeType.DIRECT),
                  exchange("fanout", ExchangeType.FANOUT),
                  exchange("topic", ExchangeType.TOPIC),
                  exchange("headers", ExchangeType.HEADERS)))
          .withQueue(queue(1))
          .withQueue(queue(2))
          .withQueue(queue(3));

  @Test
  void the_default_exchange_routes_to_the_queue_that_the_key_names() {
    assertThat(route(TABLE, "", "q2")).containsExactly(2L);
    assertThat(result(TABLE, "", "q9")).isEqualTo(RouteResult.UNROUTABLE);
    assertThat(TABLE.exchange("")).isEqualTo(ExchangeDefinition.DEFAULT);
    assertThat(TABLE.bindingsFrom("")).isEmpty();
    assertThat(TABLE.hasBindingsFrom("")).isFalse();
  }

  @Test
  void an_exchange_that_is_not_there_is_told_apart_from_one_without_bindings() {
    assertThat(result(TABLE, "none", "q1")).isEqualTo(RouteResult.UNKNOWN_EXCHANGE);
    assertThat(result(TABLE, "direct", "q1")).isEqualTo(RouteResult.UNROUTABLE);
  }

  @Test
  void a_direct_exchange_compares_keys() {
    RoutingTable table =
        TABLE
            .withBinding(bind("direct", 1, "a"))
            .withBinding(bind("direct", 2, "a"))
            .withBinding(bind("direct", 3, "b"))
            .withBinding(bind("direct", 3, ""));
    assertThat(route(table, "direct", "a")).containsExactly(1L, 2L);
    assertThat(route(table, "direct", "b")).containsExactly(3L);
    assertThat(route(table, "direct", "")).containsExactly(3L);
    assertThat(route(table, "direct", "A")).isEmpty();
    assertThat(route(table, "direct", "*")).isEmpty();
  }

  @Test
  void a_fanout_exchange_takes_every_key_and_names_each_queue_once() {
    RoutingTable table =
        TABLE
            .withBinding(bind("fanout", 1, "a"))
            .withBinding(bind("fanout", 1, "b"))
            .withBinding(bind("fanout", 2, "c"));
    assertThat(route(table, "fanout", "whatever")).containsExactly(1L, 2L);
  }

  @Test
  void the_same_binding_again_changes_nothing() {
    RoutingTable once = TABLE.withBinding(bind("direct", 1, "a"));
    assertThat(once.withBinding(bind("direct", 1, "a"))).isSameAs(once);
    assertThat(once.bindingCount()).isEqualTo(1);
    assertThat(once.withoutBinding(bind("direct", 1, "b"))).isSameAs(once);
    assertThat(once.withoutBinding(bind("none", 1, "a"))).isSameAs(once);
    assertThat(once.withoutBinding(bind("direct", 1, "a")).bindingCount()).isZero();
    assertThat(once.withoutBinding(bind("direct", 1, "a")).hasBindingsFrom("direct")).isFalse();
  }

  @Test
  void bindings_that_differ_in_arguments_alone_are_two() {
    for (String source : List.of("direct", "fanout", "topic", "headers")) {
      Binding plain = bind(source, 1, "a");
      Binding other = new Binding(source, new ToQueue("q1"), "a", Arguments.of("n", 1));
      RoutingTable table = TABLE.withBinding(plain).withBinding(other);
      assertThat(table.bindingsTo(new ToQueue("q1"))).containsExactlyInAnyOrder(plain, other);
      assertThat(table.bindingsFrom(source)).containsExactlyInAnyOrder(plain, other);
      assertThat(table.hasBinding(plain)).isTrue();
      RoutingTable rest = table.withoutBinding(plain);
      assertThat(rest.bindingsFrom(source)).containsExactly(other);
      assertThat(rest.hasBinding(plain)).isFalse();
      assertThat(rest.hasBinding(other)).isTrue();
    }
  }

  @Test
  void exchanges_bound_to_each_other_in_a_ring_end() {
    RoutingTable table =
        TABLE
            .withBinding(bind("fanout", "topic", "x"))
            .withBinding(bind("topic", "direct", "#"))
            .withBinding(bind("direct", "fanout", "k"))
            .withBinding(bind("direct", "direct", "k"))
            .withBinding(bind("direct", 1, "k"))
            .withBinding(bind("topic", 2, "k"))
            .withBinding(bind("fanout", 1, "k"));
    for (String first : List.of("fanout", "topic", "direct")) {
      assertThat(route(table, first, "k")).as(first).containsExactly(1L, 2L);
    }
    assertThat(route(table, "fanout", "other")).containsExactly(1L);
    assertThat(route(table, "topic", "other")).isEmpty();
  }

  @Test
  void a_long_chain_of_exchanges_is_followed_to_its_end() {
    RoutingTable table = TABLE;
    for (int i = 0; i < 2_000; i++) {
      table = table.withExchange(exchange("x" + i, ExchangeType.FANOUT));
    }
    for (int i = 0; i < 2_000; i++) {
      table =
          table
              .withBinding(bind("x" + i, "x" + (i + 1) % 2_000, ""))
              .withBinding(bind("x" + i, "x" + i / 2, ""));
    }
    table = table.withBinding(bind("x1999", 3, ""));
    assertThat(route(table, "x0", "")).containsExactly(3L);
  }

  @Test
  void a_message_without_a_match_goes_to_the_alternate_exchange() {
    RoutingTable table =
        TABLE
            .withExchange(alternating("main", ExchangeType.DIRECT, "fanout"))
            .withBinding(bind("main", 1, "a"))
            .withBinding(bind("fanout", 2, ""));
    assertThat(route(table, "main", "a")).containsExactly(1L);
    assertThat(route(table, "main", "b")).containsExactly(2L);
  }

  @Test
  void alternates_are_followed_from_one_to_the_next_and_in_a_ring_end() {
    RoutingTable table =
        TABLE
            .withExchange(alternating("a", ExchangeType.DIRECT, "b"))
            .withExchange(alternating("b", ExchangeType.TOPIC, "c"))
            .withExchange(alternating("c", ExchangeType.HEADERS, "a"))
            .withBinding(bind("b", 1, "one"))
            .withBinding(bind("c", 2, "ignored"));
    assertThat(route(table, "a", "one")).containsExactly(1L);
    assertThat(route(table, "a", "two")).containsExactly(2L);
    assertThat(route(table.withoutQueue("q2"), "a", "two")).isEmpty();
  }

  @Test
  void an_alternate_that_is_missing_or_no_string_is_ignored() {
    RoutingTable table =
        TABLE
            .withExchange(alternating("lost", ExchangeType.DIRECT, "none"))
            .withExchange(
                new ExchangeDefinition(
                    "odd",
                    ExchangeType.DIRECT,
                    true,
                    false,
                    false,
                    Arguments.of("alternate-exchange", 5)));
    assertThat(result(table, "lost", "k")).isEqualTo(RouteResult.UNROUTABLE);
    assertThat(result(table, "odd", "k")).isEqualTo(RouteResult.UNROUTABLE);
  }

  @Test
  void the_default_exchange_can_be_the_alternate() {
    RoutingTable table = TABLE.withExchange(alternating("main", ExchangeType.DIRECT, ""));
    assertThat(route(table, "main", "q3")).containsExactly(3L);
    assertThat(result(table, "main", "q9")).isEqualTo(RouteResult.UNROUTABLE);
  }

  @Test
  void a_match_that_leads_nowhere_is_a_match_and_leaves_the_alternate_alone() {
    RoutingTable table =
        TABLE
            .withExchange(alternating("main", ExchangeType.DIRECT, "fanout"))
            .withBinding(bind("fanout", 2, ""))
            .withBinding(bind("main", "topic", "a"));
    assertThat(route(table, "main", "a")).isEmpty();
    assertThat(route(table, "main", "b")).containsExactly(2L);
  }

  @Test
  void an_exchange_reached_by_a_binding_has_its_alternate_too() {
    RoutingTable table =
        TABLE
            .withExchange(alternating("inner", ExchangeType.DIRECT, "fanout"))
            .withBinding(bind("topic", "inner", "#"))
            .withBinding(bind("fanout", 2, ""));
    assertThat(route(table, "topic", "k")).containsExactly(2L);
  }

  @Test
  void several_addresses_go_to_each_queue_once() {
    RoutingTable table =
        TABLE.withBinding(bind("direct", 1, "a")).withBinding(bind("direct", 1, "b"));
    Targets targets = new Targets();
    table.route(new Address("direct", "a"), HeaderSource.NONE, targets);
    assertThat(table.route(new Address("direct", "b"), HeaderSource.NONE, targets))
        .isEqualTo(RouteResult.ROUTED);
    assertThat(table.route(new Address("direct", "c"), HeaderSource.NONE, targets))
        .isEqualTo(RouteResult.UNROUTABLE);
    assertThat(targets.toArray()).containsExactly(1L);
  }

  @Test
  void a_queue_takes_its_bindings_along() {
    RoutingTable full = full();
    RoutingTable rest = full.withoutQueue("q1");
    assertThat(rest.queue("q1")).isNull();
    assertThat(rest.queue(1)).isNull();
    assertThat(rest.queueCount()).isEqualTo(2);
    assertThat(rest.bindingsTo(new ToQueue("q1"))).isEmpty();
    assertThat(all(rest)).noneMatch(b -> b.destination().equals(new ToQueue("q1")));
    assertThat(rest.bindingCount()).isEqualTo(all(rest).size());
    assertThat(route(rest, "fanout", "k")).containsExactly(2L);
    assertThat(route(full, "fanout", "k")).containsExactly(1L, 2L);
    assertThat(rest.withoutQueue("q1")).isSameAs(rest);
    assertThat(route(rest.withQueue(queue(1)), "fanout", "k")).containsExactly(2L);
  }

  @Test
  void an_exchange_takes_the_bindings_of_both_directions_along() {
    RoutingTable rest = full().withoutExchange("topic");
    assertThat(rest.exchange("topic")).isNull();
    assertThat(rest.bindingsFrom("topic")).isEmpty();
    assertThat(rest.bindingsTo(new ToExchange("topic"))).isEmpty();
    assertThat(all(rest))
        .noneMatch(b -> b.source().equals("topic") || b.destination().name().equals("topic"));
    assertThat(rest.bindingCount()).isEqualTo(all(rest).size());
    assertThat(rest.bindingsTo(new ToQueue("q1"))).hasSize(2);
    assertThat(rest.exchangeCount()).isEqualTo(4);
    assertThat(rest.withoutExchange("topic")).isSameAs(rest);
    assertThat(result(rest, "topic", "k")).isEqualTo(RouteResult.UNKNOWN_EXCHANGE);
  }

  @Test
  void an_exchange_bound_to_itself_can_be_deleted() {
    RoutingTable table =
        TABLE.withBinding(bind("topic", "topic", "#")).withBinding(bind("topic", 1, "#"));
    RoutingTable rest = table.withoutExchange("topic");
    assertThat(rest.bindingCount()).isZero();
    assertThat(rest.bindingsTo(new ToQueue("q1"))).isEmpty();
  }

  @Test
  void listings_name_everything_once() {
    RoutingTable table = full();
    Set<String> names = new TreeSet<>();
    table.forEachExchange(e -> assertThat(names.add(e.name())).isTrue());
    assertThat(names).containsExactly("", "direct", "fanout", "headers", "topic");
    assertThat(table.exchangeCount()).isEqualTo(5);
    Set<String> queues = new TreeSet<>();
    table.forEachQueue(q -> assertThat(queues.add(q.name())).isTrue());
    assertThat(queues).containsExactly("q1", "q2", "q3");
    assertThat(all(table)).doesNotHaveDuplicates().hasSize(table.bindingCount());
  }

  @Test
  void an_earlier_table_stays_as_it_was() {
    RoutingTable before = full();
    List<Binding> bindings = all(before);
    RoutingTable after =
        before
            .withoutQueue("q1")
            .withoutExchange("topic")
            .withQueue(queue(8))
            .withBinding(bind("fanout", 8, ""));
    assertThat(after.bindingCount()).isNotEqualTo(before.bindingCount());
    assertThat(all(before)).containsExactlyInAnyOrderElementsOf(bindings);
    assertThat(before.queue("q8")).isNull();
    assertThat(before.queue("q1")).isNotNull();
    assertThat(route(before, "fanout", "k")).containsExactly(1L, 2L);
  }

  @Test
  void a_new_definition_keeps_the_bindings() {
    for (ExchangeType type : ExchangeType.values()) {
      RoutingTable table =
          TABLE
              .withExchange(exchange("x", type))
              .withBinding(bind("x", 1, "k"))
              .withExchange(alternating("x", type, "fanout"));
      assertThat(table.exchange("x")).isEqualTo(alternating("x", type, "fanout"));
      assertThat(route(table, "x", "k")).containsExactly(1L);
      assertThat(table.withExchange(alternating("x", type, "fanout"))).isSameAs(table);
    }
    QueueDefinition lasting = new QueueDefinition(1, "q1", false, true, true, Arguments.EMPTY);
    RoutingTable table = TABLE.withBinding(bind("direct", 1, "k")).withQueue(lasting);
    assertThat(table.queue("q1")).isEqualTo(lasting).isEqualTo(table.queue(1));
    assertThat(route(table, "direct", "k")).containsExactly(1L);
    assertThat(table.withQueue(lasting)).isSameAs(table);
  }

  @Test
  void what_cannot_be_is_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TABLE.withBinding(bind("none", 1, "k")))
        .withMessage("no exchange 'none' to bind from");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TABLE.withBinding(bind("direct", 9, "k")))
        .withMessage("no queue 'q9' to bind to");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TABLE.withBinding(bind("direct", "none", "k")))
        .withMessage("no exchange 'none' to bind to");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TABLE.withBinding(bind("", 1, "k")))
        .withMessageContaining("default exchange");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TABLE.withExchange(exchange("", ExchangeType.DIRECT)))
        .withMessageContaining("default exchange");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TABLE.withExchange(exchange("direct", ExchangeType.TOPIC)))
        .withMessage(
            "exchange 'direct' is of type direct and cannot become topic: delete it first");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            TABLE.withQueue(new QueueDefinition(7, "q1", true, false, false, Arguments.EMPTY)))
        .withMessage("queue 'q1' has id 1 and cannot get id 7: delete it first");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            TABLE.withQueue(new QueueDefinition(1, "other", true, false, false, Arguments.EMPTY)))
        .withMessage("id 1 belongs to queue 'q1' and cannot be given to 'other'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bind("direct", 1, "x".repeat(Binding.MAX_KEY_LENGTH + 1)))
        .withMessageContaining("at most 1024");
  }

  @Test
  void exchange_types_have_their_wire_names() {
    assertThat(ExchangeType.ofWireName("direct")).hasValue(ExchangeType.DIRECT);
    assertThat(ExchangeType.ofWireName("fanout")).hasValue(ExchangeType.FANOUT);
    assertThat(ExchangeType.ofWireName("topic")).hasValue(ExchangeType.TOPIC);
    assertThat(ExchangeType.ofWireName("headers")).hasValue(ExchangeType.HEADERS);
    assertThat(ExchangeType.ofWireName("DIRECT")).isEmpty();
    assertThat(ExchangeType.HEADERS.wireName()).isEqualTo("headers");
  }

  private static RoutingTable full() {
    return TABLE
        .withBinding(bind("fanout", 1, ""))
        .withBinding(bind("fanout", 2, ""))
        .withBinding(bind("direct", 1, "k"))
        .withBinding(bind("topic", 1, "k.#"))
        .withBinding(bind("topic", 2, "k.#"))
        .withBinding(bind("topic", "direct", "*"))
        .withBinding(bind("fanout", "topic", ""))
        .withBinding(bind("headers", 3, ""));
  }

  private static List<Binding> all(RoutingTable table) {
    List<Binding> bindings = new ArrayList<>();
    table.forEachBinding(bindings::add);
    return bindings;
  }

  private static Set<Long> route(RoutingTable table, String exchange, String key) {
    Targets targets = new Targets();
    RouteResult result = table.route(new Address(exchange, key), HeaderSource.NONE, targets);
    assertThat(result).isEqualTo(targets.isEmpty() ? RouteResult.UNROUTABLE : RouteResult.ROUTED);
    Set<Long> ids = new TreeSet<>();
    for (long id : targets.toArray()) {
      ids.add(id);
    }
    return ids;
  }

  private static RouteResult result(RoutingTable table, String exchange, String key) {
    return table.route(new Address(exchange, key), HeaderSource.NONE, new Targets());
  }

  private static Binding bind(String source, int queue, String key) {
    return new Binding(source, new ToQueue("q" + queue), key, Arguments.EMPTY);
  }

  private static Binding bind(String source, String exchange, String key) {
    return new Binding(source, new ToExchange(exchange), key, Arguments.EMPTY);
  }

  private static QueueDefinition queue(int id) {
    return new QueueDefinition(id, "q" + id, true, false, false, Arguments.EMPTY);
  }

  private static ExchangeDefinition exchange(String name, ExchangeType type) {
    return new ExchangeDefinition(name, type, true, false, false, Arguments.EMPTY);
  }

  private static ExchangeDefinition alternating(String name, ExchangeType type, String alternate) {
    return new ExchangeDefinition(
        name, type, true, false, false, Arguments.of("alternate-exchange", alternate));
  }
}
