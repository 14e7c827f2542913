package io.correio.tests.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
 *       epoch;
 *   <li>what comes again after a crash says so: <em>unflagged</em> otherwise;
 *   <li>a producer's messages to one queue keep their order within an epoch: <em>reordered</em>
 *       otherwise.
 * </ul>
 */
final class History {
  private static final int COMPLAINTS_MAX = 20;

  private static final class Fate {
    boolean confirmed;
    int deliveredEpoch = -1;
    boolean acknowledged;
    boolean settled;
  }

  private record Stream(int epoch, int queue, int producer) {}

  /** The counts of a history; all but the first three should be zero. */
  record Verdict(
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
    boolean isClean() {
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
  synchronized void sent(MessageId id) {
    fates.put(id, new Fate());
  }

  synchronized void confirmed(MessageId id) {
    Fate fate = known(id);
    if (fate == null || fate.confirmed) {
      return;
    }
    fate.confirmed = true;
    confirmed++;
    if (!fate.acknowledged) {
      owed++;
    }
  }

  synchronized void delivered(int epoch, MessageId id, boolean flagged) {
    Fate fate = known(id);
    if (fate == null) {
      return;
    }
    if (fate.settled) {
      returned++;
      complain("returned after it was settled before a barrier: ", id);
    } else if (fate.deliveredEpoch == epoch) {
      duplicated++;
      complain("delivered twice in one epoch: ", id);
    } else if (fate.deliveredEpoch >= 0) {
      redelivered++;
      if (!flagged) {
        unflagged++;
        complain("came again without the redelivered flag: ", id);
      }
    }
    fate.deliveredEpoch = epoch;
    if (fate.acknowledged) {
      // The crash swallowed the acknowledgement, so it is owed once more.
      fate.acknowledged = false;
      owed += fate.confirmed ? 1 : 0;
    }
    Long before = last.put(new Stream(epoch, id.queue(), id.producer()), id.number());
    if (before != null && before >= id.number()) {
      reordered++;
      complain("came after number " + before + ": ", id);
    }
  }

  /** A consumer is about to acknowledge them; a crash may swallow that. */
  synchronized void acknowledging(Collection<MessageId> ids) {
    for (MessageId id : ids) {
      Fate fate = known(id);
      if (fate != null && !fate.acknowledged) {
        fate.acknowledged = true;
        owed -= fate.confirmed ? 1 : 0;
      }
    }
  }

  /** A synchronous reply came after their acknowledgement on the same connection. */
  synchronized void settled(Collection<MessageId> ids) {
    for (MessageId id : ids) {
      Fate fate = known(id);
      if (fate != null) {
        fate.settled = true;
      }
    }
  }

  /** Confirmed messages that no consumer has acknowledged yet. */
  synchronized long owed() {
    return owed;
  }

  synchronized Verdict verdict() {
    long lost = 0;
    for (Map.Entry<MessageId, Fate> entry : fates.entrySet()) {
      Fate fate = entry.getValue();
      if (fate.confirmed && !fate.acknowledged) {
        lost++;
        String when =
            fate.deliveredEpoch < 0
                ? "confirmed and never delivered: "
                : "confirmed, last seen unacknowledged in epoch " + fate.deliveredEpoch + ": ";
        complain(when, entry.getKey());
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
        List.copyOf(complaints));
  }

  private @org.jspecify.annotations.Nullable Fate known(MessageId id) {
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
