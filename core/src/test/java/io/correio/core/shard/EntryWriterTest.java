package io.correio.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.message.Message;
import io.correio.core.queue.Fact;
import io.correio.core.queue.LaneId;
import io.correio.log.LogOptions;
import io.correio.log.MemoryStorage;
import io.correio.log.SegmentedLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntryWriterTest {

  private static final long LANE = LaneId.of(1, 0, true);

  private final MessageCodec codec = new MessageCodec();
  private final EntryWriter entry = new EntryWriter(codec);

  /** What a replay would say about the entry. */
  private List<String> replayed() throws IOException {
    entry.endEntry(1);
    List<String> found = new ArrayList<>();
    MemoryStorage storage = new MemoryStorage();
    try (SegmentedLog log = SegmentedLog.open(storage, LogOptions.memory())) {
      log.replay(0, (position, end, keys, count, content) -> {});
      log.append(entry.records());
      log.force();
    }
    try (SegmentedLog log = SegmentedLog.open(storage, LogOptions.memory())) {
      log.replay(0, (position, end, keys, count, content) -> describe(count, content, found));
    }
    return found;
  }

  private void describe(int count, ByteBuffer content, List<String> found) {
    if (count > 0) {
      found.add("message " + codec.read(content).content().body().length + " in " + count);
      return;
    }
    List<String> facts = new ArrayList<>();
    while (content.hasRemaining()) {
      facts.add(FactCodec.read(content).getClass().getSimpleName());
    }
    found.add(String.join(" ", facts));
  }

  private static Fact.Enqueued enqueued(Message message, int lanes, long sequence) {
    long[] ids = new long[lanes];
    long[] sequences = new long[lanes];
    for (int i = 0; i < lanes; i++) {
      ids[i] = LaneId.of(i + 1, 0, true);
      sequences[i] = sequence;
    }
    return new Fact.Enqueued(message, ids, sequences);
  }

  @Test
  void facts_keep_their_order_around_messages() throws IOException {
    Message message = new RandomFacts(new Random(1)).message();
    int length = message.content().body().length;
    entry.add(new Fact.Settled(LANE, 1, 2));
    entry.add(new Fact.Marked(LANE, 2000));
    entry.add(enqueued(message, 3, 1));
    entry.add(new Fact.Settled(LANE, 4, 4));
    entry.add(new Fact.Settled(LANE, 5, 6));
    entry.add(enqueued(message, 1, 2));
    entry.add(new Fact.Settled(LANE, 7, 7));
    assertThat(replayed())
        .containsExactly(
            "Settled Marked",
            "message " + length + " in 3",
            "Settled",
            "message " + length + " in 1",
            "Settled");
  }

  @Test
  void settlements_of_neighbours_become_one_and_others_do_not() throws IOException {
    for (int s = 1; s <= 100; s++) {
      entry.add(new Fact.Settled(LANE, s, s));
    }
    entry.add(new Fact.Settled(LANE, 102, 102));
    entry.add(new Fact.Settled(LaneId.of(2, 0, true), 103, 103));
    entry.add(new Fact.Settled(LANE, 103, 103));
    assertThat(replayed()).containsExactly("Settled Settled Settled Settled");
  }

  @Test
  void entry_with_one_settlement_is_not_empty() {
    assertThat(entry.isEmpty()).isTrue();
    entry.add(new Fact.Settled(LANE, 1, 1));
    assertThat(entry.isEmpty()).isFalse();
  }

  @Test
  void bytes_are_never_less_than_what_goes_to_the_log() {
    Random random = new Random(2);
    RandomFacts facts = new RandomFacts(random);
    for (int round = 0; round < 300; round++) {
      for (int n = 1 + random.nextInt(10); n > 0; n--) {
        entry.add(
            switch (random.nextInt(3)) {
              case 0 -> enqueued(facts.message(), 1 + random.nextInt(200), 1);
              case 1 -> new Fact.Settled(LANE, n, n);
              default -> facts.fact();
            });
      }
      int bytes = entry.bytes();
      entry.endEntry(round + 1);
      assertThat(bytes).isGreaterThanOrEqualTo(entry.records().bytes());
      entry.clear();
      assertThat(entry.isEmpty()).isTrue();
    }
  }
}
