package io.correio.zeromq;

import static io.correio.zeromq.Ends.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.SocketClosedException;
import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.model.SocketType;
import io.correio.zeromq.model.ZeroMqException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Closing from any thread: nobody hangs, nothing is left, what was sent arrives. */
@Timeout(90)
final class CloseTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void receiver_that_waits_is_told(String transport) throws Exception {
    try (Context context = new Context()) {
      Socket pull = context.socket(SocketType.PULL);
      pull.bind(Ends.endpoint(transport, folder));
      Socket push = context.socket(SocketType.PUSH).connect(pull.lastEndpoint().orElseThrow());
      push.send("one");
      assertThat(text(pull)).isEqualTo("one");
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<Message> waiting =
          CompletableFuture.supplyAsync(() -> {
            begun.countDown();
            return pull.receive();
          });
      begun.await();
      pull.close();
      assertThatThrownBy(() -> waiting.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(SocketClosedException.class);
      assertThatThrownBy(pull::receive).isInstanceOf(SocketClosedException.class);
    }
  }

  @Test
  void sender_that_waits_is_interrupted() throws Exception {
    try (Context context = new Context()) {
      Socket push = context.socket(SocketType.PUSH);
      push.bind("tcp://127.0.0.1:*");
      CompletableFuture<ZeroMqException.Kind> ended = new CompletableFuture<>();
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  push.send("nobody is there");
                } catch (ZeroMqException e) {
                  ended.complete(e.kind());
                }
              });
      sender.interrupt();
      assertThat(ended.get(30, TimeUnit.SECONDS)).isEqualTo(ZeroMqException.Kind.INTERRUPTED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc"})
  void what_was_sent_before_close_arrives(String transport) {
    try (Context receiving = new Context();
        Socket pull = receiving.socket(SocketType.PULL)) {
      pull.set(SocketOption.RECEIVE_HIGH_WATER_MARK, 5);
      pull.bind(Ends.endpoint(transport, folder));
      Thread.ofVirtual()
          .start(() -> {
            try (Context sending = new Context();
                Socket push = sending.socket(SocketType.PUSH)) {
              push.set(SocketOption.LINGER, Duration.ofSeconds(60));
              push.connect(pull.lastEndpoint().orElseThrow());
              for (int i = 0; i < 2_000; i++) {
                push.send(Message.owned(("" + i).getBytes(Ends.UTF), new byte[1000]));
              }
            }
          });
      for (int i = 0; i < 2_000; i++) {
        assertThat(text(pull)).isEqualTo("" + i);
      }
    }
  }

  @Test
  void close_gives_up_when_nobody_takes_the_rest() {
    try (Context context = new Context()) {
      Socket push = context.socket(SocketType.PUSH);
      push.set(SocketOption.LINGER, Duration.ofMillis(100));
      push.connect("tcp://127.0.0.1:1");
      push.send("never taken");
      push.close();
      assertThat(push.isClosed()).isTrue();
    }
  }

  @Test
  void context_closes_what_is_open_and_takes_its_threads_with_it() {
    Context context = new Context();
    Socket rep = context.socket(SocketType.REP);
    rep.bind("tcp://127.0.0.1:*");
    Socket req = context.socket(SocketType.REQ).connect(rep.lastEndpoint().orElseThrow());
    req.send("q");
    assertThat(text(rep)).isEqualTo("q");
    context.close();
    assertThat(req.isClosed()).isTrue();
    assertThatThrownBy(() -> context.socket(SocketType.REQ)).hasMessageContaining("closed");
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("zmq-steward", "zmq-flusher");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void a_thousand_sockets_under_load_leave_no_descriptor() throws Exception {
    long before = descriptors();
    try (Context context = new Context()) {
      for (int i = 0; i < 250; i++) {
        String endpoint = Ends.endpoint(i % 2 == 0 ? "tcp" : "ipc", folder);
        Socket pull = context.socket(SocketType.PULL);
        String bound = pull.bind(endpoint);
        Socket push = context.socket(SocketType.PUSH).connect(bound);
        push.set(SocketOption.LINGER, Duration.ZERO);
        Thread sender = Thread.ofVirtual().start(() -> sendUntilClosed(push));
        assertThat(text(pull)).isEqualTo("load");
        Thread closer = Thread.ofVirtual().start(pull::close);
        push.close();
        closer.join();
        sender.join();
      }
    }
    await().untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(before + 8));
  }

  private static void sendUntilClosed(Socket push) {
    try {
      while (true) {
        push.send("load");
      }
    } catch (SocketClosedException e) {
      assertThat(push.isClosed()).isTrue();
    }
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }
}
