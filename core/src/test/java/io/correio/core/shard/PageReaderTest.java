package io.correio.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.queue.Command;
import io.correio.core.queue.LaneId;
import io.correio.log.LogOptions;
import io.correio.log.MemoryStorage;
import io.correio.log.SegmentedLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pages that are read while all is being closed. */
class PageReaderTest {

  private final List<Runnable> tasks = new ArrayList<>();
  private final List<Command> answers = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  private PageReader reader(SegmentedLog log) {
    return new PageReader(
        log, log, tasks::add, answers::add, (reason, cause) -> failures.add(reason));
  }

  /** A log that nothing can be read from any more: it was never made ready. */
  private static SegmentedLog unreadable() throws IOException {
    return SegmentedLog.open(new MemoryStorage(), LogOptions.memory());
  }

  private static Batch.Fetch fetch() {
    return new Batch.Fetch(0, LaneId.of(1, 0, true), new long[] {1}, 1 << 10);
  }

  @Test
  void page_that_waits_when_all_is_closed_is_forgotten() throws IOException {
    PageReader reader = reader(unreadable());
    reader.accept(fetch());
    reader.close();
    tasks.forEach(Runnable::run);
    assertThat(answers).isEmpty();
    assertThat(failures).isEmpty();
  }

  @Test
  void page_that_waits_is_read_otherwise() throws IOException {
    PageReader reader = reader(unreadable());
    reader.accept(fetch());
    tasks.forEach(Runnable::run);
    assertThat(answers.size() + failures.size()).isEqualTo(1);
  }
}
