package io.correio.zeromq.io;

import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.model.ZeroMqException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who waits on a socket does its I/O, if nobody else does: whoever has the oar reads and writes all
 * its connections, polls for a moment, then sleeps in the socket's own selector. Others park. For a
 * millisecond after, the steward still leaves the connections alone, because the caller is likely
 * to come back. Owned by the socket's lock, but for {@link #isHeld}.
 */
final class Oar {
  private static final long LEASE_NANOS = 1_000_000;
  private static final long SPIN_MIN_NANOS = 1_000;
  // Beyond, the system is asked which connections are readable.
  private static final int READ_EACH_MAX = 4;

  private final SocketCore core;
  private @Nullable Selector selector;
  private volatile boolean rowing;
  private volatile long leaseEnd = System.nanoTime();
  private long spinMaxNanos;
  private long spinNanos;

  Oar(SocketCore core) {
    this.core = core;
  }

  void spin(long nanos) {
    spinMaxNanos = nanos;
    spinNanos = nanos;
  }

  /** Whether somebody does the I/O, or did a moment ago. From any thread. */
  boolean isHeld() {
    return rowing || leaseEnd - System.nanoTime() > 0;
  }

  boolean isFree() {
    return !rowing;
  }

  /** Gives up the lease. */
  void release() {
    leaseEnd = System.nanoTime();
  }

  /** A connection is ready: whoever rows next reads it. */
  void add(Connection connection) {
    Selector open = selector;
    if (open != null) {
      register(connection, open);
    }
  }

  private static void register(Connection connection, Selector open) {
    try {
      connection.rowerKey(connection.channel().register(open, SelectionKey.OP_READ, connection));
    } catch (ClosedChannelException e) {
      connection.rowerKey(null);
    }
  }

  private Selector selector() {
    Selector open = selector;
    if (open == null) {
      try {
        open = Selector.open();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      selector = open;
      for (Connection connection : core.connections()) {
        if (connection.isReady()) {
          register(connection, open);
        }
      }
    }
    return open;
  }

  /** A connection has ended: its descriptor is given back. */
  void forget() {
    Selector open = selector;
    if (open != null) {
      if (rowing) {
        open.wakeup();
      } else {
        try {
          open.selectNow();
          open.selectedKeys().clear();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /** Reads what there is without waiting; says whether anything came. */
  boolean readNow() {
    List<Connection> connections = core.connections();
    boolean any = false;
    if (connections.size() <= READ_EACH_MAX) {
      for (int i = connections.size() - 1; i >= 0; i--) {
        Connection connection = connections.get(i);
        if (connection.isReady() && connection.fill()) {
          core.readable(connection.pipe());
          any = true;
        }
      }
    } else {
      try {
        Selector open = selector();
        if (core.oarIsFree() && open.selectNow() > 0) {
          any = process(open);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    if (any) {
      leaseEnd = System.nanoTime() + LEASE_NANOS;
    }
    return any;
  }

  /**
   * Waits until something may have changed, doing the socket's I/O meanwhile.
   *
   * @return false once the deadline is over
   */
  boolean row(Waiters list, long deadline) {
    long seen = core.changes();
    // A connection that ends while it is read changes things as well.
    if (readNow() || core.changes() != seen) {
      return true;
    }
    rowing = true;
    try {
      return poll(deadline, seen) || sleep(list, deadline, seen);
    } finally {
      rowing = false;
      if (core.isDestroyed()) {
        close();
      }
      leaseEnd = System.nanoTime() + LEASE_NANOS;
      core.oarFree();
    }
  }

  private boolean poll(long deadline, long seen) {
    if (spinMaxNanos == 0) {
      return false;
    }
    long start = System.nanoTime();
    long end = start + spinNanos;
    if (end - deadline > 0) {
      end = deadline;
    }
    for (long now = start; now - end < 0; now = System.nanoTime()) {
      core.unlock();
      Thread.onSpinWait();
      core.lock();
      if (core.takeMail() || spinRead() || core.changes() != seen) {
        spinNanos = Math.min(spinMaxNanos, 2 * spinNanos);
        return true;
      }
    }
    spinNanos = Math.max(SPIN_MIN_NANOS, spinNanos / 2);
    return false;
  }

  private boolean spinRead() {
    List<Connection> connections = core.connections();
    if (connections.size() > READ_EACH_MAX) {
      return false;
    }
    boolean any = false;
    for (int i = connections.size() - 1; i >= 0; i--) {
      Connection connection = connections.get(i);
      if (connection.isReady() && connection.fill()) {
        core.readable(connection.pipe());
        any = true;
      } else if (connection.isBlocked() && connection.isReady()) {
        connection.flush();
        any |= !connection.isBlocked();
      }
    }
    return any;
  }

  private boolean sleep(Waiters list, long deadline, long seen) {
    Selector open = selector();
    for (Connection connection : core.connections()) {
      SelectionKey key = connection.rowerKey();
      if (key != null && key.isValid()) {
        int wanted =
            (connection.holds() || connection.isPaused() ? 0 : SelectionKey.OP_READ)
                | (connection.isBlocked() ? SelectionKey.OP_WRITE : 0);
        if (key.interestOps() != wanted) {
          key.interestOps(wanted);
        }
      }
    }
    Waiter self = new Waiter(open);
    list.add(self);
    if (core.takeMail() || core.isClosedFor(list) || core.changes() != seen) {
      list.remove(self);
      return true;
    }
    long left = deadline - System.nanoTime();
    core.unlock();
    try {
      if (left > 0 && !self.isSignalled()) {
        open.select(Math.max(1, Math.min(left / 1_000_000, Integer.MAX_VALUE)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      core.lock();
      list.remove(self);
    }
    core.takeMail();
    process(open);
    if (Thread.currentThread().isInterrupted()) {
      throw new ZeroMqException(
          ZeroMqException.Kind.INTERRUPTED, "the thread was interrupted while it waited");
    }
    return self.isSignalled() || deadline - System.nanoTime() > 0;
  }

  private boolean process(Selector open) {
    boolean any = false;
    for (SelectionKey key : open.selectedKeys()) {
      Connection connection = (Connection) key.attachment();
      try {
        if (key.isWritable()) {
          connection.flush();
          any = true;
        }
        if (key.isReadable() && connection.isReady() && connection.fill()) {
          core.readable(connection.pipe());
          any = true;
        }
      } catch (CancelledKeyException e) {
        connection.rowerKey(null);
      }
    }
    open.selectedKeys().clear();
    return any;
  }

  void close() {
    Selector open = selector;
    selector = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Waits without the oar, which somebody else has or nobody needs; false once the deadline is
   * over.
   */
  boolean park(Waiters list, long deadline) {
    long seen = core.changes();
    long spinEnd = System.nanoTime() + core.options().get(SocketOption.SPIN).toNanos();
    core.unlock();
    try {
      while (!core.hasMail() && System.nanoTime() - spinEnd < 0) {
        Thread.onSpinWait();
      }
    } finally {
      core.lock();
    }
    if (core.takeMail() || core.changes() != seen) {
      return true;
    }
    Waiter self = new Waiter(null);
    list.add(self);
    if (core.takeMail() || core.isClosedFor(list) || core.changes() != seen) {
      list.remove(self);
      return true;
    }
    core.unlock();
    try {
      self.park(deadline);
    } finally {
      core.lock();
      list.remove(self);
    }
    core.takeMail();
    if (Thread.currentThread().isInterrupted()) {
      list.signalOne();
      throw new ZeroMqException(
          ZeroMqException.Kind.INTERRUPTED, "the thread was interrupted while it waited");
    }
    return self.isSignalled() || deadline - System.nanoTime() > 0;
  }
}
