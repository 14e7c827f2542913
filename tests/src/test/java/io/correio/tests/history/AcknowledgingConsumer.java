package io.correio.tests.history;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import io.correio.tests.broker.Broker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Takes from one queue and acknowledges in every way: one by one out of order, all up to one, with
 * and without a barrier behind it, and sometimes late.
 */
final class AcknowledgingConsumer extends Worker {
  private static final int PREFETCH = 300;

  private final int epoch;
  private final String queue;
  private final History history;
  private final Random random;
  private final BlockingQueue<Delivery> arrived = new LinkedBlockingQueue<>();
  private final NavigableMap<Long, MessageId> held = new TreeMap<>();
  private final List<MessageId> acknowledged = new ArrayList<>();

  AcknowledgingConsumer(Broker broker, int epoch, String queue, History history, long seed) {
    super("consumer of " + queue, broker);
    this.epoch = epoch;
    this.queue = queue;
    this.history = history;
    this.random = new Random(seed);
  }

  @Override
  void work(Connection connection) throws IOException, InterruptedException {
    Channel channel = Objects.requireNonNull(connection.createChannel());
    channel.basicQos(PREFETCH);
    channel.basicConsume(
        queue,
        false,
        new DefaultConsumer(channel) {
          @Override
          public void handleDelivery(
              String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
            arrived.add(new Delivery(envelope, properties, body));
          }
        });
    while (!isStopping()) {
      Delivery delivery = arrived.poll(20, TimeUnit.MILLISECONDS);
      if (delivery == null) {
        if (!channel.isOpen()) {
          throw new IOException("connection lost", channel.getCloseReason());
        }
        acknowledgeAll(channel);
        continue;
      }
      Envelope envelope = delivery.getEnvelope();
      MessageId id = MessageId.of(delivery.getBody());
      history.delivered(epoch, id, envelope.isRedeliver());
      held.put(envelope.getDeliveryTag(), id);
      acknowledgeSome(channel);
    }
    acknowledgeAll(channel);
    barrier(channel);
  }

  private void acknowledgeSome(Channel channel) throws IOException {
    int dice = random.nextInt(100);
    if (dice < 30) {
      acknowledgeOne(channel);
    } else if (dice < 34) {
      acknowledgeAll(channel);
    } else if (dice < 36) {
      barrier(channel);
    } else if (held.size() > PREFETCH / 2) {
      acknowledgeAll(channel);
    }
  }

  private void acknowledgeOne(Channel channel) throws IOException {
    Long from = held.firstKey() + random.nextInt(50);
    Map.Entry<Long, MessageId> one = held.ceilingEntry(from);
    if (one != null) {
      history.acknowledging(List.of(one.getValue()));
      channel.basicAck(one.getKey(), false);
      acknowledged.add(one.getValue());
      held.remove(one.getKey());
    }
  }

  private void acknowledgeAll(Channel channel) throws IOException {
    if (!held.isEmpty()) {
      history.acknowledging(held.values());
      channel.basicAck(held.lastKey(), true);
      acknowledged.addAll(held.values());
      held.clear();
    }
  }

  /** After this reply nothing that was acknowledged before may ever come again. */
  private void barrier(Channel channel) throws IOException {
    channel.queueDeclarePassive(queue);
    history.settled(acknowledged);
    acknowledged.clear();
  }
}
