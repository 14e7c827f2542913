package io.correio.posix.descriptor;

import static io.correio.posix.libc.Layouts.POLLERR;
import static io.correio.posix.libc.Layouts.POLLFD_BYTES;
import static io.correio.posix.libc.Layouts.POLLFD_EVENTS;
import static io.correio.posix.libc.Layouts.POLLIN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Waiting for one of several descriptors. Stateless. */
public final class WaitAny {
  private WaitAny() {}

  /**
   * Waits until one of the descriptors is ready or closed.
   *
   * @param events of each
   * @param deadline by {@link System#nanoTime}, or {@link Deadline#NEVER}
   * @return one of {@link Wait}'s constants, or a negated error number
   */
  public static int await(OpenDescriptor[] descriptors, int[] events, long deadline) {
    return Thread.currentThread().isVirtual()
        ? awaitOnVirtualThread(descriptors, events, deadline)
        : awaitOnPlatformThread(descriptors, events, deadline);
  }

  private static int awaitOnPlatformThread(
      OpenDescriptor[] descriptors, int[] events, long deadline) {
    Scratch scratch = Scratch.borrow();
    Waker waker = Waker.borrow();
    Waiter[] waiters = new Waiter[descriptors.length];
    try {
      int listed = list(descriptors, events, waiters, waker);
      if (listed != 0) {
        return listed == OpenDescriptor.CLOSED ? Wait.READY : listed;
      }
      MemorySegment pollfds = scratch.data();
      int count = descriptors.length;
      for (int i = 0; i <= count; i++) {
        long at = (long) i * POLLFD_BYTES;
        pollfds.set(JAVA_INT, at, i < count ? descriptors[i].number() : waker.eventfd());
        pollfds.set(JAVA_SHORT, at + POLLFD_EVENTS, (short) (i < count ? events[i] : POLLIN));
      }
      return waker.poll(pollfds, count + 1, deadline);
    } finally {
      unlist(descriptors, waiters);
      waker.giveBack();
      scratch.giveBack();
    }
  }

  private static int awaitOnVirtualThread(
      OpenDescriptor[] descriptors, int[] events, long deadline) {
    Waiter[] waiters = new Waiter[descriptors.length];
    try {
      int listed = list(descriptors, events, waiters, null);
      if (listed != 0) {
        return listed == OpenDescriptor.CLOSED ? Wait.READY : listed;
      }
      while (!anyWoken(waiters)) {
        if (Thread.currentThread().isInterrupted()) {
          return Wait.INTERRUPTED;
        }
        if (deadline == Deadline.NEVER) {
          LockSupport.park(waiters);
          continue;
        }
        long remaining = deadline - System.nanoTime();
        if (remaining <= 0) {
          return Wait.TIMED_OUT;
        }
        LockSupport.parkNanos(waiters, remaining);
      }
      return Wait.READY;
    } finally {
      unlist(descriptors, waiters);
    }
  }

  private static int list(
      OpenDescriptor[] descriptors, int[] events, Waiter[] waiters, @Nullable Waker waker) {
    for (int i = 0; i < descriptors.length; i++) {
      Waiter waiter = new Waiter(waker);
      // Errors and the end are waited for in any case.
      waiter.prepare(events[i] | POLLERR);
      int listed = descriptors[i].list(waiter);
      if (listed != 0) {
        return listed;
      }
      waiters[i] = waiter;
    }
    return 0;
  }

  private static void unlist(OpenDescriptor[] descriptors, @Nullable Waiter[] waiters) {
    for (int i = 0; i < descriptors.length; i++) {
      Waiter waiter = waiters[i];
      if (waiter != null) {
        descriptors[i].unlist(waiter, false);
      }
    }
  }

  private static boolean anyWoken(Waiter[] waiters) {
    for (Waiter waiter : waiters) {
      if (waiter.woken()) {
        return true;
      }
    }
    return false;
  }
}
