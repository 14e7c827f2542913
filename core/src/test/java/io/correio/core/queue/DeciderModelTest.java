package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.message.Arguments;
import io.correio.core.queue.QueueModel.Entry;
import io.correio.core.queue.QueueModel.Peer;
import io.correio.core.queue.QueueModel.Pool;
import io.correio.core.queue.QueueModel.Queue;
import io.correio.core.queue.QueueModel.Reader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any commands in any order, with crashes, against lists. */
class DeciderModelTest {

  private static final int STEPS = 6_000;
  private static final int MAX_QUEUES = 4;
  private static final int MAX_PEERS = 4;

  private Random random = new Random(0);
  private Bench bench = new Bench();
  private QueueModel model = new QueueModel();
  private long nextPeer = 1;
  private int nextQueue = 1;
  private int nextBody = 1;
  private boolean room = true;
  private long outboxBytes;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void nothing_is_lost_doubled_overtaken_or_stuck(long seed) {
    random = new Random(seed);
    outboxBytes = 1L << (8 + random.nextInt(12));
    bench = new Bench(windowBytes(), outboxBytes);
    model = new QueueModel();
    int crashEvery = random.nextBoolean() ? 300 : 3_000;
    for (int i = 0; i < STEPS; i++) {
      try {
        if (random.nextInt(crashEvery) == 0) {
          crash();
        } else {
          step();
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ", step " + i + ": " + e.getMessage(), e);
      }
    }
    drain();
  }

  /** From so little that almost all is cold to so much that nothing is. */
  private long windowBytes() {
    return 1L << (14 + random.nextInt(8));
  }

  private void step() {
    boolean one = random.nextInt(100) == 0;
    if (model.peers.size() < 2 || (one && model.peers.size() < MAX_PEERS)) {
      connect();
    }
    if (model.living().size() < 2 || random.nextInt(100) == 0) {
      declare();
    }
    Peer peer = pick(List.copyOf(model.peers.values()));
    switch (random.nextInt(22)) {
      case 0, 1, 2, 3, 4, 5 -> {
        for (int n = random.nextInt(500) == 0 ? 600 : 1; n > 0; n--) {
          publish(peer);
        }
      }
      case 6, 7, 8, 9 -> settle(peer);
      case 10 -> subscribe(peer);
      case 11 -> cancel(peer);
      case 12 -> credit(peer);
      case 13 -> limitPool(peer);
      case 14 -> drained(peer);
      case 15 -> take(peer);
      case 16 -> toggleRoom();
      case 17 -> purgeOrDelete(peer);
      case 18 -> disconnect(peer);
      case 19 -> checkRest();
      default -> answerPage();
    }
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private long position() {
    return bench.decisions.position();
  }

  /** The model knows already; now the decider does it, and the model judges what came out. */
  private void decide(Command command) {
    long position = position();
    bench.decider.decide(command);
    judge(position);
    bench.decider.endStep();
    judge(position);
    bench.decisions.endEntry();
  }

  private void judge(long position) {
    model.facts(bench.decisions.facts);
    Iterator<RecordedDecisions.Sent> sent = bench.decisions.sent.iterator();
    while (sent.hasNext()) {
      model.effect(sent.next(), position);
      sent.remove();
    }
  }

  private void connect() {
    Peer peer = new Peer(nextPeer++, outboxBytes);
    model.peers.put(peer.id, peer);
    decide(new Command.Connect(peer.id, effect -> {}));
  }

  private void declare() {
    List<Peer> free = model.peers.values().stream().filter(p -> p.waiting == 0).toList();
    if (model.living().size() >= MAX_QUEUES || free.isEmpty()) {
      return;
    }
    Peer peer = pick(free);
    String name = "q" + nextQueue++;
    boolean durable = room && random.nextInt(4) != 0; // a new durable one would wait
    long position = position();
    bench.decider.decide(
        new Command.DeclareQueue(peer.id, 1, name, false, durable, false, false, Arguments.EMPTY));
    model.queues.add(new Queue(bench.queue(name).id(), name, durable, position));
    if (durable) {
      peer.causedAt = position;
    }
    judge(position);
    bench.decisions.endEntry();
  }

  private void publish(Peer peer) {
    List<Long> targets = new ArrayList<>();
    for (Queue queue : model.queues) {
      if (random.nextInt(3) == 0) {
        targets.add(queue.id); // also of queues that are gone
      }
    }
    int size = random.nextInt(20) == 0 ? random.nextInt(60_000) : random.nextInt(100);
    String body = nextBody++ + ":" + "x".repeat(size);
    long[] queues = targets.stream().mapToLong(Long::longValue).toArray();
    Command.Publish publish = Bench.publish(peer.id, body, random.nextInt(3) != 0, queues);
    if (!room || peer.waiting > 0) {
      peer.waiting++;
      model.waiting.add(publish);
    } else {
      if (model.published(publish, position())) {
        peer.causedAt = position();
        peer.enqueuedAt = position();
      }
    }
    decide(publish);
  }

  private void toggleRoom() {
    room = !room;
    bench.decisions.room = room ? Long.MAX_VALUE : 0;
    bench.decisions.roomShort = random.nextBoolean();
    if (room) {
      model.waiting.forEach(publish -> model.published(publish, position()));
      model.waiting.clear();
      model.peers.values().forEach(p -> p.waiting = 0);
    }
    decide(new Command.Resume());
  }

  private void settle(Peer peer) {
    int count = random.nextInt(5);
    Settlement settlement = pick(List.of(Settlement.values()));
    List<Entry> chosen = new ArrayList<>();
    boolean inOrder = random.nextBoolean();
    for (int i = 0; i < count && !peer.held.isEmpty(); i++) {
      Entry entry = inOrder ? peer.held.getFirst() : pick(peer.held);
      chosen.add(entry);
      model.settled(peer, entry, settlement, position());
    }
    long[] lanes = chosen.stream().mapToLong(e -> e.lane).toArray();
    long[] sequences = chosen.stream().mapToLong(e -> e.sequence).toArray();
    decide(new Command.Settle(peer.id, lanes, sequences, chosen.size(), settlement));
  }

  private void subscribe(Peer peer) {
    if (peer.waiting > 0 || peer.readers.size() > 3) {
      return;
    }
    Queue queue = pick(model.living());
    long id = random.nextInt(1_000);
    if (peer.readers.containsKey(id)) {
      return;
    }
    Command.Subscribe command =
        new Command.Subscribe(
            peer.id,
            1,
            id,
            queue.name,
            "c",
            random.nextInt(4) == 0,
            false,
            random.nextInt(3) == 0 ? Command.UNLIMITED : random.nextInt(30),
            random.nextBoolean(),
            random.nextInt(2));
    Pool pool = peer.pools.computeIfAbsent(command.pool(), p -> new Pool());
    peer.readers.put(id, new Reader(command, queue, pool));
    decide(command);
  }

  private @Nullable Reader pickReader(Peer peer) {
    return peer.readers.isEmpty() ? null : pick(List.copyOf(peer.readers.values()));
  }

  private void cancel(Peer peer) {
    Reader reader = pickReader(peer);
    if (reader != null && peer.waiting == 0 && random.nextInt(3) == 0) {
      peer.readers.remove(reader.id);
      decide(new Command.Cancel(peer.id, 1, reader.id));
    }
  }

  private void credit(Peer peer) {
    Reader reader = pickReader(peer);
    if (reader != null) {
      int messages = random.nextInt(10);
      if (reader.credit != Command.UNLIMITED) {
        reader.credit += messages;
      }
      decide(new Command.Credit(peer.id, reader.id, messages));
    }
  }

  private void limitPool(Peer peer) {
    if (peer.waiting > 0) {
      return;
    }
    long id = random.nextInt(2);
    Pool pool = peer.pools.computeIfAbsent(id, p -> new Pool());
    pool.limit = random.nextInt(3) == 0 ? Command.UNLIMITED : 1 + random.nextInt(20);
    pool.flowing = random.nextInt(5) != 0;
    decide(new Command.LimitPool(peer.id, 1, id, pool.limit, pool.flowing));
  }

  private void drained(Peer peer) {
    long bytes = random.nextLong(peer.undrained + 1);
    peer.undrained -= bytes;
    peer.outbox += bytes;
    decide(new Command.Drained(peer.id, bytes));
  }

  private void take(Peer peer) {
    if (peer.waiting == 0) {
      decide(new Command.Take(peer.id, 1, pick(model.living()).name, false));
    }
  }

  private void purgeOrDelete(Peer peer) {
    if (peer.waiting > 0 || random.nextInt(5) != 0) {
      return;
    }
    Queue queue = pick(model.living());
    if (random.nextBoolean()) {
      model.purged(peer, queue, position());
      decide(new Command.PurgeQueue(peer.id, 1, queue.name));
    } else {
      long position = position();
      model.deleted(queue, position);
      decide(new Command.DeleteQueue(peer.id, 1, queue.name, false, false));
      peer.causedAt = queue.durable ? position : peer.causedAt;
    }
  }

  private void disconnect(Peer peer) {
    if (random.nextInt(6) == 0) {
      model.left(peer, position());
      decide(new Command.Disconnect(peer.id));
    }
  }

  private void answerPage() {
    long position = position();
    RecordedDecisions.Fetch fetch = bench.decisions.fetches.peek();
    if (fetch != null) {
      model.durable(fetch.durable);
      bench.answerPage(1 + random.nextInt(600));
      judge(position);
    }
  }

  /** All pages come in: then nothing is stuck, and what the queues say is what the lists say. */
  private void checkRest() {
    if (random.nextInt(10) != 0) {
      return;
    }
    while (!bench.decisions.fetches.isEmpty()) {
      answerPage();
    }
    model.checkNothingIsStuck();
    for (Queue queue : model.living()) {
      QueueStatistics statistics = bench.statistics(queue.id);
      assertThat(statistics.ready()).as("ready in %s", queue.name).isEqualTo(queue.ready());
      assertThat(statistics.unsettled()).isEqualTo(queue.inFlight());
    }
    assertThat(bench.decider.windowBytes()).isNotNegative();
    assertReplayed(bench.recovered());
  }

  private void assertReplayed(QueueState replayed) {
    for (long id : bench.state.laneIds()) {
      if (LaneId.isDurable(id)) {
        Lane was = Objects.requireNonNull(bench.state.lane(id));
        Lane is = Objects.requireNonNull(replayed.lane(id));
        assertThat(is.floor()).isEqualTo(was.floor());
        assertThat(is.tail()).isEqualTo(was.tail());
        assertThat(is.mark()).isEqualTo(was.mark());
        assertThat(is.messages()).isEqualTo(was.messages());
        for (long s = was.nextAlive(0); s < was.tail(); s = was.nextAlive(s + 1)) {
          assertThat(is.isAlive(s)).isTrue();
        }
      }
    }
    assertThat(replayed.nextQueueId()).isLessThanOrEqualTo(bench.state.nextQueueId());
  }

  private void crash() {
    long last = position() - 1;
    long durable = last - Math.min(last, random.nextInt(30));
    durable = Math.max(durable, model.durable());
    Bench next = new Bench(bench.recovered(durable), windowBytes(), outboxBytes);
    next.decisions.remember(bench.decisions, durable);
    model.crashed(durable);
    bench = next;
    room = true;
    model.facts(bench.decisions.facts);
  }

  /** In the end one reader gets all that is left, and nobody else anything. */
  private void drain() {
    if (!room) {
      toggleRoom();
    }
    for (Peer peer : List.copyOf(model.peers.values())) {
      model.left(peer, position());
      decide(new Command.Disconnect(peer.id));
    }
    connect();
    Peer peer = model.peers.values().iterator().next();
    for (Queue queue : model.living()) {
      Command.Subscribe command = bench.subscription(peer.id, queue.id, queue.name, 20, true, 0);
      peer.readers.put(
          queue.id, new Reader(command, queue, peer.pools.computeIfAbsent(0L, p -> new Pool())));
      decide(command);
    }
    int rounds = 0;
    while (model.living().stream().anyMatch(q -> q.ready() > 0) || !peer.held.isEmpty()) {
      assertThat(++rounds).as("rounds").isLessThan(10 * STEPS);
      drained(peer);
      answerPage();
      for (Entry entry : List.copyOf(peer.held)) {
        model.settled(peer, entry, Settlement.ACCEPTED, position());
        decide(Bench.settlement(peer.id, Settlement.ACCEPTED, entry.lane, entry.sequence));
      }
      if (bench.decisions.fetches.isEmpty()) {
        model.checkNothingIsStuck();
      }
    }
    assertReplayed(bench.recovered());
  }
}
