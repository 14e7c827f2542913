package io.correio.server.perf;

import io.correio.server.client.ClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One run of the load generator: declares, starts consumers and then producers, measures each
 * second, stops, waits for what is on its way, adds up. Used by one thread.
 */
public final class PerfRun {
  /** How long nothing may arrive before messages that are missing count as lost. */
  private static final long IDLE_NANOS = 10_000_000_000L;

  /** How long nothing more may arrive when all is there: what comes then is a repetition. */
  private static final long SETTLE_NANOS = 200_000_000L;

  private static final long SECOND_NANOS = 1_000_000_000L;

  private final long idleNanos;
  private final long settleNanos;
  private final PerfOptions options;
  private final PerfProgress progress;
  private final RunState state;
  private final List<Producer> producers = new ArrayList<>();
  private final List<Consumer> consumers = new ArrayList<>();

  /** A run that reports each second to {@code progress}. */
  public PerfRun(PerfOptions options, PerfProgress progress) {
    this(options, progress, IDLE_NANOS, SETTLE_NANOS);
  }

  PerfRun(PerfOptions options, PerfProgress progress, long idleNanos, long settleNanos) {
    this.idleNanos = idleNanos;
    this.settleNanos = settleNanos;
    this.options = options;
    this.progress = progress;
    this.state = new RunState(options, ThreadLocalRandom.current().nextInt());
    for (int index = 0; index < options.consumers(); index++) {
      consumers.add(new Consumer(state, index));
    }
    for (int index = 0; index < options.producers(); index++) {
      producers.add(new Producer(state, index));
    }
  }

  /**
   * Runs, for as long as the options say.
   *
   * @throws IOException what happened first to any of the connections
   */
  public PerfResult run() throws IOException, InterruptedException {
    Topology topology = new Topology(options);
    topology.declare();
    try {
      consumers.forEach(Consumer::start);
      producers.forEach(Producer::start);
      state.awaitReady();
      // Counts from nothing: consumers may have received what was there before.
      Measurement start = Measurement.take(List.of(), List.of());
      state.start();
      Measurement warm = send(start);
      state.stopSending();
      Measurement stopped = Measurement.take(producers, consumers);
      for (Producer each : producers) {
        each.join();
      }
      awaitDeliveries();
      state.stopReceiving();
      for (Consumer each : consumers) {
        each.join();
      }
      throwFailure();
      Measurement end = Measurement.take(producers, consumers);
      return new PerfResult(
          options,
          stopped.since(warm),
          end.since(warm),
          end.since(start),
          Losses.of(options, producers, consumers));
    } finally {
      state.stopSending();
      state.stopReceiving();
      if (state.failure() == null) {
        topology.delete();
      }
    }
  }

  /** Reports each second until the time is over; returns what was measured after the warm-up. */
  private Measurement send(Measurement start) throws InterruptedException {
    Measurement warm = start;
    Measurement before = start;
    for (int second = 1; second <= options.seconds(); second++) {
      long left = state.startNanos() + second * SECOND_NANOS - System.nanoTime();
      boolean finished = !producers.isEmpty() && state.awaitSent(Math.max(0, left));
      if (producers.isEmpty()) {
        state.awaitFailure(Math.max(0, left));
      }
      Measurement now = Measurement.take(producers, consumers);
      if (finished || state.failure() != null) {
        return second <= options.skipSeconds() ? start : warm;
      }
      progress.second(second, new PerfInterval(now.since(before)));
      before = now;
      if (second == options.skipSeconds()) {
        warm = now;
      }
      if (producers.isEmpty() && options.messages() > 0 && now.received() >= options.messages()) {
        return second <= options.skipSeconds() ? start : warm;
      }
    }
    return warm;
  }

  private void awaitDeliveries() throws InterruptedException {
    if (producers.isEmpty() || consumers.isEmpty()) {
      return;
    }
    long due =
        Losses.copies(options)
            * producers.stream().mapToLong(each -> Losses.due(options, each)).sum();
    long last = -1;
    long lastChange = System.nanoTime();
    while (state.failure() == null) {
      long received = consumers.stream().mapToLong(Consumer::received).sum();
      if (received != last) {
        last = received;
        lastChange = System.nanoTime();
      }
      long patience = due > 0 && received >= due ? settleNanos : idleNanos;
      if (System.nanoTime() - lastChange > patience) {
        return;
      }
      state.awaitFailure(20_000_000L);
    }
  }

  private void throwFailure() throws IOException {
    Throwable failure = state.failure();
    if (failure == null) {
      return;
    }
    Throwable cause = failure.getCause();
    if (failure instanceof UncheckedIOException && cause != null) {
      failure = cause;
    }
    throw failure instanceof ClientException known
        ? known
        : new ClientException("the connection broke: " + failure.getMessage(), failure);
  }
}
