package io.correio.tests.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a real broker under load from four producers and four consumers, again and again, and
 * judges what they saw. {@code -Dcorreio.kill.rounds=20} for more rounds.
 */
@Tag("slow")
final class KillHistoryTest {
  private static final int ROUNDS = Integer.getInteger("correio.kill.rounds", 3);
  private static final int WORKERS = 4;
  private static final Duration DRAIN_MAX = Duration.ofMinutes(3);

  @TempDir Path folder;

  private final History history = new History();
  private final List<String> queues = new ArrayList<>();
  private final List<AtomicLong> numbers = new ArrayList<>();
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  KillHistoryTest() {
    for (int i = 0; i < WORKERS; i++) {
      queues.add("history." + i);
      numbers.add(new AtomicLong());
    }
  }

  @Test
  void killed_broker_keeps_every_promise() throws Exception {
    try (BrokerProcess process = BrokerProcess.start(folder.resolve("data"))) {
      declareQueues(process.broker());
      for (int round = 0; round < ROUNDS; round++) {
        List<Worker> workers = workers(process.broker(), round);
        workers.forEach(Worker::start);
        TimeUnit.MILLISECONDS.sleep(300 + random.nextInt(1_500));
        process.kill();
        workers.forEach(Worker::stop);
        for (Worker worker : workers) {
          worker.join(true);
        }
        process.restart();
        if (random.nextInt(3) == 0) {
          process.kill(); // a second crash, on what the first one left and the start changed
          process.restart();
        }
      }
      drain(process.broker());
      assertThat(process.stop()).as("exit status after SIGTERM").isIn(0, 143);
      process.restart();
      assertThat(ready(process.broker())).as("settled messages back after a clean stop").isZero();
    }
    History.Verdict verdict = history.verdict();
    System.out.println("history of " + ROUNDS + " kills: " + verdict);
    assertThat(verdict.confirmed()).as("a history without messages shows nothing").isPositive();
    assertThat(verdict.isClean()).as("seed %d: %s", seed, verdict).isTrue();
  }

  private List<Worker> workers(Broker broker, int epoch) {
    Stream<Worker> producers =
        Stream.iterate(0, i -> i + 1)
            .limit(WORKERS)
            .map(i -> new Producer(broker, i, queues, numbers.get(i), history));
    return Stream.concat(producers, consumers(broker, epoch).stream()).toList();
  }

  private List<Worker> consumers(Broker broker, int epoch) {
    List<Worker> consumers = new ArrayList<>();
    for (String queue : queues) {
      consumers.add(new AcknowledgingConsumer(broker, epoch, queue, history, random.nextLong()));
    }
    return consumers;
  }

  /** Takes out all that is left, with nobody publishing. */
  private void drain(Broker broker) throws InterruptedException, IOException, TimeoutException {
    List<Worker> consumers = consumers(broker, ROUNDS);
    consumers.forEach(Worker::start);
    try {
      Awaitility.await().atMost(DRAIN_MAX).until(() -> history.owed() == 0 && ready(broker) == 0);
    } catch (ConditionTimeoutException e) {
      System.out.println("not drained: " + history.owed() + " owed, ready: " + readyOfEach(broker));
    } finally {
      consumers.forEach(Worker::stop);
      for (Worker consumer : consumers) {
        consumer.join(false);
      }
    }
  }

  private void declareQueues(Broker broker) throws IOException, TimeoutException {
    try (Connection connection = connect(broker)) {
      Channel channel = Objects.requireNonNull(connection.createChannel());
      for (String queue : queues) {
        channel.queueDeclare(queue, true, false, false, null);
      }
    }
  }

  private long ready(Broker broker) throws IOException, TimeoutException {
    return readyOfEach(broker).stream().mapToLong(Long::longValue).sum();
  }

  private List<Long> readyOfEach(Broker broker) throws IOException, TimeoutException {
    try (Connection connection = connect(broker)) {
      Channel channel = Objects.requireNonNull(connection.createChannel());
      List<Long> ready = new ArrayList<>();
      for (String queue : queues) {
        ready.add((long) channel.queueDeclarePassive(queue).getMessageCount());
      }
      return ready;
    }
  }

  private static Connection connect(Broker broker) throws IOException, TimeoutException {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(broker.host());
    factory.setPort(broker.amqpPort());
    return factory.newConnection();
  }
}
