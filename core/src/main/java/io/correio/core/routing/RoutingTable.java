package io.correio.core.routing;

import io.correio.core.message.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a virtual host knows about where messages go: queues, exchanges and bindings, as one
 * immutable snapshot. An update returns another table that shares all but a few nodes with this
 * one, whatever their size, so a table may be handed to any thread and kept as long as needed.
 *
 * <pre>
 *   queues      name → definition with id
 *   names       id → definition
 *   exchanges   name → exchange with the bindings from it, arranged for matching
 *   incoming    destination → the bindings to it
 * </pre>
 *
 * <p>A binding stands in two places: in its source exchange and in {@code incoming}. Both ends of a
 * binding always exist. The default exchange "" is always there, with its implied bindings, which
 * are neither listed nor counted.
 */
public final class RoutingTable {
  private static final RoutingTable EMPTY =
      new RoutingTable(
          PersistentMap.empty(),
          PersistentMap.empty(),
          PersistentMap.empty(),
          PersistentMap.empty(),
          0);

  private final PersistentMap<String, QueueDefinition> queues;
  private final PersistentMap<Long, QueueDefinition> names;
  private final PersistentMap<String, Exchange> exchanges;
  private final PersistentMap<Destination, Fan> incoming;
  private final int bindingCount;

  private RoutingTable(
      PersistentMap<String, QueueDefinition> queues,
      PersistentMap<Long, QueueDefinition> names,
      PersistentMap<String, Exchange> exchanges,
      PersistentMap<Destination, Fan> incoming,
      int bindingCount) {
    this.queues = queues;
    this.names = names;
    this.exchanges = exchanges;
    this.incoming = incoming;
    this.bindingCount = bindingCount;
  }

  /** Returns a table with the default exchange and the {@code predeclared} ones. */
  public static RoutingTable of(List<ExchangeDefinition> predeclared) {
    RoutingTable table = EMPTY;
    for (ExchangeDefinition definition : predeclared) {
      table = table.withExchange(definition);
    }
    return table;
  }

  /**
   * Finds the queues for a message and adds their ids to {@code targets}, which are not cleared
   * first: so a message with several addresses still goes once to each queue.
   *
   * <p>An exchange that is bound to an exchange hands the message on; each is visited once. An
   * exchange that has no binding for the message hands it to its alternate exchange, if it names
   * one that exists. Whether the first exchange is internal is the caller's to check.
   *
   * <p>To be called from any thread, each with targets of its own.
   */
  public RouteResult route(Address address, HeaderSource headers, Targets targets) {
    String name = address.exchange();
    if (name.isEmpty()) {
      QueueDefinition queue = queues.get(address.key());
      if (queue == null) {
        return RouteResult.UNROUTABLE;
      }
      targets.add(queue.id());
      return RouteResult.ROUTED;
    }
    Exchange first = exchanges.get(name);
    return first == null
        ? RouteResult.UNKNOWN_EXCHANGE
        : targets.walk().route(queues, exchanges, first, address.key(), headers);
  }

  /**
   * Returns a table with an exchange. One of the same name and type keeps its bindings under the
   * new definition.
   *
   * @throws IllegalArgumentException if the name is "", or an exchange of another type has it
   */
  public RoutingTable withExchange(ExchangeDefinition definition) {
    String name = definition.name();
    if (name.isEmpty()) {
      throw new IllegalArgumentException("the default exchange is always there and has no name");
    }
    Exchange old = exchanges.get(name);
    if (old == null) {
      return with(exchanges.with(name, Exchange.of(definition)), incoming, bindingCount);
    }
    if (old.definition().equals(definition)) {
      return this;
    }
    if (old.definition().type() != definition.type()) {
      throw new IllegalArgumentException(
          "exchange '%s' is of type %s and cannot become %s: delete it first"
              .formatted(name, old.definition().type().wireName(), definition.type().wireName()));
    }
    return with(exchanges.with(name, old.redefined(definition)), incoming, bindingCount);
  }

  /** Returns a table without an exchange and without the bindings from it and to it. */
  public RoutingTable withoutExchange(String name) {
    Exchange exchange = exchanges.get(name);
    if (exchange == null) {
      return this;
    }
    RoutingTable table = withoutBindingsTo(new Destination.ToExchange(name));
    List<Binding> outgoing = table.bindingsFrom(name);
    PersistentMap<Destination, Fan> rest = table.incoming;
    for (Binding binding : outgoing) {
      rest = without(rest, binding);
    }
    return table.with(table.exchanges.without(name), rest, table.bindingCount - outgoing.size());
  }

  /**
   * Returns a table with a queue, or with another definition of a queue that is there.
   *
   * @throws IllegalArgumentException if its name or its id belongs to another queue
   */
  public RoutingTable withQueue(QueueDefinition definition) {
    QueueDefinition sameName = queues.get(definition.name());
    QueueDefinition sameId = names.get(definition.id());
    if (definition.equals(sameName)) {
      return this;
    }
    if (sameName != null && sameName.id() != definition.id()) {
      throw new IllegalArgumentException(
          "queue '%s' has id %d and cannot get id %d: delete it first"
              .formatted(definition.name(), sameName.id(), definition.id()));
    }
    if (sameId != null && sameName == null) {
      throw new IllegalArgumentException(
          "id %d belongs to queue '%s' and cannot be given to '%s'"
              .formatted(definition.id(), sameId.name(), definition.name()));
    }
    return new RoutingTable(
        queues.with(definition.name(), definition),
        names.with(definition.id(), definition),
        exchanges,
        incoming,
        bindingCount);
  }

  /** Returns a table without a queue and without the bindings to it. */
  public RoutingTable withoutQueue(String name) {
    QueueDefinition queue = queues.get(name);
    if (queue == null) {
      return this;
    }
    RoutingTable table = withoutBindingsTo(new Destination.ToQueue(name));
    return new RoutingTable(
        queues.without(name),
        names.without(queue.id()),
        table.exchanges,
        table.incoming,
        table.bindingCount);
  }

  /**
   * Returns a table with a binding; this one if it is there already.
   *
   * @throws IllegalArgumentException if its source or its destination does not exist, or the source
   *     is the default exchange
   */
  public RoutingTable withBinding(Binding binding) {
    Exchange source = exchanges.get(binding.source());
    if (source == null) {
      throw new IllegalArgumentException(
          binding.source().isEmpty()
              ? "the default exchange takes no bindings: every queue is bound to it by its name"
              : "no exchange '%s' to bind from".formatted(binding.source()));
    }
    Target target = target(binding.destination());
    Exchange changed = source.with(binding, target);
    if (changed == source) {
      return this;
    }
    Fan fan = incoming.get(binding.destination());
    return with(
        exchanges.with(binding.source(), changed),
        incoming.with(binding.destination(), Fan.added(fan, binding, target)),
        bindingCount + 1);
  }

  /** Returns a table without a binding; this one if it is not there. */
  public RoutingTable withoutBinding(Binding binding) {
    Exchange source = exchanges.get(binding.source());
    Exchange changed = source == null ? null : source.without(binding);
    if (changed == null || changed == source) {
      return this;
    }
    return with(
        exchanges.with(binding.source(), changed), without(incoming, binding), bindingCount - 1);
  }

  /** Returns the exchange of a name; "" is the default exchange. */
  public @Nullable ExchangeDefinition exchange(String name) {
    if (name.isEmpty()) {
      return ExchangeDefinition.DEFAULT;
    }
    Exchange exchange = exchanges.get(name);
    return exchange == null ? null : exchange.definition();
  }

  /** Returns the queue of a name. */
  public @Nullable QueueDefinition queue(String name) {
    return queues.get(name);
  }

  /** Returns the queue of an id. */
  public @Nullable QueueDefinition queue(long id) {
    return names.get(id);
  }

  /** Returns whether there is such a binding. */
  public boolean hasBinding(Binding binding) {
    Exchange source = exchanges.get(binding.source());
    return source != null && source.contains(binding);
  }

  /** Returns whether any binding leads away from an exchange. */
  public boolean hasBindingsFrom(String exchange) {
    Exchange source = exchanges.get(exchange);
    return source != null && source.hasBindings();
  }

  /** Returns the bindings that lead away from an exchange, in a new list. */
  public List<Binding> bindingsFrom(String exchange) {
    List<Binding> bindings = new ArrayList<>();
    Exchange source = exchanges.get(exchange);
    if (source != null) {
      source.forEachBinding(bindings::add);
    }
    return bindings;
  }

  /** Returns the bindings that lead to a queue or exchange, in a new list. */
  public List<Binding> bindingsTo(Destination destination) {
    List<Binding> bindings = new ArrayList<>();
    Fan fan = incoming.get(destination);
    if (fan != null) {
      fan.forEach(bindings::add);
    }
    return bindings;
  }

  /** Returns the number of queues. */
  public int queueCount() {
    return queues.size();
  }

  /** Returns the number of exchanges, the default one included. */
  public int exchangeCount() {
    return exchanges.size() + 1;
  }

  /** Returns the number of bindings, without those that the default exchange implies. */
  public int bindingCount() {
    return bindingCount;
  }

  /** Calls {@code action} for each queue, in no particular order. */
  public void forEachQueue(Consumer<QueueDefinition> action) {
    queues.forEach((name, queue) -> action.accept(queue));
  }

  /** Calls {@code action} for each exchange, the default one first, then in no particular order. */
  public void forEachExchange(Consumer<ExchangeDefinition> action) {
    action.accept(ExchangeDefinition.DEFAULT);
    exchanges.forEach((name, exchange) -> action.accept(exchange.definition()));
  }

  /** Calls {@code action} for each binding, in no particular order. */
  public void forEachBinding(Consumer<Binding> action) {
    exchanges.forEach((name, exchange) -> exchange.forEachBinding(action));
  }

  private Target target(Destination destination) {
    Target target =
        switch (destination) {
          case Destination.ToQueue(String name) -> queues.get(name);
          case Destination.ToExchange exchange ->
              exchanges.containsKey(exchange.name()) ? exchange : null;
        };
    if (target == null) {
      throw new IllegalArgumentException("no %s to bind to".formatted(described(destination)));
    }
    return target;
  }

  private static String described(Destination destination) {
    return switch (destination) {
      case Destination.ToQueue(String name) -> "queue '" + name + "'";
      case Destination.ToExchange(String name) -> "exchange '" + name + "'";
    };
  }

  private RoutingTable withoutBindingsTo(Destination destination) {
    List<Binding> bindings = bindingsTo(destination);
    PersistentMap<String, Exchange> rest = exchanges;
    for (Binding binding : bindings) {
      Exchange source = rest.get(binding.source());
      if (source != null) {
        rest = rest.with(binding.source(), source.without(binding));
      }
    }
    return with(rest, incoming.without(destination), bindingCount - bindings.size());
  }

  private static PersistentMap<Destination, Fan> without(
      PersistentMap<Destination, Fan> incoming, Binding binding) {
    Destination destination = binding.destination();
    Fan fan = incoming.get(destination);
    Fan rest = fan == null ? null : fan.without(binding);
    return rest == null ? incoming.without(destination) : incoming.with(destination, rest);
  }

  private RoutingTable with(
      PersistentMap<String, Exchange> exchanges,
      PersistentMap<Destination, Fan> incoming,
      int bindingCount) {
    return new RoutingTable(queues, names, exchanges, incoming, bindingCount);
  }
}
