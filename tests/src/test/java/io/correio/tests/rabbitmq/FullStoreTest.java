package io.correio.tests.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.MessageProperties;
import io.correio.server.Config;
import io.correio.server.Correio;
import io.correio.server.CorreioOptions;
import io.correio.server.Setting;
import io.correio.server.Settings;
import io.correio.tests.broker.Broker;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A broker whose store is full, as its clients see it. */
class FullStoreTest {

  private static final int BODY_BYTES = 16 << 10;
  private static final int MESSAGES = 8_000; // more than the store holds
  private static final int OUTSTANDING = 100;
  private static final int PREFETCH = 200;
  private static final long STORE_BYTES = 96 << 20;

  private final AtomicReference<Throwable> fatal = new AtomicReference<>();
  private Correio correio;
  private Broker broker;

  @BeforeEach
  void start() throws Exception {
    Settings settings =
        Settings.DEFAULTS
            .with(Setting.AMQP_PORT, 0)
            .with(Setting.HTTP_PORT, Config.NO_PORT)
            .with(Setting.MEMORY_BYTES, STORE_BYTES);
    correio =
        Correio.start(
            CorreioOptions.inMemory()
                .withConfig(Config.of(settings))
                .withFatal((reason, cause) -> fatal.set(cause)));
    broker = new Broker("127.0.0.1", correio.amqpPort());
  }

  @AfterEach
  void stop() {
    correio.close();
    assertThat(fatal).hasNullValue();
  }

  @Test
  void publisher_is_told_and_waits_consumers_go_on_and_nothing_is_lost() throws Exception {
    fillAndDrain(MessageProperties.PERSISTENT_BASIC);
  }

  @Test
  void transient_messages_beyond_the_store_wait_too() throws Exception {
    fillAndDrain(MessageProperties.BASIC);
  }

  private void fillAndDrain(AMQP.BasicProperties properties) throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    AtomicInteger unblocked = new AtomicInteger();
    AtomicInteger confirmed = new AtomicInteger();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        Client publisher = Client.connect(broker);
        Client consumer = Client.connect(broker)) {
      String queue = publisher.durableQueue();
      publisher
          .connection()
          .addBlockedListener(reason -> blocked.countDown(), unblocked::incrementAndGet);
      Future<?> publishing =
          executor.submit(() -> {
            publishAll(publisher, queue, properties, confirmed);
            return null;
          });
      assertThat(blocked.await(Deliveries.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(confirmed.get()).isPositive().isLessThan(MESSAGES);

      // Who comes now to consume, and declares what exists, is served.
      try (Channel channel = consumer.channel()) {
        channel.queueDeclare(queue, true, false, false, null);
        channel.basicQos(PREFETCH);
        Deliveries deliveries = new Deliveries(channel);
        channel.basicConsume(queue, false, deliveries);
        for (int i = 0; i < MESSAGES; i++) {
          Delivery delivery = deliveries.next();
          assertThat(ByteBuffer.wrap(delivery.getBody()).getInt()).isEqualTo(i);
          channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        }
        assertThat(deliveries.waiting()).isZero();
      }
      publishing.get(Deliveries.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(confirmed).hasValue(MESSAGES);
      assertThat(unblocked.get()).isPositive();
    }
  }

  /** Publishes all, waiting for confirms; blocks while the broker takes no more. */
  private static void publishAll(
      Client client, String queue, AMQP.BasicProperties properties, AtomicInteger confirmed)
      throws Exception {
    try (Channel channel = client.channel()) {
      channel.confirmSelect();
      for (int i = 0; i < MESSAGES; i++) {
        byte[] body = ByteBuffer.allocate(BODY_BYTES).putInt(i).array();
        channel.basicPublish("", queue, properties, body);
        if ((i + 1) % OUTSTANDING == 0) {
          channel.waitForConfirmsOrDie(4 * Deliveries.PATIENCE.toMillis());
          confirmed.set(i + 1);
        }
      }
    }
  }
}
