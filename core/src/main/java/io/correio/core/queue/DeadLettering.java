package io.correio.core.queue;

import io.correio.core.message.Address;
import io.correio.core.message.Death;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import io.correio.core.routing.HeaderSource;
import io.correio.core.routing.Targets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Messages that leave a queue without having been processed: they go where the queue says, or for
 * good. Part of the {@link Decider}: decides only.
 *
 * <pre>
 *   expired at the head ─────────────┐
 *   the head of too many ────────────┤
 *   refused, came back too often ────┴▶ one entry: settled here, enqueued there
 * </pre>
 *
 * Where there is no room for that, they stay where they are and nobody gets them, until there is.
 */
final class DeadLettering {

  /** Messages of a queue that go in one turn; the rest goes in the next, with others in between. */
  static final int MAX_PER_TURN = 1024;

  private static final long RETRY_MILLIS = 1000;

  private final QueueState state;
  private final Conversation conversation;
  private final Decisions decisions;
  private final Reserve reserve;
  private final Publishing publishing;
  private final Function<Message, HeaderSource> headers;
  private final Targets targets = new Targets();

  // Neighbours that go for good become one fact.
  private @Nullable LaneWindow runWindow;
  private long runFrom;
  private long runTo;
  private int left;

  // As it goes to the targets; null when it goes for good.
  private @Nullable Message buried;

  DeadLettering(
      QueueState state,
      Conversation conversation,
      Decisions decisions,
      Reserve reserve,
      Publishing publishing,
      Function<Message, HeaderSource> headers) {
    this.state = state;
    this.conversation = conversation;
    this.decisions = decisions;
    this.reserve = reserve;
    this.publishing = publishing;
    this.headers = headers;
  }

  /** Whether the message must not be handed out any more. One that may not wait still may. */
  boolean isPast(QueuedMessage message) {
    return message.expiresAtMillis < conversation.nowMillis;
  }

  /** Lets go what is to go now, and has the queue looked at again when something else is. */
  void tend(QueueConversation queue) {
    left = MAX_PER_TURN;
    boolean waits = false;
    boolean stillDying = false;
    long next = Long.MAX_VALUE;
    for (int i = 0; i < queue.pairCount(); i++) {
      for (LaneWindow window : queue.pairAt(i).windows()) {
        waits |= !buryDying(window) || !expireHeads(window);
        stillDying |= window.hasDying();
        QueuedMessage head = window.head();
        if (head != null) {
          next = Math.min(next, head.expiresAtMillis);
        }
      }
    }
    queue.dying = stillDying;
    waits |= !dropExcess(queue);
    if (left == 0) {
      conversation.alarm(queue, conversation.nowMillis);
    } else if (waits) {
      conversation.deathsWait(queue);
    } else if (next != Long.MAX_VALUE) {
      conversation.alarm(queue, next);
    }
    long forgotten = queue.forgottenAtMillis();
    if (forgotten != Long.MAX_VALUE) {
      // What could not be deleted for want of room is tried again.
      long tryAgain = conversation.nowMillis + RETRY_MILLIS;
      conversation.alarm(queue, forgotten > conversation.nowMillis ? forgotten : tryAgain);
    }
  }

  /** Returns false when one has to wait for room. */
  private boolean buryDying(LaneWindow window) {
    QueuedMessage queued;
    while (left > 0 && (queued = window.firstDying()) != null) {
      Message message = queued.message;
      Death.Reason reason = queued.dying;
      if (message == null || reason == null) {
        throw new IllegalStateException("a message that goes without body or reason");
      }
      if (!mayBury(window, message, reason)) {
        return false;
      }
      window.removeDying(queued);
      bury(window, queued.sequence);
    }
    return true;
  }

  /** Returns false when one has to wait for room. */
  private boolean expireHeads(LaneWindow window) {
    boolean roomLacks = false;
    QueuedMessage head;
    while (left > 0
        && (head = window.head()) != null
        && head.expiresAtMillis <= conversation.nowMillis) {
      Message message = head.message;
      if (window.queue.policy.deadLetters()) {
        if (message == null) {
          break; // its body is on the way
        }
        roomLacks = !mayBury(window, message, Death.Reason.EXPIRED);
        if (roomLacks) {
          break;
        }
        window.removeHead(head);
        bury(window, head.sequence);
      } else {
        roomLacks = !reserve.leavesSettlements(Reserve.SETTLEMENT_BYTES);
        if (roomLacks) {
          break;
        }
        window.removeHead(head);
        left--;
        run(window, head.sequence);
      }
    }
    endRun();
    return !roomLacks;
  }

  /** Returns false when one has to wait for room. */
  private boolean dropExcess(QueueConversation queue) {
    boolean roomLacks = false;
    LaneWindow window;
    while (left > 0 && queue.excess() > 0 && (window = queue.nextWindow()) != null) {
      QueuedMessage head = window.head();
      Message message = head == null ? null : head.message;
      if (queue.policy.deadLetters()) {
        if (head == null || message == null) {
          break; // its body is on the way
        }
        roomLacks = !mayBury(window, message, Death.Reason.QUEUE_FULL);
        if (roomLacks) {
          break;
        }
        window.removeHead(head);
        bury(window, head.sequence);
        continue;
      }
      Lane lane = window.lane(state);
      roomLacks = !reserve.leavesSettlements(Reserve.SETTLEMENT_BYTES);
      if (roomLacks || lane == null) {
        break;
      }
      if (head != null) {
        window.removeHead(head);
      }
      left--;
      long sequence = head == null ? window.skipCold(lane) : head.sequence;
      decisions.fact(new Fact.Settled(window.laneId(), sequence, sequence));
    }
    return !roomLacks;
  }

  private void run(LaneWindow window, long sequence) {
    if (window.equals(runWindow) && sequence == runTo + 1) {
      runTo = sequence;
      return;
    }
    endRun();
    runWindow = window;
    runFrom = sequence;
    runTo = sequence;
  }

  private void endRun() {
    if (runWindow != null) {
      decisions.fact(new Fact.Settled(runWindow.laneId(), runFrom, runTo));
      runWindow = null;
      decisions.betweenCommands();
    }
  }

  /** Finds where a message goes, and whether there is room for that. */
  private boolean mayBury(LaneWindow window, Message message, Death.Reason reason) {
    QueueConversation queue = window.queue;
    Message dead = dead(queue, message, reason);
    targets.clear();
    state.routing().route(dead.envelope().address(), headers.apply(dead), targets);
    buried = dead;
    long bytes = Publishing.logBytes(dead, targets.count()) + Reserve.SETTLEMENT_BYTES;
    if (targets.isEmpty() || !decisions.fits(bytes)) {
      buried = null;
      return reserve.leavesSettlements(Reserve.SETTLEMENT_BYTES);
    }
    return decisions.reserve(bytes) && reserve.leavesSettlements(bytes);
  }

  private Message dead(QueueConversation queue, Message message, Death.Reason reason) {
    Envelope envelope = message.envelope();
    Address from = envelope.address();
    QueuePolicy policy = queue.policy;
    String exchange = policy.deadLetterExchange();
    String key = policy.deadLetterKey();
    Death death =
        new Death(
            queue.name(),
            reason,
            1,
            conversation.nowMillis,
            conversation.nowMillis,
            from.exchange(),
            List.of(from.key()),
            envelope.timeToLiveMillis());
    Address to = new Address(exchange == null ? "" : exchange, key == null ? from.key() : key);
    return new Message(
        new Envelope(to, envelope.durable(), envelope.priority(), Envelope.NO_EXPIRY),
        message.content(),
        message.history().with(death));
  }

  /** What {@link #mayBury} found: gone here and, unless it goes round in a circle, there. */
  private void bury(LaneWindow window, long sequence) {
    left--;
    decisions.fact(new Fact.Settled(window.laneId(), sequence, sequence));
    Message dead = buried;
    if (dead != null) {
      publishing.enqueue(dead, withoutCircles(dead), null);
    }
    decisions.betweenCommands();
  }

  private long[] withoutCircles(Message dead) {
    long[] found = targets.toArray();
    int count = 0;
    for (long id : found) {
      QueueConversation queue = conversation.queue(id);
      boolean refused = dead.history().deaths().getFirst().reason() == Death.Reason.REJECTED;
      if (queue != null && (refused || !dead.history().isCircle(queue.name()))) {
        found[count++] = id;
      }
    }
    return count == found.length ? found : Arrays.copyOf(found, count);
  }
}
