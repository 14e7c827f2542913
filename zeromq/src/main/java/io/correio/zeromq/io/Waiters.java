package io.correio.zeromq.io;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Threads that wait for one thing, first come first served. Thread-safe; takes no other lock. */
final class Waiters {
  private final ArrayDeque<Waiter> queue = new ArrayDeque<>();
  private volatile int count;

  synchronized void add(Waiter waiter) {
    queue.add(waiter);
    count = queue.size();
  }

  synchronized void remove(Waiter waiter) {
    queue.remove(waiter);
    count = queue.size();
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Wakes the one that waits longest. */
  void signalOne() {
    if (count > 0) {
      Waiter waiter = take();
      if (waiter != null) {
        waiter.signal();
      }
    }
  }

  private synchronized @Nullable Waiter take() {
    Waiter waiter = queue.poll();
    count = queue.size();
    return waiter;
  }

  /** Wakes all. */
  void signalAll() {
    while (count > 0) {
      signalOne();
    }
  }
}
