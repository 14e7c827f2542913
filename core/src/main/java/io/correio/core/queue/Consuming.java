package io.correio.core.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Consumers and their credit. Part of the {@link Decider}: decides only. */
final class Consuming {

  /** Consumers that a connection may have in one virtual host. */
  static final int MAX_CONSUMERS_PER_CONNECTION = 65_536;

  private final Conversation conversation;
  private final Decisions decisions;
  private final Defining defining;

  Consuming(Conversation conversation, Decisions decisions, Defining defining) {
    this.conversation = conversation;
    this.decisions = decisions;
    this.defining = defining;
  }

  void subscribe(ConnectionEntry connection, Command.Subscribe command) {
    QueueConversation queue = conversation.queue(command.queue());
    Refusal refusal = whyNot(connection, queue, command);
    if (refusal != null || queue == null) {
      defining.refuse(connection, command.request(), refusal);
      return;
    }
    CreditPool pool = connection.pools.get(command.pool());
    if (pool == null) {
      pool = new CreditPool();
      connection.pools.put(command.pool(), pool);
    }
    Consumer consumer = new Consumer(command, connection, queue, pool);
    connection.consumers.put(consumer.id, consumer);
    pool.consumers.add(consumer);
    queue.add(consumer);
    queue.consumedExclusively |= command.exclusive();
    defining.done(connection, command.request());
    conversation.awaken(consumer);
  }

  private @Nullable Refusal whyNot(
      ConnectionEntry connection, @Nullable QueueConversation queue, Command.Subscribe command) {
    if (queue == null) {
      return defining.noQueue(command.queue());
    }
    Refusal locked = defining.lockedFor(connection, queue);
    if (locked != null) {
      return locked;
    }
    if (command.browsing()) {
      return whyNot(connection, command); // it takes nothing from anybody
    }
    if (queue.consumedExclusively || (command.exclusive() && queue.hasConsumers())) {
      return new Refusal(
          Refusal.Kind.FORBIDDEN,
          defining.queueName(queue.name())
              + " in exclusive use: "
              + (queue.consumedExclusively
                  ? "a consumer has it for itself"
                  : "it has consumers already, so none can have it for itself"));
    }
    return whyNot(connection, command);
  }

  private static @Nullable Refusal whyNot(ConnectionEntry connection, Command.Subscribe command) {
    if (connection.consumers.get(command.consumer()) != null) {
      return new Refusal(
          Refusal.Kind.NOT_ALLOWED, "a consumer with this name exists; choose another name");
    }
    if (connection.consumers.size() >= MAX_CONSUMERS_PER_CONNECTION) {
      return new Refusal(
          Refusal.Kind.LIMIT,
          "a connection may have at most "
              + MAX_CONSUMERS_PER_CONNECTION
              + " consumers; open another connection");
    }
    return null;
  }

  void cancel(ConnectionEntry connection, Command.Cancel command) {
    Consumer consumer = connection.consumers.remove(command.consumer());
    if (consumer != null) {
      end(connection, consumer);
    }
    defining.done(connection, command.request());
  }

  void end(ConnectionEntry connection, Consumer consumer) {
    QueueConversation queue = consumer.queue;
    if (consumer.drainRequest != 0) {
      defining.done(connection, consumer.drainRequest);
    }
    queue.remove(consumer);
    defining.use(queue);
    if (queue.definition.autoDelete() && !queue.hasConsumers() && !consumer.isBrowsing()) {
      defining.delete(queue);
      if (Fact.survives(queue.definition)) {
        decisions.causedBy(connection);
      }
    }
  }

  void credit(ConnectionEntry connection, Command.Credit command) {
    Consumer consumer = connection.consumers.get(command.consumer());
    if (consumer != null && consumer.credit != Command.UNLIMITED) {
      consumer.credit = Math.min(Command.UNLIMITED - 1, consumer.credit + command.messages());
      conversation.awaken(consumer);
    }
  }

  void drain(ConnectionEntry connection, Command.Drain command) {
    Consumer consumer = connection.consumers.get(command.consumer());
    if (consumer == null) {
      defining.done(connection, command.request());
      return;
    }
    if (consumer.drainRequest != 0) {
      defining.done(connection, consumer.drainRequest); // one answer for both would confuse
    } else {
      consumer.queue.draining++;
    }
    consumer.drainRequest = command.request();
    conversation.touch(consumer.queue);
  }

  void limitPool(ConnectionEntry connection, Command.LimitPool command) {
    CreditPool pool = connection.pools.get(command.pool());
    if (pool == null) {
      pool = new CreditPool();
      connection.pools.put(command.pool(), pool);
    }
    pool.limit = command.limit();
    pool.flowing = command.flowing();
    defining.done(connection, command.request());
    awaken(pool.consumers);
  }

  void drained(ConnectionEntry connection, Command.Drained command) {
    boolean stood = connection.outboxCredit <= 0;
    connection.outboxCredit += command.bytes();
    if (stood && connection.outboxCredit > 0) {
      conversation.awaken(connection);
    }
  }

  private void awaken(List<Consumer> consumers) {
    for (int i = 0; i < consumers.size(); i++) {
      conversation.awaken(consumers.get(i));
    }
  }

  void take(ConnectionEntry connection, Command.Take command) {
    QueueConversation queue = conversation.queue(command.queue());
    if (queue == null) {
      defining.refuse(connection, command.request(), defining.noQueue(command.queue()));
      return;
    }
    Refusal locked = defining.lockedFor(connection, queue);
    if (locked == null && queue.consumedExclusively) {
      locked =
          new Refusal(
              Refusal.Kind.FORBIDDEN,
              defining.queueName(queue.name()) + " in exclusive use: a consumer has it for itself");
    }
    if (locked != null) {
      defining.refuse(connection, command.request(), locked);
      return;
    }
    defining.use(queue);
    if (queue.ready() == 0) {
      decisions.effect(connection, 0, new Effect.Replied(command.request(), new Reply.Empty()));
      return;
    }
    queue.addTake(
        new QueueConversation.PendingTake(connection, command.request(), command.autoSettle()));
    conversation.touch(queue);
  }
}
