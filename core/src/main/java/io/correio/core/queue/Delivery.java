package io.correio.core.queue;

import static java.util.Objects.requireNonNull;

import io.correio.core.filter.MessageReader;
import io.correio.core.message.Message;
import org.jspecify.annotations.Nullable;

/** Hands out what is ready to whoever has credit. Part of the {@link Decider}: decides only. */
final class Delivery {

  /** How far ahead of what is handed out the mark is written, so that nobody waits for it. */
  static final int MARK_AHEAD = 1024;

  private final QueueState state;
  private final Conversation conversation;
  private final Decisions decisions;
  private final Reserve reserve;
  private final DeadLettering deadLettering;
  private final Scanning scanning;

  Delivery(
      QueueState state,
      Conversation conversation,
      Decisions decisions,
      Reserve reserve,
      DeadLettering deadLettering,
      MessageReader reader) {
    this.deadLettering = deadLettering;
    this.state = state;
    this.conversation = conversation;
    this.decisions = decisions;
    this.reserve = reserve;
    this.scanning = new Scanning(state, conversation, decisions, reserve, this, reader);
  }

  /** Looks at all queues where something changed. */
  void run() {
    QueueConversation queue;
    while ((queue = conversation.nextTouched()) != null) {
      pump(queue);
    }
  }

  private void pump(QueueConversation queue) {
    if (!queue.scanning.isEmpty()) {
      scanning.pump(queue);
    }
    while (queue.hasTaker() && conversation.inFlight < Conversation.MAX_IN_FLIGHT) {
      LaneWindow window = queue.nextWindow();
      if (window == null || (window.durable && !reserve.allowsDelivery())) {
        break;
      }
      QueuedMessage head = window.head();
      if (head != null && deadLettering.isPast(head)) {
        deadLettering.tend(queue);
        if (head.equals(window.head())) {
          break; // it cannot go yet, and nobody may have it
        }
        continue;
      }
      Message message = head == null ? null : head.message;
      if (head == null || message == null) {
        break; // the page that is fetched below goes on from here
      }
      window.removeHead(head);
      handOut(queue, head, message);
    }
    if (queue.timed || queue.dying || queue.policy.dropsHeads()) {
      deadLettering.tend(queue);
    }
    if (queue.hasTakes() && queue.ready() == 0) {
      answerEmpty(queue);
    }
    if (queue.draining > 0) {
      endDrains(queue);
    }
    if (queue.hasConsumers()
        || queue.hasTakes()
        || queue.timed
        || queue.dying
        || queue.excess() > 0) {
      for (int i = 0; i < queue.pairCount(); i++) {
        fetch(queue.pairAt(i).durable);
        fetch(queue.pairAt(i).transients);
      }
    }
  }

  /** A page has come for a consumer that chooses. */
  void read(Command.ScanRead page) {
    scanning.read(page);
  }

  private void answerEmpty(QueueConversation queue) {
    QueueConversation.PendingTake take;
    while ((take = queue.endTake()) != null) {
      decisions.effect(take.connection(), 0, new Effect.Replied(take.request(), new Reply.Empty()));
    }
  }

  /** Credit of those who asked to use it up lapses as soon as nothing is ready for it. */
  private void endDrains(QueueConversation queue) {
    boolean nothingReady = queue.ready() == 0;
    for (Consumer consumer : queue.consumers) {
      endDrain(queue, consumer, nothingReady);
    }
    for (Consumer consumer : queue.scanning) {
      endDrain(queue, consumer, nothingReady);
    }
  }

  private void endDrain(QueueConversation queue, Consumer consumer, boolean nothingReady) {
    boolean nothingForIt = consumer.scan == null ? nothingReady : consumer.scan.atEnd;
    if (consumer.drainRequest != 0 && (nothingForIt || consumer.credit <= 0)) {
      consumer.credit = Math.min(consumer.credit, 0);
      long request = consumer.drainRequest;
      consumer.drainRequest = 0;
      queue.draining--;
      decisions.effect(consumer.connection, 0, new Effect.Replied(request, new Reply.Done()));
    }
  }

  private void fetch(LaneWindow window) {
    if (window.lane(state) == null) {
      return;
    }
    int bytes = conversation.budget.pageBytes();
    if (!window.isWanted()) {
      if (!window.needsLook(state)) {
        return;
      }
      bytes = Math.min(bytes, WindowBudget.IDLE_LANE_BYTES);
    }
    long[] sequences = window.startFetch(bytes);
    if (sequences != null) {
      decisions.fetch(window.laneId(), sequences, bytes);
    }
  }

  private void handOut(QueueConversation queue, QueuedMessage queued, Message message) {
    LaneWindow window = queued.window;
    Lane lane = requireNonNull(window.lane(state), "a message without a lane");
    long dependsOn = queued.position;
    if (window.durable) {
      dependsOn = Math.max(dependsOn, cover(lane, queued.sequence));
    }
    boolean redelivered = queued.redelivered || queued.sequence < lane.redeliverBelow();
    QueueConversation.PendingTake take = queue.nextTake();
    if (take != null) {
      ConnectionEntry connection = take.connection();
      connection.outboxCredit -= message.size();
      keep(queued, message, connection, null, take.autoSettle());
      long remaining = queue.ready();
      decisions.effect(
          connection,
          dependsOn,
          new Effect.Taken(
              take.request(),
              lane.id(),
              queued.sequence,
              message,
              redelivered,
              queued.failures,
              remaining));
      return;
    }
    Consumer consumer = requireNonNull(queue.nextInLine(), "nobody in line");
    deliver(consumer, queued, message, dependsOn, redelivered);
    if (consumer.hasCredit()) {
      queue.standInLine(consumer);
    }
  }

  /** Hands a message, which is in no window any more, to a consumer that has chosen it. */
  void handOut(Consumer consumer, QueuedMessage queued, Message message) {
    Lane lane = requireNonNull(queued.window.lane(state), "a message without a lane");
    long dependsOn = queued.position;
    if (queued.window.durable) {
      dependsOn = Math.max(dependsOn, cover(lane, queued.sequence));
    }
    boolean redelivered = queued.redelivered || queued.sequence < lane.redeliverBelow();
    deliver(consumer, queued, message, dependsOn, redelivered);
  }

  private void deliver(
      Consumer consumer,
      QueuedMessage queued,
      Message message,
      long dependsOn,
      boolean redelivered) {
    consumer.spend(message.size());
    keep(queued, message, consumer.connection, consumer, consumer.autoSettle);
    decisions.effect(
        consumer.connection,
        dependsOn,
        new Effect.Delivered(
            consumer.id,
            queued.window.laneId(),
            queued.sequence,
            message,
            redelivered,
            queued.failures));
  }

  /** Settles what is settled by being handed out, and keeps the rest in flight. */
  private void keep(
      QueuedMessage queued,
      Message message,
      ConnectionEntry connection,
      @Nullable Consumer consumer,
      boolean autoSettle) {
    LaneWindow window = queued.window;
    if (autoSettle) {
      decisions.fact(new Fact.Settled(window.laneId(), queued.sequence, queued.sequence));
      if (window.durable) {
        decisions.causedBy(connection);
      }
      return;
    }
    if (!queued.inLog && maySpill(queued, message)) {
      decisions.spill(
          new long[] {window.laneId()},
          new long[] {queued.sequence},
          new long[] {queued.besideSequence},
          message);
      window.spilled(queued.sequence);
      queued.inLog = true;
    }
    if (queued.inLog && !isKeptForOthers(window.queue, message)) {
      queued.message = null;
    } else {
      conversation.budget.hold(message.size());
    }
    queued.consumer = consumer;
    connection.hold(queued);
    window.putInFlight(queued);
    conversation.inFlight++;
  }

  /** Should it be refused, it goes elsewhere at once and need not be read from the log again. */
  private boolean isKeptForOthers(QueueConversation queue, Message message) {
    return queue.policy.deadLetters() && conversation.budget.allowsHolding(message.size());
  }

  /**
   * Whether a message that only memory has is better put into the scratch log while somebody has
   * it. Those that cannot be were in memory before they were handed out, so they are bounded.
   */
  private boolean maySpill(QueuedMessage queued, Message message) {
    return !conversation.budget.allowsHolding(message.size())
        && queued.window.maySpill(queued.sequence)
        && decisions.maySpill(Publishing.logBytes(message, 1));
  }

  /** Makes sure that a mark covers the sequence; returns the position of that fact. */
  private long cover(Lane lane, long sequence) {
    if (sequence + MARK_AHEAD / 2 >= lane.mark()) {
      decisions.fact(new Fact.Marked(lane.id(), sequence + 1 + MARK_AHEAD));
    }
    return lane.markPosition(sequence);
  }
}
