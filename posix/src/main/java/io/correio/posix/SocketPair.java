package io.correio.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.correio.posix.descriptor.Scratch;
import io.correio.posix.libc.Layouts;
import io.correio.posix.libc.Libc;
import io.correio.posix.libc.Platform;
import java.lang.foreign.MemorySegment;

/**
 * Two sockets that are connected with each other.
 *
 * @param first one end
 * @param second the other
 */
public record SocketPair(PosixSocket first, PosixSocket second) implements AutoCloseable {

  static SocketPair open(SocketType type) throws PosixException {
    Platform.require();
    Scratch scratch = Scratch.borrow();
    try {
      MemorySegment two = scratch.structs().asSlice(64, 8);
      int result =
          Libc.socketpair(
              scratch.structs(), Layouts.AF_UNIX, type.number() | Layouts.SOCK_CLOEXEC, 0, two);
      if (result < 0) {
        throw new PosixException(-result, "socketpair", "UNIX, " + type + ", 0");
      }
      return new SocketPair(
          end(two.get(JAVA_INT, 0), type), end(two.get(JAVA_INT, Integer.BYTES), type));
    } finally {
      scratch.giveBack();
    }
  }

  private static PosixSocket end(int number, SocketType type) {
    return new PosixSocket(
        new SocketCore(number, AddressFamily.UNIX, type, SocketCore.Role.CONNECTED));
  }

  /** Closes those that are still open. */
  @Override
  public void close() throws PosixException {
    try {
      if (first.isOpen()) {
        first.close();
      }
    } finally {
      if (second.isOpen()) {
        second.close();
      }
    }
  }
}
