package io.correio.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.correio.core.message.Address;
import io.correio.core.message.Arguments;
import io.correio.core.routing.Destination.ToQueue;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Size must not show. What an operation costs is told by what it allocates, which is the same on
 * every machine; what allocates nothing, by finishing at all: a scan of a million bindings for each
 * of 100,000 queues would not.
 */
class RoutingTableScaleTest {
  private static final int QUEUES = 100_000;
  private static final int BINDINGS = 1_000_000;
  private static final String[] TOPICS = {"*.%d.#", "a.%d", "#.%d", "a.*.%d", "%d.#.z"};

  /** More than any update's paths take, far less than one more index of a thousand entries. */
  private static final long UPDATE_BYTES = 40_000;

  private static final Map<Integer, ToQueue> DESTINATIONS = new HashMap<>();
  private static final List<Arguments> CONDITIONS =
      IntStream.range(0, 20).mapToObj(i -> Arguments.of("round", i)).toList();

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void a_million_bindings_to_a_hundred_thousand_queues_cost_each_what_one_costs() {
    RoutingTable table = exchanges();
    for (int i = 0; i < QUEUES; i++) {
      table = table.withQueue(queue(i));
    }
    for (int i = 0; i < BINDINGS; i++) {
      table = table.withBinding(binding(i));
    }
    assertThat(table.bindingCount()).isEqualTo(BINDINGS);
    assertThat(table.queueCount()).isEqualTo(QUEUES);

    updatesCostTheirPaths(table);
    routesFindTheirQueues(table);

    for (int i = 0; i < QUEUES; i++) {
      table = table.withoutQueue("queue-" + i);
    }
    assertThat(table.bindingCount()).isZero();
    assertThat(table.queueCount()).isZero();
    for (String exchange : List.of("direct", "fanout", "topic", "headers")) {
      assertThat(table.hasBindingsFrom(exchange)).isFalse();
    }
  }

  private static void updatesCostTheirPaths(RoutingTable table) {
    RoutingTable warm = table.withoutQueue("queue-1");
    assertThat(warm.bindingCount()).isEqualTo(BINDINGS - 10);
    assertThat(allocated(() -> table.withoutQueue("queue-77777"))).isLessThan(20 * UPDATE_BYTES);
    assertThat(allocated(() -> table.withoutBinding(binding(123_456)))).isLessThan(UPDATE_BYTES);
    QueueDefinition another = queue(QUEUES);
    assertThat(allocated(() -> table.withQueue(another))).isLessThan(UPDATE_BYTES);
    Binding more = new Binding("topic", new ToQueue("queue-5"), "x.y.z", Arguments.EMPTY);
    assertThat(allocated(() -> table.withBinding(more))).isLessThan(UPDATE_BYTES);
    assertThat(allocated(() -> table.withExchange(exchange("one-more", ExchangeType.TOPIC))))
        .isLessThan(UPDATE_BYTES);
  }

  private static void routesFindTheirQueues(RoutingTable table) {
    Targets targets = new Targets();
    for (int i = 0; i < 1_000; i++) {
      targets.clear();
      table.route(new Address("", "queue-" + i * 99), HeaderSource.NONE, targets);
      assertThat(targets.toArray()).containsExactly(i * 99L);
    }
    for (int i = 0; i < 1_000; i++) {
      Binding binding = binding(i * 20);
      assertThat(binding.source()).isEqualTo("direct");
      targets.clear();
      table.route(new Address("direct", binding.key()), HeaderSource.NONE, targets);
      assertThat(targets.contains(i * 20L)).isTrue();
    }
    targets.clear();
    table.route(new Address("fanout", "k"), HeaderSource.NONE, targets);
    assertThat(targets.count()).isEqualTo(QUEUES / 5);
    targets.clear();
    table.route(new Address("topic", "a.x.13"), HeaderSource.NONE, targets);
    assertThat(targets.toArray()).containsExactly(13);
  }

  @Test
  void a_warm_route_allocates_nothing() {
    RoutingTable table = exchanges();
    for (int i = 0; i < 1_000; i++) {
      table =
          table
              .withQueue(queue(i))
              .withBinding(to("direct", i, "key-" + i % 100))
              .withBinding(to("fanout", i, ""))
              .withBinding(to("topic", i, TOPICS[i % 5].formatted(i)));
    }
    table = table.withExchange(exchange("front", ExchangeType.FANOUT));
    for (String exchange : List.of("direct", "fanout", "topic")) {
      table =
          table.withBinding(
              new Binding("front", new Destination.ToExchange(exchange), "", Arguments.EMPTY));
    }
    List<Address> addresses =
        List.of(
            new Address("", "queue-7"),
            new Address("direct", "key-7"),
            new Address("fanout", ""),
            new Address("topic", "a.b.c.12"),
            new Address("front", "key-9"));
    Targets targets = new Targets();
    for (Address address : addresses) {
      RoutingTable routes = table;
      Supplier<RouteResult> route =
          () -> {
            targets.clear();
            return routes.route(address, HeaderSource.NONE, targets);
          };
      assertThat(route.get()).as("%s", address).isEqualTo(RouteResult.ROUTED);
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 20; round++) {
        long bytes = allocated(() -> repeated(route, 1_000));
        least = Math.min(least, bytes);
      }
      assertThat(least).as("%s", address).isLessThan(1_000);
    }
  }

  private static int repeated(Supplier<RouteResult> route, int times) {
    int routed = 0;
    for (int i = 0; i < times; i++) {
      routed += route.get() == RouteResult.ROUTED ? 1 : 0;
    }
    return routed;
  }

  /** Returns how many bytes the operation allocates on this thread. */
  private static long allocated(Supplier<?> operation) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    Object result = operation.get();
    long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(result).isNotNull();
    return bytes;
  }

  /** Ten bindings for each queue: four direct, three topic, two headers, one fanout or direct. */
  private static Binding binding(int i) {
    int queue = i % QUEUES;
    int round = i / QUEUES;
    return switch (round) {
      case 0 -> to(queue % 5 == 0 && queue % 2 == 0 ? "direct" : "topic", queue, key(queue));
      case 1 -> to(queue % 5 == 0 ? "fanout" : "direct", queue, "f" + queue);
      case 2, 3, 4 -> to("direct", queue, round + "-" + queue / 3);
      case 5, 6, 7 -> to("topic", queue, "topic." + queue % 1_000 + "." + queue + "." + round);
      default ->
          new Binding(
              "headers", destination(queue), "", CONDITIONS.get((round % 2) * 10 + queue % 10));
    };
  }

  private static String key(int queue) {
    return TOPICS[queue % 5].formatted(queue);
  }

  private static Binding to(String source, int queue, String key) {
    return new Binding(source, destination(queue), key, Arguments.EMPTY);
  }

  /** One object per queue, so that the heap of the tests has room for a million bindings. */
  private static ToQueue destination(int queue) {
    return DESTINATIONS.computeIfAbsent(queue, n -> new ToQueue("queue-" + n));
  }

  private static QueueDefinition queue(int id) {
    return new QueueDefinition(id, "queue-" + id, true, false, false, Arguments.EMPTY);
  }

  private static ExchangeDefinition exchange(String name, ExchangeType type) {
    return new ExchangeDefinition(name, type, true, false, false, Arguments.EMPTY);
  }

  private static RoutingTable exchanges() {
    return RoutingTable.of(
        List.of(
            exchange("direct", ExchangeType.DIRECT),
            exchange("fanout", ExchangeType.FANOUT),
            exchange("topic", ExchangeType.TOPIC),
            exchange("headers", ExchangeType.HEADERS)));
  }
}
