package io.correio.core.shard;

import io.correio.core.identity.Identities;
import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.queue.ConnectionEntry;
import io.correio.core.queue.Decider;
import io.correio.core.queue.Decisions;
import io.correio.core.queue.Effect;
import io.correio.core.queue.Fact;
import io.correio.core.queue.Lane;
import io.correio.core.queue.QueueState;
import io.correio.core.routing.RoutingTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The single writer of a virtual host. Drains its inbox, decides each command, hands facts and
 * waiting effects to the log, and emits what waits for nothing.
 *
 * <pre>
 *   submit → inbox → decide → facts  → batch → log (write, force) → effects that waited
 *                           → effects that wait for nothing → sinks
 * </pre>
 *
 * It runs on its home loop, and never touches the disk. {@link #submit} and the snapshots may be
 * called by any thread, all else only by the home loop; a simulation calls {@link #step} itself.
 */
public final class Shard implements ShardProxy, Decisions, FactLog.Progress {

  /** Decided and not durable, at most; then publishes wait, and the rest goes on. */
  static final long MAX_PENDING_BYTES = 16 << 20;

  /** Commands decided before others get their turn on the loop. */
  private static final int MAX_COMMANDS_PER_STEP = 256;

  /** A batch is handed over when it has so many bytes, even if more commands wait. */
  private static final int BATCH_BYTES = 256 << 10;

  // Bounded by the publish credit that connections keep to, and a few commands for each.
  private final MpscUnboundedAtomicArrayQueue<Command> inbox =
      new MpscUnboundedAtomicArrayQueue<>(1024);
  private final MpscUnboundedAtomicArrayQueue<Slice.Request> sliceRequests =
      new MpscUnboundedAtomicArrayQueue<>(16);
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Home home;
  private final FatalHandler fatal;
  private final String virtualHost;
  private final QueueState state;
  private final FactLog log;
  private final Decider decider;
  private final List<ConnectionEntry> touched = new ArrayList<>();
  private volatile RoutingTable routing;
  private volatile Identities identities;
  private volatile boolean waiting;
  private long lastTickMillis;
  private long timerMillis = Long.MAX_VALUE;
  private @Nullable Future<?> timer;
  private Batch batch;
  private long lastPosition;
  private long nextBatch = 1;
  private long durable;
  private long emitted;
  private long lastScratchPosition; // the scratch log is empty at the start
  private boolean roomLacks;
  private long reserveLeft; // at the begin of the batch
  private volatile boolean deliveriesWait;
  private long facts;
  private volatile long factsSoFar; // written by the home loop alone
  private final int maxEntryBytes;
  private final int batchBytes;

  /**
   * @param state recovered up to {@code lastPosition}
   * @param maxEntryBytes longest entry that the log takes
   * @param home runs one task after the other, on the loop that owns the shard
   * @param fatal told when a command could not be decided: what was half done cannot be undone
   */
  Shard(
      String virtualHost,
      QueueState state,
      FactLog log,
      long lastPosition,
      ShardOptions options,
      int maxEntryBytes,
      Executor home,
      FatalHandler fatal) {
    this.home = Home.on(home);
    this.fatal = fatal;
    this.virtualHost = virtualHost;
    this.maxEntryBytes = maxEntryBytes;
    this.batchBytes = Math.min(BATCH_BYTES, maxEntryBytes / 4);
    this.state = state;
    this.log = log;
    this.lastPosition = lastPosition;
    this.routing = state.routing();
    this.identities = state.identities();
    this.batch = newBatch();
    this.decider =
        new Decider(
            virtualHost,
            state,
            this,
            options.windowBytes(),
            options.outboxBytes(),
            options.headers(),
            options.reader());
    log.start(this);
    schedule(); // what happened to messages as time passed
  }

  private Batch newBatch() {
    Batch next = log.take();
    next.number = nextBatch++;
    next.position = lastPosition;
    reserveLeft = reserveLeftInLog();
    return next;
  }

  /** What is pending first: what the log takes in between must not count as room twice. */
  private long reserveLeftInLog() {
    long pending = log.pendingBytes();
    return log.roomWithReserve() - pending;
  }

  // ---- any thread ----------------------------------------------------------------------------

  @Override
  public void submit(Command command) {
    inbox.offer(command);
    schedule();
  }

  @Override
  public RoutingTable routing() {
    return routing;
  }

  /** Users, virtual hosts and permissions; only shard 0 has any. */
  public Identities identities() {
    return identities;
  }

  /** Facts decided since the start, those included that are not logged. Any thread. */
  long factsSoFar() {
    return factsSoFar;
  }

  /** Whether not even settlements have room, so that nothing is handed out. */
  boolean deliveriesWait() {
    return deliveriesWait;
  }

  /** Asks for a copy of part of the state. Answered on the home loop. */
  void submit(Slice.Request request) {
    sliceRequests.offer(request);
    schedule();
  }

  /** Publishes that wait may go on: called by whoever made room. */
  @Override
  public void advanced() {
    if (waiting) {
      submit(new Command.Resume());
    }
  }

  private void schedule() {
    if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
      home.execute(this::run);
    }
  }

  // ---- the home loop -------------------------------------------------------------------------

  private void run() {
    try {
      step();
    } catch (RuntimeException | Error e) {
      fatal.failed("virtual host '" + virtualHost + "' cannot go on", e);
      return; // stays scheduled, so nothing is decided any more
    }
    scheduled.set(false);
    if (!inbox.isEmpty() || !sliceRequests.isEmpty()) {
      schedule();
    }
    armTimer();
  }

  /** One timer for all queues: it rings when the first of them has to be looked at. */
  private void armTimer() {
    long next = decider.nextTickMillis();
    if (next < timerMillis) {
      if (timer != null) {
        timer.cancel(false);
      }
      timerMillis = next;
      timer = home.executeAfter(this::onTimer, Math.max(0, next - home.nowMillis()));
    }
  }

  private void onTimer() {
    timerMillis = Long.MAX_VALUE;
    timer = null;
    schedule();
  }

  /** Decides what waits, up to a limit. Returns whether there was anything. */
  public boolean step() {
    durable = log.durablePosition();
    emitted = log.emittedBatch();
    reserveLeft = reserveLeftInLog();
    tick();
    int count = 0;
    Command command;
    while (count < MAX_COMMANDS_PER_STEP && (command = inbox.poll()) != null) {
      decider.decide(command);
      count++;
      betweenCommands();
    }
    endBatch();
    Slice.Request request = sliceRequests.poll();
    if (request != null) {
      request.answer().complete(slice(request));
    }
    for (ConnectionEntry connection : touched) {
      connection.touchedByShard = false;
      connection.sink().flush();
    }
    touched.clear();
    waiting = decider.isWaiting();
    deliveriesWait = decider.lacksReserve();
    if (waiting && !roomLacks && !deliveriesWait && log.pendingBytes() == 0) {
      // What it waits for came before the flag was set, so nobody else will say so.
      inbox.offer(new Command.Resume());
    }
    return count > 0 || request != null;
  }

  private void tick() {
    long now = home.nowMillis();
    if (now != lastTickMillis || decider.nextTickMillis() <= now) {
      lastTickMillis = now;
      decider.decide(new Command.Tick(now));
      betweenCommands();
    }
  }

  private void endBatch() {
    decider.endStep();
    factsSoFar = facts;
    routing = state.routing();
    identities = state.identities();
    if (batch.isEmpty()) {
      return;
    }
    if (!batch.entry.isEmpty()) {
      batch.entry.endEntry(++lastPosition);
    }
    batch.position = lastPosition;
    log.submit(batch);
    batch = newBatch();
  }

  private Slice slice(Slice.Request request) {
    List<Lane> lanes = new ArrayList<>(request.lanes().length);
    for (long id : request.lanes()) {
      Lane lane = state.lane(id);
      if (lane != null) {
        lanes.add(lane.copy(lastPosition));
      }
    }
    long[] ids = request.lanes().length == 0 ? state.laneIds() : new long[0];
    return new Slice(
        lastPosition, state.routing(), state.identities(), state.nextQueueId(), ids, lanes);
  }

  // ---- Decisions -----------------------------------------------------------------------------

  @Override
  public long position() {
    return lastPosition + 1;
  }

  @Override
  public void fact(Fact fact) {
    facts++;
    state.apply(lastPosition + 1, fact);
    if (fact.isLogged()) {
      batch.entry.add(fact);
    }
  }

  @Override
  public void causedBy(ConnectionEntry connection) {
    connection.lastCausedBatch = batch.number;
  }

  @Override
  public void effect(ConnectionEntry connection, long dependsOn, Effect effect) {
    boolean isReply = effect instanceof Effect.Replied || effect instanceof Effect.Taken;
    long after = isReply ? connection.lastCausedBatch : 0;
    if (dependsOn <= durable && Math.max(after, connection.lastBatch) <= emitted) {
      if (effect instanceof Effect.Replied) {
        // Whoever is told that something is defined may route by it at once.
        routing = state.routing();
        identities = state.identities();
      }
      connection.sink().emit(effect);
      if (!connection.touchedByShard) {
        connection.touchedByShard = true;
        touched.add(connection);
      }
      return;
    }
    connection.lastBatch = batch.number;
    batch.receivers.add(connection);
    batch.effects.add(effect);
  }

  @Override
  public void fetch(long lane, long[] sequences, int maxBytes) {
    batch.fetches.add(new Batch.Fetch(0, lane, sequences, maxBytes));
  }

  @Override
  public void scan(long scan, long lane, long[] sequences, int maxBytes) {
    batch.fetches.add(new Batch.Fetch(scan, lane, sequences, maxBytes));
  }

  @Override
  public void spill(long[] lanes, long[] sequences, long[] besideSequences, Message message) {
    // Nothing of the scratch log has to be there as a whole, so no entry of it gets too long.
    batch.scratch.spill(++lastScratchPosition, lanes, sequences, besideSequences, message);
  }

  @Override
  public boolean maySpill(long bytes) {
    long pending = log.pendingBytes() + batch.bytes();
    return log.room() - pending >= bytes;
  }

  @Override
  public boolean fits(long bytes) {
    return bytes <= maxEntryBytes;
  }

  @Override
  public void betweenCommands() {
    if (batch.bytes() >= batchBytes) {
      endBatch();
    }
  }

  @Override
  public boolean reserve(long bytes) {
    if (batch.bytes() + bytes > maxEntryBytes) {
      endBatch();
    }
    long pending = log.pendingBytes() + batch.bytes();
    roomLacks = log.room() - pending < bytes;
    return !roomLacks && (pending == 0 || pending + bytes <= MAX_PENDING_BYTES);
  }

  @Override
  public long reserveLeft() {
    return reserveLeft - batch.bytes();
  }

  @Override
  public boolean isRoomShort() {
    // Room that is only being prepared is there in a moment, and nobody needs to be told.
    return roomLacks && log.isDiskFull();
  }
}
