package io.correio.tests.broker;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Where a broker listens, and the names that tests give to what they make in it. One broker serves
 * many tests, so whatever a test declares is named by {@link #unique}. Immutable but for the count.
 */
public final class Broker {
  private static final AtomicLong COUNT = new AtomicLong();

  private final String host;
  private final int amqpPort;

  public Broker(String host, int amqpPort) {
    this.host = host;
    this.amqpPort = amqpPort;
  }

  public String host() {
    return host;
  }

  public int amqpPort() {
    return amqpPort;
  }

  /** The URL of the default virtual host for the default login. */
  public String url() {
    return "amqp://guest:guest@" + host + ":" + amqpPort + "/%2f";
  }

  /** A name nobody else uses, in this run or in the runs before on the same data. */
  public static String unique(String purpose) {
    return "test."
        + purpose
        + "."
        + Long.toString(System.nanoTime(), 36)
        + "."
        + COUNT.incrementAndGet();
  }
}
