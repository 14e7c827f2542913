package io.correio.tests.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What producers and consumers saw, over the lives ("epochs") of one broker, and the judgement on
 * it. Thread-safe: every method holds the one lock.
 *
 * <p>Promises, and who breaks them:
 *
 * <ul>
 *   <li>a confirmed message is there: <em>lost</em> when it never came, or came, was not
 *       acknowledged and never came again;
 *   <li>a message settled before a barrier (a later synchronous reply on the same connection) is
 *       gone: <em>returned</em> when it comes again;
 *   <li>what a consumer holds is nobody else's: <em>duplicated</em> when it comes twice in one
 *       epoch and was not given back in between;
 *   <li>what comes again after a crash or from somebody's hands says so: <em>unflagged</em>
 *       otherwise;
 *   <li>a producer's messages to one queue reach a consumer in their order, but for what was given
 *       back: <em>reordered</em> otherwise.
 * </ul>
 */
public final class History {
  private static final int COMPLAINTS_MAX = 20;
  private static final int NEVER = -1;

  private static final class Fate {
    boolean confirmed;
    int deliveredEpoch = NEVER;
    int heldEpoch = NEVER;
    boolean acknowledged;
    boolean settled;
    boolean excused;

    boolean isOwed() {
      return confirmed && !acknowledged && !excused;
    }
  }

  private record Stream(int consumer, int queue, int producer) {}

  /** The counts of a history; all but the first three should be zero. */
  public record Verdict(
      long sent,
      long confirmed,
      long redelivered,
      long lost,
      long returned,
      long duplicated,
      long unflagged,
      long reordered,
      long unknown,
      List<String> complaints) {
    public boolean isClean() {
      return lost + returned + duplicated + unflagged + reordered + unknown == 0;
    }
  }

  private final Map<MessageId, Fate> fates = new HashMap<>();
  private final Map<Stream, Long> last = new HashMap<>();
  private final List<String> complaints = new ArrayList<>();
  private long confirmed;
  private long redelivered;
  private long returned;
  private long duplicated;
  private long unflagged;
  private long reordered;
  private long unknown;
  private long owed;

  /** A producer is about to send it. */
  public synchronized void sent(MessageId id) {
    fates.put(id, new Fate());
  }

  public synchronized void confirmed(MessageId id) {
    Fate fate = known(id);
    if (fate == null || fate.confirmed) {
      return;
    }
    fate.confirmed = true;
    confirmed++;
    owed += fate.isOwed() ? 1 : 0;
  }

  /** It came to the one consumer that its queue has in this epoch, which gives nothing back. */
  synchronized void delivered(int epoch, MessageId id, boolean flagged) {
    arrived(epoch, id, flagged);
    checkOrder(epoch, id);
  }

  /**
   * It came to one of several consumers that may give back what they were given.
   *
   * @param consumer number that no other consumer has, whatever the epoch
   */
  public synchronized void delivered(int epoch, int consumer, MessageId id, boolean flagged) {
    arrived(epoch, id, flagged);
    if (!flagged) {
      checkOrder(consumer, id);
    }
  }

  private void arrived(int epoch, MessageId id, boolean flagged) {
    Fate fate = known(id);
    if (fate == null) {
      return;
    }
    if (fate.settled) {
      returned++;
      complain("returned after it was settled before a barrier: ", id);
    } else if (fate.heldEpoch == epoch) {
      duplicated++;
      complain("delivered twice in one epoch: ", id);
    } else if (fate.deliveredEpoch != NEVER) {
      redelivered++;
      if (!flagged) {
        unflagged++;
        complain("came again without the redelivered flag: ", id);
      }
    }
    fate.deliveredEpoch = epoch;
    fate.heldEpoch = epoch;
    if (fate.acknowledged) {
      // The acknowledgement was swallowed, so it is owed once more.
      fate.acknowledged = false;
      owed += fate.isOwed() ? 1 : 0;
    }
  }

  private void checkOrder(int consumer, MessageId id) {
    Long before = last.put(new Stream(consumer, id.queue(), id.producer()), id.number());
    if (before != null && before >= id.number()) {
      reordered++;
      complain("came after number " + before + ": ", id);
    }
  }

  /** A consumer is about to acknowledge them; a crash may swallow that. */
  public synchronized void acknowledging(Collection<MessageId> ids) {
    for (MessageId id : ids) {
      Fate fate = known(id);
      if (fate != null) {
        owed -= fate.isOwed() ? 1 : 0;
        fate.acknowledged = true;
      }
    }
  }

  /** A synchronous reply came after their acknowledgement on the same connection. */
  public synchronized void settled(Collection<MessageId> ids) {
    for (MessageId id : ids) {
      Fate fate = known(id);
      if (fate != null) {
        fate.settled = true;
      }
    }
  }

  /** Nobody holds them any more: given back, or the one who held them is gone. */
  public synchronized void released(Collection<MessageId> ids) {
    for (MessageId id : ids) {
      Fate fate = known(id);
      if (fate != null) {
        fate.heldEpoch = NEVER;
      }
    }
  }

  /** Those that were sent so far and match may be missing: nobody promised to keep them. */
  public synchronized void excused(Predicate<MessageId> whose) {
    for (Map.Entry<MessageId, Fate> entry : fates.entrySet()) {
      Fate fate = entry.getValue();
      if (!fate.excused && whose.test(entry.getKey())) {
        owed -= fate.isOwed() ? 1 : 0;
        fate.excused = true;
      }
    }
  }

  /** Confirmed messages that no consumer has acknowledged yet. */
  public synchronized long owed() {
    return owed;
  }

  public synchronized Verdict verdict() {
    long lost = 0;
    List<String> all = new ArrayList<>(complaints);
    for (Map.Entry<MessageId, Fate> entry : fates.entrySet()) {
      Fate fate = entry.getValue();
      if (fate.isOwed()) {
        lost++;
        String when =
            fate.deliveredEpoch < 0
                ? "confirmed and never delivered: "
                : "confirmed, last seen unacknowledged in epoch " + fate.deliveredEpoch + ": ";
        if (all.size() < COMPLAINTS_MAX) {
          all.add(when + entry.getKey());
        }
      }
    }
    return new Verdict(
        fates.size(),
        confirmed,
        redelivered,
        lost,
        returned,
        duplicated,
        unflagged,
        reordered,
        unknown,
        List.copyOf(all));
  }

  private @Nullable Fate known(MessageId id) {
    Fate fate = fates.get(id);
    if (fate == null) {
      unknown++;
      complain("never sent: ", id);
    }
    return fate;
  }

  private void complain(String what, MessageId id) {
    if (complaints.size() < COMPLAINTS_MAX) {
      complaints.add(what + id);
    }
  }
}
