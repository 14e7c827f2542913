package io.correio.server.perf;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the threads of one run tell one another. */
final class RunState {
  /** Tells this run's messages from those of others. */
  final int run;

  final PerfOptions options;
  private final CountDownLatch ready;
  private final CountDownLatch go = new CountDownLatch(1);
  private final CountDownLatch sending;
  private final CountDownLatch failed = new CountDownLatch(1);
  private volatile long startNanos;
  private volatile boolean stopSending;
  private volatile boolean stopReceiving;
  private volatile @Nullable Throwable failure;

  RunState(PerfOptions options, int run) {
    this.options = options;
    this.run = run;
    this.ready = new CountDownLatch(options.producers() + options.consumers());
    this.sending = new CountDownLatch(options.producers());
  }

  /** A worker is connected. */
  void ready() {
    ready.countDown();
  }

  /** Waits until all workers are connected or one failed. */
  void awaitReady() throws InterruptedException {
    ready.await();
  }

  void start() {
    startNanos = System.nanoTime();
    go.countDown();
  }

  void awaitStart() throws InterruptedException {
    go.await();
  }

  long startNanos() {
    return startNanos;
  }

  void stopSending() {
    stopSending = true;
  }

  boolean sendingStopped() {
    return stopSending;
  }

  /** A producer has nothing more to send or to wait for. */
  void sent() {
    sending.countDown();
  }

  /** Waits until all producers are done; false when that takes longer. */
  boolean awaitSent(long nanos) throws InterruptedException {
    return sending.await(nanos, TimeUnit.NANOSECONDS);
  }

  void stopReceiving() {
    stopReceiving = true;
  }

  boolean receivingStopped() {
    return stopReceiving;
  }

  /** The first failure ends the run, whoever it happened to. */
  synchronized void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    stopSending = true;
    stopReceiving = true;
    failed.countDown();
    go.countDown();
    while (ready.getCount() > 0) {
      ready.countDown();
    }
  }

  /** Waits until something fails, but no longer than this. */
  void awaitFailure(long nanos) throws InterruptedException {
    failed.await(nanos, TimeUnit.NANOSECONDS);
  }

  @Nullable Throwable failure() {
    return failure;
  }
}
