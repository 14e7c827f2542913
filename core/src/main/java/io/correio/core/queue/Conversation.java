package io.correio.core.queue;

import io.correio.core.routing.QueueDefinition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes on right now: connections, consumers, credit, windows, messages in flight, commands
 * that wait for room. Lives in memory, is never logged; after a restart unsettled messages are
 * ready again. Owned by the shard.
 */
final class Conversation {

  /** Messages of a shard that may be handed out and not settled. Beyond it, deliveries pause. */
  static final int MAX_IN_FLIGHT = 500_000;

  /**
   * Bytes of publishes that wait for room although their connection is gone. Nobody was promised
   * anything about what is beyond, and a client that connects again and again must not fill memory.
   */
  static final long MAX_ORPHANED_BYTES = 16 << 20;

  final WindowBudget budget;
  final LongMap<ConnectionEntry> connections = new LongMap<>();

  /** Publishes, and what comes behind them on their connections, that wait for room. */
  final ArrayDeque<Command> deferred = new ArrayDeque<>();

  /** Connections that published in this step and are to be told. */
  final List<ConnectionEntry> publishers = new ArrayList<>();

  int inFlight;
  long orphanedBytes;

  private final QueueState state;
  private final LongMap<QueueConversation> queues = new LongMap<>();
  private final ArrayDeque<QueueConversation> dirty = new ArrayDeque<>();

  Conversation(QueueState state, long windowBytes) {
    this.state = state;
    this.budget = new WindowBudget(windowBytes);
  }

  /** What goes on around a queue; null when there is no such queue. */
  @Nullable QueueConversation queue(long id) {
    QueueConversation queue = queues.get(id);
    if (queue != null) {
      return queue;
    }
    QueueDefinition definition = state.routing().queue(id);
    return definition == null ? null : begin(definition, 0);
  }

  /** What goes on around a queue; null when there is no such queue. */
  @Nullable QueueConversation queue(String name) {
    QueueDefinition definition = state.routing().queue(name);
    return definition == null ? null : queue(definition.id());
  }

  /** What goes on around a queue, if anybody has touched it since the start. */
  @Nullable QueueConversation queueIfActive(long id) {
    return queues.get(id);
  }

  QueueConversation begin(QueueDefinition definition, long owner) {
    QueueConversation queue = new QueueConversation(definition, owner, state, budget);
    queues.put(definition.id(), queue);
    return queue;
  }

  void end(QueueConversation queue) {
    queues.remove(queue.id());
    queue.clear();
  }

  /** The queue has to be looked at before the command ends: something may be handed out. */
  void touch(QueueConversation queue) {
    if (!queue.dirty) {
      queue.dirty = true;
      dirty.addLast(queue);
    }
  }

  /** One message less is in flight. */
  void landed() {
    if (inFlight-- == MAX_IN_FLIGHT) {
      touchAll(); // what held all of them back is over
    }
  }

  /** What held back deliveries of all queues may be over. */
  void touchAll() {
    queues.forEach(this::touch);
  }

  @Nullable QueueConversation nextTouched() {
    QueueConversation queue = dirty.pollFirst();
    if (queue != null) {
      queue.dirty = false;
    }
    return queue;
  }

  /** A connection may be handed messages again. */
  void awaken(ConnectionEntry connection) {
    connection.consumers.forEach(this::awaken);
    connection.takesAt.forEach(this::touch);
  }

  /** A consumer may have got credit. */
  void awaken(Consumer consumer) {
    if (!consumer.cancelled && consumer.hasCredit()) {
      consumer.queue.standInLine(consumer);
      touch(consumer.queue);
    }
  }
}
