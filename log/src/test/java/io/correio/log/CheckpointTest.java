package io.correio.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckpointTest {

  private static final LogOptions OPTIONS =
      LogOptions.durable().withSegmentBytes(64 * 1024).withKeepFreeBytes(0);

  private final FaultyStorage storage = new FaultyStorage(1);
  private SegmentedLog log = open();

  private SegmentedLog open() {
    try {
      return SegmentedLog.open(storage, OPTIONS);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void start() throws IOException {
    log.replay(0, (position, last, keys, count, content) -> {});
  }

  private void append(int entries) throws IOException {
    RecordBuffer buffer = new RecordBuffer(256);
    for (int i = 0; i < entries; i++) {
      Entries.add(buffer, log.lastPosition() + 1 + i, "entry");
    }
    log.append(buffer);
    log.force();
  }

  private void write(long replayFrom, String... blocks) throws IOException {
    try (CheckpointWriter writer = log.beginCheckpoint(replayFrom)) {
      for (String block : blocks) {
        writer.write(ByteBuffer.wrap(block.getBytes(StandardCharsets.UTF_8)));
      }
      writer.commit();
    }
  }

  /** "replayFrom: blocks" of the newest checkpoint as a start finds it. */
  private String found() throws IOException {
    log = open();
    try (CheckpointReader reader = log.checkpoint().orElseThrow()) {
      List<String> blocks = new ArrayList<>();
      ByteBuffer block;
      while ((block = reader.read()) != null) {
        blocks.add(Entries.text(block));
      }
      return reader.replayFrom() + ": " + String.join(",", blocks);
    }
  }

  @Test
  void the_newest_committed_one_is_found() throws Exception {
    assertThat(log.checkpoint()).isEmpty();
    start();
    append(3);
    write(1, "a", "b".repeat(300_000), "c");
    storage.crash();
    assertThat(found()).isEqualTo("1: a," + "b".repeat(300_000) + ",c");
    start();
    write(3, "d");
    storage.crash();
    assertThat(found()).isEqualTo("3: d");
  }

  @Test
  void one_that_was_not_committed_changes_nothing() throws Exception {
    start();
    append(2);
    write(1, "a");
    try (CheckpointWriter writer = log.beginCheckpoint(2)) {
      writer.write(ByteBuffer.wrap(new byte[500_000]));
    }
    storage.crash();
    assertThat(found()).isEqualTo("1: a");
  }

  @Test
  void one_that_covers_what_is_not_durable_is_refused() throws Exception {
    start();
    append(1);
    RecordBuffer buffer = new RecordBuffer(64);
    Entries.add(buffer, 2, "unforced");
    log.append(buffer);
    assertThatThrownBy(() -> write(2, "a")).hasMessageContaining("only 1 is durable");
    write(1, "a");
    assertThatThrownBy(() -> write(0, "a")).hasMessageContaining("covers position 1");
  }

  @Test
  void a_damaged_one_gives_way_to_the_one_before_while_that_is_there() throws Exception {
    start();
    append(2);
    write(1, "old");
    byte[] old = storage.bytes("00000001.checkpoint").clone();
    write(2, "new");
    storage.create("00000001.checkpoint").write(ByteBuffer.wrap(old), 0);
    assertThat(found()).isEqualTo("2: new");
    storage.bytes("00000002.checkpoint")[73] ^= 1;
    assertThat(found()).isEqualTo("1: old");
    log.replay(1, (position, last, keys, count, content) -> {});
    write(2, "newer");
    assertThat(found()).isEqualTo("2: newer");
    assertThat(storage.list())
        .contains("00000003.checkpoint")
        .doesNotContain("00000002.checkpoint");
  }

  @Test
  void a_full_disk_has_room_for_the_next_one_and_keeps_the_last_one_when_not() throws Exception {
    start();
    append(3);
    write(1, "a".repeat(100_000));
    storage.capacity(storage.usedBytes());
    write(2, "b".repeat(140_000));
    storage.capacity(storage.usedBytes());
    assertThatThrownBy(() -> write(3, "c".repeat(1_000_000))).hasMessageContaining("No space");
    assertThat(found()).isEqualTo("2: " + "b".repeat(140_000));
  }

  @Test
  void an_unknown_version_is_refused_with_file_version_and_remedy() throws Exception {
    start();
    append(1);
    write(1, "a");
    storage.bytes("00000001.checkpoint")[8] = 7;
    assertThatThrownBy(() -> SegmentedLog.open(storage, OPTIONS))
        .hasMessageContaining("00000001.checkpoint")
        .hasMessageContaining("version 7");
  }
}
