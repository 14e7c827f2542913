package io.correio.zeromq.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The context's thread: accepts, connects, runs handshakes and timers, and does the I/O of sockets
 * that nobody is rowing. A daemon, started with the first task. What is handed to it runs there,
 * one after the other.
 *
 * <pre>
 *   connection in the selector ── readable, but its socket is rowed ──► disarmed
 *               ▲                                                          │
 *               └───────── looked at again after 1 to 16 ms, no longer ────┘
 * </pre>
 */
final class Steward implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Steward.class.getName());
  private static final long RECHECK_MIN_MILLIS = 1;
  private static final long RECHECK_MAX_MILLIS = 16;

  /** What the selector's keys carry. */
  interface Selected {
    /** The channel is ready. */
    void onSelected(SelectionKey key);
  }

  /** Something to do at a time. Made by {@link #at}. */
  static final class Timer implements Comparable<Timer> {
    private final long time;
    private final Runnable task;
    private volatile boolean cancelled;

    private Timer(long time, Runnable task) {
      this.time = time;
      this.task = task;
    }

    void cancel() {
      cancelled = true;
    }

    @Override
    public int compareTo(Timer other) {
      return Long.signum(time - other.time);
    }
  }

  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final List<Connection> disarmed = new ArrayList<>();
  private long recheckMillis = RECHECK_MIN_MILLIS;
  private @Nullable Selector selector;
  private @Nullable Thread thread;
  private volatile boolean closed;

  /** Hands over a task. */
  void execute(Runnable task) {
    tasks.add(task);
    start().wakeup();
  }

  /** The selector, with the thread running. */
  private synchronized Selector start() {
    Selector open = selector;
    if (open == null) {
      try {
        open = Selector.open();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      selector = open;
      Selector running = open;
      thread = Thread.ofPlatform().daemon().name("zmq-steward").unstarted(() -> run(running));
      thread.start();
    }
    return open;
  }

  /** Steward: runs a task after some time. */
  Timer at(long delayNanos, Runnable task) {
    Timer timer = new Timer(System.nanoTime() + delayNanos, task);
    timers.add(timer);
    return timer;
  }

  /** Steward: the selector to register channels with. */
  Selector selector() {
    return start();
  }

  /** Steward: the connection's socket is rowed; look at it again later. */
  void disarm(Connection connection) {
    disarmed.add(connection);
    recheckMillis = RECHECK_MIN_MILLIS;
  }

  /** Looks at once at what was disarmed of a socket that is not rowed any more. */
  void recheck() {
    execute(this::recheckDisarmed);
  }

  private void run(Selector open) {
    while (!closed) {
      try {
        open.select(timeoutMillis());
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
        for (SelectionKey key : open.selectedKeys()) {
          selected(key);
        }
        open.selectedKeys().clear();
        runTimers();
        recheckDisarmed();
      } catch (IOException | RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "the steward goes on after a failure", e);
      }
    }
    try {
      open.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the steward's selector did not close", e);
    }
  }

  private static void selected(SelectionKey key) {
    try {
      if (key.isValid()) {
        ((Selected) key.attachment()).onSelected(key);
      }
    } catch (CancelledKeyException e) {
      // Its socket was closed between the select and now.
      LOG.log(System.Logger.Level.TRACE, "closed meanwhile", e);
    }
  }

  private long timeoutMillis() {
    if (!tasks.isEmpty()) {
      return 1;
    }
    long millis = disarmed.isEmpty() ? Long.MAX_VALUE : recheckMillis;
    Timer next = timers.peek();
    if (next != null) {
      millis = Math.min(millis, (next.time - System.nanoTime()) / 1_000_000 + 1);
    }
    return millis == Long.MAX_VALUE ? 0 : Math.max(1, millis);
  }

  private void runTimers() {
    long now = System.nanoTime();
    for (Timer next = timers.peek(); next != null && next.time - now <= 0; next = timers.peek()) {
      timers.remove();
      if (!next.cancelled) {
        next.task.run();
      }
    }
  }

  private void recheckDisarmed() {
    if (!disarmed.isEmpty()) {
      disarmed.removeIf(Connection::rearm);
      recheckMillis = Math.min(RECHECK_MAX_MILLIS, 2 * recheckMillis);
    }
  }

  @Override
  public void close() {
    Thread running;
    synchronized (this) {
      closed = true;
      running = thread;
      if (selector != null) {
        selector.wakeup();
      }
    }
    if (running != null) {
      Flusher.joinUninterruptibly(running);
    }
  }
}
