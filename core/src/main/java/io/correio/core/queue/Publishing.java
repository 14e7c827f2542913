package io.correio.core.queue;

import io.correio.core.filter.MessageReader;
import io.correio.core.filter.PropertySource;
import io.correio.core.message.Address;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Puts messages into queues. Part of the {@link Decider}: decides only. */
final class Publishing {

  /** What a message needs in the log beside its address and content: headers, lengths, flags. */
  private static final int MESSAGE_BYTES = 96;

  /**
   * For each queue: key, place beside the durable lane, and the mark and settlement that follow.
   */
  private static final int QUEUE_BYTES = 128;

  /** The most bytes that a character has as UTF-8. */
  private static final int CHARACTER_BYTES = 3;

  /** The message is in durable lanes. */
  static final int IN_DURABLE = 1;

  /** The message is in transient lanes. */
  static final int IN_TRANSIENT = 2;

  private static final long[] NONE = {};

  private final QueueState state;
  private final Conversation conversation;
  private final Decisions decisions;
  private final Settling settling;
  private final MessageReader reader;

  // The lanes of the publish being decided.
  private LaneWindow[] durable = new LaneWindow[8];
  private LaneWindow[] transients = new LaneWindow[8];

  // The queue that did not take it, because it is full; null for none.
  private @Nullable String full;

  Publishing(
      QueueState state,
      Conversation conversation,
      Decisions decisions,
      Settling settling,
      MessageReader reader) {
    this.reader = reader;
    this.state = state;
    this.conversation = conversation;
    this.decisions = decisions;
    this.settling = settling;
  }

  /** Bytes of log that deciding the command takes at most. */
  static long logBytes(Command.Publish publish) {
    return logBytes(publish.message(), publish.queues().length);
  }

  /** Bytes of log that a message takes at most. */
  static long logBytes(Message message, int queues) {
    Address address = message.envelope().address();
    return MESSAGE_BYTES
        + CHARACTER_BYTES * (long) (address.exchange().length() + address.key().length())
        + message.content().head().length
        + message.content().body().length
        + message.history().encodedSize()
        + (long) QUEUE_BYTES * queues;
  }

  /** Bytes of log that deciding the command takes at most. */
  static long logBytes(Command.Commit commit) {
    long bytes = 0;
    for (Command.Publish publish : commit.publishes()) {
      bytes += logBytes(publish);
    }
    for (Command.Settle settle : commit.settles()) {
      bytes += (long) Reserve.SETTLEMENT_BYTES * settle.count();
    }
    return bytes;
  }

  void publish(ConnectionEntry connection, Command.Publish command) {
    long number = ++connection.published;
    if (!decisions.fits(logBytes(command))) {
      decisions.effect(
          connection, 0, new Effect.Rejected(number, tooLarge("a message", "send less")));
    } else {
      boolean reached = enqueue(connection, command);
      if (full != null) {
        decisions.effect(connection, 0, new Effect.Rejected(number, tooMany(full)));
      } else if (!reached && command.mandatory()) {
        decisions.effect(connection, 0, new Effect.Returned(number, command.message()));
      }
    }
    reportLater(connection);
  }

  private void reportLater(ConnectionEntry connection) {
    if (!connection.reportDue) {
      connection.reportDue = true;
      conversation.publishers.add(connection);
    }
  }

  private static Refusal tooMany(String queue) {
    return new Refusal(
        Refusal.Kind.FULL,
        "queue '" + queue + "' has as many messages as it may; publish when some are consumed");
  }

  private static Refusal tooLarge(String what, String remedy) {
    return new Refusal(
        Refusal.Kind.LIMIT,
        what + " takes more bytes than an entry of the log may have; " + remedy);
  }

  void commit(ConnectionEntry connection, Command.Commit command) {
    if (!decisions.fits(logBytes(command))) {
      rollBack(connection, command);
      return;
    }
    for (Command.Publish publish : command.publishes()) {
      publish(connection, publish);
    }
    for (Command.Settle settle : command.settles()) {
      settling.settle(connection, settle);
    }
    report();
    if (command.request() != Command.NO_REPLY) {
      decisions.effect(connection, 0, new Effect.Replied(command.request(), new Reply.Done()));
    }
  }

  /** Nothing of it happens: what was to be settled is ready again. */
  private void rollBack(ConnectionEntry connection, Command.Commit command) {
    for (Command.Settle settle : command.settles()) {
      settling.settle(
          connection,
          new Command.Settle(
              settle.connection(),
              settle.lanes(),
              settle.sequences(),
              settle.count(),
              Settlement.RETURNED));
    }
    if (!command.publishes().isEmpty()) {
      connection.published += command.publishes().size();
      reportLater(connection);
      report();
    }
    decisions.effect(
        connection,
        0,
        new Effect.Replied(
            command.request(), new Reply.Refused(tooLarge("a transaction", "commit more often"))));
  }

  /** Tells those who published in this step how far it is settled. */
  void report() {
    for (int i = 0; i < conversation.publishers.size(); i++) {
      ConnectionEntry connection = conversation.publishers.get(i);
      connection.reportDue = false;
      decisions.effect(
          connection, connection.lastEnqueued, new Effect.Accepted(connection.published));
    }
    conversation.publishers.clear();
  }

  /** Returns whether the message reached any queue. */
  private boolean enqueue(ConnectionEntry connection, Command.Publish command) {
    int reached = enqueue(command.message(), command.queues(), connection.origin);
    if ((reached & IN_DURABLE) != 0) {
      decisions.causedBy(connection);
      connection.lastEnqueued = decisions.position();
    }
    return reached != 0;
  }

  /**
   * Puts a message into queues, as a part of the entry being written.
   *
   * @param origin of the connection that it is from; null for none
   * @return what of it happened: {@link #IN_DURABLE}, {@link #IN_TRANSIENT}
   */
  int enqueue(Message sent, long[] queues, @Nullable String origin) {
    full = null;
    int durableCount = 0;
    int transientCount = 0;
    PropertySource properties = null;
    reserveTargets(queues.length);
    boolean timed = sent.envelope().timeToLiveMillis() != Envelope.NO_EXPIRY;
    for (long id : queues) {
      QueueConversation queue = conversation.queue(id);
      if (queue == null) {
        continue; // deleted since the message was routed
      }
      if (queue.admission != null) {
        properties = properties == null ? reader.properties(sent) : properties;
        if (!queue.admission.admits(origin, properties)) {
          continue;
        }
      }
      if (queue.refusesMore()) {
        full = queue.name();
        continue;
      }
      timed |= queue.policy.hasTimeToLive();
      LanePair pair = queue.pair(sent.envelope().priority());
      if (sent.envelope().durable() && Fact.survives(queue.definition)) {
        durable[durableCount++] = pair.durable;
      } else {
        transients[transientCount++] = pair.transients;
      }
    }
    Message message = timed ? withTime(sent) : sent;
    if (durableCount > 0) {
      enqueue(message, durable, durableCount, true);
    }
    if (transientCount > 0) {
      enqueue(message, transients, transientCount, false);
    }
    return (durableCount > 0 ? IN_DURABLE : 0) | (transientCount > 0 ? IN_TRANSIENT : 0);
  }

  /** The time of its arrival goes to the log with it, so that a restart does not begin it anew. */
  private Message withTime(Message message) {
    return new Message(
        message.envelope(), message.content(), message.history().arrivedAt(conversation.nowMillis));
  }

  private void enqueue(Message message, LaneWindow[] windows, int count, boolean inDurable) {
    long[] lanes = new long[count];
    long[] sequences = new long[count];
    boolean timed = message.history().arrivedAtMillis() != 0;
    for (int i = 0; i < count; i++) {
      windows[i].queue.timed |= timed;
      lanes[i] = windows[i].laneId();
      sequences[i] = tail(windows[i]);
    }
    decisions.fact(new Fact.Enqueued(message, lanes, sequences));
    if (inDurable) {
      for (int i = 0; i < count; i++) {
        windows[i].arrived(sequences[i], decisions.position(), 0, message);
        conversation.touch(windows[i].queue);
      }
    } else {
      arriveTransient(message, windows, lanes, sequences);
    }
  }

  /** What finds no place in memory goes to the scratch log, once for all queues. */
  private void arriveTransient(
      Message message, LaneWindow[] windows, long[] lanes, long[] sequences) {
    long[] coldLanes = NONE;
    long[] coldSequences = NONE;
    long[] coldBesides = NONE;
    int cold = 0;
    for (int i = 0; i < lanes.length; i++) {
      LaneWindow window = windows[i];
      long beside = tail(window.pair.durable);
      // Position 0: what is transient waits for nothing.
      if (!window.arrived(sequences[i], 0, beside, message)) {
        if (cold == 0) {
          coldLanes = new long[lanes.length - i];
          coldSequences = new long[lanes.length - i];
          coldBesides = new long[lanes.length - i];
        }
        window.spilled(sequences[i]);
        coldLanes[cold] = lanes[i];
        coldSequences[cold] = sequences[i];
        coldBesides[cold++] = beside;
      }
      conversation.touch(window.queue);
    }
    if (cold > 0) {
      decisions.spill(
          Arrays.copyOf(coldLanes, cold),
          Arrays.copyOf(coldSequences, cold),
          Arrays.copyOf(coldBesides, cold),
          message);
    }
  }

  private long tail(LaneWindow window) {
    Lane lane = window.lane(state);
    return lane == null ? 1 : lane.tail();
  }

  private void reserveTargets(int count) {
    if (count > durable.length) {
      durable = Arrays.copyOf(durable, count * 2);
      transients = Arrays.copyOf(transients, count * 2);
    }
  }
}
