package io.correio.tests.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;

/**
 * The threads of a simulated process: each a queue of tasks that run in order, one at a time; which
 * queue goes on next is chance.
 */
final class TaskQueues {

  /** More than that wait only where something is not bounded. */
  private static final int MAX_WAITING = 5_000;

  private final SplittableRandom random;
  private final List<ArrayDeque<Runnable>> queues = new ArrayList<>();

  TaskQueues(SplittableRandom random) {
    this.random = random;
  }

  /** Another thread. */
  Executor add() {
    ArrayDeque<Runnable> queue = new ArrayDeque<>();
    queues.add(queue);
    return task -> {
      queue.add(task);
      if (queue.size() > MAX_WAITING) {
        throw new AssertionError(queue.size() + " tasks wait for one thread");
      }
    };
  }

  /** Runs one task of one thread; returns whether there was any. */
  boolean step() {
    int first = random.nextInt(queues.size());
    for (int i = 0; i < queues.size(); i++) {
      Runnable task = queues.get((first + i) % queues.size()).poll();
      if (task != null) {
        task.run();
        return true;
      }
    }
    return false;
  }
}
