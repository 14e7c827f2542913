package io.correio.server.perf;

import io.correio.amqp.v091.FrameEncoder;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.server.client.Amqp091Client;
import io.correio.server.client.Amqp091Connection;
import io.correio.server.client.ChannelHandler;
import io.correio.server.client.ClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * One publishing connection, run by a thread of its own. Without a rate this thread also reads the
 * confirms: it publishes while there is room in the window and then waits for confirms. With a rate
 * it sleeps between publishes, so a second thread reads the confirms, to see them when they come.
 */
final class Producer implements Runnable, ChannelHandler {
  private static final int POLL_MILLIS = 100;
  private static final long DRAIN_NANOS = 60_000_000_000L;
  private static final int PUBLISHES_BETWEEN_POLLS = 64;
  private static final int CHANNEL = Amqp091Client.CHANNEL;

  private final RunState state;
  private final PerfOptions options;
  private final int index;
  private final long share;
  private final byte[] exchange;
  private final byte[][] routingKeys;
  private final byte[] properties;
  private final AtomicLongArray times;
  private final Histogram confirmLatency = new Histogram();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong confirmed = new AtomicLong();
  private final AtomicLong rejected = new AtomicLong();
  private final AtomicLong returned = new AtomicLong();
  private final Thread thread;
  // Publishes up to here are confirmed without a gap.
  private volatile long settled;
  private volatile boolean waitingForRoom;

  Producer(RunState state, int index) {
    this.state = state;
    this.options = state.options;
    this.index = index;
    this.share = share(options.messages(), options.producers(), index);
    this.exchange = FrameEncoder.shortString(options.exchange());
    List<String> keys = options.routingKeys(index);
    this.routingKeys = keys.stream().map(FrameEncoder::shortString).toArray(byte[][]::new);
    this.properties =
        options.persistent()
            ? BasicProperties.builder().persistent().build().raw()
            : BasicProperties.NONE.raw();
    this.times = new AtomicLongArray(Math.max(1, Integer.highestOneBit(options.confirm()) * 2));
    this.thread = Thread.ofPlatform().name("perf-producer-" + (index + 1)).unstarted(this);
  }

  void start() {
    thread.start();
  }

  void join() throws InterruptedException {
    thread.join();
  }

  long sent() {
    return sent.getAcquire();
  }

  long confirmed() {
    return confirmed.getAcquire();
  }

  long rejected() {
    return rejected.getAcquire();
  }

  long returned() {
    return returned.getAcquire();
  }

  Histogram confirmLatency() {
    return confirmLatency;
  }

  @Override
  public void run() {
    try (Amqp091Client client = Amqp091Client.connect(options.url(), thread.getName())) {
      if (options.confirm() > 0) {
        client.confirm();
      }
      Amqp091Connection connection = client.connection();
      state.ready();
      state.awaitStart();
      if (options.rate() == 0) {
        sendFlatOut(connection);
        awaitConfirms(connection);
      } else if (options.confirm() == 0) {
        sendAtRate(connection);
      } else {
        Thread reader =
            Thread.ofPlatform()
                .name("perf-confirms-" + (index + 1))
                .start(() -> readConfirms(connection));
        sendAtRate(connection);
        reader.join();
      }
      if (options.confirm() == 0 && state.failure() == null) {
        // A broker that is behind may drop what it has not read of a connection that is closed.
        client.barrier();
      }
    } catch (IOException | UncheckedIOException | InterruptedException e) {
      state.fail(e);
    } finally {
      state.sent();
    }
  }

  private void sendFlatOut(Amqp091Connection connection) throws IOException {
    byte[] body = new byte[options.size()];
    long number = 0;
    while (!done(number)) {
      if (options.confirm() > 0 && number - settled >= options.confirm()) {
        connection.flush();
        connection.read(this, POLL_MILLIS);
      } else {
        publish(connection, body, number++, System.nanoTime());
        poll(connection, number);
      }
    }
    connection.flush();
  }

  private void sendAtRate(Amqp091Connection connection) throws IOException {
    byte[] body = new byte[options.size()];
    double interval = 1e9 * options.producers() / options.rate();
    // Producers take turns, so that together they send evenly.
    double first = state.startNanos() + interval * index / options.producers();
    long number = 0;
    while (!done(number)) {
      long due = (long) (first + number * interval);
      long early = due - System.nanoTime();
      if (early > 0) {
        connection.flush();
        LockSupport.parkNanos(early);
      } else if (options.confirm() > 0 && number - settled >= options.confirm()) {
        connection.flush();
        awaitRoom(number);
      } else {
        publish(connection, body, number++, due);
        if (options.confirm() == 0) {
          poll(connection, number);
        }
      }
    }
    connection.flush();
  }

  private void publish(Amqp091Connection connection, byte[] body, long number, long time) {
    Stamp.write(body, time, state.run, index, number);
    if (options.confirm() > 0) {
      times.setRelease((int) (number & (times.length() - 1)), time);
    }
    // Before it can go out, as its confirm may be read at once by the other thread.
    sent.setRelease(number + 1);
    FrameEncoder encoder = connection.encoder();
    encoder.publish(CHANNEL, exchange, routingKeys[(int) (number % routingKeys.length)], false);
    encoder.content(CHANNEL, properties, body);
  }

  /** Looks now and then whether the broker has something to say, such as that it closes. */
  private void poll(Amqp091Connection connection, long number) throws IOException {
    if (number % PUBLISHES_BETWEEN_POLLS == 0 && connection.readable()) {
      connection.read(this, POLL_MILLIS);
    }
  }

  private void awaitRoom(long number) {
    waitingForRoom = true;
    if (number - settled >= options.confirm()) {
      LockSupport.parkNanos(1_000_000L * POLL_MILLIS);
    }
    waitingForRoom = false;
  }

  private void readConfirms(Amqp091Connection connection) {
    try {
      awaitConfirms(connection);
    } catch (IOException e) {
      state.fail(e);
    }
  }

  /** Reads until all that will be sent is confirmed, or the broker confirms nothing any more. */
  private void awaitConfirms(Amqp091Connection connection) throws IOException {
    long progress = System.nanoTime();
    while (options.confirm() > 0 && state.failure() == null) {
      long number = sent();
      if (done(number) && settled == number) {
        return;
      }
      if (connection.read(this, POLL_MILLIS) || !done(number)) {
        progress = System.nanoTime();
      } else if (System.nanoTime() - progress > DRAIN_NANOS) {
        throw new ClientException(
            (number - settled) + " publishes are not confirmed after a minute", null);
      }
    }
  }

  private boolean done(long number) {
    return state.sendingStopped() || (share > 0 && number >= share);
  }

  @Override
  public void onMethod(int channel, Method method) {
    switch (method) {
      case BasicMethod.Ack ack -> settle(ack.deliveryTag(), ack.multiple(), confirmed);
      case BasicMethod.Nack nack -> settle(nack.deliveryTag(), nack.multiple(), rejected);
      case ChannelMethod.Close close ->
          throw new UncheckedIOException(new ClientException(close.replyCode(), close.replyText()));
      default -> {}
    }
  }

  @Override
  public void onContent(int channel, ContentMethod method, byte[] rawProperties, byte[] body) {
    returned.setRelease(returned.getPlain() + 1);
  }

  /** Delivery tags count from 1, numbers from 0; a time of 0 says that a number is settled. */
  private void settle(long tag, boolean multiple, AtomicLong counter) {
    long now = System.nanoTime();
    int mask = times.length() - 1;
    for (long number = multiple ? settled : tag - 1; number < tag; number++) {
      long time = times.getAcquire((int) (number & mask));
      if (time != 0) {
        times.setRelease((int) (number & mask), 0);
        counter.setRelease(counter.getPlain() + 1);
        confirmLatency.record(now - time);
      }
    }
    long end = sent();
    long next = settled;
    while (next < end && times.getAcquire((int) (next & mask)) == 0) {
      next++;
    }
    settled = next;
    if (waitingForRoom) {
      LockSupport.unpark(thread);
    }
  }

  private static long share(long messages, int producers, int index) {
    long even = messages / producers;
    return index < messages % producers ? even + 1 : even;
  }
}
