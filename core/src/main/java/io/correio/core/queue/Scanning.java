package io.correio.core.queue;

import io.correio.core.filter.MessageReader;
import io.correio.core.message.Message;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Hands out to consumers that choose: each goes through the queue with its {@link Scan} and takes,
 * or browses, what matches. Part of the {@link Decider}: decides only.
 *
 * <p>They are asked before consumers that take everything. A message that none of them wants stays
 * where it is. One without credit stands still, and holds up nobody.
 */
final class Scanning {

  /** Messages that are looked at before the shard decides other commands. */
  static final int MAX_LOOKED_AT = 2048;

  private static final long[] NONE = {};

  /** What came of looking on. */
  private enum Outcome {
    HANDED_OUT,
    /** Whatever comes next has to be waited for. */
    WAITS,
    AT_END
  }

  private final QueueState state;
  private final Conversation conversation;
  private final Decisions decisions;
  private final Reserve reserve;
  private final Delivery delivery;
  private final MessageReader reader;
  private int left;

  Scanning(
      QueueState state,
      Conversation conversation,
      Decisions decisions,
      Reserve reserve,
      Delivery delivery,
      MessageReader reader) {
    this.state = state;
    this.conversation = conversation;
    this.decisions = decisions;
    this.reserve = reserve;
    this.delivery = delivery;
    this.reader = reader;
  }

  /** Each in turn, one message at a time, as long as any gets one. */
  void pump(QueueConversation queue) {
    left = MAX_LOOKED_AT;
    int count = queue.scanning.size();
    int fruitless = 0;
    while (fruitless < count) {
      Consumer consumer = queue.scanning.get(queue.scanTurn++ % count);
      Scan scan = consumer.scan;
      fruitless = scan != null && handOutOne(queue, consumer, scan) ? 0 : fruitless + 1;
    }
    queue.scanTurn %= count;
  }

  private boolean handOutOne(QueueConversation queue, Consumer consumer, Scan scan) {
    scan.atEnd = false;
    boolean full = !scan.browsing && conversation.inFlight >= Conversation.MAX_IN_FLIGHT;
    if (scan.reading || full || !consumer.hasCredit()) {
      return false;
    }
    for (int i = 0; i < queue.pairCount(); i++) {
      Outcome outcome = lookOn(consumer, scan, queue.pairAt(i).durable);
      if (outcome == Outcome.AT_END) {
        outcome = lookOn(consumer, scan, queue.pairAt(i).transients);
      }
      if (outcome != Outcome.AT_END) {
        return outcome == Outcome.HANDED_OUT;
      }
    }
    scan.atEnd = true;
    return false;
  }

  private Outcome lookOn(Consumer consumer, Scan scan, LaneWindow window) {
    Lane lane = window.lane(state);
    if (lane == null) {
      return Outcome.AT_END;
    }
    if (window.durable && !scan.browsing && !reserve.allowsDelivery()) {
      return Outcome.WAITS;
    }
    Scan.Cursor cursor = scan.cursor(window);
    if (!scan.browsing) {
      Outcome outcome = lookAgain(consumer, scan, window, lane, cursor);
      if (outcome != Outcome.AT_END) {
        return outcome;
      }
    }
    for (long s = lane.nextAlive(cursor.at); s < lane.tail(); s = lane.nextAlive(s + 1)) {
      cursor.at = s;
      if (!window.isTaken(s)) {
        Outcome outcome = lookAt(consumer, scan, window, lane, s);
        if (outcome == Outcome.WAITS) {
          return outcome;
        }
        if (outcome == Outcome.HANDED_OUT) {
          cursor.at = s + 1;
          return outcome;
        }
      }
    }
    cursor.at = lane.tail();
    return Outcome.AT_END;
  }

  /** What it has passed was in flight then, or somebody else's, and has come back. */
  private Outcome lookAgain(
      Consumer consumer, Scan scan, LaneWindow window, Lane lane, Scan.Cursor cursor) {
    while (cursor.seen != window.givenBack()) {
      if (cursor.looking == 0) {
        cursor.looking = window.givenBack();
        cursor.lookedAt = 0;
      }
      QueuedMessage queued;
      while ((queued = window.returnedAfter(cursor.lookedAt)) != null
          && queued.sequence < cursor.at) {
        if (queued.returnNumber > cursor.seen) {
          Outcome outcome = lookAt(consumer, scan, window, lane, queued.sequence);
          if (outcome == Outcome.WAITS) {
            return outcome;
          }
          cursor.lookedAt = queued.sequence;
          if (outcome == Outcome.HANDED_OUT) {
            return outcome;
          }
        }
        cursor.lookedAt = queued.sequence;
      }
      cursor.seen = cursor.looking;
      cursor.looking = 0;
    }
    return Outcome.AT_END;
  }

  /** Looks at a message that is ready; AT_END when the consumer does not want it. */
  private Outcome lookAt(
      Consumer consumer, Scan scan, LaneWindow window, Lane lane, long sequence) {
    if (left-- <= 0) {
      ask(scan, consumer, window, NONE); // a page of nothing, to be back here after the others
      return Outcome.WAITS;
    }
    QueuedMessage queued = window.find(sequence);
    Message message = queued == null ? null : queued.message;
    long beside = 0;
    if (message == null) {
      int place = scan.find(lane.id(), sequence);
      if (place < 0) {
        ask(scan, consumer, window, wanted(window, lane, sequence));
        return Outcome.WAITS;
      }
      message = scan.message(place);
      beside = scan.besideSequence(place);
    }
    if (message == null) {
      throw new MissingMessageException(window.queue.name(), window.durable, sequence);
    }
    if (isPast(window, queued, message)) {
      return Outcome.AT_END; // it goes as soon as all before it are gone
    }
    if (scan.selector != null && !scan.selector.matches(reader.properties(message))) {
      return Outcome.AT_END;
    }
    if (scan.browsing) {
      boolean redelivered =
          (queued != null && queued.redelivered) || sequence < lane.redeliverBelow();
      consumer.spend(message.size());
      decisions.effect(
          consumer.connection,
          0,
          new Effect.Delivered(
              consumer.id,
              lane.id(),
              sequence,
              message,
              redelivered,
              queued == null ? 0 : queued.failures));
    } else {
      delivery.handOut(consumer, window.take(sequence, beside, message), message);
    }
    return Outcome.HANDED_OUT;
  }

  private boolean isPast(LaneWindow window, @Nullable QueuedMessage queued, Message message) {
    return window.mayExpire()
        && conversation.nowMillis
            > (queued == null
                ? window.queue.policy.expiresAtMillis(message)
                : queued.expiresAtMillis);
  }

  private void ask(Scan scan, Consumer consumer, LaneWindow window, long[] sequences) {
    int bytes =
        sequences.length == 0 ? 0 : Math.min(conversation.budget.pageBytes(), Scan.MAX_PAGE_BYTES);
    if (sequences.length == 0) {
      scan.reading = true; // the page that it has goes on being looked at
    } else {
      scan.asked(bytes);
    }
    decisions.scan(conversation.addScan(consumer), window.laneId(), sequences, bytes);
  }

  /** What to read from a sequence on: what is ready and not in memory. */
  private static long[] wanted(LaneWindow window, Lane lane, long from) {
    long[] wanted = new long[LaneWindow.PAGE_MESSAGES];
    int n = 0;
    for (long s = from; s < lane.tail() && n < wanted.length; s = lane.nextAlive(s + 1)) {
      QueuedMessage queued = window.find(s);
      if (queued != null && queued.message != null) {
        break; // from here on memory has it
      }
      if (!window.isTaken(s)) {
        wanted[n++] = s;
      }
    }
    return Arrays.copyOf(wanted, n);
  }

  /** A page has come. */
  void read(Command.ScanRead command) {
    Consumer consumer = conversation.removeScan(command.scan());
    Scan scan = consumer == null ? null : consumer.scan;
    if (consumer == null || scan == null) {
      return;
    }
    if (command.page().count() > 0) {
      scan.came(command.page());
    }
    scan.reading = false;
    if (consumer.cancelled) {
      scan.drop();
    } else {
      conversation.touch(consumer.queue);
    }
  }
}
