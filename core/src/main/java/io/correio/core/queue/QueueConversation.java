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
  final QueuePolicy policy;

  /** What of the messages that are routed here it takes; null for all. */
  final @Nullable Admission admission;

  final List<Consumer> consumers = new ArrayList<>(1);

  /** Those of the consumers that choose, and all that browse. */
  final List<Consumer> scanning = new ArrayList<>(0);

  /** Whose turn it is among them. */
  int scanTurn;

  /** The connection that an exclusive queue belongs to; 0 for none. */
  final long owner;

  /** Consumers whose credit is to be used up. */
  int draining;

  /** Whether one consumer has the queue for itself. */
  boolean consumedExclusively;

  /** Whether messages in it may expire, or something else happens to it as time passes. */
  boolean timed;

  /** When it has to be looked at next; {@link Long#MAX_VALUE} for never. */
  long alarmAtMillis = Long.MAX_VALUE;

  /** When somebody last did something with it that keeps it from being forgotten. */
  long usedAtMillis;

  /** Whether there may be messages in it that are to go without having been processed. */
  boolean dying;

  /** Whether messages that are to go wait for room. */
  boolean deathsWait;

  /** Whether it has to be looked at before the command ends. */
  boolean dirty;

  private final ArrayDeque<PendingTake> takes = new ArrayDeque<>(1);

  // Consumers that could take a message, first come first served; those without credit leave it.
  private final ArrayDeque<Consumer> line = new ArrayDeque<>(1);

  private final QueueState state;
  final WindowBudget budget;

  // By falling priority; those that nothing was ever put into are not there.
  private LanePair[] pairs;

  QueueConversation(QueueDefinition definition, long owner, QueueState state, WindowBudget budget) {
    this.definition = definition;
    this.policy = QueuePolicy.of(definition.arguments());
    this.admission = Admission.of(definition.arguments());
    this.owner = owner;
    this.state = state;
    this.budget = budget;
    this.pairs = new LanePair[] {new LanePair(this, 0, state, budget)};
    for (int priority = 1; priority <= policy.maxPriority(); priority++) {
      if (state.lane(LaneId.of(id(), priority, true)) != null
          || state.lane(LaneId.of(id(), priority, false)) != null) {
        pair(priority);
      }
    }
    this.timed = policy.isTimed();
    for (LanePair pair : pairs) {
      this.timed |= pair.durable.mayExpire() || pair.transients.mayExpire();
    }
  }

  /** Messages that are to go because there are too many. */
  long excess() {
    return policy.dropsHeads() ? Math.max(0, ready() - policy.maxLength()) : 0;
  }

  /** Whether it takes no message more; one that somebody waits for does not count. */
  boolean refusesMore() {
    if (!policy.refusesWhenFull() || policy.maxLength() < 0) {
      return false;
    }
    long ready = ready();
    return ready >= policy.maxLength() && !(ready == 0 && hasTaker());
  }

  /** When it goes because nobody uses it; {@link Long#MAX_VALUE} for never. */
  long forgottenAtMillis() {
    return policy.expiresMillis() == 0 || hasConsumers()
        ? Long.MAX_VALUE
        : usedAtMillis + policy.expiresMillis();
  }

  /** The lanes for a priority; made when they are first asked for. */
  LanePair pair(int asked) {
    int priority = Math.min(asked, policy.maxPriority());
    int place = 0;
    while (place < pairs.length && pairs[place].priority >= priority) {
      if (pairs[place].priority == priority) {
        return pairs[place];
      }
      place++;
    }
    LanePair[] more = new LanePair[pairs.length + 1];
    System.arraycopy(pairs, 0, more, 0, place);
    more[place] = new LanePair(this, priority, state, budget);
    System.arraycopy(pairs, place, more, place + 1, pairs.length - place);
    pairs = more;
    return more[place];
  }

  /** How many pairs of lanes there are. */
  int pairCount() {
    return pairs.length;
  }

  /** A pair of lanes by its place: the first has the highest priority. */
  LanePair pairAt(int place) {
    return pairs[place];
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
    if (!consumer.inLine && consumer.scan == null) {
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

  void add(Consumer consumer) {
    if (consumer.scan != null) {
      scanning.add(consumer);
    }
    if (!consumer.isBrowsing()) {
      consumers.add(consumer);
    }
  }

  /** All consumers and browsers, in a list of their own. */
  List<Consumer> everybody() {
    List<Consumer> everybody = new ArrayList<>(consumers);
    for (Consumer consumer : scanning) {
      if (consumer.isBrowsing()) {
        everybody.add(consumer);
      }
    }
    return everybody;
  }

  void remove(Consumer consumer) {
    consumers.remove(consumer);
    if (consumer.scan != null) {
      scanning.remove(consumer);
      if (!consumer.scan.reading) {
        consumer.scan.drop();
      }
    }
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

  /** The window whose head goes next, by priority, then by arrival; null when nothing is ready. */
  @Nullable LaneWindow nextWindow() {
    for (LanePair pair : pairs) {
      LaneWindow next = pair.next(state);
      if (next != null) {
        return next;
      }
    }
    return null;
  }

  /** Messages that are neither settled nor in flight. */
  long ready() {
    long ready = 0;
    for (LanePair pair : pairs) {
      ready += pair.ready(state);
    }
    return ready;
  }

  LaneWindow window(long laneId) {
    return pair(LaneId.priority(laneId)).window(LaneId.isDurable(laneId));
  }

  long inFlight() {
    long inFlight = 0;
    for (LanePair pair : pairs) {
      inFlight += pair.inFlightCount();
    }
    return inFlight;
  }

  /** Gives back all memory: the queue is gone. */
  void clear() {
    for (LanePair pair : pairs) {
      pair.durable.clear();
      pair.transients.clear();
    }
  }
}
