package io.correio.core.queue;

import io.correio.core.message.Death;

/** What receivers say about what they were handed. Part of the {@link Decider}: decides only. */
final class Settling {

  private final Conversation conversation;
  private final Decisions decisions;

  // Settlements of neighbours become one fact.
  private long runLane;
  private long runFrom;
  private long runTo;

  Settling(Conversation conversation, Decisions decisions) {
    this.conversation = conversation;
    this.decisions = decisions;
  }

  void settle(ConnectionEntry connection, Command.Settle command) {
    for (int i = 0; i < command.count(); i++) {
      long lane = command.lanes()[i];
      QueueConversation queue = conversation.queueIfActive(LaneId.queue(lane));
      QueuedMessage queued =
          queue == null ? null : queue.window(lane).inFlight(command.sequences()[i]);
      if (queued != null && queued.holder == connection) {
        settle(connection, queued, command.settlement());
      }
    }
    endRun(connection);
  }

  /** All that the connection has in flight is ready again. */
  void returnAll(ConnectionEntry connection) {
    QueuedMessage queued;
    while ((queued = connection.firstHeld()) != null) {
      settle(connection, queued, Settlement.RETURNED);
    }
  }

  private void settle(ConnectionEntry connection, QueuedMessage queued, Settlement settlement) {
    LaneWindow window = queued.window;
    Consumer consumer = queued.consumer;
    boolean stood = connection.holdsAllItMay();
    connection.letGo(queued);
    if (stood) {
      conversation.awaken(connection);
    }
    conversation.landed();
    if (queued.message != null) {
      conversation.budget.release(queued.message.size());
    }
    end(connection, window, queued, settlement);
    if (consumer != null) {
      consumer.settled();
      wake(consumer);
    }
  }

  private void end(
      ConnectionEntry connection, LaneWindow window, QueuedMessage queued, Settlement settlement) {
    QueuePolicy policy = window.queue.policy;
    Death.Reason dying = null;
    if (settlement == Settlement.REJECTED) {
      dying = Death.Reason.REJECTED;
    } else if (settlement == Settlement.RETURNED) {
      queued.failures = (short) Math.min(queued.failures + 1, Short.MAX_VALUE);
      dying = policy.hasTooMany(queued.failures) ? Death.Reason.TOO_MANY_FAILURES : null;
    }
    if (settlement == Settlement.ACCEPTED || (dying != null && !policy.deadLetters())) {
      window.removeInFlight(queued);
      settled(connection, window.laneId(), queued.sequence);
    } else if (dying != null) {
      window.doom(queued, dying);
      window.queue.dying = true;
      conversation.touch(window.queue);
    } else {
      window.giveBack(queued);
      conversation.touch(window.queue);
    }
  }

  private void wake(Consumer consumer) {
    if (consumer.pool.limit == Command.UNLIMITED) {
      conversation.awaken(consumer);
      return;
    }
    for (Consumer other : consumer.pool.consumers) {
      conversation.awaken(other);
    }
  }

  private void settled(ConnectionEntry connection, long lane, long sequence) {
    if (lane == runLane && sequence == runTo + 1) {
      runTo = sequence;
      return;
    }
    endRun(connection);
    runLane = lane;
    runFrom = sequence;
    runTo = sequence;
  }

  private void endRun(ConnectionEntry connection) {
    if (runLane != 0) {
      decisions.fact(new Fact.Settled(runLane, runFrom, runTo));
      if (LaneId.isDurable(runLane)) {
        decisions.causedBy(connection);
      }
      runLane = 0;
    }
  }
}
