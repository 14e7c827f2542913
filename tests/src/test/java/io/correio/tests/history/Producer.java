package io.correio.tests.history;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import io.correio.tests.broker.Broker;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Publishes persistent messages to all queues in turn, with a bounded number unconfirmed. */
final class Producer extends Worker {
  private static final int UNCONFIRMED_MAX = 200;
  private static final long CONFIRM_MILLIS_MAX = 60_000;

  private final int index;
  private final List<String> queues;
  private final AtomicLong numbers;
  private final History history;

  /** {@code numbers} goes on over the epochs, so that no number is used twice. */
  Producer(Broker broker, int index, List<String> queues, AtomicLong numbers, History history) {
    super("producer-" + index, broker);
    this.index = index;
    this.queues = queues;
    this.numbers = numbers;
    this.history = history;
  }

  @Override
  void work(Connection connection) throws IOException, InterruptedException, TimeoutException {
    Channel channel = Objects.requireNonNull(connection.createChannel());
    ConcurrentNavigableMap<Long, MessageId> unconfirmed = new ConcurrentSkipListMap<>();
    Semaphore credit = new Semaphore(UNCONFIRMED_MAX);
    channel.confirmSelect();
    channel.addConfirmListener(
        (tag, multiple) -> {
          var done =
              multiple ? unconfirmed.headMap(tag, true) : unconfirmed.subMap(tag, true, tag, true);
          int count = 0;
          for (var entry = done.pollFirstEntry(); entry != null; entry = done.pollFirstEntry()) {
            history.confirmed(entry.getValue());
            count++;
          }
          credit.release(count);
        },
        (tag, multiple) -> credit.release(UNCONFIRMED_MAX));
    while (!isStopping() && channel.isOpen()) {
      if (credit.tryAcquire(20, TimeUnit.MILLISECONDS)) {
        long number = numbers.incrementAndGet();
        MessageId id = new MessageId(index, (int) (number % queues.size()), number);
        history.sent(id);
        unconfirmed.put(channel.getNextPublishSeqNo(), id);
        channel.basicPublish(
            "", queues.get(id.queue()), MessageProperties.PERSISTENT_BASIC, id.body());
      }
    }
    if (!channel.isOpen()) {
      throw new IOException("connection lost", channel.getCloseReason());
    }
    channel.waitForConfirmsOrDie(CONFIRM_MILLIS_MAX);
  }
}
