package io.correio.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Closing and interrupting at any moment of a call, over and over: nobody stays in it. */
@ExtendWith(NothingLeftOpen.class)
final class CloseRaceTest {
  private static final int ROUNDS = 1_500;

  /** Calls until one fails, on another socket each round. */
  enum Blocking {
    RECEIVE,
    SEND,
    RECVFROM,
    RECVMSG,
    POLL;

    int errnoOf(PosixSocket socket) throws InterruptedException {
      byte[] bytes = new byte[30_000];
      while (true) {
        try {
          switch (this) {
            case RECEIVE -> assertThat(socket.receive(bytes)).isPositive();
            case SEND -> assertThat(socket.send(bytes)).isPositive();
            case RECVFROM -> assertThat(socket.recvfrom(bytes, 0).count()).isPositive();
            case RECVMSG ->
                assertThat(socket.recvmsg(List.of(ByteBuffer.wrap(bytes)), 0, 0).count())
                    .isPositive();
            case POLL -> {
              PollFd one = new PollFd(socket, PollFd.POLLIN);
              Poll.poll(new PollFd[] {one}, -1);
              if (one.revents() == PollFd.POLLNVAL) {
                return Errno.EBADF;
              }
            }
          }
        } catch (PosixException e) {
          return e.errno();
        }
      }
    }
  }

  private static ExecutorService threads(CloseTest.Caller caller) {
    return caller == CloseTest.Caller.VIRTUAL
        ? Executors.newVirtualThreadPerTaskExecutor()
        : Executors.newCachedThreadPool();
  }

  /** From closing at once to closing when all have settled. */
  private static void waitALittle(int round) {
    for (int i = 0; i < (round % 50) * 400; i++) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @EnumSource(CloseTest.Caller.class)
  void close_wakes_at_any_moment(CloseTest.Caller caller) throws Exception {
    try (ExecutorService threads = threads(caller)) {
      for (int round = 0; round < ROUNDS; round++) {
        Blocking blocking = Blocking.values()[round % Blocking.values().length];
        try (SocketPair pair = PosixSocket.socketpair(SocketType.STREAM)) {
          SynchronousQueue<Integer> started = new SynchronousQueue<>();
          CompletableFuture<Integer> first =
              CompletableFuture.supplyAsync(() -> run(started, blocking, pair.second()), threads);
          CompletableFuture<Integer> second =
              CompletableFuture.supplyAsync(
                  () -> run(started, Blocking.RECEIVE, pair.second()), threads);
          started.take();
          started.take();
          if (round % 3 == 0) {
            assertThat(pair.first().send(new byte[1])).isEqualTo(1);
          }
          waitALittle(round);
          pair.second().close();
          assertThat(first.get()).isEqualTo(Errno.EBADF);
          assertThat(second.get()).isEqualTo(Errno.EBADF);
        }
      }
    }
  }

  private static int run(SynchronousQueue<Integer> started, Blocking blocking, PosixSocket socket) {
    try {
      started.put(1);
      return blocking.errnoOf(socket);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(CloseTest.Caller.class)
  void interrupt_ends_a_call_at_any_moment(CloseTest.Caller caller) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Blocking blocking = Blocking.values()[round % Blocking.values().length];
      AtomicInteger errno = new AtomicInteger();
      try (SocketPair pair = PosixSocket.socketpair(SocketType.STREAM)) {
        SynchronousQueue<Integer> started = new SynchronousQueue<>();
        Runnable body = () -> errno.set(run(started, blocking, pair.second()));
        Thread thread =
            caller == CloseTest.Caller.VIRTUAL
                ? Thread.ofVirtual().start(body)
                : Thread.ofPlatform().start(body);
        started.take();
        waitALittle(round);
        thread.interrupt();
        thread.join();
        assertThat(errno).hasValue(Errno.EINTR);
      }
    }
  }
}
