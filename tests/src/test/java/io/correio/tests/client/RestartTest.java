package io.correio.tests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.client.Message;
import io.correio.client.MessageQueue;
import io.correio.client.MessagingException;
import io.correio.client.QueueManager;
import io.correio.client.Subscription;
import io.correio.client.remote.ConnectOptions;
import io.correio.client.remote.RemoteQueueManager;
import io.correio.tests.broker.BrokerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Managers that are killed and started again under the programs that use them. */
@Timeout(180)
final class RestartTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  private BrokerProcess broker;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    broker = BrokerProcess.start(folder.resolve("data"));
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private QueueManager connect(Duration outageLimit) {
    return RemoteQueueManager.connect(
        broker.broker().url(), ConnectOptions.defaults().withOutageLimit(outageLimit));
  }

  private void killAndRestart() throws IOException, InterruptedException {
    broker.kill();
    broker.restartOnSamePort();
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void message_arrives_whoever_is_running_when_the_broker_is_killed_and_started(
      boolean senderStaysUp, boolean receiverIsUp) throws Exception {
    QueueManager sender = connect(PATIENCE);
    QueueManager receiver = receiverIsUp ? connect(PATIENCE) : null;
    try {
      sender.queue("letters").put(Message.text("Dear Ana"));
      if (!senderStaysUp) {
        sender.close();
      }
      killAndRestart();
      if (senderStaysUp) {
        sender.queue("letters").put(Message.text("P.S."));
      }
      receiver = receiver == null ? connect(PATIENCE) : receiver;
      assertThat(receiver.queue("letters").get().text()).isEqualTo("Dear Ana");
      if (senderStaysUp) {
        assertThat(receiver.queue("letters").get().text()).isEqualTo("P.S.");
      }
    } finally {
      sender.close();
      if (receiver != null) {
        receiver.close();
      }
    }
  }

  @Test
  void get_that_waits_outlives_its_broker() throws Exception {
    try (QueueManager receiver = connect(PATIENCE)) {
      MessageQueue queue = receiver.queue("waiting");
      assertThat(queue.poll()).isEmpty();
      CompletableFuture<String> got = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> got.complete(queue.get().text()));
      killAndRestart();
      try (QueueManager sender = connect(PATIENCE)) {
        sender.queue("waiting").put(Message.text("after the restart"));
      }
      assertThat(got.get(120, TimeUnit.SECONDS)).isEqualTo("after the restart");
    }
  }

  @Test
  void every_confirmed_put_is_handled_though_the_broker_is_killed_again_and_again()
      throws Exception {
    Queue<String> confirmed = new ConcurrentLinkedQueue<>();
    Set<String> handled = ConcurrentHashMap.newKeySet();
    AtomicBoolean stop = new AtomicBoolean();
    try (QueueManager manager = connect(PATIENCE)) {
      MessageQueue queue = manager.queue("numbers");
      CountDownLatch end = new CountDownLatch(1);
      try (Subscription _ =
          queue.notify(message -> {
            handled.add(message.text());
            if (message.text().equals("end")) {
              end.countDown();
            }
          })) {
        List<Thread> putters = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          String name = i + ".";
          putters.add(
              Thread.ofVirtual()
                  .start(() -> {
                    for (int n = 0; !stop.get(); n++) {
                      queue.put(Message.text(name + n));
                      confirmed.add(name + n);
                    }
                  }));
        }
        for (int kills = 0; kills < 3; kills++) {
          int before = confirmed.size();
          while (confirmed.size() < before + 50) {
            Thread.onSpinWait();
          }
          killAndRestart();
        }
        stop.set(true);
        for (Thread putter : putters) {
          putter.join();
        }
        queue.put(Message.text("end"));
        assertThat(end.await(60, TimeUnit.SECONDS)).isTrue();
      }
      queue.getUpTo(MessageQueue.MAX_BATCH, Duration.ZERO).forEach(m -> handled.add(m.text()));
    }
    assertThat(confirmed).hasSizeGreaterThan(150);
    assertThat(handled).containsAll(confirmed);
  }

  @Test
  void outage_that_lasts_longer_than_calls_wait_is_told_and_the_connection_comes_back()
      throws Exception {
    try (QueueManager manager = connect(Duration.ofMillis(50))) {
      MessageQueue queue = manager.queue("outage");
      queue.put(Message.text("before"));
      broker.kill();
      assertThatThrownBy(
              () -> {
                while (true) {
                  queue.put(Message.text("during"));
                }
              })
          .isInstanceOf(MessagingException.Unavailable.class);
      broker.restartOnSamePort();
      boolean back = false;
      while (!back) {
        try {
          queue.put(Message.text("after"));
          back = true;
        } catch (MessagingException.Unavailable e) {
          Thread.onSpinWait();
        }
      }
      List<Message> all = queue.getUpTo(1_000, Duration.ZERO);
      assertThat(all.getFirst().text()).isEqualTo("before");
      assertThat(all.getLast().text()).isEqualTo("after");
    }
  }
}
