package io.correio.server.perf;

import java.util.List;

/** All counters of a run at one moment, or what they grew between two. */
record Measurement(
    long nanos,
    long sent,
    long confirmed,
    long rejected,
    long returned,
    long received,
    long foreign,
    Histogram.Snapshot confirmLatency,
    Histogram.Snapshot receiveLatency) {

  static Measurement take(List<Producer> producers, List<Consumer> consumers) {
    Histogram.Snapshot confirms = new Histogram.Snapshot();
    Histogram.Snapshot receives = new Histogram.Snapshot();
    long sent = 0;
    long confirmed = 0;
    long rejected = 0;
    long returned = 0;
    for (Producer each : producers) {
      sent += each.sent();
      confirmed += each.confirmed();
      rejected += each.rejected();
      returned += each.returned();
      each.confirmLatency().addTo(confirms);
    }
    long received = 0;
    long foreign = 0;
    for (Consumer each : consumers) {
      received += each.received();
      foreign += each.foreign();
      each.latency().addTo(receives);
    }
    return new Measurement(
        System.nanoTime(),
        sent,
        confirmed,
        rejected,
        returned,
        received,
        foreign,
        confirms,
        receives);
  }

  /** What happened since an earlier measurement; {@code nanos} is then the time between them. */
  Measurement since(Measurement earlier) {
    return new Measurement(
        nanos - earlier.nanos,
        sent - earlier.sent,
        confirmed - earlier.confirmed,
        rejected - earlier.rejected,
        returned - earlier.returned,
        received - earlier.received,
        foreign - earlier.foreign,
        confirmLatency.since(earlier.confirmLatency),
        receiveLatency.since(earlier.receiveLatency));
  }

  /** A count per second of the time between. */
  double perSecond(long count) {
    return nanos == 0 ? 0 : count * 1e9 / nanos;
  }
}
