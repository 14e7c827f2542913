package io.correio.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The three kinds of threads at work on one log at once. */
class ThreadsTest {

  private static final int LANES = 4;
  private static final int MESSAGES = 80_000;

  private final LogOptions options =
      LogOptions.memory()
          .withSegmentBytes(256 * 1024)
          .withMergeBytesPerSecond(Long.MAX_VALUE)
          .withMaxSegmentKeys(700);
  private final AtomicLong appended = new AtomicLong();

  /** Below it every tenth message is alive, and all from it on. */
  private final AtomicLong floor = new AtomicLong(1);

  private boolean isAlive(long sequence) {
    return sequence >= floor.get() || sequence % 10 == 0;
  }

  private static String content(long lane, long sequence) {
    return lane + "/" + sequence + "x".repeat((int) (sequence % 97));
  }

  private Void write(SegmentedLog log) throws IOException {
    RecordBuffer buffer = new RecordBuffer(1024);
    try {
      write(log, buffer);
    } finally {
      // The others end, whatever happened here.
      appended.set(MESSAGES);
    }
    return null;
  }

  private void write(SegmentedLog log, RecordBuffer buffer) throws IOException {
    for (long position = 1; position <= MESSAGES; position++) {
      long lane = position % LANES;
      Entries.add(buffer, position, content(lane, position), lane, position);
      if (position % 50 == 0) {
        log.append(buffer);
        buffer.clear();
        log.force();
        appended.set(position);
      }
    }
  }

  private long clean(SegmentedLog log) throws IOException {
    long merged = 0;
    while (appended.get() < MESSAGES) {
      while (log.prepare()) {}
      long durable = log.durablePosition();
      floor.set(Math.max(1, durable - 5000));
      try (CheckpointWriter writer = log.beginCheckpoint(durable)) {
        writer.commit();
      }
      CleanResult result;
      do {
        result = log.clean((lane, sequence) -> isAlive(sequence));
        merged += result.mergedSegments();
      } while (result.moreWork());
    }
    return merged;
  }

  private Long read(SegmentedLog log, int seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    long[] found = {0};
    while (appended.get() < MESSAGES) {
      long last = appended.get();
      if (last < 100) {
        continue;
      }
      long lane = random.nextInt(LANES);
      long[] sequences = new long[1 + random.nextInt(60)];
      long first = random.nextLong(last / LANES) * LANES + lane;
      int count = 0;
      for (long s = first; count < sequences.length && s <= last; s += LANES) {
        if (s > 0) {
          sequences[count++] = s;
        }
      }
      log.read(
          lane,
          sequences,
          count,
          Integer.MAX_VALUE,
          new MessageSink() {
            @Override
            public void onMessage(long sequence, long position, ByteBuffer content) {
              assertThat(position).isEqualTo(sequence);
              assertThat(Entries.text(content)).isEqualTo(content(lane, sequence));
              found[0]++;
            }

            @Override
            public void onMissing(long sequence) {
              assertThat(isAlive(sequence)).as("message %d is missing", sequence).isFalse();
            }
          });
    }
    return found[0];
  }

  @Test
  void readers_find_what_is_alive_while_it_is_written_and_moved() throws Exception {
    try (SegmentedLog log = SegmentedLog.open(new MemoryStorage(), options);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      log.replay(0, (position, last, keys, count, content) -> {});
      List<Callable<Long>> readers = List.of(() -> read(log, 1), () -> read(log, 2));
      List<Future<Long>> reading = new ArrayList<>();
      readers.forEach(reader -> reading.add(threads.submit(reader)));
      Future<Long> cleaning = threads.submit(() -> clean(log));
      threads.submit(() -> write(log)).get(60, TimeUnit.SECONDS);
      assertThat(cleaning.get(60, TimeUnit.SECONDS)).isPositive();
      for (Future<Long> reader : reading) {
        assertThat(reader.get(60, TimeUnit.SECONDS)).isPositive();
      }
    }
  }
}
