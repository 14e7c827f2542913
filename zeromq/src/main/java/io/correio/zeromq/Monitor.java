package io.correio.zeromq;

import io.correio.zeromq.io.SocketCore;
import io.correio.zeromq.model.SocketEvent;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of one socket's connections, in order. Keeps the newest {@link #EVENTS_MAX} that
 * nobody took. Thread-safe; closed by its user.
 */
public final class Monitor implements AutoCloseable {
  /** The most events that wait to be taken; then the oldest are dropped. */
  public static final int EVENTS_MAX = 1000;

  private final SocketCore core;
  private final ArrayBlockingQueue<SocketEvent> events = new ArrayBlockingQueue<>(EVENTS_MAX);
  private final Consumer<SocketEvent> watcher = this::add;

  Monitor(SocketCore core) {
    this.core = core;
    core.watch(watcher);
  }

  private void add(SocketEvent event) {
    while (!events.offer(event)) {
      events.poll();
    }
  }

  /**
   * The next event, or null if there was none in time.
   *
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public @Nullable SocketEvent next(Duration timeout) throws InterruptedException {
    return events.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Stops watching. */
  @Override
  public void close() {
    core.unwatch(watcher);
  }
}
