package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Choosers, takers and browsers at random on one queue that is mostly cold. */
class ScanModelTest {

  private static final long SEED = 7_411;
  private static final int RUNS = 300;
  private static final int STEPS = 150;
  private static final long PUBLISHER = 1;
  private static final String LETTERS = "abc";

  private record Key(long lane, long sequence) {}

  /** A connection with one consumer. */
  private static final class Peer {
    final long id;
    final @Nullable String letter;
    final boolean browsing;
    final List<Effect.Delivered> held = new ArrayList<>();
    long consumer;

    Peer(long id, @Nullable String letter, boolean browsing) {
      this.id = id;
      this.letter = letter;
      this.browsing = browsing;
    }
  }

  private final List<Peer> peers = new ArrayList<>();
  private final Set<Key> inFlight = new HashSet<>();
  private final Set<Key> gone = new HashSet<>();
  private Random random = new Random(0);
  private Bench bench = new Bench();
  private long queue;
  private int published;

  @Test
  void each_message_goes_to_one_who_wants_it_and_all_are_consumed_in_the_end() {
    for (int run = 0; run < RUNS; run++) {
      random = new Random(SEED + run);
      begin();
      for (int step = 0; step < STEPS; step++) {
        step();
        look("seed " + (SEED + run));
      }
      end("seed " + (SEED + run));
    }
  }

  private void begin() {
    peers.clear();
    inFlight.clear();
    gone.clear();
    published = 0;
    bench = new Bench(random.nextBoolean() ? 1024 : 64 << 10, Bench.OUTBOX_BYTES);
    bench.connect(PUBLISHER);
    queue = bench.declare(PUBLISHER, "q");
    for (int i = 0; i < 6; i++) {
      String letter = i < 4 ? LETTERS.substring(i % 3, i % 3 + 1) : null;
      Peer peer = new Peer(2 + i, letter, i == 5);
      peers.add(peer);
      bench.connect(peer.id);
      if (random.nextBoolean()) {
        subscribe(peer, random.nextInt(4));
      }
    }
  }

  private void subscribe(Peer peer, int credit) {
    peer.consumer++;
    String selector = peer.letter == null ? null : "body LIKE '" + peer.letter + "%'";
    bench.decide(bench.choosing(peer.id, peer.consumer, "q", credit, selector, peer.browsing));
  }

  private void step() {
    Peer peer = peers.get(random.nextInt(peers.size()));
    switch (random.nextInt(8)) {
      case 0, 1 -> {
        for (int n = random.nextInt(8); n > 0; n--) {
          String body = LETTERS.charAt(random.nextInt(3)) + "" + ++published;
          bench.decide(Bench.publish(PUBLISHER, body, random.nextBoolean(), queue));
        }
      }
      case 2, 3 -> settle(peer, Settlement.ACCEPTED);
      case 4 -> settle(peer, Settlement.RETURNED);
      case 5 -> bench.answerPage(random.nextInt(20) + 1);
      case 6 -> {
        if (random.nextBoolean()) {
          bench.decide(new Command.Cancel(peer.id, bench.request(), peer.consumer));
        } else {
          subscribe(peer, random.nextInt(4));
        }
      }
      default -> bench.decide(new Command.Credit(peer.id, peer.consumer, random.nextInt(4)));
    }
  }

  private void settle(Peer peer, Settlement settlement) {
    if (peer.held.isEmpty()) {
      return;
    }
    Effect.Delivered message = peer.held.remove(random.nextInt(peer.held.size()));
    Key key = new Key(message.lane(), message.sequence());
    inFlight.remove(key);
    if (settlement == Settlement.ACCEPTED) {
      gone.add(key);
    }
    bench.settle(peer.id, settlement, message);
  }

  private void look(String seed) {
    for (Peer peer : peers) {
      for (Effect.Delivered message : bench.deliveries(peer.id)) {
        Key key = new Key(message.lane(), message.sequence());
        String body = Bench.body(message.message());
        assertThat(gone).as("%s: %s is gone", seed, body).doesNotContain(key);
        if (peer.letter != null) {
          assertThat(body).as(seed).startsWith(peer.letter);
        }
        if (!peer.browsing) {
          assertThat(inFlight.add(key)).as("%s: %s is handed out once", seed, body).isTrue();
          peer.held.add(message);
        }
      }
    }
  }

  /** Everybody with enough credit, and whatever was handed out is settled. */
  private void end(String seed) {
    for (Peer peer : peers) {
      if (peer.letter != null) {
        subscribe(peer, 10_000);
      }
    }
    for (int round = 0; round < 3; round++) {
      bench.answerAllPages();
      look(seed);
      for (Peer peer : peers) {
        while (!peer.held.isEmpty()) {
          settle(peer, Settlement.ACCEPTED);
        }
      }
    }
    assertThat(bench.statistics(queue).ready()).as(seed).isZero();
    assertThat(gone).as(seed).hasSize(published);
  }
}
