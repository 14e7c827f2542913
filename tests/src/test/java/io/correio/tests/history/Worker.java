package io.correio.tests.history;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import io.correio.tests.broker.Broker;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A producer or consumer on a thread and a connection of its own, once per epoch. It ends when it
 * is told to or when the broker dies; anything else it keeps for {@link #join}.
 */
abstract class Worker {
  private final Broker broker;
  private final Thread thread;
  private volatile boolean stopping;
  private volatile @Nullable Throwable failure;

  Worker(String name, Broker broker) {
    this.broker = broker;
    this.thread = Thread.ofPlatform().name(name).unstarted(this::run);
  }

  /** Works on {@code connection} until {@link #isStopping}. */
  abstract void work(Connection connection)
      throws IOException, InterruptedException, TimeoutException;

  final void start() {
    thread.start();
  }

  final void stop() {
    stopping = true;
  }

  final boolean isStopping() {
    return stopping;
  }

  /**
   * Waits for its end. Fails when it ended otherwise than by {@link #stop} or the broker's death.
   */
  final void join(boolean brokerDied) throws InterruptedException {
    thread.join();
    Throwable end = failure;
    if (end == null) {
      return;
    }
    boolean cut =
        end instanceof IOException
            || end instanceof ShutdownSignalException
            || end instanceof TimeoutException;
    if (!brokerDied || !cut) {
      throw new AssertionError(thread.getName() + " failed", end);
    }
  }

  private void run() {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(broker.host());
    factory.setPort(broker.amqpPort());
    factory.setAutomaticRecoveryEnabled(false);
    try (Connection connection = factory.newConnection(thread.getName())) {
      work(connection);
    } catch (Throwable e) {
      failure = e;
    }
  }
}
