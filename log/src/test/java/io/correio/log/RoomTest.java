package io.correio.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RoomTest {

  private static final LogOptions OPTIONS =
      LogOptions.durable().withSegmentBytes(64 * 1024).withKeepFreeBytes(0);

  /** Entries as long as they may be, or of nothing but keys of new lanes: the worst there is. */
  @Test
  void what_room_says_can_be_appended_on_a_full_disk() throws Exception {
    for (int seed = 1; seed <= 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      FaultyStorage storage = new FaultyStorage(seed);
      SegmentedLog log = SegmentedLog.open(storage, OPTIONS.withMaxSegmentKeys(300));
      log.replay(0, (position, last, keys, count, content) -> {});
      long position = 0;
      long[] lane = {0};
      for (int round = 0; round < 6; round++) {
        storage.capacity(Long.MAX_VALUE);
        for (int i = random.nextInt(4); i > 0; i--) {
          log.prepare();
        }
        storage.capacity(storage.usedBytes());
        long room = log.room();
        int largest = (int) Math.min(room, OPTIONS.maxEntryBytes());
        RecordBuffer buffer = new RecordBuffer(1024);
        for (long left = room; left > 200; ) {
          buffer.clear();
          int bytes = (int) Math.min(left, random.nextInt(100, Math.max(101, largest)));
          add(buffer, ++position, bytes, random.nextInt(4), lane);
          assertThat(buffer.bytes()).isLessThanOrEqualTo((int) left);
          left -= buffer.bytes();
          log.append(buffer);
        }
      }
      assertThat(log.lastPosition()).isEqualTo(position);
    }
  }

  private static void add(
      RecordBuffer buffer, long position, int bytes, int kind, long[] nextLane) {
    int keys = kind == 0 ? 1 : (bytes - 24) / 16;
    buffer.beginRecord(keys);
    for (int i = 0; i < keys; i++) {
      buffer.key(kind == 1 ? i : nextLane[0]++, position);
    }
    int rest = bytes - 24 - 16 * keys;
    buffer.content(rest).put(new byte[rest]);
    buffer.endRecord();
    buffer.endEntry(position);
  }

  @Test
  void a_full_disk_stops_preparing_quietly_and_is_met_again_later() throws Exception {
    FaultyStorage storage = new FaultyStorage(1);
    SegmentedLog log = SegmentedLog.open(storage, OPTIONS);
    log.replay(0, (position, last, keys, count, content) -> {});
    storage.capacity(storage.usedBytes() + 10_000);
    assertThat(log.prepare()).isFalse();
    assertThat(log.roomShort()).isTrue();
    storage.capacity(Long.MAX_VALUE);
    while (log.prepare()) {}
    assertThat(log.roomShort()).isFalse();
    assertThat(log.room()).isEqualTo(OPTIONS.aheadBytes());
  }

  @Test
  void what_is_to_stay_free_stays_free() throws Exception {
    FaultyStorage storage = new FaultyStorage(1);
    storage.capacity(300_000);
    SegmentedLog log = SegmentedLog.open(storage, OPTIONS.withKeepFreeBytes(200_000));
    log.replay(0, (position, last, keys, count, content) -> {});
    while (log.prepare()) {}
    assertThat(log.roomShort()).isTrue();
    assertThat(storage.usableBytes()).isGreaterThan(100_000);
  }
}
