package io.correio.core.queue;

import io.correio.core.message.Message;
import java.util.Arrays;

/** Puts messages into queues. Part of the {@link Decider}: decides only. */
final class Publishing {

  /** What an entry needs beside the message: headers, keys, address. */
  private static final int ENTRY_OVERHEAD_BYTES = 1024;

  /** Bytes of a key in the log: (lane, sequence). */
  private static final int KEY_BYTES = 16;

  private final QueueState state;
  private final Conversation conversation;
  private final Decisions decisions;
  private final Settling settling;

  // The queues of the publish being decided: the durable lanes first.
  private QueueConversation[] durable = new QueueConversation[8];
  private QueueConversation[] transients = new QueueConversation[8];

  Publishing(QueueState state, Conversation conversation, Decisions decisions, Settling settling) {
    this.state = state;
    this.conversation = conversation;
    this.decisions = decisions;
    this.settling = settling;
  }

  /** Bytes of log that deciding the command takes at most. */
  static long logBytes(Command.Publish publish) {
    return publish.message().size()
        + ENTRY_OVERHEAD_BYTES
        + (long) publish.queues().length * KEY_BYTES;
  }

  /** Bytes of log that deciding the command takes at most. */
  static long logBytes(Command.Commit commit) {
    long bytes = 0;
    for (Command.Publish publish : commit.publishes()) {
      bytes += logBytes(publish);
    }
    return bytes;
  }

  void publish(ConnectionEntry connection, Command.Publish command) {
    long number = ++connection.published;
    if (!enqueue(connection, command) && command.mandatory()) {
      decisions.effect(connection, 0, new Effect.Returned(number, command.message()));
    }
    if (connection.published == connection.reported + 1) {
      conversation.publishers.add(connection);
    }
  }

  void commit(ConnectionEntry connection, Command.Commit command) {
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

  /** Tells those who published in this step how far it is settled. */
  void report() {
    for (int i = 0; i < conversation.publishers.size(); i++) {
      ConnectionEntry connection = conversation.publishers.get(i);
      connection.reported = connection.published;
      decisions.effect(connection, 0, new Effect.Accepted(connection.published));
    }
    conversation.publishers.clear();
  }

  /** Returns whether the message reached any queue. */
  private boolean enqueue(ConnectionEntry connection, Command.Publish command) {
    Message message = command.message();
    int durableCount = 0;
    int transientCount = 0;
    reserveTargets(command.queues().length);
    for (long id : command.queues()) {
      QueueConversation queue = conversation.queue(id);
      if (queue == null) {
        continue; // deleted since the message was routed
      }
      if (message.envelope().durable() && Fact.survives(queue.definition)) {
        durable[durableCount++] = queue;
      } else {
        transients[transientCount++] = queue;
      }
    }
    if (durableCount > 0) {
      enqueue(message, durable, durableCount, true);
      decisions.causedBy(connection);
    }
    if (transientCount > 0) {
      enqueue(message, transients, transientCount, false);
    }
    return durableCount + transientCount > 0;
  }

  private void enqueue(Message message, QueueConversation[] queues, int count, boolean inDurable) {
    long[] lanes = new long[count];
    long[] sequences = new long[count];
    for (int i = 0; i < count; i++) {
      LaneWindow window = inDurable ? queues[i].durable : queues[i].transients;
      lanes[i] = window.laneId();
      sequences[i] = tail(window);
    }
    decisions.fact(new Fact.Enqueued(message, lanes, sequences));
    long position = inDurable ? decisions.position() : 0; // what is transient waits for nothing
    for (int i = 0; i < count; i++) {
      QueueConversation queue = queues[i];
      LaneWindow window = inDurable ? queue.durable : queue.transients;
      long beside = inDurable ? Long.MAX_VALUE : tail(queue.durable);
      boolean warm = window.arrived(sequences[i], position, beside, message);
      if (!warm && !inDurable) {
        decisions.spill(lanes[i], sequences[i], beside, message);
      }
      conversation.touch(queue);
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
