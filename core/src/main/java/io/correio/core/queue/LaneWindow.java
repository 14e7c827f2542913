package io.correio.core.queue;

import io.correio.core.message.Death;
import io.correio.core.message.Message;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of a lane that is in memory: its next messages, those that came back, those in flight.
 *
 * <pre>
 *   floor                    next                         tail
 *     | returned, in flight    |                            |
 *     | and ready messages     |  cold: only in the log     |
 * </pre>
 *
 * Every message below {@code next} that is not settled is in exactly one of {@code returned},
 * {@code inFlight}, {@code ready} and {@code dying} (those that go elsewhere as soon as their body
 * is here and there is room). At or above it are only those that a consumer who chooses took out of
 * the cold ones: {@code inFlight}, or {@code returned} or {@code dying} since. When {@code next} is
 * the tail, the lane is <i>warm</i> and arriving messages enter the window with their bodies, so a
 * consumer that keeps up never waits for the disk. Part of the conversation; owned by the shard.
 */
final class LaneWindow {

  /** Messages that are fetched at a time. */
  static final int PAGE_MESSAGES = 512;

  final QueueConversation queue;
  final LanePair pair;
  final boolean durable;
  private final long laneId;
  private final WindowBudget budget;
  private final ReadyRing ready = new ReadyRing();
  private final TreeMap<Long, QueuedMessage> returned = new TreeMap<>();
  private final LongMap<QueuedMessage> inFlight = new LongMap<>();
  private final TreeMap<Long, QueuedMessage> dying = new TreeMap<>();
  private int dyingWithoutBody;
  private long next;
  private long readyBytes;
  private long spilled;
  private boolean fetching;
  private int fetchingBytes;
  private long givenBack;

  // Whether a message at or above next may be in flight or returned, and what was ever chosen.
  private boolean ahead;
  private long chosenBelow;
  private @Nullable Lane lane;

  LaneWindow(
      QueueConversation queue,
      LanePair pair,
      boolean durable,
      QueueState state,
      WindowBudget budget) {
    this.queue = queue;
    this.pair = pair;
    this.durable = durable;
    this.laneId = LaneId.of(queue.id(), pair.priority, durable);
    this.budget = budget;
    Lane known = lane(state);
    this.next = known == null ? 1 : known.floor();
  }

  long laneId() {
    return laneId;
  }

  /** The first sequence that is not in memory yet. */
  long nextSequence() {
    return next;
  }

  /** The lane as the facts tell it; null as long as nothing was ever put into it. */
  @Nullable Lane lane(QueueState state) {
    if (lane == null) {
      lane = state.lane(laneId);
    }
    return lane;
  }

  /** Messages that are neither settled nor in flight. */
  long ready(QueueState state) {
    Lane known = lane(state);
    return known == null ? 0 : known.messages() - inFlight.size() - dying.size();
  }

  int readyCount() {
    return ready.size() + returned.size();
  }

  long readyBytes() {
    return readyBytes;
  }

  int inFlightCount() {
    return inFlight.size();
  }

  /** Whether somebody could take a message now. */
  boolean hasTaker() {
    return queue.hasTaker();
  }

  /** Whether somebody waits for messages of this lane. */
  boolean isWanted() {
    return queue.hasConsumers() || queue.hasTakes();
  }

  /** A message arrived at the lane's tail. Returns false when it stays in the log alone. */
  boolean arrived(long sequence, long position, long besideSequence, Message message) {
    if (ahead) {
      catchUp();
    }
    if (sequence != next || !budget.allows(this, message.size())) {
      return false;
    }
    next = sequence + 1;
    add(queued(sequence, position, besideSequence, durable, message), message);
    return true;
  }

  private QueuedMessage queued(
      long sequence, long position, long besideSequence, boolean inLog, Message message) {
    long expiresAtMillis = queue.policy.expiresAtMillis(message);
    return new QueuedMessage(this, sequence, position, besideSequence, inLog, expiresAtMillis);
  }

  /** Whether a message in the lane may have a time after which it is gone. */
  boolean mayExpire() {
    return lane != null && (queue.policy.hasTimeToLive() || lane.mayExpire());
  }

  /** Whether heads are to go elsewhere because there are too many. */
  private boolean isTooLong() {
    return queue.policy.deadLetters() && queue.excess() > 0;
  }

  /** Passes by the first message that only the log has; returns its sequence. */
  long skipCold(Lane cold) {
    long sequence = cold.nextAlive(next);
    next = sequence + 1;
    return sequence;
  }

  /** Whether the lane has to be looked into although nobody waits for its messages. */
  boolean needsLook(QueueState state) {
    if (dyingWithoutBody > 0) {
      return true;
    }
    QueuedMessage head = head();
    return (head == null || head.message == null)
        && ready(state) > 0
        && (mayExpire() || isTooLong());
  }

  /** Whether a message may be spilled now: the log takes the sequences of a lane ascending only. */
  boolean maySpill(long sequence) {
    return sequence > spilled;
  }

  /** A message was spilled. */
  void spilled(long sequence) {
    spilled = sequence;
  }

  /** The message that goes next of those in memory, or null. It may lack its body. */
  @Nullable QueuedMessage head() {
    if (ahead) {
      catchUp();
    }
    QueuedMessage first = ready.peekFirst();
    Map.Entry<Long, QueuedMessage> back = returned.firstEntry();
    if (back == null || back.getKey() >= next) {
      return first;
    }
    return first == null || back.getKey() < first.sequence ? back.getValue() : first;
  }

  /** From this sequence on nothing was handed out since the start. */
  long firstNeverHandedOut() {
    QueuedMessage first = ready.peekFirst();
    return Math.max(chosenBelow, first == null ? next : first.sequence);
  }

  // ---- choosing ------------------------------------------------------------------------------

  /** A message that is ready and in memory, though it may lack its body; null for a cold one. */
  @Nullable QueuedMessage find(long sequence) {
    int place = ready.find(sequence);
    return place < 0 ? returned.get(sequence) : ready.get(place);
  }

  /** The first message that came back with a higher sequence, or null. */
  @Nullable QueuedMessage returnedAfter(long sequence) {
    Map.Entry<Long, QueuedMessage> entry = returned.higherEntry(sequence);
    return entry == null ? null : entry.getValue();
  }

  /** How many times a message has come back. */
  long givenBack() {
    return givenBack;
  }

  /** Takes a message that is ready from wherever it is, for handing it to somebody. */
  QueuedMessage take(long sequence, long besideSequence, Message message) {
    chosenBelow = Math.max(chosenBelow, sequence + 1);
    int place = ready.find(sequence);
    QueuedMessage queued = place < 0 ? returned.remove(sequence) : ready.get(place);
    if (queued == null) {
      ahead = true;
      return queued(sequence, 0, besideSequence, true, message);
    }
    if (place >= 0) {
      ready.remove(place);
    }
    if (queued.message != null) {
      account(-queued.message.size());
    }
    return queued;
  }

  /** Moves on over what was taken out of the cold ones. */
  private void catchUp() {
    if (lane == null) {
      return;
    }
    long s = lane.nextAlive(next);
    while (s < lane.tail() && isHeld(s)) {
      s = lane.nextAlive(s + 1);
    }
    // A message that is just arriving is in the lane and not here yet.
    next = Math.max(next, Math.min(s, lane.tail()));
    ahead = next < lane.tail();
  }

  private boolean isHeld(long sequence) {
    return isTaken(sequence) || returned.containsKey(sequence);
  }

  /** Whether somebody has it, or it is on its way elsewhere. */
  boolean isTaken(long sequence) {
    return inFlight.get(sequence) != null || (!dying.isEmpty() && dying.containsKey(sequence));
  }

  /** Takes the head out, for handing it to somebody. */
  void removeHead(QueuedMessage head) {
    if (ready.peekFirst() == head) {
      ready.removeFirst();
    } else {
      returned.remove(head.sequence);
    }
    if (head.message != null) {
      account(-head.message.size());
    }
  }

  void putInFlight(QueuedMessage message) {
    inFlight.put(message.sequence, message);
  }

  @Nullable QueuedMessage inFlight(long sequence) {
    return inFlight.get(sequence);
  }

  void removeInFlight(QueuedMessage message) {
    inFlight.remove(message.sequence);
  }

  long[] inFlightSequences() {
    return inFlight.sortedKeys();
  }

  /** Back to its place. Where the log has its body, that is fetched again when it is due. */
  void giveBack(QueuedMessage message) {
    inFlight.remove(message.sequence);
    message.redelivered = true;
    message.returnNumber = ++givenBack;
    message.consumer = null;
    returned.put(message.sequence, message);
    if (message.message != null) {
      account(message.message.size());
    }
  }

  /** A message that was in flight goes without having been processed. */
  void doom(QueuedMessage message, Death.Reason reason) {
    inFlight.remove(message.sequence);
    message.redelivered = true;
    message.consumer = null;
    message.dying = reason;
    dying.put(message.sequence, message);
    if (message.message == null) {
      dyingWithoutBody++;
    } else {
      account(message.message.size());
    }
  }

  /** The first message that goes without having been processed and whose body is here, or null. */
  @Nullable QueuedMessage firstDying() {
    if (dying.size() > dyingWithoutBody) {
      for (QueuedMessage message : dying.values()) {
        if (message.message != null) {
          return message;
        }
      }
    }
    return null;
  }

  boolean hasDying() {
    return !dying.isEmpty();
  }

  void removeDying(QueuedMessage message) {
    dying.remove(message.sequence);
    if (message.message != null) {
      account(-message.message.size());
    }
  }

  /** What a purge leaves, ascending: what is in flight, and what is on its way elsewhere. */
  long[] keptSequences() {
    long[] flying = inFlight.sortedKeys();
    if (dying.isEmpty()) {
      return flying;
    }
    long[] kept = Arrays.copyOf(flying, flying.length + dying.size());
    int n = flying.length;
    for (long sequence : dying.keySet()) {
      kept[n++] = sequence;
    }
    Arrays.sort(kept);
    return kept;
  }

  /** All that is ready is gone; what is in flight stays. */
  void purge(long tail) {
    for (int i = 0; i < ready.size(); i++) {
      QueuedMessage message = ready.get(i);
      if (message != null && message.message != null) {
        account(-message.message.size());
      }
    }
    for (QueuedMessage message : returned.values()) {
      if (message.message != null) {
        account(-message.message.size());
      }
    }
    ready.clear();
    returned.clear();
    next = tail;
  }

  /**
   * Sequences to fetch now: heads without body, then cold ones; null when nothing is to be done.
   * What somebody can take now is always fetched, what comes after it only as far as the budget
   * allows.
   *
   * @param maxBytes that the page may have: they count in the budget until it has come
   */
  long @Nullable [] startFetch(int maxBytes) {
    if (lane == null || fetching) {
      return null;
    }
    QueuedMessage head = head();
    boolean headWaits = head == null || head.message == null;
    boolean ahead = ready.size() <= PAGE_MESSAGES / 2 && budget.allowsPage(this);
    if (!ahead
        && dyingWithoutBody == 0
        && (!headWaits || !(queue.hasTaker() || mayExpire() || isTooLong()))) {
      return null;
    }
    long[] sequences = wanted(lane, ahead ? PAGE_MESSAGES : WindowBudget.ALWAYS_MESSAGES);
    if (sequences != null) {
      fetching = true;
      fetchingBytes = maxBytes;
      budget.request(maxBytes);
    }
    return sequences;
  }

  private long @Nullable [] wanted(Lane lane, int max) {
    long[] wanted = new long[max];
    int n = 0;
    if (dyingWithoutBody > 0) {
      n = addWithoutBody(dying, wanted, n);
      if (!isWanted() && !mayExpire() && !isTooLong()) {
        return Arrays.copyOf(wanted, n);
      }
    }
    n = addWithoutBody(returned, wanted, n);
    long tail = lane.tail();
    for (long s = lane.nextAlive(next); s < tail && n < max; s = lane.nextAlive(s + 1)) {
      if (!ahead || !isHeld(s)) {
        wanted[n++] = s;
      }
    }
    if (n == 0) {
      return null;
    }
    Arrays.sort(wanted, 0, n);
    return n == max ? wanted : Arrays.copyOf(wanted, n);
  }

  private static int addWithoutBody(SortedMap<Long, QueuedMessage> from, long[] wanted, int count) {
    int n = count;
    for (QueuedMessage message : from.values()) {
      if (n == wanted.length) {
        break;
      }
      if (message.message == null) {
        wanted[n++] = message.sequence;
      }
    }
    return n;
  }

  /**
   * A page has come: {@code count} messages of those asked for, from the first on.
   *
   * @throws MissingMessageException when the log lacks one that nobody has settled
   */
  void fetched(Command.PageRead page) {
    endFetch();
    if (lane == null) {
      return;
    }
    for (int i = 0; i < page.count(); i++) {
      long sequence = page.sequences()[i];
      Message message = page.messages()[i];
      if (!lane.isAlive(sequence)) {
        continue; // settled since it was asked for, and maybe cleaned away
      }
      if (message == null) {
        throw new MissingMessageException(queue.name(), durable, sequence);
      }
      // A page has the new ones without a gap, but those that are held from anywhere.
      if (sequence >= next && !(ahead && isHeld(sequence))) {
        next = sequence + 1;
        add(queued(sequence, 0, page.besideSequences()[i], true, message), message);
      } else {
        embody(sequence, message);
      }
    }
  }

  /** The body of a message that is in memory without it has come. */
  private void embody(long sequence, Message message) {
    QueuedMessage back = returned.get(sequence);
    if (back == null && dyingWithoutBody > 0) {
      back = dying.get(sequence);
    }
    if (back != null && back.message == null) {
      back.message = message;
      account(message.size());
      if (back.dying != null) {
        dyingWithoutBody--;
      }
    }
  }

  private void endFetch() {
    if (fetching) {
      fetching = false;
      budget.request(-fetchingBytes);
    }
  }

  /** Gives back all memory: the queue is gone. */
  void clear() {
    purge(next);
    while (!dying.isEmpty()) {
      removeDying(dying.firstEntry().getValue());
    }
    dyingWithoutBody = 0;
    endFetch();
  }

  private void add(QueuedMessage queued, Message message) {
    queued.message = message;
    ready.addLast(queued);
    account(message.size());
  }

  private void account(int size) {
    readyBytes += size;
    if (size > 0) {
      budget.add(size);
    } else {
      budget.remove(-size);
    }
  }
}
