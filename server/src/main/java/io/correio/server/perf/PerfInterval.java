package io.correio.server.perf;

/** What happened in a stretch of a run: rates per second, latencies in milliseconds. */
public final class PerfInterval {
  private final Measurement difference;

  PerfInterval(Measurement difference) {
    this.difference = difference;
  }

  /** Publishes per second. */
  public double sentRate() {
    return difference.perSecond(difference.sent());
  }

  /** Confirms per second. */
  public double confirmedRate() {
    return difference.perSecond(difference.confirmed());
  }

  /** Deliveries per second. */
  public double receivedRate() {
    return difference.perSecond(difference.received());
  }

  /** Time from publish to confirm that this share (0 to 1) did not exceed. */
  public double confirmMillis(double share) {
    return difference.confirmLatency().percentile(share) / 1e6;
  }

  /** Time from publish to delivery that this share (0 to 1) did not exceed. */
  public double receiveMillis(double share) {
    return difference.receiveLatency().percentile(share) / 1e6;
  }

  /** Whether any confirm was measured. */
  public boolean hasConfirms() {
    return difference.confirmLatency().count() > 0;
  }

  /** Whether any delivery was measured. */
  public boolean hasDeliveries() {
    return difference.receiveLatency().count() > 0;
  }
}
