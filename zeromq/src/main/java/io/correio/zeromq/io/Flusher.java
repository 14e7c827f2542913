package io.correio.zeromq.io;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes the tail of a burst: what a sender left in its buffer, some 100 µs later. One daemon
 * thread, started with the first burst, asleep between bursts.
 */
final class Flusher implements AutoCloseable {
  private static final long PAUSE_NANOS = 100_000;

  private final ArrayDeque<SocketCore> scheduled = new ArrayDeque<>();
  private @Nullable Thread thread;
  private boolean closed;

  /** Takes on a socket; each is in at most once, which its flag sees to. */
  void schedule(SocketCore core) {
    Thread started;
    synchronized (this) {
      if (closed) {
        return;
      }
      scheduled.add(core);
      if (scheduled.size() > 1) {
        return;
      }
      if (thread == null) {
        thread = Thread.ofPlatform().daemon().name("zmq-flusher").unstarted(this::run);
        thread.start();
      }
      started = thread;
    }
    LockSupport.unpark(started);
  }

  private void run() {
    List<SocketCore> round = new ArrayList<>();
    while (next(round)) {
      LockSupport.parkNanos(this, round.isEmpty() ? Long.MAX_VALUE : PAUSE_NANOS);
      for (SocketCore core : round) {
        if (core.flushTail()) {
          again(core);
        }
      }
      round.clear();
    }
  }

  private synchronized boolean next(List<SocketCore> round) {
    round.addAll(scheduled);
    return !closed;
  }

  /** The socket is done with if nothing was sent since the last round. */
  private synchronized void again(SocketCore core) {
    scheduled.remove(core);
  }

  @Override
  public void close() {
    Thread running;
    synchronized (this) {
      closed = true;
      scheduled.clear();
      running = thread;
    }
    if (running != null) {
      LockSupport.unpark(running);
      joinUninterruptibly(running);
    }
  }

  static void joinUninterruptibly(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
