package io.correio.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.message.Address;
import io.correio.core.message.Arguments;
import io.correio.core.routing.Destination.ToExchange;
import io.correio.core.routing.Destination.ToQueue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random updates and routes, compared with {@link NaiveRouting} after each step. */
class RoutingTableModelTest {
  private static final List<String> WORDS = List.of("a", "b", "*", "#", "");
  private static final List<ExchangeType> TYPES = List.of(ExchangeType.values());
  private static final List<String> MODES = List.of("all", "any", "all-with-x", "any-with-x");

  private Random random = new Random();
  private NaiveRouting model = new NaiveRouting();
  private RoutingTable table = RoutingTable.of(List.of());
  private final Targets targets = new Targets();
  private long nextId;
  private int routed;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void every_route_and_listing_agrees_with_the_lists(long seed) {
    random = new Random(seed);
    model = new NaiveRouting();
    table = RoutingTable.of(List.of());
    for (int step = 0; step < 3_000; step++) {
      update();
      compareRoutes();
      if (step % 50 == 0) {
        compareListings();
      }
    }
    assertThat(routed).as("routes that found a queue").isGreaterThan(500);
  }

  private void update() {
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> addQueue();
      case 3, 4 -> addExchange();
      case 5 -> {
        String name = queueName();
        table = table.withoutQueue(name);
        model.removeQueue(name);
      }
      case 6 -> {
        if (random.nextInt(3) == 0) {
          String name = exchangeName();
          table = table.withoutExchange(name);
          model.removeExchange(name);
        }
      }
      case 7, 8, 9 -> removeBinding();
      default -> addBinding();
    }
  }

  private void addQueue() {
    String name = queueName();
    QueueDefinition old = model.queues.get(name);
    long id = old == null ? nextId++ : old.id();
    QueueDefinition queue =
        new QueueDefinition(id, name, random.nextBoolean(), false, false, Arguments.EMPTY);
    table = table.withQueue(queue);
    model.queues.put(name, queue);
  }

  private void addExchange() {
    String name = exchangeName();
    ExchangeDefinition old = model.exchanges.get(name);
    ExchangeType type = old == null ? TYPES.get(random.nextInt(TYPES.size())) : old.type();
    Arguments arguments =
        switch (random.nextInt(4)) {
          case 0 -> Arguments.of("alternate-exchange", exchangeName());
          case 1 -> Arguments.of("alternate-exchange", "");
          default -> Arguments.EMPTY;
        };
    ExchangeDefinition exchange = new ExchangeDefinition(name, type, true, false, false, arguments);
    table = table.withExchange(exchange);
    model.exchanges.put(name, exchange);
  }

  private void addBinding() {
    Binding binding = randomBinding();
    boolean destinationExists =
        switch (binding.destination()) {
          case ToQueue(String name) -> model.queues.containsKey(name);
          case ToExchange(String name) -> model.exchanges.containsKey(name);
        };
    if (model.exchanges.containsKey(binding.source()) && destinationExists) {
      RoutingTable before = table;
      table = table.withBinding(binding);
      assertThat(table == before).isEqualTo(!model.bindings.add(binding));
    }
  }

  private void removeBinding() {
    List<Binding> bindings = List.copyOf(model.bindings);
    Binding binding =
        bindings.isEmpty() || random.nextInt(4) == 0
            ? randomBinding()
            : bindings.get(random.nextInt(bindings.size()));
    RoutingTable before = table;
    table = table.withoutBinding(binding);
    assertThat(table == before).isEqualTo(!model.bindings.remove(binding));
  }

  private void compareRoutes() {
    for (int i = 0; i < 5; i++) {
      Address address =
          random.nextInt(8) == 0
              ? new Address("", queueName())
              : new Address(exchangeName(), random.nextInt(5) == 0 ? queueName() : key());
      Arguments headers = headers();
      targets.clear();
      RouteResult result = table.route(address, HeaderSource.of(headers), targets);
      Set<Long> expected = model.route(address, headers);
      if (expected == null) {
        assertThat(result).isEqualTo(RouteResult.UNKNOWN_EXCHANGE);
        assertThat(targets.isEmpty()).isTrue();
        continue;
      }
      Set<Long> found = new HashSet<>();
      for (long id : targets.toArray()) {
        assertThat(found.add(id)).isTrue();
      }
      assertThat(found).as("%s with %s", address, headers).isEqualTo(expected);
      assertThat(result)
          .isEqualTo(expected.isEmpty() ? RouteResult.UNROUTABLE : RouteResult.ROUTED);
      routed += expected.isEmpty() ? 0 : 1;
    }
  }

  private void compareListings() {
    List<Binding> bindings = new ArrayList<>();
    table.forEachBinding(bindings::add);
    assertThat(bindings).containsExactlyInAnyOrderElementsOf(model.bindings);
    assertThat(table.bindingCount()).isEqualTo(model.bindings.size());
    assertThat(table.queueCount()).isEqualTo(model.queues.size());
    assertThat(table.exchangeCount()).isEqualTo(model.exchanges.size() + 1);
    for (QueueDefinition queue : model.queues.values()) {
      assertThat(table.queue(queue.name())).isEqualTo(queue);
      assertThat(table.queue(queue.id())).isEqualTo(queue);
      Destination destination = new ToQueue(queue.name());
      assertThat(table.bindingsTo(destination))
          .containsExactlyInAnyOrderElementsOf(model.to(destination));
    }
    for (ExchangeDefinition exchange : model.exchanges.values()) {
      assertThat(table.exchange(exchange.name())).isEqualTo(exchange);
      List<Binding> from = model.from(exchange.name());
      assertThat(table.bindingsFrom(exchange.name())).containsExactlyInAnyOrderElementsOf(from);
      assertThat(table.hasBindingsFrom(exchange.name())).isEqualTo(!from.isEmpty());
      Destination destination = new ToExchange(exchange.name());
      assertThat(table.bindingsTo(destination))
          .containsExactlyInAnyOrderElementsOf(model.to(destination));
    }
    for (Binding binding : model.bindings) {
      assertThat(table.hasBinding(binding)).isTrue();
    }
  }

  private Binding randomBinding() {
    Destination destination =
        random.nextInt(4) == 0 ? new ToExchange(exchangeName()) : new ToQueue(queueName());
    Arguments arguments = random.nextInt(3) == 0 ? Arguments.EMPTY : conditions();
    return new Binding(exchangeName(), destination, key(), arguments);
  }

  private Arguments conditions() {
    Arguments.Builder conditions = Arguments.builder();
    if (random.nextInt(4) > 0) {
      conditions.put("x-match", MODES.get(random.nextInt(4)));
    }
    for (String name : List.of("h", "i", "x-j")) {
      if (random.nextBoolean()) {
        conditions.put(name, random.nextInt(4) == 0 ? null : random.nextInt(2));
      }
    }
    return conditions.build();
  }

  private Arguments headers() {
    Arguments.Builder headers = Arguments.builder();
    for (String name : List.of("h", "i", "x-j")) {
      if (random.nextBoolean()) {
        headers.put(name, random.nextInt(5) == 0 ? null : random.nextInt(2));
      }
    }
    return headers.build();
  }

  private String key() {
    List<String> words = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      words.add(WORDS.get(random.nextInt(WORDS.size())));
    }
    return String.join(".", words);
  }

  private String queueName() {
    return "q" + random.nextInt(40);
  }

  private String exchangeName() {
    return "x" + random.nextInt(8);
  }
}
