package io.correio.log;

import io.correio.log.LogModel.MessageName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One life of a log after the other on a faulty disk, each step compared with a list. */
final class LogSimulation {

  private static final int SEGMENT_BYTES = 64 * 1024;

  private final long seed;
  private final SplittableRandom random;
  private final FaultyStorage storage;
  private final LogOptions options;
  private final LogModel model = new LogModel();
  private final RecordBuffer buffer = new RecordBuffer(1024);
  private final int lanes;
  private final int maxContent;
  private final double settleShare;
  private final int troubleShare;
  private final int maxBatch;
  private final boolean fifo;

  private @Nullable SegmentedLog opened;
  private LogModel.State state = new LogModel.State();
  private LogModel.State covered = new LogModel.State();
  private long coveredPosition;
  private long durable;
  private int crashes;
  private int mergedSegments;
  private boolean injected;
  private String step = "";

  LogSimulation(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.storage = new FaultyStorage(random.nextLong());
    this.lanes = 1 + random.nextInt(random.nextInt(4) == 0 ? 400 : 5);
    this.maxContent = random.nextInt(3) == 0 ? 2000 : 300;
    this.settleShare = random.nextDouble();
    this.troubleShare = random.nextInt(100);
    this.maxBatch = 1 + random.nextInt(30);
    this.fifo = random.nextInt(4) == 0;
    this.options =
        LogOptions.durable()
            .withSegmentBytes(SEGMENT_BYTES)
            .withKeepFreeBytes(0)
            .withMergeBytesPerSecond(Long.MAX_VALUE)
            .withMaxSegmentKeys(random.nextBoolean() ? 500_000 : 20 + random.nextInt(200));
  }

  int crashes() {
    return crashes;
  }

  int mergedSegments() {
    return mergedSegments;
  }

  private SegmentedLog log() {
    if (opened == null) {
      throw new IllegalStateException("not open");
    }
    return opened;
  }

  void run(int steps) throws Exception {
    try {
      open();
      for (int i = 0; i < steps; i++) {
        step(random.nextInt(100));
      }
      storage.kill();
      open();
    } catch (Exception | AssertionError e) {
      throw new AssertionError("seed " + seed + " at " + step, e);
    }
  }

  private void step(int dice) throws Exception {
    try {
      if (dice < 50) {
        append();
      } else if (dice < 60) {
        step = "force";
        log().force();
        durable = model.lastPosition();
      } else if (dice < 70) {
        step = "prepare";
        while (log().prepare()) {}
      } else if (dice < 80) {
        checkpoint();
      } else if (dice < 90) {
        clean();
      } else if (dice < 93) {
        step = "read";
        check();
      } else if (dice < 95) {
        capacity();
      } else if (random.nextInt(100) < troubleShare) {
        trouble();
      }
    } catch (IOException e) {
      if (!injected && !storage.isCrashed()) {
        throw e;
      }
      die();
    }
  }

  /** Arms something that will go wrong later, or stops at once. */
  private void trouble() throws Exception {
    step = "trouble";
    int dice = random.nextInt(6);
    if (dice < 3) {
      storage.crashAtOperation(1 + random.nextInt(60));
    } else if (dice == 3) {
      FaultyStorage.Operation[] all = {
        FaultyStorage.Operation.WRITE,
        FaultyStorage.Operation.FORCE,
        FaultyStorage.Operation.CREATE,
        FaultyStorage.Operation.RENAME,
        FaultyStorage.Operation.FORCE_DIRECTORY
      };
      storage.fail(all[random.nextInt(all.length)], 1 + random.nextInt(10));
      injected = true;
    } else {
      die();
    }
  }

  private void die() throws Exception {
    step = "crash";
    crashes++;
    if (random.nextInt(4) == 0) {
      storage.kill();
    } else {
      storage.crash();
    }
    injected = false;
    open();
  }

  private void open() throws Exception {
    step += ", open";
    while (true) {
      if (random.nextInt(3) == 0) {
        storage.crashAtOperation(1 + random.nextInt(40));
      }
      try {
        recover();
        return;
      } catch (IOException e) {
        if (!storage.isCrashed()) {
          throw e;
        }
        storage.crash();
      }
    }
  }

  private void recover() throws Exception {
    SegmentedLog log = SegmentedLog.open(storage, options);
    opened = log;
    LogModel.State recovered = new LogModel.State();
    long from = 0;
    Optional<CheckpointReader> checkpoint = log.checkpoint();
    if (checkpoint.isPresent()) {
      try (CheckpointReader reader = checkpoint.get()) {
        from = reader.replayFrom();
        ByteBuffer block;
        while ((block = reader.read()) != null) {
          recovered.read(Entries.text(block));
        }
      }
    }
    covered = recovered.copy();
    coveredPosition = from;
    long[] expected = {from + 1};
    boolean[] complete = {true};
    long last =
        log.replay(
            from,
            (position, end, keys, keyCount, content) -> {
              if (position != expected[0]) {
                throw new AssertionError("position " + position + " instead of " + expected[0]);
              }
              expected[0] += end ? 1 : 0;
              complete[0] = end;
              recovered.apply(LogModel.read(keys, keyCount, content));
            });
    if (!complete[0] || last < durable || last > model.lastPosition() || last != expected[0] - 1) {
      throw new AssertionError(
          "the log ends at %d (replayed to %d), durable was %d, appended %d"
              .formatted(last, expected[0] - 1, durable, model.lastPosition()));
    }
    model.cutTo(last);
    state = model.stateAt(last);
    if (!state.lines().equals(recovered.lines())) {
      throw new AssertionError("the recovered state differs at position " + last);
    }
    durable = last;
    check();
  }

  private void append() throws IOException {
    step = "append";
    buffer.clear();
    List<List<LogModel.ModelRecord>> batch = new ArrayList<>();
    LogModel.State next = state.copy();
    boolean settles = random.nextDouble() < settleShare && !next.alive.isEmpty();
    for (int i = random.nextInt(maxBatch); i >= 0; i--) {
      List<LogModel.ModelRecord> entry = new ArrayList<>();
      for (int j = random.nextInt(3); j >= 0; j--) {
        entry.add(settles ? settlement(next) : message(next));
      }
      entry.forEach(next::apply);
      batch.add(entry);
      LogModel.write(buffer, model.lastPosition() + batch.size(), entry);
    }
    if ((settles ? log().roomWithReserve() : log().room()) < buffer.bytes()) {
      return;
    }
    // What fails may have been written all the same.
    batch.forEach(model::add);
    state = next;
    log().append(buffer);
  }

  private LogModel.ModelRecord message(LogModel.State next) {
    TreeMap<Long, MessageName> keys = new TreeMap<>();
    for (int k = random.nextInt(8) == 0 ? random.nextInt(Math.min(lanes, 30)) : 0; k >= 0; k--) {
      long lane = random.nextInt(lanes);
      if (!keys.containsKey(lane)) {
        keys.put(lane, new MessageName(lane, next.next(lane)));
      }
    }
    MessageName first = keys.firstEntry().getValue();
    // The same message has the same bytes in every life: stale records are hard to tell.
    int length = (int) ((first.lane() * 31 + first.sequence() * 7919) % maxContent);
    return new LogModel.ModelRecord(
        List.copyOf(keys.values()), first.lane() + ":" + first.sequence() + "x".repeat(length));
  }

  private LogModel.ModelRecord settlement(LogModel.State next) {
    long lane = random.nextInt(lanes);
    long last = next.lastSequences.getOrDefault(lane, 0L);
    MessageName any = new MessageName(lane, fifo ? 0 : random.nextLong(last + 1));
    MessageName key = next.alive.ceilingKey(any);
    if (key == null) {
      key = next.alive.isEmpty() ? any : next.alive.firstKey();
    }
    next.alive.remove(key);
    return new LogModel.ModelRecord(List.of(), "settled " + key.lane() + " " + key.sequence());
  }

  private void checkpoint() throws IOException {
    step = "checkpoint";
    log().force();
    durable = model.lastPosition();
    long from = Math.max(coveredPosition, durable - random.nextInt(3));
    LogModel.State at = model.stateAt(from);
    try (CheckpointWriter writer = log().beginCheckpoint(from)) {
      for (String line : at.lines()) {
        writer.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
      }
      if (random.nextInt(8) == 0) {
        return;
      }
      writer.commit();
      covered = at;
      coveredPosition = from;
    } catch (IOException e) {
      if (!"No space left on device".equals(e.getMessage())) {
        throw e;
      }
    }
  }

  private void clean() throws IOException {
    step = "clean";
    LogModel.State seen = covered;
    boolean counts = random.nextBoolean();
    Liveness liveness =
        new Liveness() {
          @Override
          public boolean isAlive(long lane, long sequence) {
            return seen.alive.containsKey(new MessageName(lane, sequence));
          }

          @Override
          public long aliveAtMost(long lane, long first, long last) {
            return counts ? seen.aliveBetween(lane, first, last) : -1;
          }
        };
    for (int i = random.nextInt(20); i >= 0; i--) {
      CleanResult result = log().clean(liveness);
      mergedSegments += result.mergedSegments();
    }
  }

  private void capacity() {
    step = "capacity";
    storage.capacity(
        random.nextBoolean() ? Long.MAX_VALUE : storage.usedBytes() + random.nextInt(200_000));
  }

  /** Everything alive is readable and right; what is dead is right, or not there. */
  private void check() throws IOException {
    Map<Long, List<MessageName>> byLane = new TreeMap<>();
    for (MessageName key : state.alive.keySet()) {
      byLane.computeIfAbsent(key.lane(), l -> new ArrayList<>()).add(key);
    }
    for (Map.Entry<Long, List<MessageName>> lane : byLane.entrySet()) {
      long[] sequences = lane.getValue().stream().mapToLong(MessageName::sequence).toArray();
      int maxBytes = 1 + random.nextInt(20_000);
      Checker checker = new Checker(lane.getKey());
      for (int from = 0; from < sequences.length; ) {
        long[] rest = Arrays.copyOfRange(sequences, from, sequences.length);
        int answered = log().read(lane.getKey(), rest, rest.length, maxBytes, checker);
        from += answered;
        if (answered != checker.count) {
          throw new AssertionError(answered + " answered, " + checker.count + " delivered");
        }
        checker.count = 0;
      }
    }
  }

  private final class Checker implements MessageSink {
    private final long lane;
    private int count;

    Checker(long lane) {
      this.lane = lane;
    }

    @Override
    public void onMessage(long sequence, long position, ByteBuffer content) {
      count++;
      String expected = state.alive.get(new MessageName(lane, sequence));
      if (!Entries.text(content).equals(expected)) {
        throw new AssertionError("message " + sequence + " in lane " + lane + " is wrong");
      }
    }

    @Override
    public void onMissing(long sequence) {
      throw new AssertionError("message " + sequence + " in lane " + lane + " is missing");
    }
  }
}
