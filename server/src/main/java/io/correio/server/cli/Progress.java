package io.correio.server.cli;

import java.io.Console;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Says how far long work is: on standard error, once a second, when a person is there to read it.
 * Used by one thread.
 */
final class Progress {
  private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String verb;
  private long nextNanos = System.nanoTime() + EVERY_NANOS;
  private boolean printed;

  Progress(String verb) {
    this.verb = verb;
  }

  /** So many are done. */
  void at(long messages) {
    long now = System.nanoTime();
    if (now - nextNanos >= 0 && isRead()) {
      nextNanos = now + EVERY_NANOS;
      printed = true;
      System.err.print("\r" + messages + " messages " + verb);
    }
  }

  private static boolean isRead() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  /** The work is done: what it printed was a line. */
  void end(long messages) {
    if (printed) {
      System.err.println("\r" + messages + " messages " + verb);
    }
  }
}
