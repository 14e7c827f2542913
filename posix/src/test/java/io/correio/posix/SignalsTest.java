package io.correio.posix;

import static io.correio.posix.MatrixTest.errno;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.posix.libc.Libc;
import io.correio.posix.libc.ThreadSignals;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Signals of the system that hit a thread inside a call: the kernel's EINTR. */
@ExtendWith(NothingLeftOpen.class)
final class SignalsTest {

  /** A thread by its pthread_t, in a call. */
  private record Target(CompletableFuture<Long> thread, CloseTest.Blocked blocked) {
    static Target start(CloseTest.Call call) {
      CompletableFuture<Long> self = new CompletableFuture<>();
      CloseTest.Blocked blocked =
          CloseTest.Caller.PLATFORM.start(() -> {
            self.complete(ThreadSignals.self());
            return call.run();
          });
      return new Target(self, blocked);
    }

    /** Sends a few signals, as long as the thread is there. */
    void signal(int times) throws Exception {
      for (int i = 0; i < times && !blocked.result().isDone(); i++) {
        ThreadSignals.wake(thread.get());
        blocked.result().exceptionally(failure -> "failed").completeOnTimeout("", 2, TIMES).join();
      }
    }

    private static final TimeUnit TIMES = TimeUnit.MILLISECONDS;
  }

  /** Where a thread waits: inside the call itself, or in poll(2). */
  enum Waiting {
    RECEIVE_IN_KERNEL,
    RECEIVE_WITH_TIMEOUT,
    RECVFROM,
    RECVMSG,
    POLL
  }

  private static CloseTest.Call call(Waiting waiting, PosixSocket socket) {
    return switch (waiting) {
      case RECEIVE_IN_KERNEL, RECEIVE_WITH_TIMEOUT -> () -> (long) socket.receive(new byte[9]);
      case RECVFROM -> () -> socket.recvfrom(new byte[9], 0).count();
      case RECVMSG -> () -> socket.recvmsg(List.of(ByteBuffer.allocate(9)), 0, 0).count();
      case POLL ->
          () -> {
            Poll.poll(new PollFd[] {new PollFd(socket, PollFd.POLLIN)}, -1);
            return (long) socket.receive(new byte[9]);
          };
    };
  }

  @Test
  void the_signal_ends_a_bare_call() throws Exception {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment errno = arena.allocate(Libc.ERRNO_BYTES, 64);
      Target target = Target.start(() -> Libc.poll(errno, MemorySegment.NULL, 0, -1));
      target.signal(1_000);
      assertThat(target.blocked().value()).isEqualTo(-Errno.EINTR);
    }
  }

  @ParameterizedTest
  @EnumSource(Waiting.class)
  void a_call_goes_on_after_signals(Waiting waiting) throws Exception {
    try (Ends ends = Ends.connected()) {
      if (waiting == Waiting.RECEIVE_WITH_TIMEOUT) {
        ends.server().setsockopt(SocketOption.SO_RCVTIMEO, Duration.ofMinutes(10));
      }
      Target target = Target.start(call(waiting, ends.server()));
      target.signal(20);
      assertThat(target.blocked().result()).isNotDone();
      assertThat(ends.client().send(new byte[3])).isEqualTo(3);
      assertThat(target.blocked().value()).isEqualTo(3L);
    }
  }

  @Test
  void accept_goes_on_after_signals() throws Exception {
    try (PosixSocket listener = Ends.listener(Address.Inet4.loopback(0));
        PosixSocket client = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM)) {
      Target target = Target.start(listener::accept);
      target.signal(20);
      assertThat(target.blocked().result()).isNotDone();
      client.connect(listener.getsockname());
      ((PosixSocket) target.blocked().value()).close();
    }
  }

  @Test
  void what_was_sent_before_a_signal_is_not_sent_twice() throws Exception {
    int bytes = 3_000_000;
    try (SocketPair pair = PosixSocket.socketpair(SocketType.STREAM)) {
      byte[] data = new byte[bytes];
      for (int i = 0; i < bytes; i++) {
        data[i] = (byte) (i * 31 + (i >> 8));
      }
      Target target = Target.start(() -> pair.first().sendAll(data));
      byte[] received = new byte[bytes];
      for (int done = 0; done < bytes; ) {
        target.signal(1);
        int length = Math.min(50_000, bytes - done);
        done += pair.second().receive(received, done, length, MessageFlags.WAITALL);
      }
      assertThat(target.blocked().value()).isEqualTo(bytes);
      assertThat(received).isEqualTo(data);
    }
  }

  /** With a time that began anew at each signal this would not end. */
  @Test
  void a_call_goes_on_with_the_time_that_remains() throws Exception {
    try (Ends ends = Ends.connected()) {
      ends.server().setsockopt(SocketOption.SO_RCVTIMEO, Duration.ofMillis(300));
      Target target = Target.start(() -> ends.server().receive(new byte[1]));
      target.signal(Integer.MAX_VALUE);
      assertThat(target.blocked().failure()).satisfies(errno(Errno.EAGAIN));
    }
  }
}
