package io.correio.posix.descriptor;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Things to borrow, a few kept, found by the borrowing thread's id so that threads seldom meet.
 * Allocates nothing. Whoever borrows makes a new one where there is none, and disposes of it where
 * there is no room when it comes back.
 */
final class Stripes<T> {

  /** Most that are kept. */
  static final int MAXIMUM = 64;

  private static final int TRIES = 4;

  // Every 16th, so that neighbours do not share a cache line.
  private final AtomicReferenceArray<@Nullable T> kept = new AtomicReferenceArray<>(MAXIMUM * 16);

  @Nullable T take() {
    int start = start();
    for (int i = 0; i < TRIES; i++) {
      int at = index(start + i);
      if (kept.getPlain(at) != null) {
        T taken = kept.getAndSet(at, null);
        if (taken != null) {
          return taken;
        }
      }
    }
    return null;
  }

  /** Keeps it; false if there is no room. */
  boolean keep(T thing) {
    int start = start();
    for (int i = 0; i < TRIES; i++) {
      int at = index(start + i);
      if (kept.getPlain(at) == null && kept.compareAndSet(at, null, thing)) {
        return true;
      }
    }
    return false;
  }

  private static int start() {
    return (int) Thread.currentThread().threadId();
  }

  private static int index(int stripe) {
    return (stripe & (MAXIMUM - 1)) * 16;
  }
}
