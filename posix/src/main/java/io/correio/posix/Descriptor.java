package io.correio.posix;

import io.correio.posix.descriptor.OpenDescriptor;
import io.correio.posix.descriptor.Scratch;
import io.correio.posix.libc.Layouts;
import io.correio.posix.libc.Libc;
import io.correio.posix.libc.Platform;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An open file of the kernel's, of any kind, to be handed to another process by {@link
 * PosixSocket#sendmsg} or received from one. Owned by whoever opened, duplicated or received it,
 * who closes it or turns it into something that is closed. For any number of threads.
 */
public final class Descriptor implements AutoCloseable {
  private final OpenDescriptor open;
  private final Leaks.@Nullable Watched watched;

  Descriptor(int number) {
    this.open = new OpenDescriptor(number);
    this.watched = Leaks.watch(this, "descriptor " + number);
  }

  /**
   * Takes over a descriptor that the process has from elsewhere, such as one it inherited. It is
   * closed on exec from now on.
   *
   * @param number owned by the result from now on
   * @throws PosixException EBADF if it is not open
   */
  public static Descriptor adopt(int number) throws PosixException {
    Platform.require();
    Scratch scratch = Scratch.borrow();
    try {
      int result = Libc.fcntl(scratch.structs(), number, Layouts.F_SETFD, Layouts.FD_CLOEXEC);
      if (result < 0) {
        throw new PosixException(-result, "fcntl", number + ", F_SETFD, FD_CLOEXEC");
      }
    } finally {
      scratch.giveBack();
    }
    return new Descriptor(number);
  }

  /**
   * Opens a file that exists (open(2)).
   *
   * @param writable for reading and writing, else for reading alone
   * @throws PosixException ENOENT, EACCES and whatever else the system has against it
   */
  public static Descriptor open(Path path, boolean writable) throws PosixException {
    Platform.require();
    int flags = Layouts.O_CLOEXEC | (writable ? Layouts.O_RDWR : Layouts.O_RDONLY);
    Scratch scratch = Scratch.borrow();
    try {
      MemorySegment name = scratch.data();
      name.setString(0, path.toString());
      int number = Libc.open(scratch.structs(), name, flags, 0);
      if (number < 0) {
        throw new PosixException(-number, "open", path + (writable ? ", O_RDWR" : ", O_RDONLY"));
      }
      return new Descriptor(number);
    } finally {
      scratch.giveBack();
    }
  }

  /** Whether it is not closed, released or turned into a socket. */
  public boolean isOpen() {
    return open.isOpen();
  }

  /**
   * A name under which this process can open the same file again with the JDK's means, as long as
   * this is open.
   */
  public Path path() {
    return Path.of("/proc/self/fd/" + open.number());
  }

  /**
   * Another descriptor of the same open file, closed on exec (fcntl(2), F_DUPFD_CLOEXEC).
   *
   * @throws PosixException EBADF if this is closed, EMFILE without room for one more
   */
  public Descriptor duplicate() throws PosixException {
    return duplicate(open);
  }

  static Descriptor duplicate(OpenDescriptor original) throws PosixException {
    int slot = original.enter(OpenDescriptor.OTHER);
    if (slot < 0) {
      throw closed("dup");
    }
    int number;
    try {
      number = Libc.fcntl(original.errno(slot), original.number(), Layouts.F_DUPFD_CLOEXEC, 0);
    } finally {
      original.leave(slot);
    }
    if (number < 0) {
      throw new PosixException(-number, "fcntl", original.number() + ", F_DUPFD_CLOEXEC, 0");
    }
    return new Descriptor(number);
  }

  /**
   * Turns it into a socket, which owns it from now on.
   *
   * @throws PosixException ENOTSOCK if it is none; it stays open and this one's own then; EBADF if
   *     this is closed
   */
  public PosixSocket toSocket() throws PosixException {
    if (!open.hold()) {
      throw closed("toSocket");
    }
    SocketCore core;
    try {
      core = SocketCore.adopt(open.number());
    } finally {
      open.unhold();
    }
    try {
      release();
    } catch (PosixException e) {
      core.shut("toSocket"); // closed meanwhile by another thread
      throw e;
    }
    return new PosixSocket(core);
  }

  /**
   * Gives the descriptor away, still open: whoever called owns the number.
   *
   * @throws PosixException EBADF if it is closed
   */
  public int release() throws PosixException {
    if (!open.shut()) {
      throw closed("release");
    }
    if (watched != null) {
      watched.closed();
    }
    return open.number();
  }

  /**
   * Closes it (close(2)).
   *
   * @throws PosixException EBADF if it is closed already, or whatever the file has to say at its
   *     end
   */
  @Override
  public void close() throws PosixException {
    if (!open.shut()) {
      throw closed("close");
    }
    if (watched != null) {
      watched.closed();
    }
    int result = open.closeNumber();
    if (result < 0 && result != -Errno.EINTR) {
      throw new PosixException(-result, "close", toString());
    }
  }

  OpenDescriptor open() {
    return open;
  }

  private static PosixException closed(String call) {
    return new PosixException(Errno.EBADF, call, "closed descriptor", "it is closed already", 0);
  }

  @Override
  public String toString() {
    return "descriptor " + open.number() + (open.isOpen() ? "" : ", closed");
  }
}
