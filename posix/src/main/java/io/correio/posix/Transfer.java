package io.correio.posix;

import static io.correio.posix.PosixSocket.WOULD_BLOCK;

import io.correio.posix.descriptor.Scratch;
import io.correio.posix.libc.Layouts;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Sending and receiving. Each is tried with MSG_DONTWAIT. Where there is nothing to do, a platform
 * thread tries again by a call that blocks in the kernel, if it can (see {@link
 * SocketCore#blocksInKernel}); otherwise the thread waits for the descriptor and tries again.
 *
 * <pre>
 *   try ──> done ──────────────────────────────────> result
 *    ^  ──> EINTR ──> again
 *    |  ──> EAGAIN, may not block ─────────────────> WOULD_BLOCK
 *    |      EAGAIN ──> block in the kernel: done ──> result
 *    |                 EINTR ──> again
 *    |                 EINTR: closed, interrupt ───> PosixException
 *    └───── EAGAIN ──> wait: ready
 *                      closed, time over, interrupt > PosixException
 * </pre>
 *
 * <p>Where the last tries found nothing to do, the blocking call, or the wait, comes first.
 * Stateless but for the core; for any number of threads.
 */
final class Transfer {
  /** In place of a deadline: the next try blocks in the kernel. */
  private static final long BLOCK = Long.MIN_VALUE + 1;

  private final SocketCore core;
  private final Attempts attempts;
  private final Forecast sending = new Forecast();
  private final Forecast receiving = new Forecast();

  Transfer(SocketCore core) {
    this.core = core;
    this.attempts = new Attempts(core);
  }

  long send(MemorySegment data, long offset, long length, int flags) throws PosixException {
    checkConnected("send");
    long deadline = sending.waitFirst() ? sendFirst(flags) : SocketCore.UNSET;
    while (true) {
      long sent =
          data.isNative()
              ? attempts.sendNative(from(data, offset), length, flags, deadline == BLOCK)
              : attempts.sendHeap(data, offset, length, flags, deadline == BLOCK);
      if (sent >= 0) {
        if (sent < length) {
          sending.foundNothing(Forecast.TRUST); // for the rest
        }
        return sent;
      }
      if (sent == -Errno.EAGAIN && core.mayNotBlock(flags)) {
        return WOULD_BLOCK;
      }
      deadline = beforeNextSend(sent, deadline, length, flags);
    }
  }

  int send(byte[] data, int offset, int length, int flags) throws PosixException {
    checkConnected("send");
    long deadline = sending.waitFirst() ? sendFirst(flags) : SocketCore.UNSET;
    while (true) {
      long sent = attempts.sendArray(data, offset, length, flags, deadline == BLOCK);
      if (sent >= 0) {
        if (sent < Math.min(length, Scratch.DATA_BYTES)) {
          sending.foundNothing(Forecast.TRUST); // for the rest
        }
        return (int) sent;
      }
      if (sent == -Errno.EAGAIN && core.mayNotBlock(flags)) {
        return WOULD_BLOCK;
      }
      deadline = beforeNextSend(sent, deadline, length, flags);
    }
  }

  /**
   * Of a buffer without an array. A small one is copied, because the segment over it, which the
   * kernel would be given, is an object that the compiler does not always do without.
   */
  int send(ByteBuffer data, int flags) throws PosixException {
    if (data.remaining() > Attempts.COPIED_BYTES_MAX) {
      return (int) send(MemorySegment.ofBuffer(data), 0, data.remaining(), flags);
    }
    checkConnected("send");
    long deadline = sending.waitFirst() ? sendFirst(flags) : SocketCore.UNSET;
    while (true) {
      long sent = attempts.sendBuffer(data, flags, deadline == BLOCK);
      if (sent >= 0) {
        if (sent < data.remaining()) {
          sending.foundNothing(Forecast.TRUST); // for the rest
        }
        return (int) sent;
      }
      if (sent == -Errno.EAGAIN && core.mayNotBlock(flags)) {
        return WOULD_BLOCK;
      }
      deadline = beforeNextSend(sent, deadline, data.remaining(), flags);
    }
  }

  /** As {@link #send(ByteBuffer, int)}. */
  int receive(ByteBuffer buffer, int flags) throws PosixException {
    if (buffer.remaining() > Attempts.COPIED_BYTES_MAX) {
      return (int) receive(MemorySegment.ofBuffer(buffer), 0, buffer.remaining(), flags);
    }
    checkConnected("receive");
    long deadline = receiving.waitFirst() ? receiveFirst(flags) : SocketCore.UNSET;
    while (true) {
      long received = attempts.receiveBuffer(buffer, flags, deadline == BLOCK);
      if (received >= 0) {
        return (int) received;
      }
      if (received == -Errno.EAGAIN && core.mayNotBlock(flags)) {
        return WOULD_BLOCK;
      }
      deadline = beforeNextReceive(received, deadline, buffer.remaining(), flags);
    }
  }

  long receive(MemorySegment buffer, long offset, long length, int flags) throws PosixException {
    checkConnected("receive");
    long deadline = receiving.waitFirst() ? receiveFirst(flags) : SocketCore.UNSET;
    while (true) {
      long received =
          buffer.isNative()
              ? attempts.receiveNative(from(buffer, offset), length, flags, deadline == BLOCK)
              : attempts.receiveHeap(buffer, offset, length, flags, deadline == BLOCK);
      if (received >= 0) {
        return received;
      }
      if (received == -Errno.EAGAIN && core.mayNotBlock(flags)) {
        return WOULD_BLOCK;
      }
      deadline = beforeNextReceive(received, deadline, length, flags);
    }
  }

  int receive(byte[] buffer, int offset, int length, int flags) throws PosixException {
    checkConnected("receive");
    long deadline = receiving.waitFirst() ? receiveFirst(flags) : SocketCore.UNSET;
    while (true) {
      long received = attempts.receiveArray(buffer, offset, length, flags, deadline == BLOCK);
      if (received >= 0) {
        return (int) received;
      }
      if (received == -Errno.EAGAIN && core.mayNotBlock(flags)) {
        return WOULD_BLOCK;
      }
      deadline = beforeNextReceive(received, deadline, length, flags);
    }
  }

  /**
   * Where a try is expected to find nothing to do: has the first one block, or waits before it. For
   * a virtual thread waiting would cost more than the try that it saves.
   */
  private long sendFirst(int flags) throws PosixException {
    if (core.blocksInKernel(flags, core.sendTimeoutNanos)) {
      return BLOCK;
    }
    return waitsFirst(flags) ? awaitRoom(SocketCore.UNSET) : SocketCore.UNSET;
  }

  private long receiveFirst(int flags) throws PosixException {
    if (core.blocksInKernel(flags, core.receiveTimeoutNanos)) {
      return BLOCK;
    }
    return waitsFirst(flags) ? awaitData("receive", SocketCore.UNSET, flags) : SocketCore.UNSET;
  }

  private boolean waitsFirst(int flags) {
    return flags == 0 && !core.nonBlocking && !Thread.currentThread().isVirtual();
  }

  /** Has the next try block, or waits, after a failure that may pass; throws what will not. */
  private long beforeNextSend(long failure, long deadline, long length, int flags)
      throws PosixException {
    if (failure == Attempts.UNAVAILABLE) {
      sending.trustLess();
      return awaitRoom(SocketCore.UNSET);
    }
    if (failure == -Errno.EAGAIN) {
      if (mayBlockNext("send", deadline, flags, core.sendTimeoutNanos)) {
        sending.foundNothing(Forecast.BLOCKING_TRUST);
        return BLOCK;
      }
      sending.foundNothing(Forecast.TRUST);
      return awaitRoom(deadline == BLOCK ? SocketCore.UNSET : deadline);
    }
    checkFailure("send", failure, deadline, length, flags);
    return deadline;
  }

  private long beforeNextReceive(long failure, long deadline, long length, int flags)
      throws PosixException {
    if (failure == Attempts.UNAVAILABLE) {
      receiving.trustLess();
      return awaitData("receive", SocketCore.UNSET, flags);
    }
    if (failure == -Errno.EAGAIN) {
      if (mayBlockNext("receive", deadline, flags, core.receiveTimeoutNanos)) {
        receiving.foundNothing(Forecast.BLOCKING_TRUST);
        return BLOCK;
      }
      receiving.foundNothing(Forecast.TRUST);
      return awaitData("receive", deadline == BLOCK ? SocketCore.UNSET : deadline, flags);
    }
    checkFailure("receive", failure, deadline, length, flags);
    return deadline;
  }

  /** The same for calls that never block in the kernel. */
  long awaitNextReceive(String call, long failure, long deadline, long length, int flags)
      throws PosixException {
    if (failure == -Errno.EAGAIN) {
      return awaitData(call, deadline, flags);
    }
    checkFailure(call, failure, deadline, length, flags);
    return deadline;
  }

  private boolean mayBlockNext(String call, long deadline, int flags, long timeoutNanos)
      throws PosixException {
    if (deadline == BLOCK) {
      core.kernelDidNotBlock(call);
    }
    return core.blocksInKernel(flags, timeoutNanos);
  }

  private void checkFailure(String call, long failure, long deadline, long length, int flags)
      throws PosixException {
    if (failure != -Errno.EINTR) {
      throw failed(call, failure, length, flags);
    }
    if (deadline == BLOCK && Thread.currentThread().isInterrupted()) {
      throw core.interrupted(call);
    }
  }

  private long awaitRoom(long deadline) throws PosixException {
    return core.await("send", Layouts.POLLOUT, deadline, core.sendTimeoutNanos, Errno.EAGAIN);
  }

  private long awaitData(String call, long deadline, int flags) throws PosixException {
    int events = (flags & Layouts.MSG_OOB) != 0 ? Layouts.POLLPRI : Layouts.POLLIN;
    return core.await(call, events, deadline, core.receiveTimeoutNanos, Errno.EAGAIN);
  }

  private PosixException failed(String call, long failure, long length, int flags) {
    return new PosixException(
        (int) -failure,
        call,
        core.describe() + ", " + length + " bytes, flags 0x" + Integer.toHexString(flags));
  }

  private void checkConnected(String call) throws PosixException {
    SocketCore.Role role = core.role;
    if (role == SocketCore.Role.CONNECTED) {
      return;
    }
    boolean unconnected = role == SocketCore.Role.NEW && core.type.hasConnections();
    if ((unconnected || role == SocketCore.Role.LISTENING) && core.descriptor.isOpen()) {
      throw core.misuse(Errno.ENOTCONN, call, "connect it first, or use what accept returned");
    }
  }

  private static MemorySegment from(MemorySegment segment, long offset) {
    return offset == 0 ? segment : segment.asSlice(offset);
  }
}
