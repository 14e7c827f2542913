package io.correio.core.queue;

import io.correio.core.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a decider decided, as its shard would see it, and a log that only remembers. */
final class RecordedDecisions implements Decisions {

  /** An effect, the position it asked for, and the one it has to wait for behind others. */
  record Sent(long connection, long dependsOn, long leavesAt, Effect effect) {}

  /** A page that was asked for. */
  static final class Fetch {
    final long scan;
    final long lane;
    final long[] sequences;
    final int maxBytes;

    /** A reader gets it only when this position is durable. */
    long durable = Long.MAX_VALUE;

    Fetch(long scan, long lane, long[] sequences, int maxBytes) {
      this.scan = scan;
      this.lane = lane;
      this.sequences = sequences;
      this.maxBytes = maxBytes;
    }
  }

  record Logged(long position, Fact fact) {}

  /** A message that can be read back, with its place beside the durable lane. */
  record Stored(Message message, long besideSequence) {}

  final List<Sent> sent = new ArrayList<>();
  final List<Logged> facts = new ArrayList<>();
  final Deque<Fetch> fetches = new ArrayDeque<>();
  int spills;

  /** Bytes that may be reserved in all. */
  long room = Long.MAX_VALUE;

  /** Bytes of facts without messages that can be logged. */
  long reserve = Long.MAX_VALUE;

  boolean roomShort;
  boolean spillRoom = true;
  long maxEntryBytes = 16 << 20;

  private final QueueState state;
  private final Map<Long, Long> barriers = new HashMap<>();
  private final Map<Long, Long> lastLeft = new HashMap<>();
  private final Map<Long, TreeMap<Long, Stored>> stored = new HashMap<>();
  private long position = 1;
  private boolean logged;

  RecordedDecisions(QueueState state) {
    this.state = state;
  }

  /** All that was decided since the last call is one entry, if there is anything to log. */
  void endEntry() {
    for (Fetch fetch : fetches) {
      fetch.durable = Math.min(fetch.durable, logged ? position : position - 1);
    }
    if (logged) {
      position++;
      logged = false;
    }
  }

  /** A restart: the log remembers what another one was told, but for what was transient. */
  void remember(RecordedDecisions before) {
    remember(before, Long.MAX_VALUE);
  }

  /** A restart after a crash that lost everything behind a position. */
  void remember(RecordedDecisions before, long durable) {
    for (Logged logged : before.facts) {
      if (logged.fact().isLogged() && logged.position() <= durable) {
        facts.add(logged);
        position = logged.position() + 1;
        if (logged.fact() instanceof Fact.Enqueued f) {
          store(f);
        }
      }
    }
  }

  @Nullable Stored stored(long lane, long sequence) {
    TreeMap<Long, Stored> messages = stored.get(lane);
    return messages == null ? null : messages.get(sequence);
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public void fact(Fact fact) {
    state.apply(position, fact);
    facts.add(new Logged(position, fact));
    if (fact.isLogged()) {
      logged = true;
      if (fact instanceof Fact.Enqueued f) {
        store(f);
      }
    }
  }

  private void store(Fact.Enqueued fact) {
    for (int i = 0; i < fact.lanes().length; i++) {
      store(fact.lanes()[i], fact.sequences()[i], new Stored(fact.message(), Long.MAX_VALUE));
    }
  }

  private void store(long lane, long sequence, Stored message) {
    Stored before = stored.computeIfAbsent(lane, l -> new TreeMap<>()).put(sequence, message);
    if (before != null) {
      throw new AssertionError("lane " + lane + ": sequence " + sequence + " is used twice");
    }
  }

  @Override
  public void causedBy(ConnectionEntry connection) {
    barriers.merge(connection.id, position, Math::max);
  }

  @Override
  public void effect(ConnectionEntry connection, long dependsOn, Effect effect) {
    boolean isReply = effect instanceof Effect.Replied || effect instanceof Effect.Taken;
    long barrier = isReply ? barriers.getOrDefault(connection.id, 0L) : 0;
    long leavesAt = lastLeft.merge(connection.id, Math.max(barrier, dependsOn), Math::max);
    sent.add(new Sent(connection.id, dependsOn, leavesAt, effect));
  }

  @Override
  public void fetch(long lane, long[] sequences, int maxBytes) {
    fetches.add(new Fetch(0, lane, sequences, maxBytes));
  }

  @Override
  public void scan(long scan, long lane, long[] sequences, int maxBytes) {
    fetches.add(new Fetch(scan, lane, sequences, maxBytes));
  }

  @Override
  public void spill(long[] lanes, long[] sequences, long[] besideSequences, Message message) {
    spills++;
    for (int i = 0; i < lanes.length; i++) {
      TreeMap<Long, Stored> before = stored.get(lanes[i]);
      if (before != null && before.lastKey() >= sequences[i]) {
        throw new AssertionError("lane " + lanes[i] + ": " + sequences[i] + " comes too late");
      }
      store(lanes[i], sequences[i], new Stored(message, besideSequences[i]));
    }
  }

  @Override
  public boolean maySpill(long bytes) {
    return spillRoom;
  }

  @Override
  public boolean fits(long bytes) {
    return bytes <= maxEntryBytes;
  }

  @Override
  public long reserveLeft() {
    return reserve;
  }

  @Override
  public void betweenCommands() {}

  @Override
  public boolean reserve(long bytes) {
    if (bytes > room) {
      return false;
    }
    room -= bytes;
    return true;
  }

  @Override
  public boolean isRoomShort() {
    return roomShort;
  }
}
