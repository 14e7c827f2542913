package io.correio.core.shard;

import io.correio.core.queue.ConnectionEntry;
import io.correio.log.SegmentedLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jctools.queues.atomic.SpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The facts of one shard on this machine's disk. Its thread takes all batches that wait, writes
 * them, forces once, and emits the effects: batching comes from the disk being busy, never from a
 * timer.
 *
 * <p>A write or force that fails ends the process, with nothing more emitted; a full disk cannot
 * happen here, because room was reserved before anything was decided.
 *
 * <p>{@link #submit} and {@link #take} belong to the shard's thread, {@link #step} and {@link #run}
 * to the log's own thread. In a simulation both are stepped by hand.
 */
final class LocalFactLog implements FactLog {

  /** Batches kept for another use. */
  private static final int MAX_SPARE_BATCHES = 16;

  /** Batches that one force covers at most. */
  private static final int MAX_BATCHES_PER_FORCE = 256;

  private static final int QUEUE_CHUNK = 64;

  private final SegmentedLog log;
  private final SegmentedLog scratch;
  private final Consumer<Batch.Fetch> reader;
  private final FatalHandler fatal;
  private final SpscUnboundedAtomicArrayQueue<Batch> inbox =
      new SpscUnboundedAtomicArrayQueue<>(QUEUE_CHUNK);
  private final SpscUnboundedAtomicArrayQueue<Batch> spare =
      new SpscUnboundedAtomicArrayQueue<>(QUEUE_CHUNK);
  private final AtomicLong pendingBytes = new AtomicLong();
  private final MessageCodec messages = new MessageCodec();
  private final List<Batch> taken = new ArrayList<>();
  private final List<ConnectionEntry> touched = new ArrayList<>();
  private @Nullable Progress progress;
  private volatile long durablePosition;
  private volatile long emittedBatch;
  private final AtomicLong appendedBytes = new AtomicLong(); // only the log's thread adds
  private final AtomicLong spilledBytes = new AtomicLong(); // likewise
  private volatile boolean parked;
  private volatile boolean closing;
  private volatile @Nullable Thread thread;
  private boolean dead;

  /**
   * @param lastPosition what a restart found: all up to there is durable
   * @param reader takes what is to be fetched, never blocks
   */
  LocalFactLog(
      SegmentedLog log,
      SegmentedLog scratch,
      long lastPosition,
      Consumer<Batch.Fetch> reader,
      FatalHandler fatal) {
    this.log = log;
    this.scratch = scratch;
    this.durablePosition = lastPosition;
    this.reader = reader;
    this.fatal = fatal;
  }

  @Override
  public void start(Progress progress) {
    this.progress = progress;
  }

  @Override
  public void submit(Batch batch) {
    long bytes = batch.bytes();
    inbox.offer(batch);
    // Also the fence between the offer and the look at the flag, without which a wake-up gets lost.
    pendingBytes.addAndGet(bytes);
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public Batch take() {
    Batch batch = spare.poll();
    return batch == null ? new Batch(messages) : batch;
  }

  @Override
  public long durablePosition() {
    return durablePosition;
  }

  @Override
  public long emittedBatch() {
    return emittedBatch;
  }

  @Override
  public long pendingBytes() {
    return pendingBytes.get();
  }

  @Override
  public long room() {
    return Math.min(log.room(), scratch.room());
  }

  @Override
  public long roomWithReserve() {
    return log.roomWithReserve();
  }

  @Override
  public boolean isDiskFull() {
    return log.roomShort() || scratch.roomShort();
  }

  /** Bytes appended since the start. Any thread. */
  long appendedBytes() {
    return appendedBytes.get();
  }

  /** Bytes spilled to the scratch log since the start. Any thread. */
  long spilledBytes() {
    return spilledBytes.get();
  }

  /** The scratch log's last position. Any thread. */
  long spilledPosition() {
    return scratch.durablePosition();
  }

  /** The thread's life: until {@link #close}, or until the disk fails. */
  void run() {
    thread = Thread.currentThread();
    while (!dead) {
      if (step()) {
        continue;
      }
      if (closing) {
        return;
      }
      parked = true;
      if (inbox.isEmpty() && !closing) {
        LockSupport.park(this);
      }
      parked = false;
    }
  }

  /** Ends {@link #run} when all that was submitted is done. Any thread. */
  void close() {
    closing = true;
    LockSupport.unpark(thread);
  }

  /** Does what waits, if anything: write, force, emit. Returns whether there was anything. */
  boolean step() {
    if (dead || inbox.drain(taken::add, MAX_BATCHES_PER_FORCE) == 0) {
      return false;
    }
    try {
      write();
    } catch (IOException | RuntimeException | Error e) {
      dead = true;
      fatal.failed("the log cannot be written, so nothing more can be promised", e);
      return false;
    }
    try {
      emit();
    } catch (RuntimeException | Error e) {
      dead = true;
      fatal.failed("what is written cannot be told to those who wait for it", e);
      return false;
    }
    return true;
  }

  private void write() throws IOException {
    boolean written = false;
    long appended = 0;
    long spilled = 0;
    for (Batch batch : taken) {
      if (!batch.entry.isEmpty()) {
        appended += batch.entry.records().bytes();
        log.append(batch.entry.records());
        written = true;
      }
      if (!batch.scratch.isEmpty()) {
        spilled += batch.scratch.records().bytes();
        scratch.append(batch.scratch.records());
      }
    }
    if (written) {
      log.force();
    }
    if (spilled > 0) {
      scratch.force(); // costs nothing: this log is not forced
    }
    durablePosition = taken.getLast().position;
    appendedBytes.lazySet(appendedBytes.get() + appended);
    spilledBytes.lazySet(spilledBytes.get() + spilled);
  }

  private void emit() {
    long bytes = 0;
    for (Batch batch : taken) {
      bytes += batch.bytes();
      for (int i = 0; i < batch.effects.size(); i++) {
        ConnectionEntry receiver = batch.receivers.get(i);
        receiver.sink().emit(batch.effects.get(i));
        if (!receiver.touchedByLog) {
          receiver.touchedByLog = true;
          touched.add(receiver);
        }
      }
      batch.fetches.forEach(reader);
    }
    emittedBatch = taken.getLast().number;
    for (ConnectionEntry receiver : touched) {
      receiver.touchedByLog = false;
      receiver.sink().flush();
    }
    touched.clear();
    pendingBytes.addAndGet(-bytes);
    for (Batch batch : taken) {
      batch.clear();
      if (!batch.isOversized() && spare.size() < MAX_SPARE_BATCHES) {
        spare.offer(batch);
      }
    }
    taken.clear();
    if (progress != null) {
      progress.advanced();
    }
  }
}
