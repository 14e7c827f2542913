package io.correio.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStorageTest {

  @TempDir Path temp;

  @Test
  void the_folder_is_created_for_its_owner_alone() throws Exception {
    Path folder = temp.resolve("a/b");
    try (FileStorage storage = FileStorage.open(folder)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
          .isEqualTo("rwx------");
      assertThat(storage.describe()).isEqualTo(folder.toString());
      assertThat(storage.list()).isEmpty();
    }
  }

  @Test
  void a_folder_in_use_is_refused_with_its_name_and_the_remedy() throws Exception {
    try (FileStorage first = FileStorage.open(temp)) {
      assertThat(first.list()).isEmpty();
      assertThatThrownBy(() -> FileStorage.open(temp))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(temp.toString())
          .hasMessageContaining("choose another folder");
    }
    FileStorage.open(temp).close();
  }

  @Test
  void a_file_instead_of_a_folder_is_refused() throws Exception {
    Path file = Files.createFile(temp.resolve("file"));
    assertThatThrownBy(() -> FileStorage.open(file)).hasMessageContaining("is not a folder");
  }

  @Test
  void a_folder_that_cannot_be_written_is_named_with_the_remedy() {
    Path nowhere = Path.of("/proc/correio/data"); // not even for root
    assertThatThrownBy(() -> FileStorage.open(nowhere))
        .hasMessageContaining("/proc/correio/data cannot be written (")
        .hasMessageContaining("choose another folder");
  }

  @Test
  void files_are_written_read_renamed_and_deleted() throws Exception {
    try (FileStorage storage = FileStorage.open(temp)) {
      try (StorageFile file = storage.create("a")) {
        file.allocate(0, 600_000);
        file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 599_999);
        file.force();
        assertThat(file.size()).isEqualTo(600_002);
        ByteBuffer read = ByteBuffer.allocate(10);
        assertThat(file.read(read, 599_998)).isEqualTo(4);
        assertThat(read.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {0, 1, 2, 3}));
        assertThat(file.read(ByteBuffer.allocate(1), 600_002)).isEqualTo(-1);
        file.truncate(5);
        assertThat(file.size()).isEqualTo(5);
      }
      assertThatThrownBy(() -> storage.create("a")).isInstanceOf(IOException.class);
      storage.create("b").close();
      storage.rename("a", "b");
      assertThat(storage.list()).containsExactly("b");
      storage.delete("b");
      storage.forceDirectory();
      assertThatThrownBy(() -> storage.open("b")).hasMessageContaining("does not exist");
      assertThat(storage.usableBytes()).isPositive();
    }
  }

  @Test
  void a_log_on_a_real_disk_survives_closing() throws Exception {
    LogOptions options = LogOptions.durable().withSegmentBytes(256 * 1024);
    try (FileStorage storage = FileStorage.open(temp);
        SegmentedLog log = SegmentedLog.open(storage, options)) {
      log.replay(0, (position, last, keys, count, content) -> {});
      RecordBuffer buffer = new RecordBuffer(1024);
      for (int i = 1; i <= 3000; i++) {
        buffer.clear();
        Entries.add(buffer, i, "message " + i + "x".repeat(200), 1, i);
        log.append(buffer);
        log.prepare();
      }
      log.force();
    }
    try (FileStorage storage = FileStorage.open(temp);
        SegmentedLog log = SegmentedLog.open(storage, options)) {
      List<Long> positions = new ArrayList<>();
      log.replay(0, (position, last, keys, count, content) -> positions.add(position));
      assertThat(positions).hasSize(3000);
      assertThat(Entries.read(log, 1, 1, 1500, 3000))
          .containsExactly(
              "1=message 1" + "x".repeat(200),
              "1500=message 1500" + "x".repeat(200),
              "3000=message 3000" + "x".repeat(200));
    }
  }

  @Test
  void a_scratch_log_is_empty_at_every_start() throws Exception {
    LogOptions options = LogOptions.scratch().withSegmentBytes(256 * 1024);
    for (int start = 0; start < 3; start++) {
      try (FileStorage storage = FileStorage.open(temp);
          SegmentedLog log = SegmentedLog.open(storage, options)) {
        assertThat(log.replay(0, (position, last, keys, count, content) -> {})).isZero();
        RecordBuffer buffer = new RecordBuffer(1024);
        Entries.add(buffer, 1, "first of start " + start, 1, 1);
        log.append(buffer);
        log.force();
        assertThat(Entries.read(log, 1, 1)).containsExactly("1=first of start " + start);
        while (log.prepare()) {}
      }
    }
  }
}
