package io.correio.zeromq.io;

import java.nio.channels.Selector;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that waits, parked or in a selector. One wait long. */
final class Waiter {
  private final Thread thread = Thread.currentThread();
  private final @Nullable Selector selector;
  private volatile boolean signalled;

  /** Waits in the selector, or parked if there is none. */
  Waiter(@Nullable Selector selector) {
    this.selector = selector;
  }

  void signal() {
    signalled = true;
    if (selector == null) {
      LockSupport.unpark(thread);
    } else {
      selector.wakeup();
    }
  }

  boolean isSignalled() {
    return signalled;
  }

  /** Parks until a signal, an interrupt, or the deadline of {@link System#nanoTime}. */
  void park(long deadline) {
    while (!signalled && !Thread.currentThread().isInterrupted()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return;
      }
      LockSupport.parkNanos(this, left);
    }
  }
}
