package io.correio.server.net;

import io.correio.server.front.ConnectionInfo;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The event loops: threads {@code loop-0}, {@code loop-1} … that own connections and are the homes
 * of shards. Thread-safe. Closed by whoever opened it, after listeners, connections and shards.
 */
public final class Loops implements AutoCloseable {

  /** The most loops there may be. */
  public static final int MAX_LOOPS = 16;

  /** How often sessions are told the time. */
  private static final int TICK_MILLIS = 1_000;

  /** Chunk of the buffer pool: a page of 8 KiB shifted by this, 1 MiB. */
  private static final int POOL_CHUNK_ORDER = 7;

  private static final int POOL_PAGE_BYTES = 8 << 10;

  /** Buffers of one size that a loop keeps at hand for reuse. */
  private static final int POOL_SMALL_CACHE = 64;

  private static final int POOL_NORMAL_CACHE = 16;

  /** How long {@link #close} waits for tasks that were submitted before it. */
  private static final int CLOSE_WAIT_MILLIS = 2_000;

  private final EventLoopGroup group;
  private final List<Loop> loops;
  private final Class<? extends ServerChannel> listenerClass;
  private final ByteBufAllocator allocator;
  private final String transport;
  private final AtomicInteger connections = new AtomicInteger();
  private final Object countChanged = new Object();

  private Loops(
      EventLoopGroup group,
      Class<? extends ServerChannel> listenerClass,
      ByteBufAllocator allocator,
      String transport,
      int count) {
    this.group = group;
    this.listenerClass = listenerClass;
    this.allocator = allocator;
    this.transport = transport;
    // Half of the direct memory: the other half is for reading, for TLS and for the log.
    long outboxBytes = PlatformDependent.maxDirectMemory() / 2 / count;
    List<Loop> built = new ArrayList<>();
    for (EventExecutor executor : group) {
      built.add(new Loop((EventLoop) executor, allocator, outboxBytes));
    }
    this.loops = List.copyOf(built);
  }

  /** As many loops as the machine has cores, on the best transport there is. */
  public static Loops open() {
    return open(Runtime.getRuntime().availableProcessors(), true);
  }

  /**
   * Starts loops.
   *
   * @param count how many, at least 1; more than {@link #MAX_LOOPS} are not started
   * @param nativeTransport whether to use epoll where its library loads, instead of the JDK's
   *     selector
   */
  public static Loops open(int count, boolean nativeTransport) {
    return open(count, nativeTransport, TICK_MILLIS);
  }

  static Loops open(int count, boolean nativeTransport, int tickMillis) {
    tuneNetty();
    int size = Math.min(count, MAX_LOOPS);
    boolean epoll = nativeTransport && Epoll.isAvailable();
    AtomicInteger number = new AtomicInteger();
    ThreadFactory threads =
        task -> new FastThreadLocalThread(task, "loop-" + number.getAndIncrement());
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            size, threads, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    Loops loops =
        new Loops(
            group,
            epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class,
            new PooledByteBufAllocator(
                true,
                0,
                size,
                POOL_PAGE_BYTES,
                POOL_CHUNK_ORDER,
                POOL_SMALL_CACHE,
                POOL_NORMAL_CACHE,
                false),
            epoll ? "epoll" : "nio",
            size);
    loops.loops.forEach(
        loop -> loop.start(tickMillis)); // in order, for threads are numbered as they start
    return loops;
  }

  /** Netty reads these once, when its classes load; what the command line says goes first. */
  private static void tuneNetty() {
    setDefault("io.netty.leakDetection.level", "disabled");
    setDefault("io.netty.allocator.maxCachedBufferCapacity", String.valueOf(64 << 10));
    setDefault("io.netty.recycler.maxCapacityPerThread", "1024");
    setDefault("io.netty.machineId", "00:00:00:00:00:00:00:01"); // nobody asks for channel ids
    setDefault("io.netty.processId", "1");
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** How many loops run. */
  public int count() {
    return loops.size();
  }

  /** Runs tasks on one loop, in order. Any thread; never blocks. */
  public Executor executor(int loop) {
    return loops.get(Math.floorMod(loop, loops.size())).executor();
  }

  /** "epoll" or "nio". */
  public String transport() {
    return transport;
  }

  /** Connections that are open now, over all listeners. */
  public int connections() {
    return connections.get();
  }

  /** All connections as they are now, in no particular order. Waits for each loop: not on one. */
  public List<ConnectionInfo> connectionInfos() {
    List<CompletableFuture<List<ConnectionInfo>>> answers = new ArrayList<>();
    for (Loop loop : loops) {
      answers.add(CompletableFuture.supplyAsync(loop::infos, loop.executor()));
    }
    List<ConnectionInfo> infos = new ArrayList<>();
    answers.forEach(answer -> infos.addAll(answer.join()));
    return infos;
  }

  /**
   * Tells every session that the server stops, and waits until their connections are closed; those
   * that are not in time are cut. New ones must not come any more: close the listeners first.
   */
  public void stopConnections(long limitMillis) throws InterruptedException {
    for (Loop loop : loops) {
      loop.executor().execute(loop::stopSessions);
    }
    awaitNoConnections(limitMillis);
    for (Loop loop : loops) {
      loop.executor().execute(loop::cutAll);
    }
    awaitNoConnections(limitMillis);
  }

  private void awaitNoConnections(long limitMillis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
    synchronized (countChanged) {
      while (connections.get() > 0) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          return;
        }
        countChanged.wait(left);
      }
    }
  }

  /** Stops the loops. What is submitted afterwards is refused. */
  @Override
  public void close() {
    group
        .shutdownGracefully(0, CLOSE_WAIT_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(2L * CLOSE_WAIT_MILLIS);
  }

  /** Counts a new connection, unless there are so many already. */
  boolean admit(int maxConnections) {
    for (; ; ) {
      int open = connections.get();
      if (open >= maxConnections) {
        return false;
      }
      if (connections.compareAndSet(open, open + 1)) {
        return true;
      }
    }
  }

  void released() {
    if (connections.decrementAndGet() == 0) {
      synchronized (countChanged) {
        countChanged.notifyAll();
      }
    }
  }

  EventLoopGroup group() {
    return group;
  }

  Class<? extends ServerChannel> listenerClass() {
    return listenerClass;
  }

  ByteBufAllocator allocator() {
    return allocator;
  }

  Loop loopOf(EventLoop executor) {
    for (Loop loop : loops) {
      if (loop.executor().equals(executor)) {
        return loop;
      }
    }
    throw new IllegalArgumentException("not one of these loops: " + executor);
  }
}
