package io.correio.server.perf;

import io.correio.amqp.v091.FrameEncoder;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.server.client.Amqp091Client;
import io.correio.server.client.Amqp091Connection;
import io.correio.server.client.ChannelHandler;
import io.correio.server.client.ClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** One consuming connection, run by a thread of its own; consumes one queue or several. */
final class Consumer implements Runnable, ChannelHandler {
  private static final int POLL_MILLIS = 100;
  private static final int CHANNEL = Amqp091Client.CHANNEL;

  private final RunState state;
  private final PerfOptions options;
  private final List<String> queues;
  private final Map<String, NumberSet[]> seen = new HashMap<>();
  private final Histogram latency = new Histogram();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong foreign = new AtomicLong();
  private final Thread thread;
  private LongConsumer acknowledger = tag -> {};
  private long duplicates;
  private long lastTag;
  private int unacknowledged;

  Consumer(RunState state, int index) {
    this.state = state;
    this.options = state.options;
    this.queues = options.queuesOf(index);
    this.thread = Thread.ofPlatform().name("perf-consumer-" + (index + 1)).unstarted(this);
    for (String queue : queues) {
      NumberSet[] sets = new NumberSet[options.producers()];
      for (int producer = 0; producer < sets.length; producer++) {
        sets[producer] = new NumberSet();
      }
      seen.put(queue, sets);
    }
  }

  void start() {
    thread.start();
  }

  void join() throws InterruptedException {
    thread.join();
  }

  /** Messages of this run. */
  long received() {
    return received.getAcquire();
  }

  /** Messages that were there before, or that others sent. */
  long foreign() {
    return foreign.getAcquire();
  }

  Histogram latency() {
    return latency;
  }

  /** The numbers seen, by queue and producer; to be read when the thread has ended. */
  Map<String, NumberSet[]> seen() {
    return seen;
  }

  /** Messages that came to this consumer more than once; to be read when the thread has ended. */
  long duplicates() {
    return duplicates;
  }

  @Override
  public void run() {
    try (Amqp091Client client = Amqp091Client.connect(options.url(), thread.getName())) {
      if (options.prefetch() > 0) {
        client.call(new BasicMethod.Qos(0, options.prefetch(), false), BasicMethod.QosOk.class);
      }
      Amqp091Connection connection = client.connection();
      FrameEncoder encoder = connection.encoder();
      acknowledger = tag -> encoder.ack(CHANNEL, tag, options.multiAck() > 1);
      for (String queue : queues) {
        // The queue's name is the consumer's tag, so that each delivery says where it comes from.
        encoder.method(
            CHANNEL,
            new BasicMethod.Consume(
                queue, queue, false, options.autoAck(), false, true, FieldTable.empty()));
      }
      connection.flush();
      state.ready();
      while (!state.receivingStopped()) {
        connection.read(this, POLL_MILLIS);
        connection.flush();
      }
      if (unacknowledged > 0) {
        encoder.ack(CHANNEL, lastTag, true);
      }
    } catch (IOException | UncheckedIOException e) {
      state.fail(e);
    }
  }

  @Override
  public void onMethod(int channel, Method method) {
    switch (method) {
      case ChannelMethod.Close close ->
          throw new UncheckedIOException(new ClientException(close.replyCode(), close.replyText()));
      case BasicMethod.Cancel cancel ->
          throw new UncheckedIOException(
              new ClientException("queue " + cancel.consumerTag() + " was deleted", null));
      default -> {}
    }
  }

  @Override
  public void onContent(int channel, ContentMethod method, byte[] rawProperties, byte[] body) {
    if (!(method instanceof BasicMethod.Deliver deliver)) {
      return;
    }
    acknowledge(deliver.deliveryTag());
    boolean owned = body.length >= Stamp.OWNED_BYTES;
    if (owned && options.producers() > 0 && Stamp.run(body) != state.run) {
      foreign.setRelease(foreign.getPlain() + 1);
      return;
    }
    received.setRelease(received.getPlain() + 1);
    if (body.length >= Stamp.TIMED_BYTES) {
      latency.record(System.nanoTime() - Stamp.nanos(body));
    }
    NumberSet[] sets = seen.get(deliver.consumerTag());
    if (body.length >= Stamp.NUMBERED_BYTES && sets != null && sets.length > 0) {
      int producer = Stamp.producer(body);
      if (!sets[producer].add(Stamp.number(body))) {
        duplicates++;
      }
    }
  }

  /** Each delivery by itself, or several at once; sent when all that has arrived was looked at. */
  private void acknowledge(long tag) {
    if (options.autoAck()) {
      return;
    }
    lastTag = tag;
    unacknowledged++;
    if (unacknowledged >= options.multiAck()) {
      acknowledger.accept(tag);
      unacknowledged = 0;
    }
  }
}
