package io.correio.core.shard;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The loop that a shard runs on, with its clock: the one place where the core learns what time it
 * is. Thread-safe; a simulation brings its own.
 */
public interface Home extends Executor {

  /** The time, milliseconds since 1970. */
  long nowMillis();

  /**
   * Runs a task on the loop after some time.
   *
   * @return to be cancelled when the task is not needed any more
   */
  Future<?> executeAfter(Runnable task, long delayMillis);

  /** An executor with this machine's clock, and a timer of its own where it has one. */
  static Home on(Executor executor) {
    return executor instanceof Home home ? home : new MachineHome(executor);
  }

  /** A home on this machine's clock. */
  record MachineHome(Executor executor) implements Home {
    @Override
    public void execute(Runnable task) {
      executor.execute(task);
    }

    @Override
    public long nowMillis() {
      return System.currentTimeMillis();
    }

    @Override
    public Future<?> executeAfter(Runnable task, long delayMillis) {
      if (executor instanceof ScheduledExecutorService timed) {
        return timed.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
      }
      return CompletableFuture.runAsync(
          task, CompletableFuture.delayedExecutor(delayMillis, TimeUnit.MILLISECONDS, executor));
    }
  }
}
