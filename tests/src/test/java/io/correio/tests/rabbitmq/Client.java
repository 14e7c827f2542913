package io.correio.tests.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import io.correio.tests.broker.Broker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One connection of RabbitMQ's Java client. A test opens and closes it; not thread-safe. */
final class Client implements AutoCloseable {
  private final Connection connection;

  private Client(Connection connection) {
    this.connection = connection;
  }

  static Client connect(Broker broker) throws IOException, TimeoutException {
    return new Client(factory(broker).newConnection("test"));
  }

  /** A factory for the default login that never reconnects by itself. */
  static ConnectionFactory factory(Broker broker) {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(broker.host());
    factory.setPort(broker.amqpPort());
    factory.setUsername("guest");
    factory.setPassword("guest");
    factory.setAutomaticRecoveryEnabled(false);
    return factory;
  }

  Connection connection() {
    return connection;
  }

  Channel channel() throws IOException {
    Channel channel = connection.createChannel();
    if (channel == null) {
      throw new IOException("no channel left");
    }
    return channel;
  }

  /** A durable queue of a name of its own, which outlives this connection. */
  String durableQueue() throws IOException, TimeoutException {
    String queue = Broker.unique("queue");
    try (Channel channel = channel()) {
      channel.queueDeclare(queue, true, false, false, null);
    }
    return queue;
  }

  /** A queue that goes with this connection. */
  String exclusiveQueue() throws IOException, TimeoutException {
    return exclusiveQueue(null);
  }

  String exclusiveQueue(@Nullable Map<String, Object> arguments)
      throws IOException, TimeoutException {
    String queue = Broker.unique("queue");
    try (Channel channel = channel()) {
      channel.queueDeclare(queue, false, true, false, arguments);
    }
    return queue;
  }

  /** Publishes through the default exchange and returns when the broker has confirmed all. */
  void publish(String queue, String... bodies)
      throws IOException, TimeoutException, InterruptedException {
    try (Channel channel = channel()) {
      channel.confirmSelect();
      for (String body : bodies) {
        channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, bytes(body));
      }
      channel.waitForConfirmsOrDie(Deliveries.PATIENCE.toMillis());
    }
  }

  /** Everything in the queue, taken out. */
  List<String> drain(String queue) throws IOException, TimeoutException {
    List<String> bodies = new ArrayList<>();
    try (Channel channel = channel()) {
      for (GetResponse got = channel.basicGet(queue, true);
          got != null;
          got = channel.basicGet(queue, true)) {
        bodies.add(text(got.getBody()));
      }
    }
    return bodies;
  }

  /** The messages that are ready in the queue, as the broker counts them. */
  long ready(String queue) throws IOException, TimeoutException {
    try (Channel channel = channel()) {
      AMQP.Queue.DeclareOk ok = channel.queueDeclarePassive(queue);
      return ok.getMessageCount();
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] body) {
    return new String(body, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    if (connection.isOpen()) {
      connection.abort((int) Deliveries.PATIENCE.toMillis());
    }
  }
}
