package io.correio.core.queue;

import io.correio.core.identity.Identities;
import io.correio.core.routing.QueueDefinition;
import io.correio.core.routing.RoutingTable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All queues of one virtual host as the facts tell them: definitions and lanes. Changed by {@link
 * #apply} alone; recovery and followers call nothing else. Reads no clock, no file and no chance.
 *
 * <p>Owned by the shard's thread. {@link #routing()} and {@link #identities()} return immutable
 * snapshots, which the shard publishes to others.
 */
public final class QueueState {

  private RoutingTable routing;
  private Identities identities;
  private long nextQueueId = 1;
  private final LongMap<Lane> lanes = new LongMap<>();

  /**
   * @param routing with the exchanges that always exist
   */
  public QueueState(RoutingTable routing, Identities identities) {
    this.routing = routing;
    this.identities = identities;
  }

  /** Exchanges, queues and bindings. */
  public RoutingTable routing() {
    return routing;
  }

  /** Users, virtual hosts and permissions; only shard 0 has any. */
  public Identities identities() {
    return identities;
  }

  /** The id that the next queue gets. */
  public long nextQueueId() {
    return nextQueueId;
  }

  /** A lane, or null when nothing was ever put into it. */
  public @Nullable Lane lane(long id) {
    return lanes.get(id);
  }

  /** The ids of all lanes, ascending. */
  public long[] laneIds() {
    return lanes.sortedKeys();
  }

  /** Messages of a queue that are not settled. */
  public long messages(QueueDefinition queue) {
    int maxPriority = QueuePolicy.of(queue.arguments()).maxPriority();
    long messages = 0;
    for (int priority = 0; priority <= maxPriority; priority++) {
      messages += messages(LaneId.of(queue.id(), priority, true));
      messages += messages(LaneId.of(queue.id(), priority, false));
    }
    return messages;
  }

  private long messages(long laneId) {
    Lane lane = lanes.get(laneId);
    return lane == null ? 0 : lane.messages();
  }

  /** Takes over the next queue id from a checkpoint. */
  public void restoreNextQueueId(long id) {
    nextQueueId = Math.max(nextQueueId, id);
  }

  /**
   * Takes over a lane from a checkpoint. Facts that it contains already are skipped from now on.
   */
  public void restore(Lane lane) {
    lanes.put(lane.id(), lane);
  }

  /** The log was read to its end: what may have been handed out before is known from here on. */
  public void recovered() {
    lanes.forEach(Lane::recovered);
  }

  /**
   * Applies a fact.
   *
   * @param position the log's position of the entry that it is part of
   */
  public void apply(long position, Fact fact) {
    switch (fact) {
      case Fact.Enqueued f -> {
        for (int i = 0; i < f.lanes().length; i++) {
          boolean mayExpire = f.message().history().arrivedAtMillis() != 0;
          enqueued(position, f.lanes()[i], f.sequences()[i], mayExpire);
        }
      }
      case Fact.Settled f -> {
        Lane lane = laneFor(position, f.lane());
        if (lane != null) {
          lane.settled(f.from(), f.to());
        }
      }
      case Fact.Marked f -> {
        Lane lane = laneFor(position, f.lane());
        if (lane != null) {
          lane.marked(f.upTo(), position);
        }
      }
      case Fact.MarkedExactly f -> {
        Lane lane = laneFor(position, f.lane());
        if (lane != null) {
          lane.marksExactly(f.upTo());
        }
      }
      case Fact.Purged f -> {
        Lane lane = laneFor(position, f.lane());
        if (lane != null) {
          lane.purged(f.upTo(), f.kept());
        }
      }
      case Fact.QueueDeclared f -> {
        routing = routing.withQueue(f.definition());
        nextQueueId = Math.max(nextQueueId, f.definition().id() + 1);
      }
      case Fact.QueueDeleted f -> deleted(f.definition());
      case Fact.ExchangeDeclared f -> {
        if (!f.definition().equals(routing.exchange(f.definition().name()))) {
          routing = routing.withExchange(f.definition());
        }
      }
      case Fact.ExchangeDeleted f -> routing = routing.withoutExchange(f.definition().name());
      case Fact.Bound f -> routing = routing.withBinding(f.binding());
      case Fact.Unbound f -> routing = routing.withoutBinding(f.binding());
      case Fact.Identity f -> identities = applied(f, identities);
    }
  }

  /**
   * Identities with a change made.
   *
   * @throws IllegalArgumentException when it names what does not exist, or cannot be
   */
  static Identities applied(Fact.Identity fact, Identities before) {
    return switch (fact) {
      case Fact.UserPut f -> before.with(f.user());
      case Fact.UserDeleted f -> before.withoutUser(f.name());
      case Fact.VirtualHostPut f -> before.with(f.definition());
      case Fact.VirtualHostDeleted f -> before.withoutVirtualHost(f.name());
      case Fact.PermissionPut f -> before.with(f.permission());
      case Fact.PermissionDeleted f -> before.withoutPermission(f.user(), f.virtualHost());
    };
  }

  /** Calls the action for each lane, in no particular order. */
  void forEachLane(Consumer<Lane> action) {
    lanes.forEach(action);
  }

  /**
   * A message enters a lane, as {@link Fact.Enqueued} says.
   *
   * @param mayExpire whether the time of its arrival is noted
   */
  public void enqueued(long position, long laneId, long sequence, boolean mayExpire) {
    Lane lane = lanes.get(laneId);
    if (lane == null) {
      lane = new Lane(laneId);
      lanes.put(laneId, lane);
    }
    if (position > lane.knownPosition()) {
      lane.enqueued(sequence, mayExpire);
    }
  }

  /** The lane that a fact changes; null when a checkpoint contains it or the queue is gone. */
  private @Nullable Lane laneFor(long position, long id) {
    Lane lane = lanes.get(id);
    return lane == null || position <= lane.knownPosition() ? null : lane;
  }

  private void deleted(QueueDefinition definition) {
    routing = routing.withoutQueue(definition.name());
    int maxPriority = QueuePolicy.of(definition.arguments()).maxPriority();
    for (int priority = 0; priority <= maxPriority; priority++) {
      lanes.remove(LaneId.of(definition.id(), priority, true));
      lanes.remove(LaneId.of(definition.id(), priority, false));
    }
  }
}
