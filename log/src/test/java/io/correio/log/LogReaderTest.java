package io.correio.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Reading a lane page by page. */
class LogReaderTest {

  private static final int COUNT = 3_000;
  private static final LogOptions OPTIONS = LogOptions.memory().withSegmentBytes(64 * 1024);

  @Test
  void messages_that_the_page_had_no_room_for_are_in_the_next_one() throws Exception {
    MemoryStorage storage = new MemoryStorage();
    try (SegmentedLog log = SegmentedLog.open(storage, OPTIONS)) {
      log.replay(0, (position, last, keys, keyCount, content) -> {});
      RecordBuffer buffer = new RecordBuffer(1024);
      for (int i = 1; i <= COUNT; i++) {
        Entries.add(buffer, i, "body " + "x".repeat(100) + i, 7, i);
        log.append(buffer);
        buffer.clear();
        while (log.prepare()) {}
      }
      assertThat(log.statistics().segments()).isGreaterThan(4);
      for (int maxBytes : new int[] {1, 300, 1_000, 100_000}) {
        assertThat(readInPages(log, maxBytes))
            .isEqualTo(LongStream.rangeClosed(1, COUNT).boxed().toList());
      }
    }
  }

  private static List<Long> readInPages(SegmentedLog log, int maxBytes) throws Exception {
    List<Long> found = new ArrayList<>();
    MessageSink sink =
        new MessageSink() {
          @Override
          public void onMessage(long sequence, long position, ByteBuffer content) {
            found.add(sequence);
          }

          @Override
          public void onMissing(long sequence) {
            found.add(-sequence);
          }
        };
    long next = 1;
    while (next <= COUNT) {
      long[] wanted = LongStream.rangeClosed(next, Math.min(COUNT, next + 511)).toArray();
      next += log.read(7, wanted, wanted.length, maxBytes, sink);
    }
    return found;
  }
}
