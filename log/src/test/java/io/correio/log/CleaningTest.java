package io.correio.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.log.format.SegmentName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CleaningTest {

  private static final LogOptions OPTIONS =
      LogOptions.durable()
          .withSegmentBytes(64 * 1024)
          .withKeepFreeBytes(0)
          .withMergeBytesPerSecond(Long.MAX_VALUE);

  private final FaultyStorage storage = new FaultyStorage(1);
  private long position;

  private SegmentedLog open() throws IOException {
    SegmentedLog log = SegmentedLog.open(storage, OPTIONS);
    long from = log.checkpoint().map(CheckpointReader::replayFrom).orElse(0L);
    position = log.replay(from, (at, last, keys, count, content) -> {});
    return log;
  }

  /** Messages of lane 1 and of lane 2 in turns, until there are so many segments. */
  private void fill(SegmentedLog log, int segments) throws IOException {
    RecordBuffer buffer = new RecordBuffer(1024);
    while (log.statistics().segments() < segments) {
      buffer.clear();
      position++;
      Entries.add(buffer, position, "m" + position + "x".repeat(500), 1 + position % 2, position);
      log.append(buffer);
    }
    log.force();
    checkpoint(log);
  }

  private void checkpoint(SegmentedLog log) throws IOException {
    try (CheckpointWriter writer = log.beginCheckpoint(position)) {
      writer.commit();
    }
  }

  private static int clean(SegmentedLog log, Liveness liveness) throws IOException {
    int merged = 0;
    CleanResult result;
    do {
      result = log.clean(liveness);
      merged += result.mergedSegments();
    } while (result.moreWork());
    return merged;
  }

  private List<String> segments() throws IOException {
    return storage.list().stream().filter(name -> SegmentName.parse(name) != null).toList();
  }

  @Test
  void dead_segments_are_recycled_and_what_they_held_stays_dead() throws Exception {
    SegmentedLog log = open();
    fill(log, 6);
    long used = storage.usedBytes();
    clean(log, (lane, sequence) -> false);
    assertThat(log.statistics().segments()).isEqualTo(1);
    assertThat(storage.usedBytes()).isLessThan(used);
    assertThat(storage.list().stream().filter(name -> name.endsWith(".free"))).hasSize(2);
    // Through all files once more: full of old records of the same lanes.
    long before = position;
    fill(log, 6);
    storage.kill();
    List<Long> positions = new ArrayList<>();
    SegmentedLog again = SegmentedLog.open(storage, OPTIONS);
    again.replay(before, (at, last, keys, count, content) -> positions.add(at));
    assertThat(positions).isEqualTo(LongStream.rangeClosed(before + 1, position).boxed().toList());
  }

  @Test
  void the_segment_with_the_last_durable_entry_stays_though_nothing_in_it_is_alive()
      throws Exception {
    SegmentedLog log = open();
    RecordBuffer buffer = new RecordBuffer(1024);
    while (log.statistics().segments() < 2) {
      buffer.clear();
      Entries.add(buffer, ++position, "x".repeat(500), 1, position);
      log.append(buffer);
    }
    // The first entry of the second segment is not forced, so a crash takes it away.
    long durable = log.durablePosition();
    assertThat(durable).isEqualTo(position - 1);
    try (CheckpointWriter writer = log.beginCheckpoint(durable)) {
      writer.commit();
    }
    clean(log, (lane, sequence) -> false);
    assertThat(segments()).contains("00000001.seg");
    log.force();
    clean(log, (lane, sequence) -> false);
    assertThat(segments()).doesNotContain("00000001.seg");
  }

  @Test
  void segments_beyond_the_checkpoint_are_left_alone() throws Exception {
    SegmentedLog log = open();
    position = 0;
    RecordBuffer buffer = new RecordBuffer(1024);
    while (log.statistics().segments() < 4) {
      buffer.clear();
      Entries.add(buffer, ++position, "x".repeat(500), 1, position);
      log.append(buffer);
    }
    clean(log, (lane, sequence) -> false);
    assertThat(log.statistics().segments()).isEqualTo(4);
  }

  @Test
  void mostly_dead_neighbours_become_one_segment_grouped_by_lane() throws Exception {
    SegmentedLog log = open();
    fill(log, 6);
    Liveness everyTenth = (lane, sequence) -> sequence % 20 < 2;
    assertThat(clean(log, everyTenth)).isEqualTo(5);
    String active = segments().get(1);
    assertThat(segments()).containsExactly("00000001-00000005.seg", active);
    check(log, everyTenth);
    storage.kill();
    SegmentedLog again = open();
    assertThat(segments()).containsExactly("00000001-00000005.seg", active);
    check(again, everyTenth);
  }

  private void check(SegmentedLog log, Liveness liveness) throws Exception {
    long end = position;
    for (long lane = 1; lane <= 2; lane++) {
      long of = lane;
      long[] alive =
          LongStream.rangeClosed(1, end)
              .filter(s -> 1 + s % 2 == of && liveness.isAlive(of, s))
              .toArray();
      assertThat(Entries.read(log, lane, alive))
          .isEqualTo(LongStream.of(alive).mapToObj(s -> s + "=m" + s + "x".repeat(500)).toList());
    }
  }

  @Test
  void merge_beyond_the_rate_says_that_it_waits() throws Exception {
    SegmentedLog log = SegmentedLog.open(storage, OPTIONS.withMergeBytesPerSecond(1));
    log.replay(0, (at, last, keys, count, content) -> {});
    fill(log, 6);
    Liveness everyTenth = (lane, sequence) -> sequence % 20 < 2;
    assertThat(clean(log, everyTenth)).isEqualTo(5); // on credit
    fill(log, 7);
    CleanResult result;
    do {
      result = log.clean(everyTenth);
    } while (result.moreWork());
    assertThat(result.heldBack()).isTrue();
  }

  @Test
  void a_record_with_several_live_keys_is_copied_once() throws Exception {
    SegmentedLog log = open();
    RecordBuffer buffer = new RecordBuffer(1024);
    long[] keys = new long[40];
    while (log.statistics().segments() < 4) {
      buffer.clear();
      position++;
      for (int lane = 0; lane < keys.length / 2; lane++) {
        keys[2 * lane] = lane;
        keys[2 * lane + 1] = position;
      }
      Entries.add(buffer, position, "body of " + position + "x".repeat(1000), keys);
      log.append(buffer);
    }
    log.force();
    checkpoint(log);
    Liveness few = (lane, sequence) -> sequence % 10 == 0 && lane % 2 == 0;
    assertThat(clean(log, few)).isEqualTo(3);
    byte[] merged = storage.bytes(segments().getFirst());
    String all = new String(merged, java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(all.split("body of 10x", -1)).hasSize(2);
    for (long lane = 0; lane < 20; lane++) {
      List<String> expected =
          lane % 2 == 0
              ? List.of("10=body of 10" + "x".repeat(1000), "20=body of 20" + "x".repeat(1000))
              : List.of("10 missing", "20 missing");
      assertThat(Entries.read(log, lane, 10, 20)).isEqualTo(expected);
    }
  }

  @Test
  void a_segment_that_is_being_read_is_not_pulled_away() throws Exception {
    SegmentedLog log = open();
    fill(log, 4);
    long[] all = LongStream.rangeClosed(1, position).filter(s -> 1 + s % 2 == 1).toArray();
    List<String> read = new ArrayList<>();
    boolean[] cleaned = {false};
    log.read(
        1,
        all,
        all.length,
        Integer.MAX_VALUE,
        new MessageSink() {
          @Override
          public void onMessage(long sequence, long at, ByteBuffer content) {
            read.add(Entries.text(content));
            if (!cleaned[0]) {
              cleaned[0] = true;
              retireUnderTheReader(log);
            }
          }

          @Override
          public void onMissing(long sequence) {
            read.add("missing");
          }
        });
    // All of the segment in use; the others were free to go at once.
    assertThat(read).hasSize(all.length).startsWith("m2" + "x".repeat(500));
    int inFirst = read.indexOf("missing");
    assertThat(inFirst).isGreaterThan(20);
    assertThat(read.subList(inFirst, read.size())).contains("missing");
    clean(log, (lane, sequence) -> false);
    assertThat(segments()).doesNotContain("00000001.seg");
  }

  private void retireUnderTheReader(SegmentedLog log) {
    try {
      clean(log, (lane, sequence) -> false);
      assertThat(segments()).contains("00000001.seg").doesNotContain("00000002.seg");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_start_deletes_what_a_merged_segment_covers() throws Exception {
    SegmentedLog log = open();
    fill(log, 4);
    Liveness few = (lane, sequence) -> sequence % 20 == 0;
    byte[] source = storage.bytes("00000002.seg").clone();
    assertThat(clean(log, few)).isEqualTo(3);
    storage.create("00000002.seg").write(ByteBuffer.wrap(source), 0);
    log.close();
    SegmentedLog again = open();
    assertThat(segments()).doesNotContain("00000002.seg").contains("00000001-00000003.seg");
    check(again, (lane, sequence) -> sequence % 20 == 0);
  }

  @Test
  void alive_counts_of_lanes_spare_asking_for_each_message() throws Exception {
    SegmentedLog log = open();
    fill(log, 6);
    int[] asked = {0};
    Liveness counting =
        new Liveness() {
          @Override
          public boolean isAlive(long lane, long sequence) {
            asked[0]++;
            return true;
          }

          @Override
          public long aliveAtMost(long lane, long first, long last) {
            return last < 100 ? 0 : last - first + 1;
          }
        };
    clean(log, counting);
    assertThat(asked[0]).isZero();
    assertThat(segments()).doesNotContain("00000001.seg").contains("00000003.seg");
  }

  @Test
  void merging_works_on_a_full_disk_and_gives_room_again() throws Exception {
    SegmentedLog log = open();
    fill(log, 8);
    while (log.prepare()) {}
    storage.capacity(storage.usedBytes());
    RecordBuffer buffer = new RecordBuffer(1024);
    while (log.room() > 1000) {
      buffer.clear();
      position++;
      Entries.add(buffer, position, "x".repeat(500), 3, position);
      log.append(buffer);
      log.prepare();
    }
    assertThat(log.roomShort()).isTrue();
    log.force();
    checkpoint(log);
    // Every second segment dies as a whole; without that there would be no room to merge into.
    Liveness liveness = (lane, sequence) -> sequence > 400 && sequence % 20 == 0;
    assertThat(clean(log, liveness)).isGreaterThan(1);
    while (log.prepare()) {}
    assertThat(log.roomShort()).isFalse();
    assertThat(log.room()).isEqualTo(OPTIONS.aheadBytes());
  }
}
