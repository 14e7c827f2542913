package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.message.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Queues as lists that are searched from end to end. It is told the commands and judges the
 * effects: each delivery has to be the first ready message of its queue, within all credits, and
 * has to wait for all that it depends on.
 */
final class QueueModel {

  static final class Entry {
    final String body;
    final boolean durable;
    final int size;
    final long enqueuedAt;
    long goneAt = Long.MAX_VALUE;
    long seenAt = Long.MAX_VALUE;
    long lane;
    long sequence;
    boolean flagged;
    boolean mayBeFlagged;
    @Nullable Peer holder;
    @Nullable Reader reader;

    Entry(String body, boolean durable, int size, long enqueuedAt) {
      this.body = body;
      this.durable = durable;
      this.size = size;
      this.enqueuedAt = enqueuedAt;
    }

    boolean isReady() {
      return holder == null && goneAt == Long.MAX_VALUE;
    }
  }

  static final class Queue {
    final long id;
    final String name;
    final boolean durable;
    final long createdAt;
    long deletedAt = Long.MAX_VALUE;
    List<Entry> entries = new ArrayList<>();

    Queue(long id, String name, boolean durable, long createdAt) {
      this.id = id;
      this.name = name;
      this.durable = durable;
      this.createdAt = createdAt;
    }

    @Nullable Entry firstReady() {
      return entries.stream().filter(Entry::isReady).findFirst().orElse(null);
    }

    long ready() {
      return entries.stream().filter(Entry::isReady).count();
    }

    long inFlight() {
      return entries.stream().filter(e -> e.holder != null).count();
    }
  }

  static final class Pool {
    int limit = Command.UNLIMITED;
    boolean flowing = true;
    int outstanding;
  }

  static final class Reader {
    final long id;
    final Queue queue;
    final Pool pool;
    final boolean autoSettle;
    final boolean renewing;
    int credit;

    Reader(Command.Subscribe command, Queue queue, Pool pool) {
      id = command.consumer();
      this.queue = queue;
      this.pool = pool;
      autoSettle = command.autoSettle();
      renewing = command.renewing();
      credit = command.credit();
    }

    boolean hasCredit() {
      return credit > 0 && pool.flowing && pool.outstanding < pool.limit;
    }
  }

  static final class Peer {
    final long id;
    final Map<Long, Reader> readers = new TreeMap<>();
    final Map<Long, Pool> pools = new HashMap<>();
    final List<Entry> held = new ArrayList<>();
    long outbox;
    long undrained;
    long published;
    long accepted;
    long causedAt;
    long enqueuedAt;
    int waiting;

    Peer(long id, long outbox) {
      this.id = id;
      this.outbox = outbox;
    }
  }

  final Map<Long, Peer> peers = new TreeMap<>();
  final List<Queue> queues = new ArrayList<>();
  final List<Command.Publish> waiting = new ArrayList<>();
  private final Map<Long, TreeMap<Long, Long>> covers = new HashMap<>();
  private long durable;
  private int factsRead;

  /** Up to there everything is durable, as something that waits for it was seen. */
  void durable(long position) {
    durable = Math.max(durable, position);
  }

  long durable() {
    return durable;
  }

  List<Queue> living() {
    return queues.stream().filter(q -> q.deletedAt == Long.MAX_VALUE).toList();
  }

  private @Nullable Queue living(long id) {
    return living().stream().filter(q -> q.id == id).findFirst().orElse(null);
  }

  // ---- commands ------------------------------------------------------------------------------

  /** Returns whether it was put into a durable lane. */
  boolean published(Command.Publish command, long position) {
    Message message = command.message();
    boolean logged = false;
    for (long id : command.queues()) {
      Queue queue = living(id);
      if (queue != null) {
        boolean durable = message.envelope().durable() && queue.durable;
        queue.entries.add(new Entry(Bench.body(message), durable, message.size(), position));
        logged |= durable;
      }
    }
    Peer peer = peers.get(command.connection());
    if (peer != null) {
      peer.published++;
    }
    return logged;
  }

  void settled(Peer peer, Entry entry, Settlement settlement, long position) {
    peer.held.remove(entry);
    entry.holder = null;
    Reader reader = entry.reader;
    entry.reader = null;
    if (settlement == Settlement.RETURNED || settlement == Settlement.RELEASED) {
      entry.flagged = true;
    } else {
      entry.goneAt = position;
      if (entry.durable) {
        peer.causedAt = position;
      }
    }
    if (reader != null) {
      reader.pool.outstanding--;
      if (reader.renewing && reader.credit != Command.UNLIMITED) {
        reader.credit++;
      }
    }
  }

  void left(Peer peer, long position) {
    for (Entry entry : List.copyOf(peer.held)) {
      settled(peer, entry, Settlement.RETURNED, position);
    }
    peers.remove(peer.id);
  }

  void purged(Peer peer, Queue queue, long position) {
    queue.entries.stream().filter(Entry::isReady).forEach(e -> e.goneAt = position);
    peer.causedAt = position;
  }

  void deleted(Queue queue, long position) {
    for (Peer other : peers.values()) {
      for (Entry entry : List.copyOf(other.held)) {
        if (queue.entries.contains(entry)) {
          long caused = other.causedAt;
          settled(other, entry, Settlement.RETURNED, position);
          other.causedAt = caused;
        }
      }
      other.readers.values().removeIf(r -> r.queue == queue);
    }
    queue.deletedAt = position;
  }

  // ---- effects -------------------------------------------------------------------------------

  void facts(List<RecordedDecisions.Logged> facts) {
    for (; factsRead < facts.size(); factsRead++) {
      if (facts.get(factsRead).fact() instanceof Fact.Marked(long lane, long upTo)) {
        long position = facts.get(factsRead).position();
        covers.computeIfAbsent(lane, l -> new TreeMap<>()).putIfAbsent(upTo, position);
      }
    }
  }

  void effect(RecordedDecisions.Sent sent, long position) {
    Peer peer = peers.get(sent.connection());
    if (peer == null) {
      return; // it left in this step
    }
    switch (sent.effect()) {
      case Effect.Delivered d -> delivered(peer, sent, d, position);
      case Effect.Taken t -> taken(peer, sent, t);
      case Effect.Accepted a -> {
        assertThat(a.number()).isGreaterThan(peer.accepted).isLessThanOrEqualTo(peer.published);
        peer.accepted = a.number();
        assertThat(sent.leavesAt()).isGreaterThanOrEqualTo(peer.enqueuedAt);
      }
      case Effect.Replied ignored ->
          assertThat(sent.leavesAt()).as("barrier").isGreaterThanOrEqualTo(peer.causedAt);
      default -> {}
    }
  }

  private void delivered(
      Peer peer, RecordedDecisions.Sent sent, Effect.Delivered d, long position) {
    Reader reader = Objects.requireNonNull(peer.readers.get(d.consumer()), "no such consumer");
    assertThat(LaneId.queue(d.lane())).isEqualTo(reader.queue.id);
    assertThat(reader.hasCredit()).as("credit").isTrue();
    assertThat(peer.outbox).as("outbox").isPositive();
    Entry entry = handedOut(peer, sent, d.lane(), d.sequence(), d.message(), d.redelivered());
    if (reader.credit != Command.UNLIMITED) {
      reader.credit--;
    }
    if (reader.autoSettle) {
      entry.goneAt = position;
      if (entry.durable) {
        peer.causedAt = position;
      }
    } else {
      entry.holder = peer;
      entry.reader = reader;
      peer.held.add(entry);
      reader.pool.outstanding++;
    }
  }

  private void taken(Peer peer, RecordedDecisions.Sent sent, Effect.Taken t) {
    Entry entry = handedOut(peer, sent, t.lane(), t.sequence(), t.message(), t.redelivered());
    entry.holder = peer;
    peer.held.add(entry);
    Queue queue = Objects.requireNonNull(living(LaneId.queue(t.lane())));
    assertThat(t.remaining()).isLessThanOrEqualTo(queue.ready()); // others may have come since
  }

  private Entry handedOut(
      Peer peer,
      RecordedDecisions.Sent sent,
      long lane,
      long sequence,
      Message message,
      boolean redelivered) {
    Queue queue = Objects.requireNonNull(living(LaneId.queue(lane)), "queue is gone");
    Entry entry = Objects.requireNonNull(queue.firstReady(), "nothing is ready");
    assertThat(number(Bench.body(message)))
        .as("first ready of %s", queue.name)
        .isEqualTo(number(entry.body));
    assertThat(message.size()).isEqualTo(entry.size);
    assertThat(LaneId.isDurable(lane)).isEqualTo(entry.durable);
    if (entry.sequence != 0) {
      assertThat(sequence).isEqualTo(entry.sequence);
    }
    entry.lane = lane;
    entry.sequence = sequence;
    if (!entry.mayBeFlagged || entry.flagged) {
      assertThat(redelivered).as("redelivered %s", number(entry.body)).isEqualTo(entry.flagged);
    }
    if (entry.durable) {
      assertThat(sent.leavesAt()).isGreaterThanOrEqualTo(ifNotDurable(entry.enqueuedAt));
      assertThat(sent.leavesAt()).isGreaterThanOrEqualTo(ifNotDurable(cover(lane, sequence)));
    } else {
      assertThat(sent.dependsOn()).isZero();
    }
    entry.seenAt = Math.min(entry.seenAt, sent.leavesAt());
    peer.outbox -= entry.size;
    peer.undrained += entry.size;
    return entry;
  }

  /** Messages begin with their number. */
  private static String number(String body) {
    return body.substring(0, body.indexOf(':'));
  }

  private long ifNotDurable(long position) {
    return position <= durable ? 0 : position;
  }

  private long cover(long lane, long sequence) {
    TreeMap<Long, Long> marks = Objects.requireNonNull(covers.get(lane), "nothing is marked");
    return Objects.requireNonNull(marks.higherEntry(sequence), "not covered").getValue();
  }

  // ---- judging rest and restart --------------------------------------------------------------

  /** After all pages were answered: nobody who could take anything is left waiting. */
  void checkNothingIsStuck() {
    for (Peer peer : peers.values()) {
      for (Reader reader : peer.readers.values()) {
        if (reader.hasCredit() && peer.outbox > 0) {
          assertThat(reader.queue.ready()).as("ready in %s", reader.queue.name).isZero();
        }
      }
    }
  }

  /** All that was not durable never happened; who was there is gone. */
  void crashed(long last) {
    peers.clear();
    waiting.clear();
    queues.removeIf(q -> !q.durable || q.createdAt > last);
    for (Queue queue : queues) {
      if (queue.deletedAt > last) {
        queue.deletedAt = Long.MAX_VALUE;
      }
      queue.entries.removeIf(e -> !e.durable || e.enqueuedAt > last || e.goneAt <= last);
      for (Entry entry : queue.entries) {
        entry.goneAt = Long.MAX_VALUE;
        entry.holder = null;
        entry.reader = null;
        entry.flagged = entry.seenAt <= last;
        entry.seenAt = entry.flagged ? entry.seenAt : Long.MAX_VALUE;
        entry.mayBeFlagged = true;
      }
    }
    queues.removeIf(q -> q.deletedAt != Long.MAX_VALUE);
    covers.clear();
    factsRead = 0;
    durable = last;
  }
}
