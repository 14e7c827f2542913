package io.correio.tests.simulation;

import io.correio.core.message.Arguments;
import io.correio.core.routing.Binding;
import io.correio.core.routing.Destination;
import io.correio.core.routing.RoutingTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which queues, exchanges and bindings there are for certain, and which are not. */
final class Definitions {

  /** A queue, an exchange, or a binding with both and a key. */
  record Name(String exchange, String queue, String key) implements Comparable<Name> {
    boolean isPartOf(Name whole) {
      return (whole.exchange.isEmpty() || whole.exchange.equals(exchange))
          && (whole.queue.isEmpty() || whole.queue.equals(queue));
    }

    boolean isIn(RoutingTable table) {
      if (exchange.isEmpty()) {
        return table.queue(queue) != null;
      }
      if (queue.isEmpty()) {
        return table.exchange(exchange) != null;
      }
      return table.hasBinding(
          new Binding(exchange, new Destination.ToQueue(queue), key, Arguments.EMPTY));
    }

    @Override
    public int compareTo(Name other) {
      return toString().compareTo(other.toString());
    }
  }

  /** Of these it is uncertain whether they are there, until somebody says so. */
  final class Change {
    private final List<Name> names;

    private Change(List<Name> names) {
      this.names = names;
      names.forEach(certain::remove);
    }

    /** The server has answered. */
    void made(boolean there) {
      names.forEach(name -> certain.put(name, there));
      told.run();
    }
  }

  private final Map<Name, Boolean> certain = new TreeMap<>();
  private final Runnable told;

  /**
   * Nothing is known yet.
   *
   * @param told run when the server has answered for a change
   */
  Definitions(Runnable told) {
    this.told = told;
  }

  static Name queue(String name) {
    return new Name("", name, "");
  }

  static Name exchange(String name) {
    return new Name(name, "", "");
  }

  static Name binding(String exchange, String queue, String key) {
    return new Name(exchange, queue, key);
  }

  /** It is about to come or to go. */
  Change change(Name name) {
    return new Change(List.of(name));
  }

  /** It is about to go, with all bindings to it. */
  Change changeAll(Name name) {
    List<Name> all = new ArrayList<>();
    all.add(name);
    for (Name other : certain.keySet()) {
      if (!other.equals(name) && other.isPartOf(name)) {
        all.add(other);
      }
    }
    return new Change(all);
  }

  /** Whether it is there for certain. */
  boolean has(Name name) {
    return certain.getOrDefault(name, false);
  }

  /** The process is gone, and with it this queue, which was not durable. */
  void lost(Name name) {
    certain.put(name, false);
  }

  /** Compares with what a broker has. */
  void check(RoutingTable table) {
    certain.forEach((name, there) -> {
      if (name.isIn(table) != there) {
        throw new AssertionError(name + (there ? " was answered and is gone" : " came back"));
      }
    });
  }
}
