package io.correio.tests.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A consumer that keeps what it is given until the test asks. Filled by the client's thread, read
 * by the test's.
 */
final class Deliveries extends DefaultConsumer {
  /** How long anything may take before a test gives up. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final BlockingQueue<Delivery> waiting = new LinkedBlockingQueue<>();
  private final CompletableFuture<String> cancelled = new CompletableFuture<>();

  Deliveries(Channel channel) {
    super(channel);
  }

  /** The next delivery; a failure when none comes. */
  Delivery next() throws InterruptedException {
    Delivery delivery = waiting.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (delivery == null) {
      throw new AssertionError("no delivery within " + PATIENCE);
    }
    return delivery;
  }

  String nextText() throws InterruptedException {
    return Client.text(next().getBody());
  }

  List<String> nextTexts(int count) throws InterruptedException {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(nextText());
    }
    return texts;
  }

  /** Deliveries that have come and were not asked for. */
  int waiting() {
    return waiting.size();
  }

  /** The consumer tag that the broker cancelled by itself. */
  String cancelledTag() throws InterruptedException, ExecutionException, TimeoutException {
    return cancelled.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void handleDelivery(
      String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
    waiting.add(new Delivery(envelope, properties, body));
  }

  @Override
  public void handleCancel(String tag) {
    cancelled.complete(tag);
  }
}
