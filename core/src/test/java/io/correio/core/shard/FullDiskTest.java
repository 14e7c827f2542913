package io.correio.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.log.LogOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A whole shard on a disk that is full to the last byte. A log that fails fails the test. */
class FullDiskTest {

  private static final int QUEUES = 40;
  private static final ShardOptions OPTIONS = new ShardOptions(64 << 10, 1 << 20, 256 << 10);
  private static final int TO_STAY_FREE = 512 << 10;
  private static final LogOptions LOG =
      LogOptions.memory()
          .withSegmentBytes(256 << 10)
          .withKeepFreeBytes(TO_STAY_FREE)
          .withMergeBytesPerSecond(Long.MAX_VALUE);

  private final AtomicLong free = new AtomicLong(4 << 20);
  private final SteppedShard shard;
  private final SteppedShard.Peer publisher;
  private final SteppedShard.Peer consumer;

  FullDiskTest() throws IOException {
    shard = new SteppedShard(OPTIONS, LOG, free);
    shard.idle();
    publisher = shard.new Peer(1);
    consumer = shard.new Peer(2);
    for (int i = 0; i < QUEUES; i++) {
      publisher.declare("q" + i);
    }
    shard.idle();
  }

  /** Publishes to all queues in turn until publishes wait; returns how many, waiting included. */
  private int fillUp() {
    int published = 0;
    while (publisher.take(Effect.Blocked.class).isEmpty()) {
      for (int i = 0; i < QUEUES; i++, published++) {
        publisher.publish("q" + i, true, SteppedShard.body(published, 50));
      }
      shard.idle();
      assertThat(published).isLessThan(100_000);
    }
    return published;
  }

  private void takeOne(String queue, List<Integer> bodies) {
    shard.store().shard().submit(new Command.Take(consumer.id, 9, queue, true));
    if (bodies.size() % 16 == 0) {
      shard.idle();
    } else {
      shard.settleDown();
    }
    for (Effect.Taken taken : consumer.take(Effect.Taken.class)) {
      bodies.add(SteppedShard.number(taken.message()));
      shard.store().shard().submit(new Command.Drained(consumer.id, taken.message().size()));
    }
  }

  @Test
  void full_disk_for_what_is_transient_delays_the_checkpoint_and_ends_nothing() throws IOException {
    AtomicLong scratchFree = new AtomicLong(4 << 20);
    SteppedShard other =
        new SteppedShard(OPTIONS, LOG, new AtomicLong(Long.MAX_VALUE), scratchFree);
    scratchFree.set(0);
    SteppedShard.Peer peer = other.new Peer(1);
    peer.declare("q");
    other.idle();
    for (int i = 0; i < 400; i++) {
      peer.publish("q", true, SteppedShard.body(i, 1_000)); // more than one checkpoint's worth
      other.settleDown();
    }
    other.idle();
    assertThat(peer.take(Effect.Accepted.class)).hasSize(400);
    scratchFree.set(4 << 20);
    other.idle();
    other.store().close(); // with a checkpoint
    assertThat(other.storage.list()).anyMatch(name -> name.endsWith(".checkpoint"));
  }

  @Test
  void taking_one_message_at_a_time_from_all_segments_ends_in_waiting_and_not_in_failure() {
    int published = fillUp();
    free.addAndGet(-Math.max(0, free.get())); // others take what was to stay free
    List<Integer> taken = new ArrayList<>();
    int askedInVain = 0;
    for (int i = 0; i < published && askedInVain == 0; i++) {
      int before = taken.size();
      takeOne("q" + i % 7, taken); // dead messages everywhere, and no segment without live ones
      askedInVain += taken.size() == before ? 1 : 0;
    }
    assertThat(taken).isNotEmpty();
    free.addAndGet(4 << 20);
    shard.idle();
    assertThat(publisher.take(Effect.Unblocked.class)).hasSize(1);
    for (Effect.Taken late : consumer.take(Effect.Taken.class)) {
      taken.add(SteppedShard.number(late.message()));
    }
    for (int q = 0; q < QUEUES; q++) {
      int before;
      do {
        before = taken.size();
        takeOne("q" + q, taken);
      } while (taken.size() > before);
    }
    assertThat(taken).hasSize(published).doesNotHaveDuplicates();
  }

  @Test
  void consuming_in_order_makes_room_without_an_operator() {
    int published = fillUp();
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < published && publisher.take(Effect.Unblocked.class).isEmpty(); i++) {
      takeOne("q" + i % QUEUES, taken);
    }
    assertThat(taken).hasSizeLessThan(published);
    for (int i = taken.size(); i < published; i++) {
      takeOne("q" + i % QUEUES, taken);
    }
    assertThat(taken).hasSize(published).isSorted();
  }

  @Test
  void declaring_without_end_waits_and_costs_the_consumers_nothing() {
    int published = fillUp();
    free.addAndGet(-Math.max(0, free.get()));
    SteppedShard.Peer declarer = shard.new Peer(3);
    for (int i = 0; i < 20_000; i++) {
      declarer.declare("another-" + i);
    }
    shard.idle();
    assertThat(declarer.take(Effect.Blocked.class)).hasSize(1);
    assertThat(declarer.take(Effect.Replied.class)).hasSizeLessThan(20_000);
    List<Integer> taken = new ArrayList<>();
    takeOne("q0", taken);
    assertThat(taken).containsExactly(0);
    assertThat(published).isPositive();
  }

  @Test
  void a_restart_while_the_disk_is_full_finds_everything() throws IOException {
    int published = fillUp();
    shard.restart();
    SteppedShard.Peer again = shard.new Peer(5);
    again.subscribe("q0", 1, 1_000_000);
    shard.idle();
    List<Integer> delivered = new ArrayList<>();
    List<Effect.Delivered> page = again.take(Effect.Delivered.class);
    while (!page.isEmpty()) {
      for (Effect.Delivered one : page) {
        delivered.add(SteppedShard.number(one.message()));
        again.accept(one);
        shard.idle();
      }
      page = again.take(Effect.Delivered.class);
    }
    assertThat(delivered).hasSize(published / QUEUES).isSorted();
  }
}
