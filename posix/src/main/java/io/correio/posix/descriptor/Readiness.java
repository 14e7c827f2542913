package io.correio.posix.descriptor;

import static io.correio.posix.libc.Layouts.EPOLLONESHOT;
import static io.correio.posix.libc.Layouts.EPOLL_CTL_ADD;
import static io.correio.posix.libc.Layouts.EPOLL_CTL_DEL;
import static io.correio.posix.libc.Layouts.EPOLL_CTL_MOD;
import static io.correio.posix.libc.Layouts.EPOLL_EVENT_BYTES;
import static io.correio.posix.libc.Layouts.EPOLL_EVENT_DATA;
import static io.correio.posix.libc.Layouts.O_CLOEXEC;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import io.correio.posix.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Wakes virtual threads when their descriptors are ready: one daemon thread, {@code
 * posix-readiness}, in epoll_wait(2). A descriptor is armed for one event at a time and stays
 * registered until it is closed. One for the process, like the table of descriptors itself; it
 * starts with the first virtual thread that waits, and ends with the process.
 */
final class Readiness {

  /** Most events taken from the kernel at once. */
  private static final int EVENTS_MAX = 256;

  private final int epoll;

  /** By number. Replaced when it grows; written under the lock, read by the readiness thread. */
  private volatile AtomicReferenceArray<@Nullable OpenDescriptor> table =
      new AtomicReferenceArray<>(1024);

  // Guarded by this.
  private final MemorySegment event;
  private final MemorySegment errno;

  private Readiness() {
    MemorySegment all = Arena.global().allocate(128, 64);
    errno = all.asSlice(0, 64);
    event = all.asSlice(64, 64);
    epoll = Libc.epollCreate1(errno, O_CLOEXEC);
    if (epoll < 0) {
      throw new IllegalStateException(
          "no epoll to wait with: error " + -epoll + "; raise the limit of open files");
    }
  }

  private static final class Shared {
    static final Readiness READINESS = start();

    private static Readiness start() {
      Readiness readiness = new Readiness();
      Thread.ofPlatform().daemon().name("posix-readiness").start(readiness::run);
      return readiness;
    }
  }

  static Readiness shared() {
    return Shared.READINESS;
  }

  /**
   * Arms a descriptor for one event. The caller holds the descriptor's lock.
   *
   * @return 0 or a negated error number
   */
  synchronized int watch(OpenDescriptor descriptor, int events, boolean watched) {
    int number = descriptor.number();
    if (!watched) {
      if (number >= table.length()) {
        grow(number);
      }
      table.set(number, descriptor);
    }
    event.set(JAVA_INT, 0, events | EPOLLONESHOT);
    event.set(JAVA_INT_UNALIGNED, EPOLL_EVENT_DATA, number);
    return Libc.epollCtl(errno, epoll, watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, number, event);
  }

  private void grow(int number) {
    AtomicReferenceArray<@Nullable OpenDescriptor> smaller = table;
    AtomicReferenceArray<@Nullable OpenDescriptor> larger =
        new AtomicReferenceArray<>(Math.max(number + 1, smaller.length() * 2));
    for (int i = 0; i < smaller.length(); i++) {
      larger.set(i, smaller.get(i));
    }
    table = larger;
  }

  /**
   * Takes a descriptor out before it is closed, because the kernel would only do so with the last
   * duplicate.
   */
  synchronized void forget(OpenDescriptor descriptor) {
    int ignored = Libc.epollCtl(errno, epoll, EPOLL_CTL_DEL, descriptor.number(), event);
    table.set(descriptor.number(), null);
  }

  private void run() {
    MemorySegment events = Arena.global().allocate((long) EVENTS_MAX * EPOLL_EVENT_BYTES, 64);
    MemorySegment waitErrno = Arena.global().allocate(64, 64);
    while (true) {
      int count = Libc.epollWait(waitErrno, epoll, events, EVENTS_MAX, -1);
      for (int i = 0; i < count; i++) {
        long at = (long) i * EPOLL_EVENT_BYTES;
        int number = events.get(JAVA_INT_UNALIGNED, at + EPOLL_EVENT_DATA);
        OpenDescriptor descriptor = table.get(number);
        // Null, or another one by now, where it was closed meanwhile: waking too often is harmless.
        if (descriptor != null) {
          descriptor.fired(events.get(JAVA_INT_UNALIGNED, at));
        }
      }
    }
  }
}
