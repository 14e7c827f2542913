package io.correio.posix.descriptor;

import static io.correio.posix.libc.Layouts.EFD_CLOEXEC;
import static io.correio.posix.libc.Layouts.EFD_NONBLOCK;
import static io.correio.posix.libc.Layouts.POLLFD_BYTES;
import static io.correio.posix.libc.Layouts.POLLFD_EVENTS;
import static io.correio.posix.libc.Layouts.POLLIN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.correio.posix.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Wakes a platform thread out of poll(2), by an eventfd that is polled beside what the thread waits
 * for. Borrowed by the waiting thread for the time of the wait; {@link #signal} is for any thread.
 * Its eventfd lives as long as it is kept.
 */
final class Waker {
  private static final int EINTR = 4;
  private static final Stripes<Waker> KEPT = new Stripes<>();

  private final int eventfd;
  private final Waiter waiter = new Waiter(this);
  private final InterruptHook hook = new InterruptHook(this::signal);
  private final MemorySegment pollfds;
  private final MemorySegment errno;
  private final MemorySegment signalErrno;
  private final MemorySegment one;
  private final MemorySegment drained;
  private volatile boolean signalled;

  private Waker() {
    MemorySegment all = Arena.ofAuto().allocate(256, 64);
    errno = all.asSlice(0, 64);
    signalErrno = all.asSlice(64, 64);
    pollfds = all.asSlice(128, 2L * POLLFD_BYTES);
    one = all.asSlice(160, 8);
    drained = all.asSlice(168, 8);
    one.set(JAVA_LONG, 0, 1);
    eventfd = Libc.eventfd(errno, 0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (eventfd < 0) {
      throw new IllegalStateException(
          "no eventfd to wait with: error " + -eventfd + "; raise the limit of open files");
    }
    pollfds.set(JAVA_INT, POLLFD_BYTES, eventfd);
    pollfds.set(JAVA_SHORT, POLLFD_BYTES + POLLFD_EVENTS, (short) POLLIN);
  }

  static Waker borrow() {
    Waker kept = KEPT.take();
    return kept == null ? new Waker() : kept;
  }

  /** Ends the borrowing. No descriptor lists the waiter any more. */
  void giveBack() {
    if (signalled) {
      // Nonblocking, and whether there was something to read does not matter.
      long ignored = Libc.read(errno, eventfd, drained, 8);
      signalled = false;
    }
    if (!KEPT.keep(this)) {
      int ignored = Libc.close(errno, eventfd);
    }
  }

  Waiter waiter() {
    return waiter;
  }

  int eventfd() {
    return eventfd;
  }

  boolean signalled() {
    return signalled;
  }

  /** Wakes the thread, now or as soon as it polls. */
  void signal() {
    signalled = true;
    // Fails only where the counter is full, and then the thread is awake anyway.
    long ignored = Libc.write(signalErrno, eventfd, one, 8);
  }

  /** Polls one descriptor. */
  int poll(int fd, int events, long deadline) {
    pollfds.set(JAVA_INT, 0, fd);
    pollfds.set(JAVA_SHORT, POLLFD_EVENTS, (short) events);
    return poll(pollfds, 2, deadline);
  }

  /**
   * Polls descriptors, the eventfd among them.
   *
   * @return one of {@link Wait}'s constants, or a negated error number
   */
  int poll(MemorySegment descriptors, int count, long deadline) {
    hook.enter();
    try {
      while (true) {
        int ready = Libc.poll(errno, descriptors, count, Deadline.millis(deadline));
        if (Thread.currentThread().isInterrupted()) {
          return Wait.INTERRUPTED;
        }
        if (ready > 0) {
          return Wait.READY;
        }
        if (ready < 0 && ready != -EINTR) {
          return ready;
        }
        if (Deadline.isOver(deadline)) {
          return Wait.TIMED_OUT;
        }
      }
    } finally {
      hook.leave();
    }
  }
}
