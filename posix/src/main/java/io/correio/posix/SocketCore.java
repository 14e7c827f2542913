package io.correio.posix;

import io.correio.posix.descriptor.Deadline;
import io.correio.posix.descriptor.OpenDescriptor;
import io.correio.posix.descriptor.Scratch;
import io.correio.posix.descriptor.Wait;
import io.correio.posix.libc.Layouts;
import io.correio.posix.libc.Libc;
import io.correio.posix.libc.Platform;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a socket share: its descriptor, its mode, its timeouts, and what was done with
 * it so far. For any number of threads; closed by its {@link PosixSocket}.
 */
final class SocketCore {

  /** A deadline that has not been reckoned yet. */
  static final long UNSET = Long.MIN_VALUE;

  /** What was done with the socket, as far as this object saw. */
  enum Role {
    NEW,
    LISTENING,
    CONNECTING,
    CONNECTED,
    /** Others have descriptors of it, or had: the kernel alone knows. */
    SHARED
  }

  final OpenDescriptor descriptor;
  final AddressFamily family;
  final SocketType type;
  private final Leaks.@Nullable Watched watched;

  volatile Role role;
  volatile boolean nonBlocking;
  volatile boolean lingers;
  volatile long receiveTimeoutNanos;
  volatile long sendTimeoutNanos;

  /** Guarded by this. */
  private boolean kernelNonBlocking;

  /** Whether the open file blocks, as far as is known. */
  private volatile boolean kernelBlocks = true;

  SocketCore(int number, AddressFamily family, SocketType type, Role role) {
    this.descriptor = new OpenDescriptor(number);
    this.family = family;
    this.type = type;
    this.role = role;
    this.watched = Leaks.watch(this, describe());
  }

  /** Takes over a number that means a socket; what it is, is asked. */
  static SocketCore adopt(int number) throws PosixException {
    Platform.require();
    Scratch scratch = Scratch.borrow();
    AddressFamily family;
    SocketType type;
    int flags;
    try {
      MemorySegment structs = scratch.structs();
      family = AddressFamily.of(ask(structs, number, SocketOption.SO_DOMAIN));
      type = SocketType.of(ask(structs, number, SocketOption.SO_TYPE));
      flags = Libc.fcntl(structs, number, Layouts.F_GETFL, 0);
      int result = Libc.fcntl(structs, number, Layouts.F_SETFD, Layouts.FD_CLOEXEC);
      if (result < 0 || flags < 0) {
        throw new PosixException(-Math.min(result, flags), "fcntl", Integer.toString(number));
      }
    } finally {
      scratch.giveBack();
    }
    SocketCore core = new SocketCore(number, family, type, Role.SHARED);
    core.nonBlocking = (flags & Layouts.O_NONBLOCK) != 0;
    core.kernelNonBlocking = core.nonBlocking;
    try {
      core.receiveTimeoutNanos = SocketOptions.get(core, SocketOption.SO_RCVTIMEO).toNanos();
      core.sendTimeoutNanos = SocketOptions.get(core, SocketOption.SO_SNDTIMEO).toNanos();
      core.lingers = SocketOptions.get(core, SocketOption.SO_LINGER).on();
      return core;
    } catch (PosixException e) {
      core.shut("adopt"); // the number stays the caller's
      throw e;
    }
  }

  private static int ask(MemorySegment structs, int number, SocketOption<?> option)
      throws PosixException {
    MemorySegment value = structs.asSlice(64, 4);
    MemorySegment length = structs.asSlice(72, 4);
    length.set(ValueLayout.JAVA_INT, 0, 4);
    int result = Libc.getsockopt(structs, number, option.level(), option.number(), value, length);
    if (result < 0) {
      throw new PosixException(-result, "getsockopt", number + ", " + option);
    }
    return value.get(ValueLayout.JAVA_INT, 0);
  }

  /** Remembers what the kernel was told, where the waiting here depends on it. */
  void optionSet(SocketOption<?> option, Object value) {
    if (option == SocketOption.SO_RCVTIMEO) {
      receiveTimeoutNanos = ((Duration) value).toNanos();
    } else if (option == SocketOption.SO_SNDTIMEO) {
      sendTimeoutNanos = ((Duration) value).toNanos();
    } else if (option == SocketOption.SO_LINGER) {
      lingers = ((Linger) value).on();
    }
  }

  /** A slot for one system call; see {@link OpenDescriptor#enter}. */
  int enter(int preferred, String call) throws PosixException {
    int slot = descriptor.enter(preferred);
    if (slot < 0) {
      throw closed(call);
    }
    return slot;
  }

  /** Whether a call with these flags must not wait. */
  boolean mayNotBlock(int flags) {
    return nonBlocking || (flags & Layouts.MSG_DONTWAIT) != 0;
  }

  /**
   * Whether a call may block in the kernel: on a platform thread, without a timeout, which a signal
   * would make the kernel start again.
   *
   * @param flags of the call
   * @param timeoutNanos of the socket in the direction of the call
   */
  boolean blocksInKernel(int flags, long timeoutNanos) {
    return flags == 0
        && timeoutNanos == 0
        && kernelBlocks
        && !nonBlocking
        && !Thread.currentThread().isVirtual();
  }

  /** A call that should have blocked did not. Others may have made the open file non-blocking. */
  synchronized void kernelDidNotBlock(String call) throws PosixException {
    if (kernelNonBlocking && !nonBlocking && role == Role.CONNECTED) {
      setKernelMode(call, false); // it was, to connect
    } else {
      kernelBlocks = false;
    }
  }

  /**
   * Waits for events.
   *
   * @param deadline of the call, or {@link #UNSET} at its first wait
   * @param timeoutNanos the socket's, 0 for none
   * @param timeoutErrno what the call ends with when the time is over
   * @return the deadline, for the next wait of the same call
   */
  long await(String call, int events, long deadline, long timeoutNanos, int timeoutErrno)
      throws PosixException {
    long end = deadline == UNSET ? Deadline.in(timeoutNanos) : deadline;
    check(call, descriptor.await(events, end), timeoutErrno);
    return end;
  }

  /**
   * Waits where the kernel has nothing to wait for: for a while that doubles with each try.
   *
   * @param tries before this one
   */
  void pause(String call, int tries, long deadline, int timeoutErrno) throws PosixException {
    long next = Deadline.at(1_000_000L << Math.min(tries, 4));
    if (deadline != Deadline.NEVER && deadline - next < 0) {
      check(call, descriptor.await(0, deadline), timeoutErrno);
      return;
    }
    int waited = descriptor.await(0, next);
    if (waited != Wait.TIMED_OUT) {
      check(call, waited, timeoutErrno);
    }
  }

  private void check(String call, int waited, int timeoutErrno) throws PosixException {
    switch (waited) {
      case Wait.READY -> {}
      case Wait.TIMED_OUT ->
          throw new PosixException(timeoutErrno, call, describe(), "its time is over", 0);
      case Wait.INTERRUPTED -> throw interrupted(call);
      default -> throw new PosixException(-waited, call, describe(), "it could not wait", 0);
    }
  }

  /** Has the kernel return at once where a flag of the call cannot ask for that. */
  synchronized void makeKernelNonBlocking(String call) throws PosixException {
    if (!kernelNonBlocking) {
      setKernelMode(call, true);
    }
  }

  /** Gives the open file the mode that it seems to have, before somebody else uses it. */
  synchronized void restoreKernelMode(String call) throws PosixException {
    if (kernelNonBlocking != nonBlocking) {
      setKernelMode(call, nonBlocking);
    }
  }

  private void setKernelMode(String call, boolean on) throws PosixException {
    int slot = enter(OpenDescriptor.OTHER, call);
    int result;
    try {
      MemorySegment errno = descriptor.errno(slot);
      result = Libc.fcntl(errno, descriptor.number(), Layouts.F_GETFL, 0);
      if (result >= 0) {
        int flags = on ? result | Layouts.O_NONBLOCK : result & ~Layouts.O_NONBLOCK;
        result = Libc.fcntl(errno, descriptor.number(), Layouts.F_SETFL, flags);
      }
    } finally {
      descriptor.leave(slot);
    }
    if (result < 0) {
      throw new PosixException(-result, "fcntl", describe() + ", F_SETFL, O_NONBLOCK");
    }
    kernelNonBlocking = on;
  }

  /** Others may do things with the socket from now on. */
  void share() {
    role = Role.SHARED;
  }

  void shut(String call) throws PosixException {
    if (!descriptor.shut()) {
      throw closed(call);
    }
    if (watched != null) {
      watched.closed();
    }
  }

  PosixException interrupted(String call) {
    return new PosixException(Errno.EINTR, call, describe(), "the thread was interrupted", 0);
  }

  PosixException closed(String call) {
    return new PosixException(
        Errno.EBADF, call, describe(), "it was closed, perhaps by another thread", 0);
  }

  PosixException misuse(int errno, String call, String remedy) {
    return new PosixException(errno, call, describe(), remedy, 0);
  }

  /** For messages. */
  String describe() {
    return "socket " + descriptor.number() + " " + family + " " + type;
  }
}
