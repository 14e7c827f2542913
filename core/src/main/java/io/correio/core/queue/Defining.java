package io.correio.core.queue;

import io.correio.core.identity.Identities;
import io.correio.core.message.Arguments;
import io.correio.core.routing.Binding;
import io.correio.core.routing.Destination;
import io.correio.core.routing.ExchangeDefinition;
import io.correio.core.routing.QueueDefinition;
import io.correio.core.routing.RoutingTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Queues, exchanges, bindings, identities: what exists. Part of the {@link Decider}: decides only.
 */
final class Defining {

  /** Exclusive queues that a connection may have in one virtual host. */
  static final int MAX_EXCLUSIVE_QUEUES = 65_536;

  private final String virtualHost;
  private final QueueState state;
  private final Conversation conversation;
  private final Decisions decisions;

  // Position of the last definition that went to the log: finding that something exists already
  // tells nobody more than is durable.
  private long lastPosition;

  Defining(String virtualHost, QueueState state, Conversation conversation, Decisions decisions) {
    this.virtualHost = virtualHost;
    this.state = state;
    this.conversation = conversation;
    this.decisions = decisions;
  }

  // ---- queues --------------------------------------------------------------------------------

  void declareQueue(ConnectionEntry connection, Command.DeclareQueue command) {
    QueueConversation queue = conversation.queue(command.name());
    String problem =
        command.passive()
            ? null
            : QueuePolicy.problem(command.arguments(), queueName(command.name()));
    if (problem == null && !command.passive() && !command.arguments().isEmpty()) {
      problem = Admission.problem(command.arguments(), queueName(command.name()));
    }
    if (problem != null) {
      Refusal refusal = new Refusal(Refusal.Kind.PRECONDITION, problem);
      refuse(connection, command.request(), refusal);
      return;
    }
    if (queue != null) {
      Refusal refusal = lockedFor(connection, queue);
      if (refusal == null && !command.passive()) {
        refusal = unlike(queue.definition, command);
      }
      if (refusal != null) {
        refuse(connection, command.request(), refusal);
        return;
      }
    } else if (command.passive()) {
      refuse(connection, command.request(), noQueue(command.name()));
      return;
    } else if (command.exclusive() && connection.exclusiveQueues.size() >= MAX_EXCLUSIVE_QUEUES) {
      refuse(
          connection,
          command.request(),
          new Refusal(
              Refusal.Kind.LIMIT,
              "a connection may have at most %d exclusive queues, so not %s as well; delete some"
                  .formatted(MAX_EXCLUSIVE_QUEUES, queueName(command.name()))));
      return;
    } else {
      queue = create(connection, command);
    }
    use(queue);
    if (command.request() != Command.NO_REPLY) {
      reply(
          connection,
          command.request(),
          new Reply.QueueDeclared(queue.name(), queue.ready(), queue.consumers.size()));
    }
  }

  /** Somebody did something with the queue that keeps it from being forgotten. */
  void use(QueueConversation queue) {
    if (queue.policy.expiresMillis() > 0) {
      queue.usedAtMillis = conversation.nowMillis;
      conversation.touch(queue);
    }
  }

  private QueueConversation create(ConnectionEntry connection, Command.DeclareQueue command) {
    QueueDefinition definition =
        new QueueDefinition(
            state.nextQueueId(),
            command.name(),
            command.durable(),
            command.exclusive(),
            command.autoDelete(),
            command.arguments());
    define(connection, new Fact.QueueDeclared(definition));
    if (!definition.exclusive()) {
      return conversation.begin(definition, 0);
    }
    QueueConversation queue = conversation.begin(definition, connection.id);
    connection.exclusiveQueues.put(definition.id(), queue);
    return queue;
  }

  private @Nullable Refusal unlike(QueueDefinition queue, Command.DeclareQueue command) {
    String name = queueName(queue.name());
    if (queue.durable() != command.durable()) {
      return inequivalent("durable", name, command.durable(), queue.durable());
    }
    if (queue.exclusive() != command.exclusive()) {
      return inequivalent("exclusive", name, command.exclusive(), queue.exclusive());
    }
    if (queue.autoDelete() != command.autoDelete()) {
      return inequivalent("auto_delete", name, command.autoDelete(), queue.autoDelete());
    }
    return unlike(name, queue.arguments(), command.arguments());
  }

  /** Names the first argument that differs. */
  private static @Nullable Refusal unlike(String name, Arguments is, Arguments asked) {
    if (is.equals(asked)) {
      return null;
    }
    List<String> names = new ArrayList<>(asked.names());
    names.addAll(is.names());
    for (String argument : names) {
      if (is.contains(argument) != asked.contains(argument)
          || !Arguments.sameValue(is.get(argument), asked.get(argument))) {
        return inequivalent(argument, name, shown(asked, argument), shown(is, argument));
      }
    }
    return inequivalent("arguments", name, asked, is);
  }

  private static String shown(Arguments arguments, String name) {
    return arguments.contains(name) ? String.valueOf(arguments.get(name)) : "none";
  }

  private static Refusal inequivalent(String what, String object, Object asked, Object is) {
    return new Refusal(
        Refusal.Kind.PRECONDITION,
        "inequivalent arg '%s' for %s: received '%s' but current is '%s'; declare it alike, or delete it first"
            .formatted(what, object, asked, is));
  }

  void deleteQueue(ConnectionEntry connection, Command.DeleteQueue command) {
    QueueConversation queue = conversation.queue(command.name());
    if (queue == null) {
      removed(connection, command.request(), 0);
      return;
    }
    Refusal refusal = lockedFor(connection, queue);
    long ready = queue.ready();
    if (refusal == null && command.ifUnused() && queue.hasConsumers()) {
      refusal =
          new Refusal(
              Refusal.Kind.PRECONDITION,
              queueName(queue.name()) + " in use: it has " + queue.consumers.size() + " consumers");
    }
    if (refusal == null && command.ifEmpty() && ready > 0) {
      refusal =
          new Refusal(
              Refusal.Kind.PRECONDITION,
              queueName(queue.name()) + " is not empty: " + ready + " messages are ready");
    }
    if (refusal != null) {
      refuse(connection, command.request(), refusal);
      return;
    }
    delete(queue);
    decisions.causedBy(connection);
    removed(connection, command.request(), ready);
  }

  /**
   * Deletes a queue; its consumers are told, its messages are gone, and so are exchanges that were
   * to live as long as something is bound to them. May become more than one entry.
   */
  void delete(QueueConversation queue) {
    for (Consumer consumer : queue.everybody()) {
      queue.remove(consumer);
      consumer.connection.consumers.remove(consumer.id);
      decisions.effect(consumer.connection, 0, new Effect.ConsumerCancelled(consumer.id));
    }
    QueueConversation.PendingTake take;
    while ((take = queue.endTake()) != null) {
      reply(take.connection(), take.request(), new Reply.Empty());
    }
    for (int i = 0; i < queue.pairCount(); i++) {
      letGoAll(queue.pairAt(i).durable);
      letGoAll(queue.pairAt(i).transients);
    }
    Destination destination = new Destination.ToQueue(queue.name());
    List<Binding> bindings = state.routing().bindingsTo(destination);
    decisions.fact(new Fact.QueueDeleted(queue.definition));
    noteDefinition(Fact.survives(queue.definition));
    conversation.end(queue);
    ConnectionEntry owner = conversation.connections.get(queue.owner);
    if (owner != null) {
      owner.exclusiveQueues.remove(queue.id());
    }
    deleteUnboundExchanges(bindings);
  }

  private void letGoAll(LaneWindow window) {
    for (long sequence : window.inFlightSequences()) {
      QueuedMessage queued = window.inFlight(sequence);
      if (queued == null || queued.holder == null) {
        continue;
      }
      ConnectionEntry holder = queued.holder;
      boolean stood = holder.holdsAllItMay();
      holder.letGo(queued);
      if (stood) {
        conversation.awaken(holder);
      }
      window.removeInFlight(queued);
      conversation.landed();
      if (queued.message != null) {
        conversation.budget.release(queued.message.size());
      }
      if (queued.consumer != null) {
        queued.consumer.settled();
        queued.consumer.pool.consumers.forEach(conversation::awaken);
      }
    }
  }

  void purgeQueue(ConnectionEntry connection, Command.PurgeQueue command) {
    QueueConversation queue = conversation.queue(command.name());
    Refusal refusal = queue == null ? noQueue(command.name()) : lockedFor(connection, queue);
    if (refusal != null || queue == null) {
      refuse(connection, command.request(), refusal);
      return;
    }
    long ready = queue.ready();
    for (int i = 0; i < queue.pairCount(); i++) {
      purge(queue.pairAt(i).durable);
      purge(queue.pairAt(i).transients);
    }
    decisions.causedBy(connection);
    removed(connection, command.request(), ready);
  }

  private void purge(LaneWindow window) {
    Lane lane = window.lane(state);
    if (lane != null && window.ready(state) > 0) {
      long tail = lane.tail();
      window.purge(tail);
      decisions.fact(new Fact.Purged(lane.id(), tail, window.keptSequences()));
    }
  }

  // ---- exchanges and bindings ----------------------------------------------------------------

  void declareExchange(ConnectionEntry connection, Command.DeclareExchange command) {
    ExchangeDefinition asked = command.definition();
    ExchangeDefinition is = state.routing().exchange(asked.name());
    Refusal refusal = null;
    if (is != null) {
      refusal = command.passive() ? null : unlike(is, asked);
    } else if (command.passive()) {
      refusal = noExchange(asked.name());
    } else {
      define(connection, new Fact.ExchangeDeclared(asked));
    }
    if (refusal == null) {
      done(connection, command.request());
    } else {
      refuse(connection, command.request(), refusal);
    }
  }

  private @Nullable Refusal unlike(ExchangeDefinition is, ExchangeDefinition asked) {
    String name = exchangeName(is.name());
    if (is.type() != asked.type()) {
      return inequivalent("type", name, asked.type().wireName(), is.type().wireName());
    }
    if (is.durable() != asked.durable()) {
      return inequivalent("durable", name, asked.durable(), is.durable());
    }
    if (is.autoDelete() != asked.autoDelete()) {
      return inequivalent("auto_delete", name, asked.autoDelete(), is.autoDelete());
    }
    if (is.internal() != asked.internal()) {
      return inequivalent("internal", name, asked.internal(), is.internal());
    }
    if (!is.arguments().equals(asked.arguments())) {
      return inequivalent("arguments", name, asked.arguments(), is.arguments());
    }
    return null;
  }

  void deleteExchange(ConnectionEntry connection, Command.DeleteExchange command) {
    RoutingTable routing = state.routing();
    ExchangeDefinition exchange = routing.exchange(command.name());
    if (exchange != null) {
      if (command.ifUnused() && routing.hasBindingsFrom(command.name())) {
        refuse(
            connection,
            command.request(),
            new Refusal(
                Refusal.Kind.PRECONDITION,
                exchangeName(command.name()) + " in use: it has bindings"));
        return;
      }
      deleteUnboundExchanges(delete(exchange));
      decisions.causedBy(connection);
    }
    done(connection, command.request());
  }

  /** Deletes an exchange alone; returns the bindings that led to it. */
  private List<Binding> delete(ExchangeDefinition exchange) {
    List<Binding> bindings =
        state.routing().bindingsTo(new Destination.ToExchange(exchange.name()));
    decisions.fact(new Fact.ExchangeDeleted(exchange));
    noteDefinition(exchange.durable());
    return bindings;
  }

  void bind(ConnectionEntry connection, Command.Bind command) {
    Binding binding = command.binding();
    Refusal refusal = whyNotBind(connection, binding);
    if (refusal != null) {
      refuse(connection, command.request(), refusal);
      return;
    }
    if (!state.routing().hasBinding(binding)) {
      define(connection, new Fact.Bound(binding, Fact.survives(binding, state.routing())));
    }
    done(connection, command.request());
  }

  void unbind(ConnectionEntry connection, Command.Unbind command) {
    Binding binding = command.binding();
    if (state.routing().hasBinding(binding)) {
      define(connection, new Fact.Unbound(binding, Fact.survives(binding, state.routing())));
      deleteUnboundExchanges(List.of(binding));
    }
    done(connection, command.request());
  }

  private @Nullable Refusal whyNotBind(ConnectionEntry connection, Binding binding) {
    if (binding.source().isEmpty()) {
      return new Refusal(
          Refusal.Kind.FORBIDDEN,
          "nothing can be bound to the default exchange: every queue is, by its name; bind to"
              + " another exchange");
    }
    if (state.routing().exchange(binding.source()) == null) {
      return noExchange(binding.source());
    }
    return switch (binding.destination()) {
      case Destination.ToQueue(String name) -> {
        QueueConversation queue = conversation.queue(name);
        yield queue == null ? noQueue(name) : lockedFor(connection, queue);
      }
      case Destination.ToExchange(String name) ->
          state.routing().exchange(name) == null ? noExchange(name) : null;
    };
  }

  /** Exchanges that were to live as long as something is bound to them, and where nothing is. */
  private void deleteUnboundExchanges(List<Binding> goneBindings) {
    // No recursion: clients may bind exchanges in a chain as long as they like. And no single
    // entry: one half of a chain that is gone is no other state than its clients can bring about.
    Deque<Binding> gone = new ArrayDeque<>(goneBindings);
    Binding binding;
    while ((binding = gone.poll()) != null) {
      ExchangeDefinition source = state.routing().exchange(binding.source());
      if (source != null
          && source.autoDelete()
          && !state.routing().hasBindingsFrom(source.name())) {
        gone.addAll(delete(source));
        decisions.betweenCommands();
      }
    }
  }

  // ---- looking, identities -------------------------------------------------------------------

  void inspect(ConnectionEntry connection, Command.Inspect command) {
    List<QueueStatistics> found = new ArrayList<>();
    for (long id : command.queues()) {
      QueueConversation queue = conversation.queueIfActive(id);
      QueueDefinition idle = queue == null ? state.routing().queue(id) : null;
      if (queue != null) {
        found.add(
            new QueueStatistics(
                queue.definition, queue.ready(), queue.inFlight(), queue.consumers.size()));
      } else if (idle != null) {
        found.add(new QueueStatistics(idle, state.messages(idle), 0, 0));
      }
    }
    decisions.effect(connection, 0, new Effect.Replied(command.request(), new Reply.Queues(found)));
  }

  void changeIdentities(ConnectionEntry connection, Command.ChangeIdentities command) {
    Identities after = state.identities();
    try {
      for (Fact.Identity change : command.changes()) {
        after = QueueState.applied(change, after);
      }
    } catch (IllegalArgumentException e) {
      // All or nothing; the text names what does not exist, or what is wrong with an expression.
      refuse(
          connection,
          command.request(),
          new Refusal(Refusal.Kind.PRECONDITION, String.valueOf(e.getMessage())));
      return;
    }
    for (Fact.Identity change : command.changes()) {
      define(connection, change);
    }
    done(connection, command.request());
  }

  // ---- replies -------------------------------------------------------------------------------

  private void define(ConnectionEntry connection, Fact fact) {
    decisions.fact(fact);
    if (fact.isLogged()) {
      decisions.causedBy(connection);
    }
    noteDefinition(fact.isLogged());
  }

  private void noteDefinition(boolean logged) {
    if (logged) {
      lastPosition = decisions.position();
    }
  }

  void done(ConnectionEntry connection, long request) {
    if (request != Command.NO_REPLY) {
      reply(connection, request, new Reply.Done());
    }
  }

  private void removed(ConnectionEntry connection, long request, long messages) {
    if (request != Command.NO_REPLY) {
      reply(connection, request, new Reply.Removed(messages));
    }
  }

  void refuse(ConnectionEntry connection, long request, @Nullable Refusal refusal) {
    if (refusal == null) {
      throw new IllegalArgumentException("a refusal without a reason");
    }
    reply(connection, request, new Reply.Refused(refusal));
  }

  private void reply(ConnectionEntry connection, long request, Reply reply) {
    decisions.effect(connection, lastPosition, new Effect.Replied(request, reply));
  }

  // ---- words ---------------------------------------------------------------------------------

  String queueName(String name) {
    return "queue '" + name + "' in vhost '" + virtualHost + "'";
  }

  private String exchangeName(String name) {
    return "exchange '" + name + "' in vhost '" + virtualHost + "'";
  }

  Refusal noQueue(String name) {
    return new Refusal(Refusal.Kind.NOT_FOUND, "no " + queueName(name) + "; declare it first");
  }

  private Refusal noExchange(String name) {
    return new Refusal(Refusal.Kind.NOT_FOUND, "no " + exchangeName(name) + "; declare it first");
  }

  @Nullable Refusal lockedFor(ConnectionEntry connection, QueueConversation queue) {
    if (queue.owner == 0 || queue.owner == connection.id) {
      return null;
    }
    return new Refusal(
        Refusal.Kind.LOCKED,
        "cannot obtain exclusive access to locked "
            + queueName(queue.name())
            + ": it belongs to another connection, which declared it exclusive");
  }
}
