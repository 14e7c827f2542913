package io.correio.posix;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Two sockets of a kind that can talk to each other. Closed by the test. */
record Ends(PosixSocket client, PosixSocket server) implements AutoCloseable {
  private static final AtomicInteger NAMES = new AtomicInteger();

  /** Where a socket of a kind is bound in the tests. */
  enum Place {
    IPV4(AddressFamily.INET),
    IPV6(AddressFamily.INET6),
    UNIX_PATH(AddressFamily.UNIX),
    UNIX_ABSTRACT(AddressFamily.UNIX);

    final AddressFamily family;

    Place(AddressFamily family) {
      this.family = family;
    }

    Address free(Path folder) {
      String name = "s" + NAMES.incrementAndGet();
      return switch (this) {
        case IPV4 -> Address.Inet4.loopback(0);
        case IPV6 -> Address.Inet6.loopback(0);
        case UNIX_PATH -> Address.UnixPath.of(folder.resolve(name));
        case UNIX_ABSTRACT ->
            Address.UnixAbstract.of("correio-" + ProcessHandle.current().pid() + "-" + name);
      };
    }
  }

  static PosixSocket listener(Address address) throws PosixException {
    return listener(address, SocketType.STREAM, 16);
  }

  static PosixSocket listener(Address address, SocketType type, int backlog) throws PosixException {
    PosixSocket listener = PosixSocket.socket(address.family(), type);
    listener.bind(address);
    listener.listen(backlog);
    return listener;
  }

  static Ends connected(Address address, SocketType type) throws PosixException {
    try (PosixSocket listener = listener(address, type, 16)) {
      PosixSocket client = PosixSocket.socket(address.family(), type);
      client.connect(listener.getsockname());
      return new Ends(client, listener.accept());
    }
  }

  /** TCP on the loopback. */
  static Ends connected() throws PosixException {
    return connected(Address.Inet4.loopback(0), SocketType.STREAM);
  }

  @Override
  public void close() throws PosixException {
    new SocketPair(client, server).close();
  }
}
