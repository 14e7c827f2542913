package io.correio.client.remote;

import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a program is connected to its manager. Immutable.
 *
 * @param name what the manager calls this program
 * @param firstWait how long {@link RemoteQueueManager#connect} goes on trying a manager that is not
 *     there; zero for one attempt
 * @param outageLimit how long calls wait for a connection that was lost; then they, and those that
 *     follow, throw until it is back. Subscriptions wait for ever
 * @param tls trust and keys for amqps; null for those of the JVM
 */
public record ConnectOptions(
    String name, Duration firstWait, Duration outageLimit, @Nullable SSLContext tls) {

  private static final Duration DEFAULT_OUTAGE_LIMIT = Duration.ofMinutes(1);

  /** Checks the durations. */
  public ConnectOptions {
    if (firstWait.isNegative() || outageLimit.isNegative()) {
      throw new IllegalArgumentException("firstWait and outageLimit are not negative");
    }
  }

  /** One attempt to connect; calls wait through an outage of a minute. */
  public static ConnectOptions defaults() {
    return new ConnectOptions("correio-client", Duration.ZERO, DEFAULT_OUTAGE_LIMIT, null);
  }

  /** These options with another {@link #name}. */
  public ConnectOptions withName(String newName) {
    return new ConnectOptions(newName, firstWait, outageLimit, tls);
  }

  /** These options with another {@link #firstWait}. */
  public ConnectOptions withFirstWait(Duration wait) {
    return new ConnectOptions(name, wait, outageLimit, tls);
  }

  /** These options with another {@link #outageLimit}. */
  public ConnectOptions withOutageLimit(Duration limit) {
    return new ConnectOptions(name, firstWait, limit, tls);
  }

  /** These options with another {@link #tls}. */
  public ConnectOptions withTls(SSLContext context) {
    return new ConnectOptions(name, firstWait, outageLimit, context);
  }
}
