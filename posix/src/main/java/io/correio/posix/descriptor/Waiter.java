package io.correio.posix.descriptor;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A thread that waits for one descriptor. Guarded by the descriptor's lock while it is listed
 * there; the waiting thread's own otherwise.
 */
final class Waiter {
  private final @Nullable Waker waker;
  private @Nullable Thread virtual;
  private int events;
  private volatile boolean woken;

  /** The next in the list of the descriptor. */
  @Nullable Waiter next;

  /**
   * Makes one that is used over and over.
   *
   * @param waker wakes the platform thread; null: a virtual thread waits
   */
  Waiter(@Nullable Waker waker) {
    this.waker = waker;
  }

  void prepare(int events) {
    this.events = events;
    this.woken = false;
    this.virtual = waker == null ? Thread.currentThread() : null;
  }

  void forget() {
    virtual = null;
  }

  boolean onVirtualThread() {
    return waker == null;
  }

  int events() {
    return events;
  }

  boolean woken() {
    return woken;
  }

  void wake() {
    woken = true;
    if (waker != null) {
      waker.signal();
    } else {
      LockSupport.unpark(virtual);
    }
  }
}
