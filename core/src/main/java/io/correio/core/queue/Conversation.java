package io.correio.core.queue;

import io.correio.core.routing.QueueDefinition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
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

  /** The last time that was told, milliseconds since 1970; 0 before the first. */
  long nowMillis;

  int inFlight;
  long orphanedBytes;

  private final QueueState state;
  private final LongMap<Consumer> scans = new LongMap<>();
  private long lastScan;
  private final LongMap<QueueConversation> queues = new LongMap<>();
  private final ArrayDeque<QueueConversation> dirty = new ArrayDeque<>();
  private final ArrayDeque<QueueConversation> deathsWait = new ArrayDeque<>();

  // One entry for each queue that has to be looked at some time, the next one first.
  private final TreeSet<QueueConversation> alarms =
      new TreeSet<>(
          Comparator.<QueueConversation>comparingLong(queue -> queue.alarmAtMillis)
              .thenComparingLong(QueueConversation::id));

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
    queue.usedAtMillis = nowMillis;
    queues.put(definition.id(), queue);
    return queue;
  }

  void end(QueueConversation queue) {
    queues.remove(queue.id());
    queue.clear();
    clearAlarm(queue);
  }

  /** The queue has to be looked at, at the latest when it is so late. */
  void alarm(QueueConversation queue, long atMillis) {
    if (atMillis < queue.alarmAtMillis) {
      clearAlarm(queue);
      queue.alarmAtMillis = atMillis;
      alarms.add(queue);
    }
  }

  private void clearAlarm(QueueConversation queue) {
    if (queue.alarmAtMillis != Long.MAX_VALUE) {
      alarms.remove(queue);
      queue.alarmAtMillis = Long.MAX_VALUE;
    }
  }

  /** When a queue has to be looked at next; {@link Long#MAX_VALUE} for never. */
  long nextAlarmMillis() {
    return alarms.isEmpty() ? Long.MAX_VALUE : alarms.first().alarmAtMillis;
  }

  /** A queue that has to be looked at now, or null; its alarm is over. */
  @Nullable QueueConversation nextDue() {
    if (nextAlarmMillis() > nowMillis) {
      return null;
    }
    QueueConversation queue = alarms.first();
    clearAlarm(queue);
    return queue;
  }

  /** Looks after the queues in which something happens as time passes, whoever uses them. */
  void watch() {
    List<QueueDefinition> timed = new ArrayList<>();
    state
        .routing()
        .forEachQueue(definition -> {
          if (QueuePolicy.of(definition.arguments()).isTimed()) {
            timed.add(definition);
          }
        });
    state.forEachLane(lane -> {
      QueueDefinition definition = state.routing().queue(LaneId.queue(lane.id()));
      if (lane.mayExpire() && definition != null) {
        timed.add(definition);
      }
    });
    for (QueueDefinition definition : timed) {
      QueueConversation queue = queue(definition.id());
      if (queue != null) {
        touch(queue);
      }
    }
  }

  /** Messages of the queue that are to go wait for room. */
  void deathsWait(QueueConversation queue) {
    if (!queue.deathsWait) {
      queue.deathsWait = true;
      deathsWait.addLast(queue);
    }
  }

  boolean hasDeathsWaiting() {
    return !deathsWait.isEmpty();
  }

  /** There may be room again for messages that are to go. */
  void resumeDeaths() {
    QueueConversation queue;
    while ((queue = deathsWait.pollFirst()) != null) {
      queue.deathsWait = false;
      touch(queue);
    }
  }

  /** Keeps a consumer until the page that it asked for has come; returns its number. */
  long addScan(Consumer consumer) {
    scans.put(++lastScan, consumer);
    return lastScan;
  }

  @Nullable Consumer removeScan(long scan) {
    return scans.remove(scan);
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
