package io.correio.core.shard;

import io.correio.core.identity.Identities;
import io.correio.core.queue.Command;
import io.correio.core.queue.Lane;
import io.correio.core.queue.LaneId;
import io.correio.core.queue.LongMap;
import io.correio.core.queue.QueueState;
import io.correio.core.routing.RoutingTable;
import io.correio.log.CheckpointReader;
import io.correio.log.CheckpointWriter;
import io.correio.log.CleanResult;
import io.correio.log.Liveness;
import io.correio.log.LogOptions;
import io.correio.log.LogStatistics;
import io.correio.log.SegmentedLog;
import io.correio.log.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One shard with its log and its thread: opens it, recovers it, keeps it clean, closes it.
 *
 * <p>{@link #maintain} and {@link #checkpoint} belong to the cleaner thread. {@link #open} and
 * {@link #close} belong to whoever owns the manager.
 */
public final class ShardStore implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(ShardStore.class.getName());
  private static final long WAIT_TIMEOUT_SECONDS = 60;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long STOP_TIMEOUT_SECONDS = 60;

  /** With less than this left, a checkpoint that fails does so for want of room. */
  private static final long CHECKPOINT_ROOM_BYTES = 1 << 20;

  private final String name;
  private final Storage storage;
  private final Storage scratchStorage;
  private final SegmentedLog log;
  private final SegmentedLog scratch;
  private final PageReader reader;
  private final LocalFactLog facts;
  private final Shard shard;
  private final ShardOptions options;
  private final FatalHandler fatal;
  private @Nullable Thread thread;

  /** What {@code facts.appendedBytes()} was at the last checkpoint; less by what a start read. */
  private long checkpointBytes;

  private long checkpointSpilledBytes;
  private long checkpointFacts;

  /** Says what was alive at the last checkpoint, as long as there is something to clean. */
  private @Nullable Liveness liveness;

  private Runnable pause = () -> LockSupport.parkNanos(PAUSE_NANOS);

  private boolean roomShort;
  private boolean deliveriesWait;
  private boolean checkpointWaits;

  private ShardStore(
      String name,
      Storage storage,
      Storage scratchStorage,
      SegmentedLog log,
      SegmentedLog scratch,
      QueueState state,
      long lastPosition,
      long replayedBytes,
      int maxEntryBytes,
      ShardOptions options,
      Executor home,
      Executor readers,
      FatalHandler fatal) {
    this.name = name;
    this.storage = storage;
    this.scratchStorage = scratchStorage;
    this.log = log;
    this.scratch = scratch;
    this.options = options;
    this.fatal = fatal;
    this.checkpointBytes = -replayedBytes;
    // The reader answers to the shard, which is made after the log it reads for.
    Shard[] made = new Shard[1];
    this.reader = new PageReader(log, scratch, readers, command -> made[0].submit(command), fatal);
    this.facts = new LocalFactLog(log, scratch, lastPosition, reader, fatal);
    this.shard = new Shard(name, state, facts, lastPosition, options, maxEntryBytes, home, fatal);
    made[0] = shard;
  }

  /**
   * Opens a shard's log and recovers its state: the newest checkpoint, then what was logged after.
   *
   * @param name of the virtual host, for messages
   * @param routing with the exchanges that always exist
   * @param home the loop that the shard runs on
   * @param readers where pages of cold messages are read
   * @throws IOException when the log cannot be read; the message names file and remedy
   */
  public static ShardStore open(
      String name,
      Storage storage,
      Storage scratchStorage,
      LogOptions logOptions,
      LogOptions scratchOptions,
      RoutingTable routing,
      ShardOptions options,
      Executor home,
      Executor readers,
      FatalHandler fatal)
      throws IOException {
    SegmentedLog log = SegmentedLog.open(storage, logOptions);
    SegmentedLog scratch = SegmentedLog.open(scratchStorage, scratchOptions);
    QueueState state = new QueueState(routing, Identities.EMPTY);
    long from = 0;
    Optional<CheckpointReader> checkpoint = log.checkpoint();
    if (checkpoint.isPresent()) {
      try (CheckpointReader reader = checkpoint.get()) {
        CheckpointCodec.Reader items = new CheckpointCodec.Reader(state);
        from = reader.replayFrom();
        ByteBuffer block;
        while ((block = reader.read()) != null) {
          items.read(block);
        }
      }
    }
    long[] replayedBytes = {0};
    long last =
        log.replay(
            from,
            (position, end, keys, count, content) -> {
              replayedBytes[0] += content.remaining();
              replay(state, position, keys, count, content);
            });
    scratch.replay(0, (position, end, keys, count, content) -> {});
    state.recovered();
    return new ShardStore(
        name,
        storage,
        scratchStorage,
        log,
        scratch,
        state,
        Math.max(last, from),
        replayedBytes[0],
        Math.min(logOptions.maxEntryBytes(), scratchOptions.maxEntryBytes()),
        options,
        home,
        readers,
        fatal);
  }

  private static void replay(
      QueueState state, long position, ByteBuffer keys, int keyCount, ByteBuffer content) {
    if (keyCount > 0) {
      boolean mayExpire = MessageCodec.mayExpire(content);
      for (int i = 0; i < keyCount; i++) {
        state.enqueued(position, keys.getLong(), keys.getLong(), mayExpire);
      }
      return;
    }
    while (content.hasRemaining()) {
      state.apply(position, FactCodec.read(content));
    }
  }

  /** Starts the log's thread. */
  public void start(int number) {
    Thread started = new Thread(facts::run, "log-" + number);
    started.setDaemon(true);
    thread = started;
    started.start();
  }

  /** The shard. */
  public Shard shard() {
    return shard;
  }

  /** Does what the log's thread would do, where a simulation steps it. Returns whether it did. */
  public boolean stepLog() {
    return facts.step();
  }

  /** What the log holds. */
  public LogStatistics statistics() {
    return log.statistics();
  }

  /**
   * For a simulation, before anything else: what is done while a checkpoint waits for the shard or
   * the log. It has to bring them on.
   */
  public void pauseWith(Runnable brief) {
    pause = brief;
  }

  /**
   * One step of the house-keeping: prepares room, writes a checkpoint when enough was logged, or
   * cleans. Returns whether more waits.
   */
  public boolean maintain() {
    try {
      boolean more = log.prepare();
      more |= scratch.prepare();
      noteRoom();
      if (isCheckpointDue()) {
        more |= checkpointIfRoom();
      } else {
        more |= clean();
      }
      shard.advanced();
      return more;
    } catch (IOException | RuntimeException | Error e) {
      fatal.failed("the log of virtual host '" + name + "' cannot be kept", e);
      return false;
    }
  }

  /**
   * A checkpoint for which the disk has no room can wait: what it would say is in the log. Returns
   * whether it was written.
   */
  private boolean checkpointIfRoom() throws IOException {
    try {
      checkpoint();
      checkpointWaits = false;
      return true;
    } catch (IOException e) {
      if (Math.min(storage.usableBytes(), scratchStorage.usableBytes()) >= CHECKPOINT_ROOM_BYTES) {
        throw e;
      }
      if (!checkpointWaits) {
        checkpointWaits = true;
        LOGGER.log(
            System.Logger.Level.WARNING,
            "virtual host ''{0}'': no room for a checkpoint in {1} ({2}); the log is not cleaned"
                + " until space is freed there",
            name,
            storage.describe(),
            e.getMessage());
      }
      return false;
    }
  }

  private void noteRoom() {
    boolean wait = shard.deliveriesWait() && log.roomShort();
    if (wait && !deliveriesWait) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "virtual host ''{0}'': {1} has not even room to note settlements, so consumers wait, too;"
              + " free space there",
          name,
          storage.describe());
    }
    deliveriesWait = wait;
    boolean isShort = log.roomShort() || scratch.roomShort();
    if (isShort != roomShort) {
      roomShort = isShort;
      LOGGER.log(
          isShort ? System.Logger.Level.WARNING : System.Logger.Level.INFO,
          isShort
              ? "virtual host ''{0}'': no room in {1}; publishers wait until space is freed there"
                  + " or messages are consumed"
              : "virtual host ''{0}'': room again in {1}; publishers go on",
          name,
          storage.describe());
    }
  }

  private boolean isCheckpointDue() {
    long written = facts.appendedBytes() - checkpointBytes;
    long spilled = facts.spilledBytes() - checkpointSpilledBytes;
    return Math.max(written, spilled) >= options.checkpointBytes()
        // Also a transient message that is settled, of which the log knows nothing, makes room.
        || ((roomShort || scratch.roomShort()) && shard.factsSoFar() != checkpointFacts);
  }

  /** Writes a checkpoint; what it makes superfluous is freed by {@link #maintain} afterwards. */
  public void checkpoint() throws IOException {
    long decided = shard.factsSoFar();
    long bytes = facts.appendedBytes();
    long spilledBytes = facts.spilledBytes();
    long scratchPosition = facts.spilledPosition();
    Slice first = slice(new long[0]);
    LongMap<Lane> lanes = new LongMap<>();
    long last = first.position();
    long[] ids = first.laneIds();
    for (int from = 0; from < ids.length; from += Slice.MAX_LANES) {
      int to = Math.min(ids.length, from + Slice.MAX_LANES);
      Slice slice = slice(Arrays.copyOfRange(ids, from, to));
      last = slice.position();
      for (Lane lane : slice.lanes()) {
        lanes.put(lane.id(), lane);
      }
    }
    long durable = last;
    await(() -> facts.durablePosition() >= durable, "the log of '" + name + "' does not get on");
    write(first, lanes);
    // Transient messages need no checkpoint; but the log frees only what lies below one.
    try (CheckpointWriter writer = scratch.beginCheckpoint(scratchPosition)) {
      writer.commit();
    }
    checkpointFacts = decided;
    checkpointBytes = bytes;
    checkpointSpilledBytes = spilledBytes;
    liveness =
        (lane, sequence) -> {
          Lane copy = lanes.get(lane);
          return copy != null && copy.isAlive(sequence);
        };
  }

  private void write(Slice first, LongMap<Lane> lanes) throws IOException {
    try (CheckpointWriter writer = log.beginCheckpoint(first.position())) {
      CheckpointCodec.Writer<IOException> items = new CheckpointCodec.Writer<>(writer::write);
      items.definitions(first.routing(), first.identities(), first.nextQueueId());
      for (long id : lanes.sortedKeys()) {
        Lane lane = lanes.get(id);
        if (lane != null && LaneId.isDurable(id)) {
          items.lane(lane);
        }
      }
      items.end();
      writer.commit();
    }
  }

  private boolean clean() throws IOException {
    Liveness alive = liveness;
    if (alive == null) {
      return false;
    }
    CleanResult durable = log.clean(alive);
    CleanResult spilled = scratch.clean(alive);
    boolean more = durable.moreWork() || spilled.moreWork();
    if (!more && !durable.heldBack() && !spilled.heldBack()) {
      liveness = null;
    }
    return more;
  }

  private Slice slice(long[] lanes) throws IOException {
    Slice.Request request = new Slice.Request(lanes, new CompletableFuture<>());
    shard.submit(request);
    await(request.answer()::isDone, "the shard of '" + name + "' does not answer");
    return request.answer().join();
  }

  private void await(BooleanSupplier done, String otherwise) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_TIMEOUT_SECONDS);
    while (!done.getAsBoolean()) {
      if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
        throw new IOException(otherwise);
      }
      pause.run();
    }
  }

  /**
   * A clean stop, after the last connection is gone: what was handed out is written down exactly,
   * then a checkpoint, then the files are closed. The home loop must still run.
   */
  @Override
  public void close() throws IOException {
    try {
      shard.submit(new Command.Rest());
      checkpointIfRoom();
    } finally {
      facts.close();
      Thread running = thread;
      if (running != null) {
        try {
          running.join(TimeUnit.SECONDS.toMillis(STOP_TIMEOUT_SECONDS));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      reader.close();
      log.close();
      scratch.close();
      storage.close();
      scratchStorage.close();
    }
  }
}
