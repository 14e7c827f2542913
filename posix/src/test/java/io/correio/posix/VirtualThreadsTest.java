package io.correio.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Blocking calls on virtual threads, which have two carriers here. */
@ExtendWith(NothingLeftOpen.class)
final class VirtualThreadsTest {
  /** As many as a process may open files, beside those that it has, up to 10,000. */
  private static int receivers() throws Exception {
    ProcessBuilder limit = new ProcessBuilder("sh", "-c", "ulimit -n");
    String text = new String(limit.start().getInputStream().readAllBytes(), UTF_8).trim();
    long files = text.equals("unlimited") ? 1_000_000 : Long.parseLong(text);
    return (int) Math.min(10_000, (files - 500) / 2);
  }

  private static final java.nio.charset.Charset UTF_8 = java.nio.charset.StandardCharsets.UTF_8;

  @Test
  void blocked_receivers_starve_nobody() throws Exception {
    int count = receivers();
    List<SocketPair> pairs = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    AtomicInteger received = new AtomicInteger();
    AtomicReference<Exception> failure = new AtomicReference<>();
    for (int i = 0; i < count; i++) {
      SocketPair pair = PosixSocket.socketpair(SocketType.STREAM);
      pairs.add(pair);
      threads.add(
          Thread.startVirtualThread(() -> {
            try {
              byte[] one = new byte[1];
              // Twice: the second time the descriptor is armed again.
              for (int turn = 0; turn < 2; turn++) {
                if (pair.second().receive(one) == 1) {
                  received.incrementAndGet();
                }
                if (pair.second().send(one) != 1) {
                  throw new IllegalStateException("not sent");
                }
              }
            } catch (PosixException e) {
              failure.set(e);
            }
          }));
    }
    Awaitility.await()
        .until(() -> threads.stream().allMatch(t -> t.getState() == Thread.State.WAITING));

    // Carriers are free: somebody else runs.
    CountDownLatch ran = new CountDownLatch(100);
    for (int i = 0; i < 100; i++) {
      Thread.startVirtualThread(ran::countDown);
    }
    ran.await();
    assertThat(received).hasValue(0);

    for (int turn = 0; turn < 2; turn++) {
      for (SocketPair pair : pairs) {
        assertThat(pair.first().send(new byte[1])).isEqualTo(1);
      }
      for (SocketPair pair : pairs) {
        assertThat(pair.first().receive(new byte[1])).isEqualTo(1);
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failure).hasNullValue();
    assertThat(received).hasValue(2 * count);
    for (SocketPair pair : pairs) {
      pair.close();
    }
  }

  @Test
  void one_receives_and_another_sends_on_the_same_socket() throws Exception {
    int bytes = 20_000_000;
    try (SocketPair pair = PosixSocket.socketpair(SocketType.STREAM)) {
      AtomicInteger echoed = new AtomicInteger();
      Thread echo =
          Thread.startVirtualThread(() -> {
            try {
              ByteBuffer buffer = ByteBuffer.allocateDirect(10_000);
              while (pair.second().receive(buffer.clear(), 0) > 0) {
                echoed.addAndGet(pair.second().sendAll(buffer.flip()));
              }
              pair.second().shutdown(ShutdownHow.WRITE);
            } catch (PosixException e) {
              echoed.set(-1);
            }
          });
      Thread sender =
          Thread.startVirtualThread(() -> {
            try {
              pair.first().sendAll(new byte[bytes]);
              pair.first().shutdown(ShutdownHow.WRITE);
            } catch (PosixException e) {
              echoed.set(-1);
            }
          });
      Thread receiver =
          Thread.startVirtualThread(() -> {
            try {
              byte[] all = new byte[bytes];
              int count = pair.first().receive(all, 0, bytes, MessageFlags.WAITALL);
              echoed.addAndGet(count == bytes ? 0 : -count);
            } catch (PosixException e) {
              echoed.set(-1);
            }
          });
      receiver.join();
      sender.join();
      echo.join();
      assertThat(echoed).hasValue(bytes);
    }
  }

  @Test
  void a_descriptor_that_was_waited_for_is_forgotten_although_a_duplicate_lives() throws Exception {
    try (Ends ends = Ends.connected()) {
      Descriptor duplicate = ends.server().duplicate();
      CloseTest.Blocked blocked =
          CloseTest.Caller.VIRTUAL.start(() -> ends.server().receive(new byte[1]));
      ends.server().close();
      assertThat(blocked.failure()).satisfies(MatrixTest.errno(Errno.EBADF));
      try (PosixSocket second = duplicate.toSocket();
          Ends sameNumber = Ends.connected()) {
        CloseTest.Blocked waits =
            CloseTest.Caller.VIRTUAL.start(() -> sameNumber.server().receive(new byte[1]));
        assertThat(ends.client().send(new byte[1])).isEqualTo(1);
        assertThat(second.receive(new byte[1])).isEqualTo(1);
        assertThat(waits.result()).isNotDone();
        assertThat(sameNumber.client().send(new byte[1])).isEqualTo(1);
        assertThat(waits.value()).isEqualTo(1);
      }
    }
  }
}
