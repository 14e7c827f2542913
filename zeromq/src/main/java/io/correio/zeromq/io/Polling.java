package io.correio.zeromq.io;

import java.util.List;
import java.util.function.BooleanSupplier;

/** Waits for any of several sockets. */
public final class Polling {
  private Polling() {}

  /**
   * Waits until a condition on some sockets holds.
   *
   * @param cores whose changes may make it hold
   * @param timeoutNanos how long to wait; negative: for ever
   * @return whether it holds
   */
  public static boolean await(
      List<SocketCore> cores, BooleanSupplier condition, long timeoutNanos) {
    if (condition.getAsBoolean()) {
      return true;
    }
    long deadline =
        System.nanoTime()
            + (timeoutNanos < 0 ? Long.MAX_VALUE / 4 : Math.min(timeoutNanos, Long.MAX_VALUE / 4));
    while (deadline - System.nanoTime() > 0 && !Thread.currentThread().isInterrupted()) {
      Waiter self = new Waiter(null);
      try {
        cores.forEach(core -> core.addPoller(self));
        if (condition.getAsBoolean()) {
          return true;
        }
        self.park(deadline);
      } finally {
        cores.forEach(core -> core.removePoller(self));
      }
      if (condition.getAsBoolean()) {
        return true;
      }
    }
    return false;
  }
}
