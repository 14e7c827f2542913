package io.correio.posix;

import static io.correio.posix.PosixSocket.WOULD_BLOCK;

import io.correio.posix.descriptor.Deadline;
import io.correio.posix.descriptor.OpenDescriptor;
import io.correio.posix.descriptor.Scratch;
import io.correio.posix.libc.Layouts;
import io.correio.posix.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * sendto and recvfrom, tried and waited for as in {@link Transfer}. Stateless but for the socket's
 * parts; for any number of threads.
 */
final class AddressedTransfer {
  private static final int TRIED_FLAGS = Layouts.MSG_DONTWAIT | Layouts.MSG_NOSIGNAL;

  private final SocketCore core;
  private final OpenDescriptor descriptor;
  private final Transfer transfer;

  AddressedTransfer(SocketCore core, Transfer transfer) {
    this.core = core;
    this.descriptor = core.descriptor;
    this.transfer = transfer;
  }

  long sendto(MemorySegment data, long length, int flags, Address to) throws PosixException {
    if (to.family() != core.family) {
      throw core.misuse(
          Errno.EAFNOSUPPORT, "sendto", to + " is an address of " + to.family() + ", not its own");
    }
    long deadline = SocketCore.UNSET;
    for (int tries = 0; ; tries++) {
      long sent = trySendto(data, length, flags, to);
      if (sent >= 0) {
        return sent;
      }
      if (sent == -Errno.EAGAIN && core.mayNotBlock(flags)) {
        return WOULD_BLOCK;
      }
      if (sent != -Errno.EAGAIN && sent != -Errno.EINTR) {
        throw new PosixException(
            (int) -sent,
            "sendto",
            core.describe()
                + ", "
                + length
                + " bytes, flags 0x"
                + Integer.toHexString(flags)
                + ", "
                + to);
      }
      deadline = sent == -Errno.EINTR ? deadline : awaitReceiver("sendto", tries, deadline);
    }
  }

  /**
   * Waits until a message can be sent. A Unix socket is writable although the receiver it is not
   * connected to is full, so there is nothing but time to wait for.
   */
  long awaitReceiver(String call, int tries, long deadline) throws PosixException {
    if (core.family != AddressFamily.UNIX || core.type != SocketType.DGRAM) {
      return core.await(call, Layouts.POLLOUT, deadline, core.sendTimeoutNanos, Errno.EAGAIN);
    }
    long end = deadline == SocketCore.UNSET ? Deadline.in(core.sendTimeoutNanos) : deadline;
    core.pause(call, tries, end, Errno.EAGAIN);
    return end;
  }

  private long trySendto(MemorySegment data, long length, int flags, Address to)
      throws PosixException {
    Scratch scratch = Scratch.borrow();
    try {
      if (data.isNative()) {
        return sendtoOnce(data, length, flags, to, scratch);
      }
      if (length <= Scratch.DATA_BYTES) {
        MemorySegment.copy(data, 0, scratch.data(), 0, length);
        return sendtoOnce(scratch.data(), length, flags, to, scratch);
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment copy = arena.allocate(length);
        MemorySegment.copy(data, 0, copy, 0, length);
        return sendtoOnce(copy, length, flags, to, scratch);
      }
    } finally {
      scratch.giveBack();
    }
  }

  private long sendtoOnce(MemorySegment data, long length, int flags, Address to, Scratch scratch)
      throws PosixException {
    int addressLength = AddressCodec.encode(to, scratch.structs());
    int slot = core.enter(OpenDescriptor.SENDING, "sendto");
    try {
      return Libc.sendto(
          descriptor.errno(slot),
          descriptor.number(),
          data,
          length,
          flags | TRIED_FLAGS,
          scratch.structs(),
          addressLength);
    } finally {
      descriptor.leave(slot);
    }
  }

  Received recvfrom(MemorySegment buffer, int flags) throws PosixException {
    long length = buffer.byteSize();
    long deadline = SocketCore.UNSET;
    Address[] from = new Address[1];
    while (true) {
      long received = tryRecvfrom(buffer, flags, from);
      if (received >= 0) {
        return new Received(received, from[0]);
      }
      if (received == -Errno.EAGAIN && core.mayNotBlock(flags)) {
        return new Received(WOULD_BLOCK, new Address.UnixUnnamed());
      }
      deadline = transfer.awaitNextReceive("recvfrom", received, deadline, length, flags);
    }
  }

  private long tryRecvfrom(MemorySegment buffer, int flags, Address[] from) throws PosixException {
    long length = buffer.byteSize();
    Scratch scratch = Scratch.borrow();
    try {
      if (buffer.isNative()) {
        return recvfromOnce(buffer, length, flags, from, scratch);
      }
      if (length <= Scratch.DATA_BYTES) {
        long received = recvfromOnce(scratch.data(), length, flags, from, scratch);
        MemorySegment.copy(scratch.data(), 0, buffer, 0, Math.clamp(received, 0, length));
        return received;
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment copy = arena.allocate(length);
        long received = recvfromOnce(copy, length, flags, from, scratch);
        MemorySegment.copy(copy, 0, buffer, 0, Math.clamp(received, 0, length));
        return received;
      }
    } finally {
      scratch.giveBack();
    }
  }

  private long recvfromOnce(
      MemorySegment buffer, long length, int flags, Address[] from, Scratch scratch)
      throws PosixException {
    NameArea area = new NameArea(scratch);
    long received;
    int slot = core.enter(OpenDescriptor.RECEIVING, "recvfrom");
    try {
      received =
          Libc.recvfrom(
              descriptor.errno(slot),
              descriptor.number(),
              buffer,
              length,
              flags | TRIED_FLAGS,
              area.address(),
              area.length());
    } finally {
      descriptor.leave(slot);
    }
    if (received >= 0) {
      from[0] = area.decode();
    }
    return received;
  }
}
