package io.correio.core.queue;

import io.correio.core.routing.QueueDefinition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes on around a queue right now: its windows, its consumers, who waits in line. In memory
 * only; made when somebody first does something with the queue. Owned by the shard.
 */
final class QueueConversation {

  /** Someone who asked for one message, whose answer waits for the disk or for his outbox. */
  record PendingTake(ConnectionEntry connection, long request, boolean autoSettle) {

    boolean hasCredit() {
      return connection.mayReceive(autoSettle);
    }
  }

  final QueueDefinition definition;
  final LaneWindow durable;
  final LaneWindow transients;
  final List<Consumer> consumers = new ArrayList<>(1);

  /** The connection that an exclusive queue belongs to; 0 for none. */
  final long owner;

  /** Consumers whose credit is to be used up. */
  int draining;

  /** Whether one consumer has the queue for itself. */
  boolean consumedExclusively;

  /** Whether it has to be looked at before the command ends. */
  boolean dirty;

  private final ArrayDeque<PendingTake> takes = new ArrayDeque<>(1);

  // Consumers that could take a message, first come first served; those without credit leave it.
  private final ArrayDeque<Consumer> line = new ArrayDeque<>(1);

  QueueConversation(QueueDefinition definition, long owner, QueueState state, WindowBudget budget) {
    this.definition = definition;
    this.owner = owner;
    this.durable = window(true, state, budget);
    this.transients = window(false, state, budget);
  }

  private LaneWindow window(boolean durable, QueueState state, WindowBudget budget) {
    Lane lane = state.lane(LaneId.of(definition.id(), 0, durable));
    return new LaneWindow(this, durable, lane == null ? 1 : lane.floor(), budget);
  }

  long id() {
    return definition.id();
  }

  String name() {
    return definition.name();
  }

  boolean hasConsumers() {
    return !consumers.isEmpty();
  }

  /** Puts a consumer that may have got credit into the line. */
  void standInLine(Consumer consumer) {
    if (!consumer.inLine) {
      consumer.inLine = true;
      line.addLast(consumer);
    }
  }

  /** The consumer whose turn it is, or null; it leaves the line. */
  @Nullable Consumer nextInLine() {
    Consumer consumer;
    while ((consumer = line.pollFirst()) != null) {
      consumer.inLine = false;
      if (consumer.hasCredit()) {
        return consumer;
      }
    }
    return null;
  }

  void addTake(PendingTake take) {
    takes.addLast(take);
    take.connection().takesAt.add(this);
  }

  /** Whether somebody who is still there waits for one message. */
  boolean hasTakes() {
    PendingTake take;
    while ((take = takes.peekFirst()) != null) {
      if (!take.connection().gone) {
        return true;
      }
      takes.removeFirst();
    }
    return false;
  }

  /** Who has waited longest for one message and can take it, or null; he waits no longer. */
  @Nullable PendingTake nextTake() {
    for (PendingTake take : takes) {
      if (take.hasCredit()) {
        takes.remove(take);
        take.connection().takesAt.remove(this);
        return take;
      }
    }
    return null;
  }

  /** Who has waited longest for an answer, a message or none, or null; he waits no longer. */
  @Nullable PendingTake endTake() {
    PendingTake take = hasTakes() ? takes.pollFirst() : null;
    if (take != null) {
      take.connection().takesAt.remove(this);
    }
    return take;
  }

  private boolean hasReadyTake() {
    if (hasTakes()) {
      for (PendingTake take : takes) {
        if (take.hasCredit()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether anybody could take a message now. */
  boolean hasTaker() {
    if (hasReadyTake()) {
      return true;
    }
    Consumer consumer;
    while ((consumer = line.peekFirst()) != null) {
      if (consumer.hasCredit()) {
        return true;
      }
      line.removeFirst();
      consumer.inLine = false;
    }
    return false;
  }

  void remove(Consumer consumer) {
    consumers.remove(consumer);
    consumer.cancelled = true;
    if (consumer.drainRequest != 0) {
      consumer.drainRequest = 0;
      draining--;
    }
    consumer.pool.consumers.remove(consumer);
    if (consumedExclusively && consumers.isEmpty()) {
      consumedExclusively = false;
    }
  }

  /**
   * The window whose head goes next, or null when nothing is ready. Between a durable and a
   * transient head the one that arrived earlier goes first.
   */
  @Nullable LaneWindow nextWindow(QueueState state) {
    boolean durableReady = durable.ready(state) > 0;
    boolean transientReady = transients.ready(state) > 0;
    if (!durableReady || !transientReady) {
      return durableReady ? durable : transientReady ? transients : null;
    }
    QueuedMessage transientHead = transients.head();
    if (transientHead == null) {
      return transients;
    }
    QueuedMessage durableHead = durable.head();
    Lane durableLane = durable.lane(state);
    long durableSequence;
    if (durableHead != null) {
      durableSequence = durableHead.sequence;
    } else {
      durableSequence =
          durableLane == null ? Long.MAX_VALUE : durableLane.nextAlive(durable.nextSequence());
    }
    return durableSequence < transientHead.besideSequence ? durable : transients;
  }

  /** Messages that are neither settled nor in flight. */
  long ready(QueueState state) {
    return durable.ready(state) + transients.ready(state);
  }

  LaneWindow window(long laneId) {
    return LaneId.isDurable(laneId) ? durable : transients;
  }

  long inFlight() {
    return (long) durable.inFlightCount() + transients.inFlightCount();
  }
}
