package io.correio.posix;

import io.correio.posix.descriptor.Scratch;
import io.correio.posix.libc.Layouts;
import io.correio.posix.libc.Libc;
import io.correio.posix.libc.Platform;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A socket, with the calls' own names and semantics: IEEE Std 1003.1-2024 (POSIX.1-2024), volume
 * System Interfaces, section 2.10, and there the page of each call; the sections that matter are
 * given with the calls. Two things differ from C, always: descriptors are closed on exec
 * (SOCK_CLOEXEC), and nothing raises SIGPIPE (MSG_NOSIGNAL).
 *
 * <p>A call that fails throws {@link PosixException} with the error number of the standard; a call
 * that a signal interrupts goes on. {@link Thread#interrupt} ends a blocked call with EINTR and
 * leaves the interrupt status set. A blocked call of a virtual thread gives its carrier free.
 *
 * <p>For any number of threads. Owned by whoever opened or accepted it, who closes it; calls that
 * are blocked meanwhile end with EBADF, and the number is not reused before they have.
 */
public final class PosixSocket implements AutoCloseable {

  /**
   * What sending and receiving return instead of EAGAIN, where they may not block: in non-blocking
   * mode, or with {@link MessageFlags#DONTWAIT}. C returns the same -1.
   */
  public static final int WOULD_BLOCK = -1;

  /** The largest backlog that systems promise to heed; Linux has more, by net.core.somaxconn. */
  public static final int SOMAXCONN = 4096;

  private final SocketCore core;
  private final Transfer transfer;
  private final WholeTransfer whole;
  private final AddressedTransfer addressed;
  private final MessageTransfer messages;
  private final Rendezvous rendezvous;
  private final @Nullable Address acceptedFrom;

  PosixSocket(SocketCore core) {
    this(core, null);
  }

  PosixSocket(SocketCore core, @Nullable Address acceptedFrom) {
    this.core = core;
    this.transfer = new Transfer(core);
    this.whole = new WholeTransfer(core, transfer);
    this.addressed = new AddressedTransfer(core, transfer);
    this.messages = new MessageTransfer(core, addressed);
    this.rendezvous = new Rendezvous(core);
    this.acceptedFrom = acceptedFrom;
  }

  /**
   * {@code socket()} (2.10.6): creates an end point of communication.
   *
   * @throws PosixException EPROTONOSUPPORT or ESOCKTNOSUPPORT if the family has no such type,
   *     EMFILE or ENFILE if too many descriptors are open
   * @throws UnsupportedOperationException if this is not Linux on x86-64 or aarch64
   */
  public static PosixSocket socket(AddressFamily family, SocketType type) throws PosixException {
    return socket(family, type, 0);
  }

  /**
   * As {@link #socket(AddressFamily, SocketType)}, of a protocol.
   *
   * @param protocol its number (IPPROTO_TCP is 6, IPPROTO_UDP 17); 0 for the family's own choice
   */
  public static PosixSocket socket(AddressFamily family, SocketType type, int protocol)
      throws PosixException {
    Platform.require();
    Scratch scratch = Scratch.borrow();
    try {
      int number =
          Libc.socket(
              scratch.structs(), family.number(), type.number() | Layouts.SOCK_CLOEXEC, protocol);
      if (number < 0) {
        throw new PosixException(-number, "socket", family + ", " + type + ", " + protocol);
      }
      return new PosixSocket(new SocketCore(number, family, type, SocketCore.Role.NEW));
    } finally {
      scratch.giveBack();
    }
  }

  /**
   * {@code socketpair()} (2.10.17): two sockets of AF_UNIX, connected with each other.
   *
   * @throws PosixException EMFILE or ENFILE if too many descriptors are open
   */
  public static SocketPair socketpair(SocketType type) throws PosixException {
    return SocketPair.open(type);
  }

  /**
   * Takes over a socket that the process has from elsewhere, such as one it inherited.
   *
   * @param number its descriptor, owned by the result from now on
   * @throws PosixException EBADF if it is not open, ENOTSOCK if it is no socket; the number is
   *     still the caller's then
   */
  public static PosixSocket adopt(int number) throws PosixException {
    return new PosixSocket(SocketCore.adopt(number));
  }

  /** The family it was opened with. */
  public AddressFamily family() {
    return core.family;
  }

  /** The type it was opened with. */
  public SocketType type() {
    return core.type;
  }

  /**
   * {@code bind()} (2.10.2): attaches a local address.
   *
   * @throws PosixException EADDRINUSE if another has it, EADDRNOTAVAIL if it is not this machine's,
   *     EACCES if it is privileged, EINVAL if the socket has one already, EAFNOSUPPORT if it is of
   *     another family; for paths also ENOENT and whatever files have
   */
  public void bind(Address address) throws PosixException {
    rendezvous.bind(address);
  }

  /**
   * {@code listen()} (2.10.13): announces that connections are accepted, and how many may be
   * pending. Linux holds one more than asked for, and leaves further requests unanswered, so that
   * their connect blocks and tries again after 1, 3, 7 … seconds; on AF_UNIX connect blocks until
   * there is room.
   *
   * @param backlog most pending connections; 0 and less have the system's minimum
   * @throws PosixException EOPNOTSUPP if the type has no connections, EINVAL if it is connected,
   *     EADDRINUSE
   */
  public void listen(int backlog) throws PosixException {
    rendezvous.listen(backlog);
  }

  /**
   * {@code accept()} (2.10.13): takes the first pending connection, and blocks until there is one.
   *
   * @return the connection, a socket of its own, to be closed by the caller; in blocking mode
   * @throws PosixException EINVAL if it does not listen, EAGAIN in non-blocking mode or after
   *     SO_RCVTIMEO, ECONNABORTED if the connection was gone again, EMFILE or ENFILE, EINTR, EBADF
   */
  public PosixSocket accept() throws PosixException {
    return rendezvous.accept(false);
  }

  /**
   * {@code accept4()} (2.10.7): as {@link #accept}, with the connection in the mode asked for.
   *
   * @param nonBlocking SOCK_NONBLOCK
   */
  public PosixSocket accept4(boolean nonBlocking) throws PosixException {
    return rendezvous.accept(nonBlocking);
  }

  /** The peer's address as {@code accept()} gave it; null of a socket that was not accepted. */
  public @Nullable Address acceptedFrom() {
    return acceptedFrom;
  }

  /**
   * {@code connect()} (2.10.6): establishes a connection, and blocks until it stands; of datagrams,
   * sets where they go and where they may come from.
   *
   * @throws PosixException ECONNREFUSED if nobody listens, ETIMEDOUT, ENETUNREACH, EHOSTUNREACH,
   *     ENOENT of a path, EISCONN if it is connected, EOPNOTSUPP if it listens; EINPROGRESS in
   *     non-blocking mode (writable when it is decided, by SO_ERROR) or after SO_SNDTIMEO, EAGAIN
   *     if the backlog of AF_UNIX is full and it may not block; EINTR, and the connection is made
   *     all the same; EBADF
   */
  public void connect(Address address) throws PosixException {
    rendezvous.connect(address);
  }

  /**
   * {@code send()} (2.10.9, 2.10.14): sends data, or a part of it. Blocks until there is room for
   * some.
   *
   * @return bytes sent, perhaps fewer than given if the type is STREAM; {@link #WOULD_BLOCK}
   * @throws PosixException EPIPE if sending was shut down or the peer is gone, ECONNRESET,
   *     ENOTCONN, EDESTADDRREQ, EMSGSIZE if a message is too long, EAGAIN after SO_SNDTIMEO, EINTR,
   *     EBADF
   */
  public int send(byte[] data) throws PosixException {
    return transfer.send(data, 0, data.length, 0);
  }

  /**
   * As {@link #send(byte[])}.
   *
   * @param flags of {@link MessageFlags}
   */
  public int send(byte[] data, int offset, int length, int flags) throws PosixException {
    Objects.checkFromIndexSize(offset, length, data.length);
    return transfer.send(data, offset, length, flags);
  }

  /** As {@link #send(byte[])}; native memory goes to the kernel without a copy. */
  public long send(MemorySegment data, int flags) throws PosixException {
    return transfer.send(data, 0, data.byteSize(), flags);
  }

  /** As {@link #send(byte[])}, from the position on, which advances by what was sent. */
  public int send(ByteBuffer data, int flags) throws PosixException {
    int sent =
        data.hasArray()
            ? transfer.send(
                data.array(), data.arrayOffset() + data.position(), data.remaining(), flags)
            : transfer.send(data, flags);
    if (sent > 0) {
      data.position(data.position() + sent);
    }
    return sent;
  }

  /**
   * Sends all of it, in as many calls as that takes.
   *
   * @return bytes sent: all, or fewer in non-blocking mode
   * @throws PosixException as {@link #send(byte[])}; {@link PosixException#transferred} says how
   *     much was sent before
   */
  public int sendAll(byte[] data) throws PosixException {
    return sendAll(data, 0, data.length);
  }

  /** As {@link #sendAll(byte[])}. */
  public int sendAll(byte[] data, int offset, int length) throws PosixException {
    Objects.checkFromIndexSize(offset, length, data.length);
    return whole.send(data, offset, length);
  }

  /** As {@link #sendAll(byte[])}; native memory goes to the kernel without a copy. */
  public long sendAll(MemorySegment data) throws PosixException {
    return whole.send(data);
  }

  /** As {@link #sendAll(byte[])}, from the position on, which advances by what was sent. */
  public int sendAll(ByteBuffer data) throws PosixException {
    int start = data.position();
    do {
      try {
        if (send(data, 0) == WOULD_BLOCK) {
          break;
        }
      } catch (PosixException e) {
        throw e.after(data.position() - start);
      }
    } while (data.hasRemaining());
    return data.position() - start;
  }

  /**
   * {@code recv()} (2.10.11): receives data, as much as there is and fits. Blocks until there is
   * some. What of a message does not fit is lost.
   *
   * @return bytes received; 0 when the peer has shut down sending, of a message without bytes, and
   *     for no room; {@link #WOULD_BLOCK}
   * @throws PosixException ENOTCONN, ECONNREFUSED, ECONNRESET, ETIMEDOUT, EAGAIN after SO_RCVTIMEO,
   *     EINTR, EBADF
   */
  public int receive(byte[] buffer) throws PosixException {
    return receive(buffer, 0, buffer.length, 0);
  }

  /**
   * As {@link #receive(byte[])}.
   *
   * @param flags of {@link MessageFlags}
   */
  public int receive(byte[] buffer, int offset, int length, int flags) throws PosixException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (whole.isWanted(flags)) {
      return (int) whole.receive(MemorySegment.ofArray(buffer), offset, length, flags);
    }
    return transfer.receive(buffer, offset, length, flags);
  }

  /** As {@link #receive(byte[])}; into native memory without a copy. */
  public long receive(MemorySegment buffer, int flags) throws PosixException {
    if (buffer.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    return whole.isWanted(flags)
        ? whole.receive(buffer, 0, buffer.byteSize(), flags)
        : transfer.receive(buffer, 0, buffer.byteSize(), flags);
  }

  /** As {@link #receive(byte[])}, from the position on, which advances by what was received. */
  public int receive(ByteBuffer buffer, int flags) throws PosixException {
    if (buffer.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    int received =
        buffer.hasArray()
            ? receive(
                buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining(), flags)
            : whole.isWanted(flags)
                ? (int) receive(MemorySegment.ofBuffer(buffer), flags)
                : transfer.receive(buffer, flags);
    if (received > 0) {
      buffer.position(buffer.position() + Math.min(received, buffer.remaining()));
    }
    return received;
  }

  /**
   * {@code sendto()} (2.10.9): sends a message to an address.
   *
   * @return as {@link #send(byte[])}
   * @throws PosixException as {@link #send(byte[])}, and EISCONN if it is connected and of another
   *     type than datagrams
   */
  public int sendto(byte[] data, int flags, Address to) throws PosixException {
    return (int) addressed.sendto(MemorySegment.ofArray(data), data.length, flags, to);
  }

  /** As {@link #sendto(byte[], int, Address)}; native memory goes to the kernel without a copy. */
  public long sendto(MemorySegment data, int flags, Address to) throws PosixException {
    return addressed.sendto(data, data.byteSize(), flags, to);
  }

  /**
   * {@code recvfrom()} (2.10.11): receives, and says from whom.
   *
   * @throws PosixException as {@link #receive(byte[])}
   */
  public Received recvfrom(byte[] buffer, int flags) throws PosixException {
    return addressed.recvfrom(MemorySegment.ofArray(buffer), flags);
  }

  /** As {@link #recvfrom(byte[], int)}; into native memory without a copy. */
  public Received recvfrom(MemorySegment buffer, int flags) throws PosixException {
    if (buffer.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    return addressed.recvfrom(buffer, flags);
  }

  /**
   * {@code sendmsg()} (2.10.9): sends data of several buffers, and descriptors and credentials with
   * it. The buffers' positions advance by what was sent. A stream carries descriptors with at least
   * one byte.
   *
   * @return as {@link #send(byte[])}
   * @throws PosixException as {@link #send(byte[])}; EPERM for credentials that are not the
   *     process's own, ETOOMANYREFS for too many descriptors under way, EBADF for a closed one
   */
  public long sendmsg(Message message, int flags) throws PosixException {
    return messages.sendmsg(message, flags);
  }

  /**
   * {@code recvmsg()} (2.10.11): receives into several buffers, whose positions advance, and
   * descriptors and credentials.
   *
   * @param descriptorsMax most descriptors that are taken, at most {@link Message#DESCRIPTORS_MAX}
   * @throws PosixException as {@link #receive(byte[])}
   */
  public ReceivedMessage recvmsg(List<ByteBuffer> buffers, int descriptorsMax, int flags)
      throws PosixException {
    Objects.checkIndex(descriptorsMax, Message.DESCRIPTORS_MAX + 1);
    for (ByteBuffer buffer : buffers) {
      if (buffer.isReadOnly()) {
        throw new ReadOnlyBufferException();
      }
    }
    return messages.recvmsg(buffers, descriptorsMax, flags);
  }

  /**
   * {@code shutdown()} (2.10.11): ends sending, receiving or both, of all who have the socket.
   *
   * @throws PosixException ENOTCONN if it is not connected
   */
  public void shutdown(ShutdownHow how) throws PosixException {
    rendezvous.shutdown(how);
  }

  /**
   * {@code getsockopt()} (2.10.16): what an option is.
   *
   * @throws PosixException ENOPROTOOPT or EOPNOTSUPP if the socket has no such option
   */
  public <T> T getsockopt(SocketOption<T> option) throws PosixException {
    return SocketOptions.get(core, option);
  }

  /**
   * {@code setsockopt()} (2.10.16): sets an option.
   *
   * @throws PosixException ENOPROTOOPT if the socket has no such option, or it cannot be set;
   *     EINVAL, EDOM or EACCES if this value cannot
   */
  public <T> void setsockopt(SocketOption<T> option, T value) throws PosixException {
    SocketOptions.set(core, option, value);
  }

  /** {@code getsockname()} (2.10.2): its own address. */
  public Address getsockname() throws PosixException {
    return SocketOptions.name(core, false);
  }

  /**
   * {@code getpeername()} (2.10.2): the address it is connected to.
   *
   * @throws PosixException ENOTCONN if there is none
   */
  public Address getpeername() throws PosixException {
    return SocketOptions.name(core, true);
  }

  /** Whether calls that would block return {@link #WOULD_BLOCK}, or fail (O_NONBLOCK). */
  public boolean isNonBlocking() {
    return core.nonBlocking;
  }

  /** Sets or clears O_NONBLOCK (2.10.7). Calls that are blocked already are not affected. */
  public void setNonBlocking(boolean on) {
    core.nonBlocking = on;
  }

  /** Whether it was not closed or released. */
  public boolean isOpen() {
    return core.descriptor.isOpen();
  }

  /**
   * Another descriptor of the same socket, to be passed to another process or turned into a socket
   * of its own.
   *
   * @throws PosixException EBADF if this is closed, EMFILE without room for one more
   */
  public Descriptor duplicate() throws PosixException {
    core.restoreKernelMode("dup");
    Descriptor duplicate = Descriptor.duplicate(core.descriptor);
    core.share();
    return duplicate;
  }

  /**
   * Gives the socket away, still open, in the mode it is in: whoever called owns the descriptor's
   * number. Blocked calls end with EBADF.
   *
   * @throws PosixException EBADF if it is closed
   */
  public int release() throws PosixException {
    core.restoreKernelMode("release");
    core.shut("release");
    return core.descriptor.number();
  }

  /**
   * {@code close()} (the page close; SO_LINGER by 2.10.16): releases the connection. Blocks only
   * where SO_LINGER says so. Returns when the descriptor is closed; calls that were blocked end
   * with EBADF.
   *
   * @throws PosixException EBADF if it is closed already: in C that may close a stranger's
   *     descriptor
   */
  @Override
  public void close() throws PosixException {
    core.shut("close");
    int result =
        core.lingers && Thread.currentThread().isVirtual()
            ? LingeringClose.run(core.descriptor)
            : core.descriptor.closeNumber();
    // Linux has closed it in any case.
    if (result < 0 && result != -Errno.EINTR) {
      throw new PosixException(-result, "close", core.describe());
    }
  }

  SocketCore core() {
    return core;
  }

  @Override
  public String toString() {
    return core.describe() + (isOpen() ? "" : ", closed");
  }
}
