package io.correio.posix.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The C library's functions. As with the kernel's own calls, a negative result is the negated error
 * number. The first argument of each is native memory of {@link #ERRNO_BYTES} that no other call
 * uses meanwhile; errno is captured there, because the virtual machine may change the thread's
 * errno before it could be read. Stateless, for any thread; load it after {@link Platform#require}
 * alone.
 */
public final class Libc {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final long ERRNO_OFFSET =
      Linker.Option.captureStateLayout().byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  /** What the capture of errno needs. */
  public static final long ERRNO_BYTES = Linker.Option.captureStateLayout().byteSize();

  private static final FunctionDescriptor FD_ADDRESS_LENGTH =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final FunctionDescriptor FD_ADDRESS_POINTER =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
  private static final FunctionDescriptor INTS_2 =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
  private static final FunctionDescriptor INTS_3 =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final FunctionDescriptor OPTION_GET =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
  private static final FunctionDescriptor OPTION_SET =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final FunctionDescriptor TRANSFER =
      FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final FunctionDescriptor TRANSFER_PLAIN =
      FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final FunctionDescriptor TRANSFER_MESSAGE =
      FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);

  private static final MethodHandle SOCKET = function("socket", INTS_3);
  private static final MethodHandle SOCKETPAIR =
      function(
          "socketpair", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle BIND = function("bind", FD_ADDRESS_LENGTH);
  private static final MethodHandle LISTEN = function("listen", INTS_2);
  private static final MethodHandle ACCEPT4 =
      function("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
  private static final MethodHandle CONNECT = function("connect", FD_ADDRESS_LENGTH);
  private static final MethodHandle SHUTDOWN = function("shutdown", INTS_2);
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle SEND = function("send", TRANSFER);
  private static final MethodHandle RECV = function("recv", TRANSFER);
  private static final MethodHandle SENDTO =
      function(
          "sendto",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle RECVFROM =
      function(
          "recvfrom",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle SENDMSG = function("sendmsg", TRANSFER_MESSAGE);
  private static final MethodHandle RECVMSG = function("recvmsg", TRANSFER_MESSAGE);
  private static final MethodHandle GETSOCKOPT = function("getsockopt", OPTION_GET);
  private static final MethodHandle SETSOCKOPT = function("setsockopt", OPTION_SET);
  private static final MethodHandle GETSOCKNAME = function("getsockname", FD_ADDRESS_POINTER);
  private static final MethodHandle GETPEERNAME = function("getpeername", FD_ADDRESS_POINTER);
  private static final MethodHandle FCNTL =
      function("fcntl", INTS_3, Linker.Option.firstVariadicArg(2));
  private static final MethodHandle OPEN =
      function(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle POLL =
      function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle EVENTFD = function("eventfd", INTS_2);
  private static final MethodHandle READ = function("read", TRANSFER_PLAIN);
  private static final MethodHandle WRITE = function("write", TRANSFER_PLAIN);
  private static final MethodHandle EPOLL_CREATE1 =
      function("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle EPOLL_CTL =
      function("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle EPOLL_WAIT =
      function(
          "epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));

  private Libc() {}

  @SuppressWarnings("restricted") // this class is where native code is called
  private static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... more) {
    Linker.Option[] options = new Linker.Option[more.length + 1];
    options[0] = ERRNO;
    System.arraycopy(more, 0, options, 1, more.length);
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
  }

  /** socket(2). */
  public static int socket(MemorySegment errno, int domain, int type, int protocol) {
    try {
      return result((int) SOCKET.invokeExact(errno, domain, type, protocol), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** socketpair(2). */
  public static int socketpair(
      MemorySegment errno, int domain, int type, int protocol, MemorySegment two) {
    try {
      return result((int) SOCKETPAIR.invokeExact(errno, domain, type, protocol, two), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** bind(2). */
  public static int bind(MemorySegment errno, int fd, MemorySegment address, int length) {
    try {
      return result((int) BIND.invokeExact(errno, fd, address, length), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** listen(2). */
  public static int listen(MemorySegment errno, int fd, int backlog) {
    try {
      return result((int) LISTEN.invokeExact(errno, fd, backlog), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** accept4(2). */
  public static int accept4(
      MemorySegment errno, int fd, MemorySegment address, MemorySegment length, int flags) {
    try {
      return result((int) ACCEPT4.invokeExact(errno, fd, address, length, flags), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** connect(2). */
  public static int connect(MemorySegment errno, int fd, MemorySegment address, int length) {
    try {
      return result((int) CONNECT.invokeExact(errno, fd, address, length), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** shutdown(2). */
  public static int shutdown(MemorySegment errno, int fd, int how) {
    try {
      return result((int) SHUTDOWN.invokeExact(errno, fd, how), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** close(2); never to be repeated after EINTR: Linux has closed it then. */
  public static int close(MemorySegment errno, int fd) {
    try {
      return result((int) CLOSE.invokeExact(errno, fd), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** send(2). */
  public static long send(MemorySegment errno, int fd, MemorySegment data, long length, int flags) {
    try {
      return result((long) SEND.invokeExact(errno, fd, data, length, flags), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** recv(2). */
  public static long recv(MemorySegment errno, int fd, MemorySegment data, long length, int flags) {
    try {
      return result((long) RECV.invokeExact(errno, fd, data, length, flags), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** sendto(2). */
  public static long sendto(
      MemorySegment errno,
      int fd,
      MemorySegment data,
      long length,
      int flags,
      MemorySegment address,
      int addressLength) {
    try {
      return result(
          (long) SENDTO.invokeExact(errno, fd, data, length, flags, address, addressLength), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** recvfrom(2). */
  public static long recvfrom(
      MemorySegment errno,
      int fd,
      MemorySegment data,
      long length,
      int flags,
      MemorySegment address,
      MemorySegment addressLength) {
    try {
      return result(
          (long) RECVFROM.invokeExact(errno, fd, data, length, flags, address, addressLength),
          errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** sendmsg(2). */
  public static long sendmsg(MemorySegment errno, int fd, MemorySegment message, int flags) {
    try {
      return result((long) SENDMSG.invokeExact(errno, fd, message, flags), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** recvmsg(2). */
  public static long recvmsg(MemorySegment errno, int fd, MemorySegment message, int flags) {
    try {
      return result((long) RECVMSG.invokeExact(errno, fd, message, flags), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** getsockopt(2). */
  public static int getsockopt(
      MemorySegment errno, int fd, int level, int name, MemorySegment value, MemorySegment length) {
    try {
      return result((int) GETSOCKOPT.invokeExact(errno, fd, level, name, value, length), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** setsockopt(2). */
  public static int setsockopt(
      MemorySegment errno, int fd, int level, int name, MemorySegment value, int length) {
    try {
      return result((int) SETSOCKOPT.invokeExact(errno, fd, level, name, value, length), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** getsockname(2). */
  public static int getsockname(
      MemorySegment errno, int fd, MemorySegment address, MemorySegment length) {
    try {
      return result((int) GETSOCKNAME.invokeExact(errno, fd, address, length), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** getpeername(2). */
  public static int getpeername(
      MemorySegment errno, int fd, MemorySegment address, MemorySegment length) {
    try {
      return result((int) GETPEERNAME.invokeExact(errno, fd, address, length), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** fcntl(2) with an int argument. */
  public static int fcntl(MemorySegment errno, int fd, int command, int argument) {
    try {
      return result((int) FCNTL.invokeExact(errno, fd, command, argument), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** open(2). */
  public static int open(MemorySegment errno, MemorySegment path, int flags, int mode) {
    try {
      return result((int) OPEN.invokeExact(errno, path, flags, mode), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** poll(2). */
  public static int poll(
      MemorySegment errno, MemorySegment descriptors, long count, int timeoutMillis) {
    try {
      return result((int) POLL.invokeExact(errno, descriptors, count, timeoutMillis), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** eventfd(2). */
  public static int eventfd(MemorySegment errno, int initial, int flags) {
    try {
      return result((int) EVENTFD.invokeExact(errno, initial, flags), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** read(2). */
  public static long read(MemorySegment errno, int fd, MemorySegment data, long length) {
    try {
      return result((long) READ.invokeExact(errno, fd, data, length), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** write(2). */
  public static long write(MemorySegment errno, int fd, MemorySegment data, long length) {
    try {
      return result((long) WRITE.invokeExact(errno, fd, data, length), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** epoll_create1(2). */
  public static int epollCreate1(MemorySegment errno, int flags) {
    try {
      return result((int) EPOLL_CREATE1.invokeExact(errno, flags), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** epoll_ctl(2). */
  public static int epollCtl(
      MemorySegment errno, int epoll, int operation, int fd, MemorySegment event) {
    try {
      return result((int) EPOLL_CTL.invokeExact(errno, epoll, operation, fd, event), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** epoll_wait(2). */
  public static int epollWait(
      MemorySegment errno, int epoll, MemorySegment events, int maximum, int timeoutMillis) {
    try {
      return result(
          (int) EPOLL_WAIT.invokeExact(errno, epoll, events, maximum, timeoutMillis), errno);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  private static int result(int returned, MemorySegment errno) {
    return returned >= 0 ? returned : -errno.get(JAVA_INT, ERRNO_OFFSET);
  }

  private static long result(long returned, MemorySegment errno) {
    return returned >= 0 ? returned : -errno.get(JAVA_INT, ERRNO_OFFSET);
  }

  /** What the handles throw is unchecked: a closed arena, another thread's memory. */
  static RuntimeException unchecked(Throwable thrown) {
    if (thrown instanceof RuntimeException e) {
      return e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
    return new IllegalStateException(thrown);
  }
}
