package io.correio.zeromq.io;

import java.util.ArrayList;
import java.util.List;

/**
 * When a socket writes what it sends: at once where it was quiet or is in lock-step, else when
 * enough is there, when it next waits, or when the flusher gets there. So batches come from being
 * busy, and nobody waits for a timer. Owned by the socket's lock.
 */
final class Bursts {
  private static final long FLUSH_AT_OCTETS = 64 << 10;
  private static final long QUIET_NANOS = 20_000;

  private final SocketCore core;
  private final boolean lockStep;
  private final List<StreamPipe> dirty = new ArrayList<>();
  private boolean scheduled;
  private boolean needed;
  private long lastWrite = System.nanoTime() - QUIET_NANOS;

  Bursts(SocketCore core, boolean lockStep) {
    this.core = core;
    this.lockStep = lockStep;
  }

  /** Something was appended to the pipe. */
  void written(StreamPipe pipe, boolean first) {
    Connection connection = pipe.connection();
    if (connection == null || !connection.isReady()) {
      return;
    }
    if (!pipe.isDirty()) {
      pipe.dirty(true);
      dirty.add(pipe);
    }
    needed = true;
    if (connection.isBlocked()) {
      schedule();
    } else if (lockStep || pipe.out().bytes() >= FLUSH_AT_OCTETS) {
      flush(pipe);
    } else if (first) {
      long now = System.nanoTime();
      if (now - lastWrite > QUIET_NANOS) {
        flush(pipe);
        lastWrite = System.nanoTime();
      } else {
        schedule();
      }
    }
  }

  private void schedule() {
    needed = true;
    if (!scheduled) {
      scheduled = true;
      core.engine().flusher().schedule(core);
    }
  }

  /** Writes what waits in a pipe. */
  void flush(StreamPipe pipe) {
    Connection connection = pipe.connection();
    if (connection != null) {
      write(connection);
    }
  }

  private void write(Connection connection) {
    connection.flush();
    lastWrite = System.nanoTime();
    if (connection.isBlocked()) {
      schedule();
    }
  }

  /** Writes what waits in all pipes. */
  void flushAll() {
    for (int i = 0; i < dirty.size(); i++) {
      StreamPipe pipe = dirty.get(i);
      Connection connection = pipe.connection();
      if (connection != null && connection.isReady() && !pipe.out().isEmpty()) {
        write(connection);
      }
      pipe.dirty(false);
    }
    dirty.clear();
  }

  /** Writes the tail of a burst; true if nothing was sent since the last time. */
  boolean flushTail(List<Connection> connections) {
    if (!needed) {
      scheduled = false;
      return true;
    }
    needed = false;
    for (Connection connection : connections) {
      if (connection.isReady() && !connection.pipe().out().isEmpty()) {
        connection.flush();
        if (connection.isBlocked()) {
          connection.armWrite();
        }
      }
    }
    return false;
  }
}
