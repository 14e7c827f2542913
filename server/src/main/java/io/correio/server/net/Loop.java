package io.correio.server.net;

import io.correio.server.front.ConnectionInfo;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jctools.queues.MpscUnboundedArrayQueue;

/**
 * What one event loop keeps for its connections: who is ready for a round, who wants to know the
 * time, and how much their outboxes hold together. Owned by the loop; only {@link #enqueue} may be
 * called from elsewhere.
 *
 * <pre>
 *   any thread   Connection#wake ──► ready (each connection at most once) ──► one task for all
 *   loop         task: round of each connection that is ready
 *                once a second: tick of each connection
 * </pre>
 */
final class Loop {

  /** Rounds in one go; then sockets have their turn. */
  private static final int MAX_ROUNDS = 256;

  private static final int READY_SEGMENT = 128;

  private final EventLoop executor;
  private final ByteBufAllocator allocator;
  private final long maxOutboxBytes;
  // Bounded by the number of connections, because each is in it at most once.
  private final MpscUnboundedArrayQueue<Connection> ready =
      new MpscUnboundedArrayQueue<>(READY_SEGMENT);
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Runnable rounds = this::runRounds;
  private final List<Connection> connections = new ArrayList<>();
  private long outboxBytes;

  Loop(EventLoop executor, ByteBufAllocator allocator, long maxOutboxBytes) {
    this.executor = executor;
    this.allocator = allocator;
    this.maxOutboxBytes = maxOutboxBytes;
  }

  void start(int tickMillis) {
    var _ = executor.scheduleAtFixedRate(this::tick, tickMillis, tickMillis, TimeUnit.MILLISECONDS);
  }

  EventLoop executor() {
    return executor;
  }

  ByteBufAllocator allocator() {
    return allocator;
  }

  static long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /**
   * Asks for a round of the connection. Any thread; the caller sees to it that it is asked once.
   */
  void enqueue(Connection connection) {
    ready.offer(connection);
    if (!scheduled.getAndSet(true)) {
      executor.execute(rounds);
    }
  }

  private void runRounds() {
    scheduled.set(false); // before looking: who comes now schedules again
    for (int i = 0; i < MAX_ROUNDS; i++) {
      Connection connection = ready.poll();
      if (connection == null) {
        return;
      }
      connection.round();
    }
    if (!ready.isEmpty() && !scheduled.getAndSet(true)) {
      executor.execute(rounds);
    }
  }

  void add(Connection connection) {
    connection.place = connections.size();
    connections.add(connection);
  }

  void remove(Connection connection) {
    Connection last = connections.removeLast();
    if (last != connection) {
      connections.set(connection.place, last);
      last.place = connection.place;
    }
  }

  private void tick() {
    long now = nowMillis();
    forEach(connection -> connection.tick(now));
  }

  void stopSessions() {
    forEach(Connection::stop);
  }

  void cutAll() {
    forEach(connection -> connection.cut("it did not end in time while the server stopped"));
  }

  List<ConnectionInfo> infos() {
    return connections.stream().map(Connection::info).toList();
  }

  /** From the end, because a connection may leave during its turn and the last takes its place. */
  private void forEach(Consumer<Connection> action) {
    for (int i = connections.size() - 1; i >= 0; i--) {
      if (i < connections.size()) {
        action.accept(connections.get(i));
      }
    }
  }

  /** Counts memory that outboxes of this loop take (or, negative, give back). */
  void outboxGrew(long bytes) {
    outboxBytes += bytes;
  }

  /** Whether outboxes of this loop take so much that each should get by with little. */
  boolean outboxesAreLarge() {
    return outboxBytes > maxOutboxBytes;
  }
}
