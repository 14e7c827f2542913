package io.correio.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.correio.posix.descriptor.Deadline;
import io.correio.posix.descriptor.OpenDescriptor;
import io.correio.posix.descriptor.Scratch;
import io.correio.posix.descriptor.Wait;
import io.correio.posix.descriptor.WaitAny;
import io.correio.posix.libc.Layouts;
import io.correio.posix.libc.Libc;
import io.correio.posix.libc.Platform;
import java.lang.foreign.MemorySegment;

/**
 * {@code poll()} (IEEE Std 1003.1-2024, System Interfaces, the page poll): waits for several
 * sockets at once. Stateless, for any number of threads.
 */
public final class Poll {

  /** Most sockets of one call. */
  public static final int SOCKETS_MAX = 8_000;

  private Poll() {}

  /**
   * Waits until one of the sockets has what it is asked for, an error or its end, and says so in
   * its {@code revents}. A closed socket has POLLNVAL, also when it is closed meanwhile.
   *
   * @param timeoutMillis how long at most; 0 does not wait, negative waits for ever
   * @return how many sockets have {@code revents}; 0 when the time is over
   * @throws PosixException EINTR if the thread was interrupted, EINVAL or ENOMEM if there are too
   *     many
   * @throws IllegalArgumentException if there are more than {@link #SOCKETS_MAX}
   */
  public static int poll(PollFd[] sockets, int timeoutMillis) throws PosixException {
    Platform.require();
    if (sockets.length > SOCKETS_MAX) {
      throw new IllegalArgumentException(
          sockets.length + " sockets in one poll, at most " + SOCKETS_MAX);
    }
    long deadline = timeoutMillis < 0 ? Deadline.NEVER : Deadline.at(timeoutMillis * 1_000_000L);
    while (true) {
      int ready = look(sockets);
      if (ready != 0 || Deadline.isOver(deadline)) {
        return ready;
      }
      int waited = await(sockets, deadline);
      switch (waited) {
        case Wait.READY, Wait.TIMED_OUT -> {}
        case Wait.INTERRUPTED ->
            throw new PosixException(
                Errno.EINTR, "poll", describe(sockets), "the thread was interrupted", 0);
        default -> throw new PosixException(-waited, "poll", describe(sockets));
      }
    }
  }

  private static int await(PollFd[] sockets, long deadline) {
    OpenDescriptor[] descriptors = new OpenDescriptor[sockets.length];
    int[] events = new int[sockets.length];
    for (int i = 0; i < sockets.length; i++) {
      descriptors[i] = sockets[i].socket().core().descriptor;
      events[i] = sockets[i].events();
    }
    return WaitAny.await(descriptors, events, deadline);
  }

  /** One poll(2) without waiting. */
  private static int look(PollFd[] sockets) throws PosixException {
    boolean[] held = new boolean[sockets.length];
    Scratch scratch = Scratch.borrow();
    MemorySegment pollfds = scratch.data();
    int entered = 0;
    try {
      for (; entered < sockets.length; entered++) {
        OpenDescriptor descriptor = sockets[entered].socket().core().descriptor;
        held[entered] = descriptor.hold();
        long at = (long) entered * Layouts.POLLFD_BYTES;
        pollfds.set(JAVA_INT, at, held[entered] ? descriptor.number() : -1);
        pollfds.set(JAVA_SHORT, at + Layouts.POLLFD_EVENTS, (short) sockets[entered].events());
      }
      int result;
      do {
        result = Libc.poll(scratch.structs(), pollfds, sockets.length, 0);
      } while (result == -Errno.EINTR);
      if (result < 0) {
        throw new PosixException(-result, "poll", describe(sockets));
      }
      return collect(sockets, held, pollfds);
    } finally {
      while (entered > 0) {
        entered--;
        if (held[entered]) {
          sockets[entered].socket().core().descriptor.unhold();
        }
      }
      scratch.giveBack();
    }
  }

  private static int collect(PollFd[] sockets, boolean[] held, MemorySegment pollfds) {
    int ready = 0;
    for (int i = 0; i < sockets.length; i++) {
      long at = (long) i * Layouts.POLLFD_BYTES + Layouts.POLLFD_REVENTS;
      int found = held[i] ? pollfds.get(JAVA_SHORT, at) : PollFd.POLLNVAL;
      sockets[i].found(found);
      ready += found == 0 ? 0 : 1;
    }
    return ready;
  }

  private static String describe(PollFd[] sockets) {
    return sockets.length + " sockets";
  }
}
