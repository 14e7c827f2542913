package io.correio.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.correio.posix.descriptor.OpenDescriptor;
import io.correio.posix.descriptor.Scratch;
import io.correio.posix.libc.Layouts;
import io.correio.posix.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Single attempts to send and to receive, for each kind of memory: one system call, with
 * MSG_DONTWAIT, or one that may block in the kernel. Each returns a count, a negated error number,
 * or {@link #UNAVAILABLE}.
 *
 * <p>Memory of Java's heap is copied through borrowed native memory, which is held during the
 * attempt and not while waiting for the descriptor. Native memory goes to the kernel as it is. If
 * its arena could be closed while a call blocks, little of it is copied to be sent, and nothing
 * else blocks in the kernel. Stateless but for the core; for any number of threads.
 */
final class Attempts {

  /** Most bytes of a direct buffer that are copied; more go to the kernel as they are. */
  static final int COPIED_BYTES_MAX = 8 * 1024;

  /** Result of an attempt that was to block in the kernel and was not made. */
  static final long UNAVAILABLE = Long.MIN_VALUE;

  private static final int TRIED_FLAGS = Layouts.MSG_DONTWAIT | Layouts.MSG_NOSIGNAL;
  private static final MemorySegment.Scope FOR_EVER = Arena.global().scope();
  private static final Thread ANOTHER_THREAD = Thread.ofPlatform().unstarted(() -> {});

  private final SocketCore core;
  private final OpenDescriptor descriptor;

  Attempts(SocketCore core) {
    this.core = core;
    this.descriptor = core.descriptor;
  }

  private long trySend(MemorySegment data, long length, int flags) throws PosixException {
    int slot = core.enter(OpenDescriptor.SENDING, "send");
    try {
      return Libc.send(
          descriptor.errno(slot), descriptor.number(), data, length, flags | TRIED_FLAGS);
    } finally {
      descriptor.leave(slot);
    }
  }

  private long sendBlocking(MemorySegment data, long length) throws PosixException {
    int entered = descriptor.enterBlocking(OpenDescriptor.SENDING);
    if (entered != OpenDescriptor.ENTERED) {
      return notEntered("send", entered);
    }
    try {
      MemorySegment errno = descriptor.blockingErrno(OpenDescriptor.SENDING);
      return Libc.send(errno, descriptor.number(), data, length, Layouts.MSG_NOSIGNAL);
    } finally {
      descriptor.leaveBlocking(OpenDescriptor.SENDING);
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

  private long receiveBlocking(MemorySegment buffer, long length) throws PosixException {
    int entered = descriptor.enterBlocking(OpenDescriptor.RECEIVING);
    if (entered != OpenDescriptor.ENTERED) {
      return notEntered("receive", entered);
    }
    try {
      MemorySegment errno = descriptor.blockingErrno(OpenDescriptor.RECEIVING);
      return Libc.recv(errno, descriptor.number(), buffer, length, 0);
    } finally {
      descriptor.leaveBlocking(OpenDescriptor.RECEIVING);
    }
  }

  private long notEntered(String call, int why) throws PosixException {
    return switch (why) {
      case OpenDescriptor.SHUT -> throw core.closed(call);
      case OpenDescriptor.INTERRUPTED -> -Errno.EINTR;
      default -> UNAVAILABLE;
    };
  }

  long sendNative(MemorySegment data, long length, int flags, boolean block) throws PosixException {
    if (!block) {
      return trySend(data, length, flags);
    }
    if (staysOpen(data)) {
      return sendBlocking(data, length);
    }
    return length > COPIED_BYTES_MAX ? UNAVAILABLE : sendHeap(data, 0, length, flags, true);
  }

  long receiveNative(MemorySegment buffer, long length, int flags, boolean block)
      throws PosixException {
    if (!block) {
      return tryReceive(buffer, length, flags);
    }
    // Not by a copy: bytes that could not be stored in memory that is gone would be lost.
    return staysOpen(buffer) ? receiveBlocking(buffer, length) : UNAVAILABLE;
  }

  long sendBuffer(ByteBuffer data, int flags, boolean block) throws PosixException {
    int count = data.remaining();
    Scratch scratch = Scratch.borrow(block);
    if (scratch == null) {
      return UNAVAILABLE;
    }
    try {
      scratch.buffer().put(0, data, data.position(), count);
      return send(scratch, count, flags, block);
    } finally {
      scratch.giveBack(block);
    }
  }

  long receiveBuffer(ByteBuffer buffer, int flags, boolean block) throws PosixException {
    int room = buffer.remaining();
    Scratch scratch = Scratch.borrow(block);
    if (scratch == null) {
      return UNAVAILABLE;
    }
    try {
      long received = receive(scratch, room, flags, block);
      if (received > 0) {
        buffer.put(buffer.position(), scratch.buffer(), 0, (int) Math.min(received, room));
      }
      return received;
    } finally {
      scratch.giveBack(block);
    }
  }

  long sendArray(byte[] data, int offset, int length, int flags, boolean block)
      throws PosixException {
    if (needsMoreThanScratch(length)) {
      return sendHeap(MemorySegment.ofArray(data), offset, length, flags, block);
    }
    int count = Math.min(length, Scratch.DATA_BYTES);
    Scratch scratch = Scratch.borrow(block);
    if (scratch == null) {
      return UNAVAILABLE;
    }
    try {
      MemorySegment.copy(data, offset, scratch.data(), JAVA_BYTE, 0, count);
      return send(scratch, count, flags, block);
    } finally {
      scratch.giveBack(block);
    }
  }

  long receiveArray(byte[] buffer, int offset, int length, int flags, boolean block)
      throws PosixException {
    if (needsMoreThanScratch(length)) {
      return receiveHeap(MemorySegment.ofArray(buffer), offset, length, flags, block);
    }
    int room = Math.min(length, Scratch.DATA_BYTES);
    Scratch scratch = Scratch.borrow(block);
    if (scratch == null) {
      return UNAVAILABLE;
    }
    try {
      long received = receive(scratch, room, flags, block);
      if (received > 0) {
        // With MSG_TRUNC the count may be more than there was room for.
        int count = (int) Math.min(received, room);
        MemorySegment.copy(scratch.data(), JAVA_BYTE, 0, buffer, offset, count);
      }
      return received;
    } finally {
      scratch.giveBack(block);
    }
  }

  long sendHeap(MemorySegment data, long offset, long length, int flags, boolean block)
      throws PosixException {
    if (needsMoreThanScratch(length)) {
      return block ? UNAVAILABLE : sendCopy(data, offset, length, flags);
    }
    long count = Math.min(length, Scratch.DATA_BYTES);
    Scratch scratch = Scratch.borrow(block);
    if (scratch == null) {
      return UNAVAILABLE;
    }
    try {
      MemorySegment.copy(data, offset, scratch.data(), 0, count);
      return send(scratch, count, flags, block);
    } finally {
      scratch.giveBack(block);
    }
  }

  private long sendCopy(MemorySegment data, long offset, long length, int flags)
      throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(length);
      MemorySegment.copy(data, offset, copy, 0, length);
      return trySend(copy, length, flags);
    }
  }

  long receiveHeap(MemorySegment buffer, long offset, long length, int flags, boolean block)
      throws PosixException {
    if (needsMoreThanScratch(length)) {
      return block ? UNAVAILABLE : receiveCopy(buffer, offset, length, flags);
    }
    long room = Math.min(length, Scratch.DATA_BYTES);
    Scratch scratch = Scratch.borrow(block);
    if (scratch == null) {
      return UNAVAILABLE;
    }
    try {
      long received = receive(scratch, room, flags, block);
      MemorySegment.copy(scratch.data(), 0, buffer, offset, Math.clamp(received, 0, room));
      return received;
    } finally {
      scratch.giveBack(block);
    }
  }

  private long receiveCopy(MemorySegment buffer, long offset, long length, int flags)
      throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(length);
      long received = tryReceive(copy, length, flags);
      MemorySegment.copy(copy, 0, buffer, offset, Math.clamp(received, 0, length));
      return received;
    }
  }

  private long send(Scratch scratch, long count, int flags, boolean block) throws PosixException {
    return block ? sendBlocking(scratch.data(), count) : trySend(scratch.data(), count, flags);
  }

  private long receive(Scratch scratch, long room, int flags, boolean block) throws PosixException {
    return block ? receiveBlocking(scratch.data(), room) : tryReceive(scratch.data(), room, flags);
  }

  /**
   * Whether nobody can close the memory's arena while this thread is in the kernel: it is never
   * closed, or by this thread alone. Otherwise whoever closed it would be told that it is in use.
   */
  private static boolean staysOpen(MemorySegment memory) {
    return memory.scope().equals(FOR_EVER) || !memory.isAccessibleBy(ANOTHER_THREAD);
  }

  /** A stream takes a part of what it is given; a message goes as one. */
  private boolean needsMoreThanScratch(long length) {
    return length > Scratch.DATA_BYTES && core.type != SocketType.STREAM;
  }
}
