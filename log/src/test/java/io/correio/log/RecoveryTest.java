package io.correio.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.log.format.Seal;
import io.correio.log.format.SegmentHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a start does with what a crash left. Files are damaged by hand, in a storage in memory. */
class RecoveryTest {

  private static final LogOptions OPTIONS =
      LogOptions.durable().withSegmentBytes(64 * 1024).withKeepFreeBytes(0);
  private static final String FIRST = "00000001.seg";

  private final FaultyStorage storage = new FaultyStorage(1);
  private final List<String> replayed = new ArrayList<>();
  private long position;

  private SegmentedLog open() throws IOException {
    SegmentedLog log = SegmentedLog.open(storage, OPTIONS);
    replayed.clear();
    position =
        log.replay(0, (at, last, keys, count, content) -> replayed.add(Entries.text(content)));
    return log;
  }

  private void append(SegmentedLog log, String... contents) throws IOException {
    RecordBuffer buffer = new RecordBuffer(256);
    for (String content : contents) {
      Entries.add(buffer, ++position, content, 1, position);
    }
    log.append(buffer);
  }

  private int find(String name, String text) {
    byte[] bytes = storage.bytes(name);
    String all = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    int at = all.indexOf(text);
    assertThat(at).as(text + " lies in " + name).isPositive();
    return at;
  }

  private void damage(String name, String text) {
    storage.bytes(name)[find(name, text)] ^= 1;
  }

  @Test
  void an_entry_behind_a_torn_one_never_revives_even_behind_the_same_bytes() throws Exception {
    append(open(), "first", "second", "third");
    damage(FIRST, "second");
    SegmentedLog log = open();
    assertThat(replayed).containsExactly("first");
    append(log, "second");
    open();
    assertThat(replayed).containsExactly("first", "second");
  }

  @Test
  void an_entry_behind_a_torn_one_never_revives_behind_one_that_ends_where_it_did()
      throws Exception {
    // Longer by a restart record, so that what is written over it ends at the same offset.
    append(open(), "first", "s".repeat(64), "third");
    damage(FIRST, "s".repeat(64));
    SegmentedLog log = open();
    append(log, "S".repeat(32));
    open();
    assertThat(replayed).containsExactly("first", "S".repeat(32));
  }

  @Test
  void an_entry_without_its_last_record_vanishes_whole() throws Exception {
    SegmentedLog log = open();
    append(log, "whole");
    RecordBuffer buffer = new RecordBuffer(64);
    Entries.record(buffer, "begin", 1, 2);
    Entries.record(buffer, "end", 1, 3);
    buffer.endEntry(2);
    log.append(buffer);
    damage(FIRST, "end");
    log = open();
    assertThat(replayed).containsExactly("whole");
    assertThat(Entries.read(log, 1, 1, 2, 3)).containsExactly("1=whole", "2 missing", "3 missing");
  }

  /** Fills the first segment until the log goes on in the second. */
  private SegmentedLog sealFirst() throws IOException {
    SegmentedLog log = open();
    while (log.statistics().segments() == 1) {
      append(log, "entry " + (position + 1) + "x".repeat(400));
    }
    log.force();
    return log;
  }

  @Test
  void a_bad_record_in_a_sealed_segment_is_damage_and_named() throws Exception {
    sealFirst();
    damage(FIRST, "entry 7x");
    assertThatThrownBy(this::open)
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("faulty/" + FIRST)
        .hasMessageContaining("restore the folder from a backup");
  }

  @Test
  void a_segment_that_lost_its_seal_is_damage_when_the_log_goes_on_behind_it() throws Exception {
    sealFirst();
    Arrays.fill(storage.bytes(FIRST), Seal.OFFSET, Seal.OFFSET + Seal.BYTES, (byte) 0);
    assertThatThrownBy(this::open)
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("not sealed");
  }

  @Test
  void a_missing_beginning_is_damage_when_no_checkpoint_covers_it() throws Exception {
    sealFirst();
    storage.delete(FIRST);
    assertThatThrownBy(this::open)
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("entries from position 1 on are missing");
  }

  /** As if the crash came while the first segment was being sealed: nothing behind it yet. */
  private void emptySecond() {
    byte[] second = storage.bytes("00000002.seg");
    Arrays.fill(second, SegmentHeader.BLOCK_BYTES, second.length, (byte) 0);
  }

  @Test
  void the_last_sealed_segment_may_be_torn_and_is_written_on() throws Exception {
    sealFirst();
    emptySecond();
    damage(FIRST, "entry 40x");
    SegmentedLog log = open();
    assertThat(position).isEqualTo(39);
    assertThat(Entries.read(log, 1, 39, 40)).last().isEqualTo("40 missing");
    append(log, "other");
    log.force();
    storage.crash();
    log = open();
    assertThat(replayed).hasSize(40).last().isEqualTo("other");
    assertThat(Entries.read(log, 1, 40)).containsExactly("40=other");
  }

  @Test
  void a_torn_directory_is_written_again_and_loses_nothing() throws Exception {
    sealFirst();
    emptySecond();
    byte[] bytes = storage.bytes(FIRST);
    int directory =
        (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(Seal.OFFSET + 24);
    bytes[directory + 10] ^= 1;
    SegmentedLog log = open();
    int count = replayed.size();
    assertThat(count).isGreaterThan(50);
    // What comes now lies behind where the old seal says that the records end.
    append(log, "behind");
    log.force();
    open();
    assertThat(replayed).hasSize(count + 1).last().isEqualTo("behind");
  }

  @Test
  void a_log_that_ends_before_its_checkpoint_is_damage() throws Exception {
    SegmentedLog log = open();
    append(log, "one", "two");
    log.force();
    damage(FIRST, "two");
    SegmentedLog again = SegmentedLog.open(storage, OPTIONS);
    assertThatThrownBy(() -> again.replay(2, (at, last, keys, count, content) -> {}))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("durable up to position 2");
  }

  @Test
  void a_log_whose_newest_segment_is_gone_is_damage_at_every_start() throws Exception {
    SegmentedLog log = open();
    append(log, "one", "two");
    log.force();
    while (log.prepare()) {}
    assertThat(storage.list()).contains("00000002.seg");
    storage.kill();
    storage.delete(FIRST);
    for (int start = 0; start < 2; start++) {
      SegmentedLog again = SegmentedLog.open(storage, OPTIONS);
      assertThatThrownBy(() -> again.replay(2, (at, last, keys, count, content) -> {}))
          .isInstanceOf(CorruptLogException.class)
          .hasMessageContaining("durable up to position 2");
      again.close();
      storage.kill();
    }
  }

  @Test
  void an_unknown_version_is_refused_with_file_version_and_remedy() throws Exception {
    open();
    ByteBuffer.wrap(storage.bytes(FIRST)).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 9);
    assertThatThrownBy(this::open)
        .isNotInstanceOf(CorruptLogException.class)
        .hasMessageContaining("faulty/" + FIRST)
        .hasMessageContaining("version 9")
        .hasMessageContaining("run the release that wrote it");
  }

  @Test
  void a_damaged_record_is_not_handed_out_as_a_message() throws Exception {
    SegmentedLog log = sealFirst();
    damage(FIRST, "entry 7x");
    assertThat(Entries.read(log, 1, 6)).hasSize(1);
    assertThatThrownBy(() -> Entries.read(log, 1, 7))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("message 7 in lane 1");
  }

  @Test
  void a_failed_force_is_the_end() throws Exception {
    SegmentedLog log = open();
    append(log, "one");
    storage.fail(FaultyStorage.Operation.FORCE, 1);
    assertThatThrownBy(log::force).hasMessageContaining("Input/output error");
    assertThatThrownBy(log::force).hasMessageContaining("failed before");
    assertThatThrownBy(() -> append(log, "two")).hasMessageContaining("failed before");
  }

  @Test
  void opening_reads_one_block_of_each_segment() throws Exception {
    SegmentedLog log = open();
    while (log.statistics().segments() < 30) {
      append(log, "x".repeat(3000));
    }
    log.force();
    long last = position;
    try (CheckpointWriter writer = log.beginCheckpoint(last)) {
      writer.commit();
    }
    log.close();
    long reads = storage.count(FaultyStorage.Operation.READ);
    SegmentedLog again = SegmentedLog.open(storage, OPTIONS);
    int files = storage.list().size();
    assertThat(storage.count(FaultyStorage.Operation.READ) - reads).isLessThanOrEqualTo(files);
    // Nor does a replay from the checkpoint touch what lies before it.
    assertThat(again.replay(last, (at, end, keys, count, content) -> replayed.add("no")))
        .isEqualTo(last);
    assertThat(replayed).doesNotContain("no");
    assertThat(storage.count(FaultyStorage.Operation.READ) - reads).isLessThanOrEqualTo(files + 10);
  }

  @Test
  void what_a_start_found_is_durable_even_if_the_process_died_before_forcing_it() throws Exception {
    for (int seed = 1; seed <= 30; seed++) {
      FaultyStorage disk = new FaultyStorage(seed);
      SegmentedLog log = SegmentedLog.open(disk, OPTIONS);
      log.replay(0, (at, last, keys, count, content) -> {});
      while (log.prepare()) {}
      position = 0;
      // The force that fails is the one of sealing the first segment.
      disk.fail(FaultyStorage.Operation.FORCE, 1);
      SegmentedLog filling = log;
      assertThatThrownBy(
              () -> {
                while (true) {
                  append(filling, "x".repeat(400));
                }
              })
          .hasMessageContaining("Input/output error");
      disk.kill();
      log = SegmentedLog.open(disk, OPTIONS);
      long found = log.replay(0, (at, last, keys, count, content) -> {});
      assertThat(found).isGreaterThan(50);
      disk.crash();
      log = SegmentedLog.open(disk, OPTIONS);
      assertThat(log.replay(0, (at, last, keys, count, content) -> {})).isEqualTo(found);
    }
  }

  @Test
  void a_damaged_directory_of_an_old_segment_is_damage_and_no_missing_message() throws Exception {
    sealFirst();
    byte[] bytes = storage.bytes(FIRST);
    int directory =
        (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(Seal.OFFSET + 24);
    // In the page of the entries, which follows the one of the lanes.
    bytes[directory + 4096 + 12 * 6] ^= 1;
    SegmentedLog log = open();
    assertThatThrownBy(() -> Entries.read(log, 1, 7))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("directory page");
  }
}
