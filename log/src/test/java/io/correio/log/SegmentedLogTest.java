package io.correio.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SegmentedLogTest {

  private static final LogOptions OPTIONS = LogOptions.memory().withSegmentBytes(64 * 1024);

  private final MemoryStorage storage = new MemoryStorage();
  private final List<String> replayed = new ArrayList<>();

  private SegmentedLog open() throws Exception {
    SegmentedLog log = SegmentedLog.open(storage, OPTIONS);
    replayed.clear();
    log.replay(
        0,
        (position, last, keys, keyCount, content) ->
            replayed.add(position + (last ? ":" : "+") + Entries.text(content)));
    return log;
  }

  @Test
  void entries_come_back_in_order_after_a_restart() throws Exception {
    RecordBuffer buffer = new RecordBuffer(16);
    Entries.add(buffer, 1, "one", 7, 1);
    Entries.record(buffer, "two-a", 7, 2);
    Entries.record(buffer, "two-b", 8, 1);
    buffer.endEntry(2);
    try (SegmentedLog log = open()) {
      log.append(buffer);
      log.force();
      assertThat(log.durablePosition()).isEqualTo(2);
    }
    try (SegmentedLog log = open()) {
      assertThat(replayed).containsExactly("1:one", "2+two-a", "2:two-b");
      assertThat(Entries.read(log, 7, 1, 2, 3)).containsExactly("1=one", "2=two-a", "3 missing");
      assertThat(Entries.read(log, 8, 1)).containsExactly("1=two-b");
      buffer.clear();
      Entries.add(buffer, 3, "three");
      log.append(buffer);
    }
    try (SegmentedLog log = open()) {
      assertThat(log.lastPosition()).isEqualTo(3);
      assertThat(replayed).containsExactly("1:one", "2+two-a", "2:two-b", "3:three");
    }
  }

  @Test
  void full_segments_are_sealed_and_stay_readable() throws Exception {
    RecordBuffer buffer = new RecordBuffer(1024);
    int count = 5000;
    try (SegmentedLog log = open()) {
      for (int i = 1; i <= count; i++) {
        Entries.add(buffer, i, "body " + i, i % 3, i / 3);
        if (i % 7 == 0) {
          log.append(buffer);
          buffer.clear();
          if (i % 70 == 0) {
            while (log.prepare()) {}
          }
        }
      }
      log.append(buffer);
      checkAll(log, count);
    }
    try (SegmentedLog log = open()) {
      assertThat(replayed).hasSize(count);
      assertThat(log.statistics().segments()).isGreaterThan(4);
      checkAll(log, count);
      // Backwards, message by message, and with one that never was.
      for (int i = count; i > 0; i -= 37) {
        assertThat(Entries.read(log, i % 3, i / 3)).containsExactly(i / 3 + "=body " + i);
      }
      assertThat(Entries.read(log, 99, 1)).containsExactly("1 missing");
      assertThat(Entries.read(log, 1, 999_999)).containsExactly("999999 missing");
    }
  }

  private static void checkAll(SegmentedLog log, int count) throws Exception {
    for (int lane = 0; lane < 3; lane++) {
      int from = lane == 0 ? 1 : 0;
      int base = lane;
      long[] sequences = LongStream.rangeClosed(from, (count - lane) / 3).toArray();
      assertThat(Entries.read(log, lane, sequences))
          .isEqualTo(
              LongStream.of(sequences).mapToObj(s -> s + "=body " + (s * 3 + base)).toList());
    }
  }

  @Test
  void room_appears_by_preparing_and_shrinks_by_appending() throws Exception {
    try (SegmentedLog log = open()) {
      assertThat(log.room()).isLessThan(OPTIONS.aheadBytes());
      while (log.prepare()) {}
      assertThat(log.room()).isEqualTo(OPTIONS.aheadBytes());
      assertThat(log.roomShort()).isFalse();
      RecordBuffer buffer = new RecordBuffer(1024);
      for (int i = 1; i <= 40; i++) {
        Entries.add(buffer, i, "x".repeat(2000), 1, i);
      }
      log.append(buffer);
      assertThat(log.room()).isLessThan(OPTIONS.aheadBytes());
      while (log.prepare()) {}
      assertThat(log.room()).isEqualTo(OPTIONS.aheadBytes());
    }
  }

  @Test
  void positions_must_follow_each_other() throws Exception {
    try (SegmentedLog log = open()) {
      RecordBuffer buffer = new RecordBuffer(64);
      Entries.add(buffer, 2, "two");
      assertThatThrownBy(() -> log.append(buffer)).hasMessageContaining("Position 2");
    }
  }
}
