package io.correio.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.ExtendWith;

/** Blocking calls on virtual threads, which have two carriers here. */
@ExtendWith(NothingLeftOpen.class)
final class VirtualThreadsTest {
  private static final int RECEIVERS = 10_000;

  /** Sent to so many before their answers are taken, which then fit in one socket's buffer. */
  private static final int UNDER_WAY = 50;

  /** 10,000, or as many as a process may open files, beside those that it has. */
  private static int receivers() throws Exception {
    ProcessBuilder limit = new ProcessBuilder("sh", "-c", "ulimit -n");
    String text = new String(limit.start().getInputStream().readAllBytes(), UTF_8).trim();
    long files = text.equals("unlimited") ? 1_000_000 : Long.parseLong(text);
    return (int) Math.min(RECEIVERS, files - 500);
  }

  /** Receives and answers twice: the second time the descriptor is armed again. */
  private static Thread answerTwice(
      PosixSocket socket, AtomicInteger received, AtomicReference<Exception> failure) {
    return Thread.startVirtualThread(() -> {
      try {
        byte[] one = new byte[1];
        for (int turn = 0; turn < 2; turn++) {
          if (socket.receive(one) == 1) {
            received.incrementAndGet();
          }
          if (socket.send(one) != 1) {
            throw new IllegalStateException("not sent");
          }
        }
      } catch (PosixException | IllegalStateException e) {
        failure.set(e);
      }
    });
  }

  @Test
  void blocked_receivers_starve_nobody(TestReporter reporter) throws Exception {
    int count = receivers();
    reporter.publishEntry("blocked receivers", Integer.toString(count));
    List<PosixSocket> sockets = new ArrayList<>();
    List<Address> addresses = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    AtomicInteger received = new AtomicInteger();
    AtomicReference<Exception> failure = new AtomicReference<>();
    try (PosixSocket hub = PosixSocket.socket(AddressFamily.INET, SocketType.DGRAM)) {
      hub.bind(Address.Inet4.loopback(0));
      for (int i = 0; i < count; i++) {
        PosixSocket socket = PosixSocket.socket(AddressFamily.INET, SocketType.DGRAM);
        sockets.add(socket);
        socket.connect(hub.getsockname());
        addresses.add(socket.getsockname());
        threads.add(answerTwice(socket, received, failure));
      }
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> threads.stream().allMatch(t -> t.getState() == Thread.State.WAITING));

      // Carriers are free: somebody else runs.
      CountDownLatch ran = new CountDownLatch(100);
      for (int i = 0; i < 100; i++) {
        Thread.startVirtualThread(ran::countDown);
      }
      ran.await();
      assertThat(received).hasValue(0);

      for (int turn = 0; turn < 2; turn++) {
        for (int first = 0; first < count; first += UNDER_WAY) {
          List<Address> some = addresses.subList(first, Math.min(count, first + UNDER_WAY));
          for (Address address : some) {
            assertThat(hub.sendto(new byte[1], 0, address)).isEqualTo(1);
          }
          Set<Address> answered = new HashSet<>();
          for (int i = 0; i < some.size(); i++) {
            answered.add(hub.recvfrom(new byte[1], 0).from());
          }
          assertThat(answered).containsExactlyInAnyOrderElementsOf(some);
        }
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    for (PosixSocket socket : sockets) {
      socket.close();
    }
    assertThat(failure).hasNullValue();
    assertThat(received).hasValue(2 * count);
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
