package io.correio.posix;

import static io.correio.posix.MatrixTest.errno;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Closing, and interrupting, while other threads use the socket. */
@ExtendWith(NothingLeftOpen.class)
final class CloseTest {
  @TempDir Path folder;

  enum Caller {
    PLATFORM,
    VIRTUAL;

    /** Runs a call on a thread of this kind until the thread waits. */
    Blocked start(Call call) {
      CompletableFuture<Object> result = new CompletableFuture<>();
      Runnable body =
          () -> {
            try {
              result.complete(call.run());
            } catch (Exception e) {
              result.completeExceptionally(e);
            }
          };
      Thread thread =
          this == VIRTUAL ? Thread.startVirtualThread(body) : Thread.ofPlatform().start(body);
      if (this == VIRTUAL) {
        Awaitility.await()
            .pollInterval(Duration.ofMillis(5))
            .until(() -> waits(thread) || result.isDone());
      } else {
        Awaitility.await()
            .pollInterval(Duration.ofMillis(5))
            .until(() -> inKernel(thread) || result.isDone());
      }
      return new Blocked(thread, result);
    }

    private static boolean waits(Thread thread) {
      return thread.getState() == Thread.State.WAITING
          || thread.getState() == Thread.State.TIMED_WAITING;
    }

    private static boolean inKernel(Thread thread) {
      return Stream.of(thread.getStackTrace()).anyMatch(Caller::blocks);
    }

    private static boolean blocks(StackTraceElement frame) {
      return switch (frame.getMethodName()) {
        case "poll" -> frame.getClassName().endsWith("Libc");
        case "sendBlocking", "receiveBlocking" -> frame.getClassName().endsWith("Attempts");
        default -> false;
      };
    }
  }

  interface Call {
    Object run() throws Exception;
  }

  record Blocked(Thread thread, CompletableFuture<Object> result) {
    Throwable failure() throws Exception {
      try {
        throw new AssertionError("returned " + result.get());
      } catch (ExecutionException e) {
        thread.join();
        return Objects.requireNonNull(e.getCause());
      }
    }

    Object value() throws Exception {
      Object value = result.get();
      thread.join();
      return value;
    }
  }

  /** What blocks: a socket, and the call that blocks on it. */
  enum Blocking {
    RECEIVE,
    RECVFROM,
    RECVMSG,
    SEND,
    SEND_ALL,
    ACCEPT,
    CONNECT;

    boolean reads() {
      return this == RECEIVE || this == RECVFROM || this == RECVMSG;
    }
  }

  static Stream<Object[]> everything() {
    return Stream.of(Caller.values())
        .flatMap(caller -> Stream.of(Blocking.values()).map(call -> new Object[] {caller, call}));
  }

  private static Call call(Blocking blocking, PosixSocket socket, Address to) {
    byte[] bytes = new byte[100_000];
    return switch (blocking) {
      case RECEIVE -> () -> socket.receive(bytes);
      case RECVFROM -> () -> socket.recvfrom(bytes, 0);
      case RECVMSG -> () -> socket.recvmsg(List.of(ByteBuffer.wrap(bytes)), 0, 0);
      case SEND ->
          () -> {
            while (true) {
              assertThat(socket.send(bytes)).isPositive();
            }
          };
      case SEND_ALL -> () -> socket.sendAll(new byte[100_000_000]);
      case ACCEPT -> socket::accept;
      case CONNECT ->
          () -> {
            socket.connect(to);
            return "connected";
          };
    };
  }

  /** Runs a test with a thread that is blocked in the call. */
  private void withBlocked(Caller caller, Blocking blocking, Ending ending) throws Exception {
    if (blocking == Blocking.ACCEPT) {
      PosixSocket listener = Ends.listener(Address.Inet4.loopback(0));
      ending.end(caller.start(call(blocking, listener, listener.getsockname())), listener);
      return;
    }
    if (blocking == Blocking.CONNECT) {
      Address address = Ends.Place.UNIX_ABSTRACT.free(folder);
      try (PosixSocket listener = Ends.listener(address, SocketType.STREAM, 0);
          PosixSocket first = PosixSocket.socket(AddressFamily.UNIX, SocketType.STREAM)) {
        first.connect(listener.getsockname()); // all that a backlog of 0 holds
        PosixSocket second = PosixSocket.socket(AddressFamily.UNIX, SocketType.STREAM);
        ending.end(caller.start(call(blocking, second, address)), second);
      }
      return;
    }
    try (Ends ends = Ends.connected()) {
      ending.end(
          caller.start(call(blocking, ends.server(), ends.client().getsockname())), ends.server());
    }
  }

  interface Ending {
    void end(Blocked blocked, PosixSocket socket) throws Exception;
  }

  @ParameterizedTest
  @MethodSource("everything")
  void close_wakes_whoever_is_blocked(Caller caller, Blocking blocking) throws Exception {
    withBlocked(
        caller,
        blocking,
        (blocked, socket) -> {
          socket.close();
          assertThat(blocked.failure()).satisfies(errno(Errno.EBADF));
        });
  }

  @ParameterizedTest
  @MethodSource("everything")
  void interrupt_ends_a_blocked_call_and_keeps_the_status(Caller caller, Blocking blocking)
      throws Exception {
    withBlocked(
        caller,
        blocking,
        (blocked, socket) -> {
          blocked.thread().interrupt();
          assertThat(blocked.failure()).satisfies(errno(Errno.EINTR));
          assertThat(socket.isOpen()).isTrue();
          socket.close();
        });
  }

  @ParameterizedTest
  @EnumSource(Caller.class)
  void interrupt_status_is_kept_and_ends_the_next_call_that_blocks(Caller caller) throws Exception {
    try (Ends ends = Ends.connected()) {
      assertThat(ends.client().send(new byte[1])).isEqualTo(1);
      Blocked blocked =
          caller.start(() -> {
            Thread.currentThread().interrupt();
            int received = ends.server().receive(new byte[2]);
            assertThatThrownBy(() -> ends.server().receive(new byte[2]))
                .satisfies(errno(Errno.EINTR));
            return received + (Thread.interrupted() ? 10 : 0);
          });
      assertThat(blocked.value()).isEqualTo(11);
    }
  }

  @ParameterizedTest
  @EnumSource(Caller.class)
  void poll_is_woken_by_close_and_by_interrupt(Caller caller) throws Exception {
    try (Ends ends = Ends.connected();
        Ends others = Ends.connected()) {
      PollFd[] both = {
        new PollFd(ends.server(), PollFd.POLLIN), new PollFd(others.server(), PollFd.POLLIN)
      };
      Blocked interrupted = caller.start(() -> Poll.poll(both, -1));
      interrupted.thread().interrupt();
      assertThat(interrupted.failure()).satisfies(errno(Errno.EINTR));
      Blocked closed = caller.start(() -> Poll.poll(both, -1));
      others.server().close();
      assertThat(closed.value()).isEqualTo(1);
      assertThat(both[1].revents()).isEqualTo(PollFd.POLLNVAL);
      assertThat(both[0].revents()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Caller.class)
  void poll_is_woken_by_what_comes(Caller caller) throws Exception {
    try (Ends ends = Ends.connected();
        Ends others = Ends.connected()) {
      PollFd[] both = {
        new PollFd(ends.server(), PollFd.POLLIN),
        new PollFd(others.server(), PollFd.POLLIN),
        new PollFd(others.server(), 0),
        new PollFd(others.server(), 0),
        new PollFd(others.server(), 0),
        new PollFd(others.server(), 0)
      };
      Blocked blocked = caller.start(() -> Poll.poll(both, -1));
      assertThat(others.client().send(new byte[1])).isEqualTo(1);
      assertThat(blocked.value()).isEqualTo(1);
      assertThat(both[1].revents()).isEqualTo(PollFd.POLLIN);
      assertThat(Poll.poll(new PollFd[] {both[0]}, 1)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Caller.class)
  void a_number_is_not_reused_under_who_was_blocked(Caller caller) throws Exception {
    try (Ends ends = Ends.connected()) {
      Blocked blocked = caller.start(() -> ends.server().receive(new byte[10]));
      ends.server().close();
      try (Ends successor = Ends.connected()) {
        assertThat(successor.client().send(new byte[3])).isEqualTo(3);
        assertThat(blocked.failure()).satisfies(errno(Errno.EBADF));
        assertThat(successor.server().receive(new byte[10])).isEqualTo(3);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Caller.class)
  void several_blocked_in_one_socket_are_all_woken(Caller caller) throws Exception {
    try (Ends ends = Ends.connected()) {
      List<Blocked> blocked =
          Stream.generate(() -> caller.start(() -> ends.server().receive(new byte[1])))
              .limit(20)
              .toList();
      Blocked sender = caller.start(() -> ends.server().sendAll(new byte[100_000_000]));
      ends.server().close();
      for (Blocked each : blocked) {
        assertThat(each.failure()).satisfies(errno(Errno.EBADF));
      }
      assertThat(sender.failure()).satisfies(errno(Errno.EBADF));
      assertThat(((PosixException) sender.failure()).transferred()).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource(Caller.class)
  void time_that_is_over_is_EAGAIN(Caller caller) throws Exception {
    try (Ends ends = Ends.connected();
        PosixSocket listener = Ends.listener(Address.Inet4.loopback(0))) {
      ends.server().setsockopt(SocketOption.SO_RCVTIMEO, Duration.ofMillis(20));
      ends.server().setsockopt(SocketOption.SO_SNDTIMEO, Duration.ofMillis(20));
      listener.setsockopt(SocketOption.SO_RCVTIMEO, Duration.ofMillis(20));
      assertThat(caller.start(() -> ends.server().receive(new byte[1])).failure())
          .satisfies(errno(Errno.EAGAIN));
      assertThat(caller.start(() -> ends.server().sendAll(new byte[100_000_000])).failure())
          .satisfies(errno(Errno.EAGAIN));
      assertThat(caller.start(listener::accept).failure()).satisfies(errno(Errno.EAGAIN));
    }
  }

  @Test
  void release_wakes_who_is_blocked_and_leaves_the_socket_open() throws Exception {
    try (Ends ends = Ends.connected()) {
      Blocked blocked = Caller.PLATFORM.start(() -> ends.server().receive(new byte[10]));
      int number = ends.server().release();
      assertThat(blocked.failure()).satisfies(errno(Errno.EBADF));
      try (PosixSocket adopted = PosixSocket.adopt(number)) {
        assertThat(ends.client().send(new byte[3])).isEqualTo(3);
        assertThat(adopted.receive(new byte[10])).isEqualTo(3);
        assertThat(adopted.family()).isEqualTo(AddressFamily.INET);
        assertThat(adopted.type()).isEqualTo(SocketType.STREAM);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Caller.class)
  void close_that_lingers_resets_or_waits(Caller caller) throws Exception {
    try (Ends ends = Ends.connected()) {
      ends.server().setsockopt(SocketOption.SO_LINGER, new Linger(true, 0));
      assertThat(
              caller
                  .start(() -> {
                    ends.server().close();
                    return "closed";
                  })
                  .value())
          .isEqualTo("closed");
      assertThatThrownBy(() -> ends.client().receive(new byte[1]))
          .satisfies(errno(Errno.ECONNRESET));
    }
  }
}
