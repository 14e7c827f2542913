package io.correio.posix;

import io.correio.posix.descriptor.Deadline;
import io.correio.posix.descriptor.OpenDescriptor;
import io.correio.posix.descriptor.Scratch;
import io.correio.posix.libc.Layouts;
import io.correio.posix.libc.Libc;

/**
 * bind, listen, accept, connect and shutdown. Accepting and connecting have no flag that keeps one
 * call from blocking, so the open file itself does not block, whatever mode the socket is in.
 *
 * <p>Stateless but for the core; for any number of threads.
 */
final class Rendezvous {
  private final SocketCore core;

  Rendezvous(SocketCore core) {
    this.core = core;
  }

  void bind(Address address) throws PosixException {
    checkFamily("bind", address);
    int result;
    Scratch scratch = Scratch.borrow();
    try {
      int length = AddressCodec.encode(address, scratch.structs());
      int slot = core.enter(OpenDescriptor.OTHER, "bind");
      try {
        result =
            Libc.bind(
                core.descriptor.errno(slot), core.descriptor.number(), scratch.structs(), length);
      } finally {
        core.descriptor.leave(slot);
      }
    } finally {
      scratch.giveBack();
    }
    if (result < 0) {
      throw new PosixException(-result, "bind", core.describe() + ", " + address);
    }
  }

  void listen(int backlog) throws PosixException {
    if (!core.type.hasConnections()) {
      throw core.misuse(
          Errno.EOPNOTSUPP, "listen", "datagrams need no connection: receive what comes");
    }
    if (core.role == SocketCore.Role.CONNECTED || core.role == SocketCore.Role.CONNECTING) {
      throw core.misuse(Errno.EINVAL, "listen", "it is connected; listen on another socket");
    }
    core.makeKernelNonBlocking("listen");
    int slot = core.enter(OpenDescriptor.OTHER, "listen");
    int result;
    try {
      result = Libc.listen(core.descriptor.errno(slot), core.descriptor.number(), backlog);
    } finally {
      core.descriptor.leave(slot);
    }
    if (result < 0) {
      throw new PosixException(-result, "listen", core.describe() + ", backlog " + backlog);
    }
    if (core.role == SocketCore.Role.NEW) {
      core.role = SocketCore.Role.LISTENING;
    }
  }

  PosixSocket accept(boolean nonBlocking) throws PosixException {
    if (core.role != SocketCore.Role.LISTENING
        && core.role != SocketCore.Role.SHARED
        && core.descriptor.isOpen()) {
      throw core.misuse(Errno.EINVAL, "accept", "call listen first");
    }
    core.makeKernelNonBlocking("accept");
    long deadline = SocketCore.UNSET;
    Address[] peer = new Address[1];
    while (true) {
      int accepted = tryAccept(peer);
      if (accepted >= 0) {
        SocketCore connected =
            new SocketCore(accepted, core.family, core.type, SocketCore.Role.CONNECTED);
        connected.nonBlocking = nonBlocking;
        return new PosixSocket(connected, peer[0]);
      }
      if (accepted == -Errno.EAGAIN && !core.nonBlocking) {
        deadline =
            core.await("accept", Layouts.POLLIN, deadline, core.receiveTimeoutNanos, Errno.EAGAIN);
      } else if (accepted != -Errno.EINTR) {
        throw new PosixException(-accepted, "accept", core.describe());
      }
    }
  }

  private int tryAccept(Address[] peer) throws PosixException {
    Scratch scratch = Scratch.borrow();
    try {
      NameArea area = new NameArea(scratch);
      int slot = core.enter(OpenDescriptor.RECEIVING, "accept");
      int result;
      try {
        result =
            Libc.accept4(
                core.descriptor.errno(slot),
                core.descriptor.number(),
                area.address(),
                area.length(),
                Layouts.SOCK_CLOEXEC);
      } finally {
        core.descriptor.leave(slot);
      }
      if (result >= 0) {
        peer[0] = area.decode();
      }
      return result;
    } finally {
      scratch.giveBack();
    }
  }

  void connect(Address address) throws PosixException {
    checkFamily("connect", address);
    checkUnconnected();
    boolean waits = core.type.hasConnections();
    if (waits) {
      core.makeKernelNonBlocking("connect");
    }
    long deadline = Deadline.in(core.sendTimeoutNanos);
    int result = tryConnect(address);
    // A Unix listener whose backlog is full: nothing is under way, and nothing says when to go on.
    for (int tries = 0; result == -Errno.EAGAIN && !core.nonBlocking; tries++) {
      core.pause("connect", tries, deadline, Errno.EAGAIN);
      result = tryConnect(address);
    }
    if (result == -Errno.EINPROGRESS) {
      setRole(SocketCore.Role.CONNECTING);
      if (core.nonBlocking) {
        throw failed(result, address);
      }
      result = awaitConnection(address, deadline);
    }
    if (result < 0) {
      // The kernel knows whether a connection is still under way, or a further one may be tried.
      setRole(SocketCore.Role.NEW);
      throw failed(result, address);
    }
    setRole(SocketCore.Role.CONNECTED);
  }

  /**
   * Asks for the outcome by connecting again, and not by SO_ERROR: so the kernel, too, takes a
   * request that failed for ended, and the socket can try again as after a connect that blocked in
   * the kernel.
   */
  private int awaitConnection(Address address, long deadline) throws PosixException {
    int result;
    do {
      core.await("connect", Layouts.POLLOUT, deadline, 0, Errno.EINPROGRESS);
      result = tryConnect(address);
    } while (result == -Errno.EALREADY);
    return result;
  }

  private int tryConnect(Address address) throws PosixException {
    Scratch scratch = Scratch.borrow();
    try {
      int length = AddressCodec.encode(address, scratch.structs());
      int slot = core.enter(OpenDescriptor.OTHER, "connect");
      int result;
      try {
        do {
          result =
              Libc.connect(
                  core.descriptor.errno(slot), core.descriptor.number(), scratch.structs(), length);
        } while (result == -Errno.EINTR);
      } finally {
        core.descriptor.leave(slot);
      }
      return result;
    } finally {
      scratch.giveBack();
    }
  }

  void shutdown(ShutdownHow how) throws PosixException {
    int slot = core.enter(OpenDescriptor.OTHER, "shutdown");
    int result;
    try {
      result = Libc.shutdown(core.descriptor.errno(slot), core.descriptor.number(), how.number());
    } finally {
      core.descriptor.leave(slot);
    }
    if (result < 0) {
      throw new PosixException(-result, "shutdown", core.describe() + ", " + how);
    }
  }

  private void checkUnconnected() throws PosixException {
    if (core.role == SocketCore.Role.LISTENING) {
      throw core.misuse(Errno.EOPNOTSUPP, "connect", "it listens; connect another socket");
    }
    if (core.role == SocketCore.Role.CONNECTED && core.type.hasConnections()) {
      throw core.misuse(Errno.EISCONN, "connect", "a socket is connected once");
    }
  }

  private void setRole(SocketCore.Role role) {
    if (core.role != SocketCore.Role.SHARED) {
      core.role = role;
    }
  }

  private PosixException failed(int result, Address address) {
    return new PosixException(-result, "connect", core.describe() + ", " + address);
  }

  private void checkFamily(String call, Address address) throws PosixException {
    if (address.family() != core.family && core.descriptor.isOpen()) {
      throw core.misuse(
          Errno.EAFNOSUPPORT,
          call,
          address + " is an address of " + address.family() + "; open a socket of that family");
    }
  }
}
