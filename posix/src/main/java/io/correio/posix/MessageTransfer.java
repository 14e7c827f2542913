package io.correio.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.correio.posix.descriptor.OpenDescriptor;
import io.correio.posix.descriptor.Scratch;
import io.correio.posix.libc.Layouts;
import io.correio.posix.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * sendmsg and recvmsg. The structures lie in borrowed memory:
 *
 * <pre>
 *   0          128      136      192      256                                   1536
 *   address    length            msghdr   control: cmsghdr + descriptors,        iovec
 *                                         cmsghdr + ucred
 * </pre>
 *
 * <p>Data is gathered into, and scattered from, one piece of native memory: an iovec holds bare
 * addresses, and nothing would keep an arena from being closed under them. Stateless but for the
 * socket's parts; for any number of threads.
 */
final class MessageTransfer {
  private static final int HEADER_AT = 192;
  private static final int CONTROL_AT = 256;
  private static final int IOVEC_AT = 1536;
  private static final int CONTROL_BYTES = IOVEC_AT - CONTROL_AT;
  private static final int INT_BYTES = Integer.BYTES;

  private final SocketCore core;
  private final AddressedTransfer addressed;

  MessageTransfer(SocketCore core, AddressedTransfer addressed) {
    this.core = core;
    this.addressed = addressed;
  }

  long sendmsg(Message message, int flags) throws PosixException {
    long deadline = SocketCore.UNSET;
    for (int tries = 0; ; tries++) {
      long sent = trySendmsg(message, flags);
      if (sent >= 0) {
        advance(message.data(), sent);
        return sent;
      }
      if (sent == -Errno.EAGAIN && core.mayNotBlock(flags)) {
        return PosixSocket.WOULD_BLOCK;
      }
      if (sent != -Errno.EAGAIN && sent != -Errno.EINTR) {
        throw new PosixException(
            (int) -sent,
            "sendmsg",
            core.describe()
                + ", "
                + message.length()
                + " bytes, "
                + message.descriptors().size()
                + " descriptors, flags 0x"
                + Integer.toHexString(flags)
                + (message.to() == null ? "" : ", " + message.to()));
      }
      if (sent == -Errno.EAGAIN) {
        deadline =
            message.to() == null
                ? core.await(
                    "sendmsg", Layouts.POLLOUT, deadline, core.sendTimeoutNanos, Errno.EAGAIN)
                : addressed.awaitReceiver("sendmsg", tries, deadline);
      }
    }
  }

  private long trySendmsg(Message message, int flags) throws PosixException {
    long length = message.length();
    Scratch scratch = Scratch.borrow();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = length <= Scratch.DATA_BYTES ? scratch.data() : arena.allocate(length);
      long at = 0;
      for (ByteBuffer each : message.data()) {
        MemorySegment part = MemorySegment.ofBuffer(each);
        MemorySegment.copy(part, 0, data, at, part.byteSize());
        at += part.byteSize();
      }
      MemorySegment structs = scratch.structs();
      MemorySegment header = header(structs, data, length);
      Address to = message.to();
      if (to == null) {
        header.set(ADDRESS, Layouts.MSGHDR_NAME, MemorySegment.NULL);
        header.set(JAVA_INT, Layouts.MSGHDR_NAMELEN, 0);
      } else {
        header.set(JAVA_INT, Layouts.MSGHDR_NAMELEN, AddressCodec.encode(to, structs));
      }
      return sendWithDescriptors(message, structs, header, flags);
    } finally {
      scratch.giveBack();
    }
  }

  /** Has every descriptor's number mean what it should until the kernel has looked at it. */
  private long sendWithDescriptors(
      Message message, MemorySegment structs, MemorySegment header, int flags)
      throws PosixException {
    List<Descriptor> descriptors = message.descriptors();
    int held = 0;
    try {
      for (; held < descriptors.size(); held++) {
        if (!descriptors.get(held).open().hold()) {
          throw core.misuse(Errno.EBADF, "sendmsg", descriptors.get(held) + " is to be sent");
        }
      }
      long control = writeControl(message, structs.asSlice(CONTROL_AT, CONTROL_BYTES));
      header.set(JAVA_LONG, Layouts.MSGHDR_CONTROLLEN, control);
      if (control == 0) {
        header.set(ADDRESS, Layouts.MSGHDR_CONTROL, MemorySegment.NULL);
      }
      int slot = core.enter(OpenDescriptor.SENDING, "sendmsg");
      try {
        return Libc.sendmsg(
            core.descriptor.errno(slot),
            core.descriptor.number(),
            header,
            flags | Layouts.MSG_DONTWAIT | Layouts.MSG_NOSIGNAL);
      } finally {
        core.descriptor.leave(slot);
      }
    } finally {
      while (held > 0) {
        held--;
        descriptors.get(held).open().unhold();
      }
    }
  }

  private static MemorySegment header(MemorySegment structs, MemorySegment data, long length) {
    structs.fill((byte) 0);
    MemorySegment iovec = structs.asSlice(IOVEC_AT, Layouts.IOVEC_BYTES);
    iovec.set(ADDRESS, 0, data);
    iovec.set(JAVA_LONG, Layouts.IOVEC_LEN, length);
    MemorySegment header = structs.asSlice(HEADER_AT, Layouts.MSGHDR_BYTES);
    header.set(ADDRESS, Layouts.MSGHDR_NAME, structs);
    header.set(JAVA_INT, Layouts.MSGHDR_NAMELEN, Layouts.SOCKADDR_STORAGE_BYTES);
    header.set(ADDRESS, Layouts.MSGHDR_IOV, iovec);
    header.set(JAVA_LONG, Layouts.MSGHDR_IOVLEN, 1);
    header.set(ADDRESS, Layouts.MSGHDR_CONTROL, structs.asSlice(CONTROL_AT, CONTROL_BYTES));
    return header;
  }

  private static long writeControl(Message message, MemorySegment control) {
    long at = 0;
    List<Descriptor> descriptors = message.descriptors();
    if (!descriptors.isEmpty()) {
      int bytes = descriptors.size() * INT_BYTES;
      writeControlHeader(control, at, Layouts.SCM_RIGHTS, bytes);
      for (int i = 0; i < descriptors.size(); i++) {
        control.set(
            JAVA_INT,
            at + Layouts.CMSGHDR_BYTES + (long) i * INT_BYTES,
            descriptors.get(i).open().number());
      }
      at += Layouts.controlSpace(bytes);
    }
    Credentials credentials = message.credentials();
    if (credentials != null) {
      writeControlHeader(control, at, Layouts.SCM_CREDENTIALS, Layouts.UCRED_BYTES);
      CredentialsCodec.encode(credentials, control, at + Layouts.CMSGHDR_BYTES);
      at += Layouts.controlSpace(Layouts.UCRED_BYTES);
    }
    return at;
  }

  private static void writeControlHeader(MemorySegment control, long at, int type, int bytes) {
    control.set(JAVA_LONG, at + Layouts.CMSGHDR_LEN, Layouts.CMSGHDR_BYTES + bytes);
    control.set(JAVA_INT, at + Layouts.CMSGHDR_LEVEL, Layouts.SOL_SOCKET);
    control.set(JAVA_INT, at + Layouts.CMSGHDR_TYPE, type);
  }

  ReceivedMessage recvmsg(List<ByteBuffer> buffers, int descriptorsMax, int flags)
      throws PosixException {
    long length = buffers.stream().mapToLong(ByteBuffer::remaining).sum();
    long deadline = SocketCore.UNSET;
    while (true) {
      Attempt attempt = tryRecvmsg(buffers, length, descriptorsMax, flags);
      if (attempt.message() != null) {
        return attempt.message();
      }
      if (attempt.errno() == Errno.EAGAIN) {
        if (core.mayNotBlock(flags)) {
          return new ReceivedMessage(
              PosixSocket.WOULD_BLOCK, new Address.UnixUnnamed(), List.of(), null, 0);
        }
        deadline =
            core.await("recvmsg", Layouts.POLLIN, deadline, core.receiveTimeoutNanos, Errno.EAGAIN);
      } else if (attempt.errno() != Errno.EINTR) {
        throw new PosixException(
            attempt.errno(),
            "recvmsg",
            core.describe() + ", " + length + " bytes, flags 0x" + Integer.toHexString(flags));
      }
    }
  }

  private record Attempt(@Nullable ReceivedMessage message, int errno) {}

  private Attempt tryRecvmsg(List<ByteBuffer> buffers, long length, int descriptorsMax, int flags)
      throws PosixException {
    Scratch scratch = Scratch.borrow();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = length <= Scratch.DATA_BYTES ? scratch.data() : arena.allocate(length);
      MemorySegment structs = scratch.structs();
      MemorySegment header = header(structs, data, length);
      int room =
          (descriptorsMax == 0 ? 0 : Layouts.controlSpace(descriptorsMax * INT_BYTES))
              + Layouts.controlSpace(Layouts.UCRED_BYTES);
      header.set(JAVA_LONG, Layouts.MSGHDR_CONTROLLEN, Math.min(room, CONTROL_BYTES));
      long received;
      int slot = core.enter(OpenDescriptor.RECEIVING, "recvmsg");
      try {
        received =
            Libc.recvmsg(
                core.descriptor.errno(slot),
                core.descriptor.number(),
                header,
                flags | Layouts.MSG_DONTWAIT | Layouts.MSG_CMSG_CLOEXEC);
      } finally {
        core.descriptor.leave(slot);
      }
      if (received < 0) {
        return new Attempt(null, (int) -received);
      }
      scatter(data, Math.min(received, length), buffers);
      return new Attempt(message(structs, header, received, descriptorsMax), 0);
    } finally {
      scratch.giveBack();
    }
  }

  private static ReceivedMessage message(
      MemorySegment structs, MemorySegment header, long received, int descriptorsMax)
      throws PosixException {
    List<Descriptor> descriptors = new ArrayList<>();
    Credentials credentials = null;
    MemorySegment control = structs.asSlice(CONTROL_AT, CONTROL_BYTES);
    long end = header.get(JAVA_LONG, Layouts.MSGHDR_CONTROLLEN);
    long at = 0;
    while (end - at >= Layouts.CMSGHDR_BYTES) {
      int length = (int) control.get(JAVA_LONG, at + Layouts.CMSGHDR_LEN) - Layouts.CMSGHDR_BYTES;
      long data = at + Layouts.CMSGHDR_BYTES;
      if (control.get(JAVA_INT, at + Layouts.CMSGHDR_LEVEL) == Layouts.SOL_SOCKET) {
        int type = control.get(JAVA_INT, at + Layouts.CMSGHDR_TYPE);
        if (type == Layouts.SCM_RIGHTS) {
          for (long each = data; each < data + length; each += INT_BYTES) {
            descriptors.add(new Descriptor(control.get(JAVA_INT, each)));
          }
        } else if (type == Layouts.SCM_CREDENTIALS) {
          credentials = CredentialsCodec.decode(control, data);
        }
      }
      at += Layouts.controlSpace(Math.max(0, length));
    }
    int flags = header.get(JAVA_INT, Layouts.MSGHDR_FLAGS) & ~Layouts.MSG_CMSG_CLOEXEC;
    // The room for credentials is room for descriptors where there are no credentials.
    while (descriptors.size() > descriptorsMax) {
      descriptors.removeLast().close();
      flags |= Layouts.MSG_CTRUNC;
    }
    Address from = AddressCodec.decode(structs, header.get(JAVA_INT, Layouts.MSGHDR_NAMELEN));
    return new ReceivedMessage(received, from, List.copyOf(descriptors), credentials, flags);
  }

  private static void scatter(MemorySegment data, long count, List<ByteBuffer> buffers) {
    long at = 0;
    for (ByteBuffer each : buffers) {
      int part = (int) Math.min(each.remaining(), count - at);
      each.put(data.asSlice(at, part).asByteBuffer());
      at += part;
    }
  }

  private static void advance(List<ByteBuffer> buffers, long count) {
    long left = count;
    for (ByteBuffer each : buffers) {
      int part = (int) Math.min(each.remaining(), left);
      each.position(each.position() + part);
      left -= part;
    }
  }
}
