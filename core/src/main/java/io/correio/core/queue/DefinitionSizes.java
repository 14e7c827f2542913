package io.correio.core.queue;

import io.correio.core.identity.Permission;
import io.correio.core.message.Arguments;
import io.correio.core.routing.Binding;
import io.correio.core.routing.Destination;
import io.correio.core.routing.ExchangeDefinition;
import io.correio.core.routing.QueueDefinition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes of log a command about definitions takes at most, as things stand. What adds to
 * the definitions has to find room as a publish does; what takes away, or only changes, may use the
 * {@link Reserve}. Reads only; owned by the shard's thread.
 */
final class DefinitionSizes {

  /** A fact beside its names and arguments. */
  private static final int FACT_BYTES = 64;

  /** The most bytes that a character has as UTF-8. */
  private static final int CHARACTER_BYTES = 3;

  private final QueueState state;
  private final Conversation conversation;

  DefinitionSizes(QueueState state, Conversation conversation) {
    this.state = state;
    this.conversation = conversation;
  }

  /** What the command adds for good; 0 when it adds nothing, as where the thing exists. */
  long growth(Command command) {
    return switch (command) {
      case Command.DeclareQueue c ->
          c.passive() || !c.durable() || c.exclusive() || state.routing().queue(c.name()) != null
              ? 0
              : bytes(c.arguments(), c.name());
      case Command.DeclareExchange c ->
          c.passive()
                  || !c.definition().durable()
                  || state.routing().exchange(c.definition().name()) != null
              ? 0
              : bytes(c.definition());
      case Command.Bind c ->
          Fact.survives(c.binding(), state.routing()) && !state.routing().hasBinding(c.binding())
              ? bytes(c.binding())
              : 0;
      default -> 0;
    };
  }

  /** What the command takes that is not {@link #growth}. */
  long change(Command command) {
    return switch (command) {
      case Command.DeleteQueue c -> deletion(conversation.queue(c.name()));
      case Command.PurgeQueue c -> purge(conversation.queue(c.name()));
      case Command.DeleteExchange c -> {
        ExchangeDefinition exchange = state.routing().exchange(c.name());
        yield exchange == null ? 0 : deletion(exchange);
      }
      case Command.Unbind c ->
          state.routing().hasBinding(c.binding())
              ? bytes(c.binding()) + unbound(List.of(c.binding()))
              : 0;
      case Command.Cancel c -> {
        ConnectionEntry connection = conversation.connections.get(c.connection());
        Consumer consumer = connection == null ? null : connection.consumers.get(c.consumer());
        yield consumer == null ? 0 : end(consumer);
      }
      case Command.ChangeIdentities c -> {
        long bytes = 0;
        for (Fact.Identity change : c.changes()) {
          bytes += bytes(change);
        }
        yield bytes;
      }
      default -> 0;
    };
  }

  /** A consumer that ends may have been the last of a queue that goes with it. */
  long end(Consumer consumer) {
    return consumer.queue.definition.autoDelete() ? deletion(consumer.queue) : 0;
  }

  /** What deleting a queue takes, with the exchanges that go with it. */
  long deletion(@Nullable QueueConversation queue) {
    if (queue == null) {
      return 0;
    }
    QueueDefinition definition = queue.definition;
    return (Fact.survives(definition) ? bytes(definition.arguments(), definition.name()) : 0)
        + unbound(state.routing().bindingsTo(new Destination.ToQueue(definition.name())));
  }

  private long deletion(ExchangeDefinition exchange) {
    return (exchange.durable() ? bytes(exchange) : 0)
        + unbound(state.routing().bindingsTo(new Destination.ToExchange(exchange.name())));
  }

  /** Exchanges that may go with the bindings, and theirs with them; they may be in a circle. */
  private long unbound(List<Binding> bindings) {
    Deque<Binding> gone = new ArrayDeque<>(bindings);
    Set<String> seen = new HashSet<>();
    long bytes = 0;
    Binding binding;
    while ((binding = gone.poll()) != null) {
      ExchangeDefinition source = state.routing().exchange(binding.source());
      if (source != null && source.autoDelete() && seen.add(source.name())) {
        bytes += source.durable() ? bytes(source) : 0;
        gone.addAll(state.routing().bindingsTo(new Destination.ToExchange(source.name())));
      }
    }
    return bytes;
  }

  private static long purge(@Nullable QueueConversation queue) {
    return queue == null
        ? 0
        : 2L * FACT_BYTES * queue.pairCount() + (long) Long.BYTES * queue.inFlight();
  }

  private static long bytes(ExchangeDefinition exchange) {
    return bytes(exchange.arguments(), exchange.name());
  }

  private static long bytes(Binding binding) {
    String destination =
        switch (binding.destination()) {
          case Destination.ToQueue(String name) -> name;
          case Destination.ToExchange(String name) -> name;
        };
    return bytes(binding.arguments(), binding.source(), destination, binding.key());
  }

  private static long bytes(Fact.Identity change) {
    return switch (change) {
      case Fact.UserPut f ->
          bytes(
              Arguments.EMPTY,
              f.user().name(),
              f.user().credential(),
              String.join(",,,,", f.user().tags()));
      case Fact.UserDeleted f -> bytes(Arguments.EMPTY, f.name());
      case Fact.VirtualHostPut f -> bytes(f.definition().arguments(), f.definition().name());
      case Fact.VirtualHostDeleted f -> bytes(Arguments.EMPTY, f.name());
      case Fact.PermissionPut f -> {
        Permission p = f.permission();
        yield bytes(Arguments.EMPTY, p.user(), p.virtualHost(), p.configure(), p.write(), p.read());
      }
      case Fact.PermissionDeleted f -> bytes(Arguments.EMPTY, f.user(), f.virtualHost());
    };
  }

  private static long bytes(Arguments arguments, String... names) {
    long bytes = FACT_BYTES + (long) arguments.encodedSize();
    for (String name : names) {
      bytes += Integer.BYTES + CHARACTER_BYTES * (long) name.length();
    }
    return bytes;
  }
}
