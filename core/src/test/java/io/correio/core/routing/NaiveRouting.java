package io.correio.core.routing;

import io.correio.core.message.Address;
import io.correio.core.message.Arguments;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Routing as one would write it down: lists that are searched from end to end. */
final class NaiveRouting {
  final Map<String, QueueDefinition> queues = new LinkedHashMap<>();
  final Map<String, ExchangeDefinition> exchanges = new LinkedHashMap<>();
  final Set<Binding> bindings = new LinkedHashSet<>();

  void removeQueue(String name) {
    queues.remove(name);
    bindings.removeIf(b -> b.destination().equals(new Destination.ToQueue(name)));
  }

  void removeExchange(String name) {
    exchanges.remove(name);
    bindings.removeIf(
        b -> b.source().equals(name) || b.destination().equals(new Destination.ToExchange(name)));
  }

  List<Binding> from(String exchange) {
    return bindings.stream().filter(b -> b.source().equals(exchange)).toList();
  }

  List<Binding> to(Destination destination) {
    return bindings.stream().filter(b -> b.destination().equals(destination)).toList();
  }

  /** Returns the ids of the queues, or null when the exchange does not exist. */
  @Nullable Set<Long> route(Address address, Arguments headers) {
    if (!address.exchange().isEmpty() && !exchanges.containsKey(address.exchange())) {
      return null;
    }
    Set<Long> ids = new HashSet<>();
    Set<String> seen = new HashSet<>();
    Deque<String> work = new ArrayDeque<>(List.of(address.exchange()));
    while (!work.isEmpty()) {
      String name = work.remove();
      if (!seen.add(name)) {
        continue;
      }
      if (name.isEmpty()) {
        QueueDefinition queue = queues.get(address.key());
        if (queue != null) {
          ids.add(queue.id());
        }
        continue;
      }
      ExchangeDefinition exchange = exchanges.get(name);
      if (exchange == null) {
        continue;
      }
      boolean matched = false;
      for (Binding binding : from(name)) {
        if (matches(exchange.type(), binding, address.key(), headers)) {
          matched = true;
          if (binding.destination() instanceof Destination.ToQueue queue) {
            QueueDefinition definition = queues.get(queue.name());
            if (definition != null) {
              ids.add(definition.id());
            }
          } else {
            work.add(binding.destination().name());
          }
        }
      }
      if (!matched && exchange.arguments().get("alternate-exchange") instanceof String alternate) {
        work.add(alternate);
      }
    }
    return ids;
  }

  private static boolean matches(
      ExchangeType type, Binding binding, String key, Arguments headers) {
    return switch (type) {
      case DIRECT -> binding.key().equals(key);
      case FANOUT -> true;
      case TOPIC -> topicFits(binding.key(), key);
      case HEADERS -> headersFit(binding.arguments(), headers);
    };
  }

  static boolean topicFits(String pattern, String key) {
    return fits(split(pattern), split(key));
  }

  private static List<String> split(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split("\\.", -1));
  }

  private static boolean fits(List<String> pattern, List<String> key) {
    if (pattern.isEmpty()) {
      return key.isEmpty();
    }
    List<String> rest = pattern.subList(1, pattern.size());
    if (pattern.getFirst().equals("#")) {
      return fits(rest, key) || (!key.isEmpty() && fits(pattern, key.subList(1, key.size())));
    }
    return !key.isEmpty()
        && (pattern.getFirst().equals("*") || pattern.getFirst().equals(key.getFirst()))
        && fits(rest, key.subList(1, key.size()));
  }

  static boolean headersFit(Arguments wanted, Arguments headers) {
    Object given = wanted.get("x-match");
    String match = given instanceof String word ? word : "all";
    List<Boolean> fits = new ArrayList<>();
    for (String name : wanted.names()) {
      if (name.equals("x-match") || (!match.endsWith("-with-x") && name.startsWith("x-"))) {
        continue;
      }
      Object value = wanted.get(name);
      fits.add(headers.contains(name) && (value == null || value.equals(headers.get(name))));
    }
    return match.startsWith("any") ? fits.contains(true) : !fits.contains(false);
  }
}
