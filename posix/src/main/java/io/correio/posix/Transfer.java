package io.correio.posix;

import static io.correio.posix.PosixSocket.WOULD_BLOCK;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.correio.posix.descriptor.OpenDescriptor;
import io.correio.posix.descriptor.Scratch;
import io.correio.posix.libc.Layouts;
import io.correio.posix.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Sending and receiving. No call blocks in the kernel: each is tried with MSG_DONTWAIT, and where
 * there is nothing to do the thread waits for the descriptor and tries again.
 *
 * <pre>
 *   try ──> done ──────────────────────────────────> result
 *    ^  ──> EINTR ──> again
 *    |  ──> EAGAIN, may not block ─────────────────> WOULD_BLOCK
 *    └───── EAGAIN ──> wait: ready
 *                      closed, time over, interrupt > PosixException
 * </pre>
 *
 * <p>Where the last tries found nothing to do, the wait comes first.
 *
 * <p>Memory of Java's heap is copied through borrowed native memory, which is held during the tries
 * and not while waiting. Native memory goes to the kernel as it is. Stateless but for the core; for
 * any number of threads.
 */
final class Transfer {
  /** Most bytes of a direct buffer that are copied; more go to the kernel as they are. */
  static final int COPIED_BYTES_MAX = 8 * 1024;

  private static final int TRIED_FLAGS = Layouts.MSG_DONTWAIT | Layouts.MSG_NOSIGNAL;

  private final SocketCore core;
  private final OpenDescriptor descriptor;
  private final Forecast sending = new Forecast();
  private final Forecast receiving = new Forecast();

  Transfer(SocketCore core) {
    this.core = core;
    this.descriptor = core.descriptor;
  }

  long send(MemorySegment data, long offset, long length, int flags) throws PosixException {
    checkConnected("send");
    long deadline = sending.waitFirst() ? awaitFirst("send", flags) : SocketCore.UNSET;
    while (true) {
      long sent =
          data.isNative()
              ? trySend(from(data, offset), length, flags)
              : trySendHeap(data, offset, length, flags);
      if (sent >= 0) {
        if (sent < length) {
          sending.foundNothing(); // for the rest
        }
        return sent;
      }
      if (sent == -Errno.EAGAIN && core.mayNotBlock(flags)) {
        return WOULD_BLOCK;
      }
      deadline = beforeNextSend("send", sent, deadline, length, flags);
    }
  }

  int send(byte[] data, int offset, int length, int flags) throws PosixException {
    checkConnected("send");
    long deadline = sending.waitFirst() ? awaitFirst("send", flags) : SocketCore.UNSET;
    while (true) {
      long sent = trySendArray(data, offset, length, flags);
      if (sent >= 0) {
        if (sent < Math.min(length, Scratch.DATA_BYTES)) {
          sending.foundNothing(); // for the rest
        }
        return (int) sent;
      }
      if (sent == -Errno.EAGAIN && core.mayNotBlock(flags)) {
        return WOULD_BLOCK;
      }
      deadline = beforeNextSend("send", sent, deadline, length, flags);
    }
  }

  /**
   * Of a buffer without an array. A small one is copied, because the segment over it, which the
   * kernel would be given, is an object that the compiler does not always do without.
   */
  int send(ByteBuffer data, int flags) throws PosixException {
    if (data.remaining() > COPIED_BYTES_MAX) {
      return (int) send(MemorySegment.ofBuffer(data), 0, data.remaining(), flags);
    }
    checkConnected("send");
    long deadline = sending.waitFirst() ? awaitFirst("send", flags) : SocketCore.UNSET;
    while (true) {
      long sent = trySendBuffer(data, flags);
      if (sent >= 0) {
        if (sent < data.remaining()) {
          sending.foundNothing(); // for the rest
        }
        return (int) sent;
      }
      if (sent == -Errno.EAGAIN && core.mayNotBlock(flags)) {
        return WOULD_BLOCK;
      }
      deadline = beforeNextSend("send", sent, deadline, data.remaining(), flags);
    }
  }

  /** As {@link #send(ByteBuffer, int)}. */
  int receive(ByteBuffer buffer, int flags) throws PosixException {
    if (buffer.remaining() > COPIED_BYTES_MAX) {
      return (int) receive(MemorySegment.ofBuffer(buffer), 0, buffer.remaining(), flags);
    }
    checkConnected("receive");
    long deadline = receiving.waitFirst() ? awaitFirst("receive", flags) : SocketCore.UNSET;
    while (true) {
      long received = tryReceiveBuffer(buffer, flags);
      if (received >= 0) {
        return (int) received;
      }
      if (received == -Errno.EAGAIN && core.mayNotBlock(flags)) {
        return WOULD_BLOCK;
      }
      deadline = beforeNextReceive("receive", received, deadline, buffer.remaining(), flags);
    }
  }

  long receive(MemorySegment buffer, long offset, long length, int flags) throws PosixException {
    checkConnected("receive");
    long deadline = receiving.waitFirst() ? awaitFirst("receive", flags) : SocketCore.UNSET;
    while (true) {
      long received =
          buffer.isNative()
              ? tryReceive(from(buffer, offset), length, flags)
              : tryReceiveHeap(buffer, offset, length, flags);
      if (received >= 0) {
        return received;
      }
      if (received == -Errno.EAGAIN && core.mayNotBlock(flags)) {
        return WOULD_BLOCK;
      }
      deadline = beforeNextReceive("receive", received, deadline, length, flags);
    }
  }

  int receive(byte[] buffer, int offset, int length, int flags) throws PosixException {
    checkConnected("receive");
    long deadline = receiving.waitFirst() ? awaitFirst("receive", flags) : SocketCore.UNSET;
    while (true) {
      long received = tryReceiveArray(buffer, offset, length, flags);
      if (received >= 0) {
        return (int) received;
      }
      if (received == -Errno.EAGAIN && core.mayNotBlock(flags)) {
        return WOULD_BLOCK;
      }
      deadline = beforeNextReceive("receive", received, deadline, length, flags);
    }
  }

  /**
   * Waits before the first try, where that may be. For a virtual thread it would cost more than the
   * try that it saves.
   */
  private long awaitFirst(String call, int flags) throws PosixException {
    if (flags != 0 || core.nonBlocking || Thread.currentThread().isVirtual()) {
      return SocketCore.UNSET;
    }
    return call.equals("send")
        ? core.await(call, Layouts.POLLOUT, SocketCore.UNSET, core.sendTimeoutNanos, Errno.EAGAIN)
        : core.await(
            call, Layouts.POLLIN, SocketCore.UNSET, core.receiveTimeoutNanos, Errno.EAGAIN);
  }

  /** Waits after a failure that may pass, and throws what will not. */
  private long beforeNextSend(String call, long failure, long deadline, long length, int flags)
      throws PosixException {
    if (failure == -Errno.EAGAIN) {
      sending.foundNothing();
      return core.await(call, Layouts.POLLOUT, deadline, core.sendTimeoutNanos, Errno.EAGAIN);
    }
    if (failure == -Errno.EINTR) {
      return deadline;
    }
    throw failed(call, failure, length, flags);
  }

  long beforeNextReceive(String call, long failure, long deadline, long length, int flags)
      throws PosixException {
    if (failure == -Errno.EAGAIN) {
      receiving.foundNothing();
      int events = (flags & Layouts.MSG_OOB) != 0 ? Layouts.POLLPRI : Layouts.POLLIN;
      return core.await(call, events, deadline, core.receiveTimeoutNanos, Errno.EAGAIN);
    }
    if (failure == -Errno.EINTR) {
      return deadline;
    }
    throw failed(call, failure, length, flags);
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
    if ((unconnected || role == SocketCore.Role.LISTENING) && descriptor.isOpen()) {
      throw core.misuse(Errno.ENOTCONN, call, "connect it first, or use what accept returned");
    }
  }

  // ---- one try each: a count, or a negated error number

  long trySend(MemorySegment data, long length, int flags) throws PosixException {
    int slot = core.enter(OpenDescriptor.SENDING, "send");
    try {
      return Libc.send(
          descriptor.errno(slot), descriptor.number(), data, length, flags | TRIED_FLAGS);
    } finally {
      descriptor.leave(slot);
    }
  }

  private long tryReceive(MemorySegment buffer, long length, int flags) throws PosixException {
    int slot = core.enter(OpenDescriptor.RECEIVING, "receive");
    try {
      return Libc.recv(
          descriptor.errno(slot), descriptor.number(), buffer, length, flags | TRIED_FLAGS);
    } finally {
      descriptor.leave(slot);
    }
  }

  private long trySendBuffer(ByteBuffer data, int flags) throws PosixException {
    int count = data.remaining();
    Scratch scratch = Scratch.borrow();
    try {
      scratch.buffer().put(0, data, data.position(), count);
      return trySend(scratch.data(), count, flags);
    } finally {
      scratch.giveBack();
    }
  }

  private long tryReceiveBuffer(ByteBuffer buffer, int flags) throws PosixException {
    int room = buffer.remaining();
    Scratch scratch = Scratch.borrow();
    try {
      long received = tryReceive(scratch.data(), room, flags);
      if (received > 0) {
        buffer.put(buffer.position(), scratch.buffer(), 0, (int) Math.min(received, room));
      }
      return received;
    } finally {
      scratch.giveBack();
    }
  }

  private long trySendArray(byte[] data, int offset, int length, int flags) throws PosixException {
    if (needsMoreThanScratch(length)) {
      return trySendHeap(MemorySegment.ofArray(data), offset, length, flags);
    }
    int count = Math.min(length, Scratch.DATA_BYTES);
    Scratch scratch = Scratch.borrow();
    try {
      MemorySegment.copy(data, offset, scratch.data(), JAVA_BYTE, 0, count);
      return trySend(scratch.data(), count, flags);
    } finally {
      scratch.giveBack();
    }
  }

  private long tryReceiveArray(byte[] buffer, int offset, int length, int flags)
      throws PosixException {
    if (needsMoreThanScratch(length)) {
      return tryReceiveHeap(MemorySegment.ofArray(buffer), offset, length, flags);
    }
    int room = Math.min(length, Scratch.DATA_BYTES);
    Scratch scratch = Scratch.borrow();
    try {
      long received = tryReceive(scratch.data(), room, flags);
      if (received > 0) {
        // With MSG_TRUNC the count may be more than there was room for.
        int count = (int) Math.min(received, room);
        MemorySegment.copy(scratch.data(), JAVA_BYTE, 0, buffer, offset, count);
      }
      return received;
    } finally {
      scratch.giveBack();
    }
  }

  private long trySendHeap(MemorySegment data, long offset, long length, int flags)
      throws PosixException {
    if (needsMoreThanScratch(length)) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment copy = arena.allocate(length);
        MemorySegment.copy(data, offset, copy, 0, length);
        return trySend(copy, length, flags);
      }
    }
    long count = Math.min(length, Scratch.DATA_BYTES);
    Scratch scratch = Scratch.borrow();
    try {
      MemorySegment.copy(data, offset, scratch.data(), 0, count);
      return trySend(scratch.data(), count, flags);
    } finally {
      scratch.giveBack();
    }
  }

  private long tryReceiveHeap(MemorySegment buffer, long offset, long length, int flags)
      throws PosixException {
    if (needsMoreThanScratch(length)) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment copy = arena.allocate(length);
        long received = tryReceive(copy, length, flags);
        MemorySegment.copy(copy, 0, buffer, offset, Math.clamp(received, 0, length));
        return received;
      }
    }
    long room = Math.min(length, Scratch.DATA_BYTES);
    Scratch scratch = Scratch.borrow();
    try {
      long received = tryReceive(scratch.data(), room, flags);
      MemorySegment.copy(scratch.data(), 0, buffer, offset, Math.clamp(received, 0, room));
      return received;
    } finally {
      scratch.giveBack();
    }
  }

  /** A stream takes a part of what it is given; a message goes as one. */
  private boolean needsMoreThanScratch(long length) {
    return length > Scratch.DATA_BYTES && core.type != SocketType.STREAM;
  }

  private static MemorySegment from(MemorySegment segment, long offset) {
    return offset == 0 ? segment : segment.asSlice(offset);
  }
}
