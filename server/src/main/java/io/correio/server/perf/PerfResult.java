package io.correio.server.perf;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a run measured. Rates are those of the time in which it was sending, after the warm-up;
 * latencies are of all messages after the warm-up; counts are of the whole run.
 */
public final class PerfResult {
  private static final double[] SHARES = {0.5, 0.75, 0.95, 0.99, 0.999, 1};
  private static final String[] SHARE_NAMES = {"p50", "p75", "p95", "p99", "p99.9", "max"};

  private final PerfOptions options;
  private final Measurement sending;
  private final Measurement measured;
  private final Measurement whole;
  private final Losses losses;

  PerfResult(
      PerfOptions options,
      Measurement sending,
      Measurement measured,
      Measurement whole,
      Losses losses) {
    this.options = options;
    this.sending = sending;
    this.measured = measured;
    this.whole = whole;
    this.losses = losses;
  }

  /** Publishes of the whole run. */
  public long sent() {
    return whole.sent();
  }

  /** Publishes that were confirmed. */
  public long confirmed() {
    return whole.confirmed();
  }

  /** Deliveries of this run's messages. */
  public long received() {
    return whole.received();
  }

  /** Confirmed (without confirms: sent) and not received; empty when it cannot be known. */
  public OptionalLong lost() {
    return losses.lost();
  }

  /** Received more than once from one queue; empty when it cannot be known. */
  public OptionalLong duplicated() {
    return losses.duplicated();
  }

  /** The time in which it was sending, after the warm-up. */
  public PerfInterval sending() {
    return new PerfInterval(sending);
  }

  /** The result in a few lines to read. */
  public String toText() {
    StringWriter all = new StringWriter();
    PrintWriter text = new PrintWriter(all);
    text.printf(
        Locale.ROOT, "measured   %.1f s after %d s of warm-up%n", seconds(), options.skipSeconds());
    if (options.producers() > 0) {
      text.printf(Locale.ROOT, "sent       %,d (%,.0f/s)%n", whole.sent(), sending().sentRate());
    }
    if (options.confirm() > 0 && options.producers() > 0) {
      text.printf(
          Locale.ROOT, "confirmed  %,d (%,.0f/s)%n", whole.confirmed(), sending().confirmedRate());
    }
    if (options.consumers() > 0) {
      text.printf(
          Locale.ROOT, "received   %,d (%,.0f/s)%n", whole.received(), sending().receivedRate());
    }
    latency(text, "receive", measured.receiveLatency());
    latency(text, "confirm", measured.confirmLatency());
    if (options.producers() > 0 && options.consumers() > 0) {
      text.printf(Locale.ROOT, "lost       %s%n", known(losses.lost()));
      text.printf(Locale.ROOT, "duplicated %s%n", known(losses.duplicated()));
    }
    optional(text, "rejected   ", whole.rejected());
    optional(text, "returned   ", whole.returned());
    optional(text, "of others  ", whole.foreign());
    return all.toString();
  }

  /** The result as one JSON object on one line; rates per second, latencies in milliseconds. */
  public String toJson() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("seconds", round(seconds()));
    fields.put("sent", whole.sent());
    fields.put("confirmed", whole.confirmed());
    fields.put("received", whole.received());
    fields.put("rejected", whole.rejected());
    fields.put("returned", whole.returned());
    fields.put("foreign", whole.foreign());
    losses.lost().ifPresent(lost -> fields.put("lost", lost));
    losses.duplicated().ifPresent(duplicated -> fields.put("duplicated", duplicated));
    fields.put("sentRate", round(sending().sentRate()));
    fields.put("confirmedRate", round(sending().confirmedRate()));
    fields.put("receivedRate", round(sending().receivedRate()));
    fields.put("receiveMillis", latencies(measured.receiveLatency()));
    fields.put("confirmMillis", latencies(measured.confirmLatency()));
    return json(fields);
  }

  private double seconds() {
    return sending.nanos() / 1e9;
  }

  private static void latency(PrintWriter text, String name, Histogram.Snapshot latency) {
    if (latency.count() == 0) {
      return;
    }
    StringBuilder values = new StringBuilder();
    for (int i = 0; i < SHARES.length; i++) {
      values.append(
          String.format(
              Locale.ROOT, "  %s %.3f", SHARE_NAMES[i], latency.percentile(SHARES[i]) / 1e6));
    }
    text.printf(Locale.ROOT, "%s ms%s%n", name, values);
  }

  private static Map<String, Object> latencies(Histogram.Snapshot latency) {
    Map<String, Object> values = new LinkedHashMap<>();
    if (latency.count() > 0) {
      for (int i = 0; i < SHARES.length; i++) {
        values.put(SHARE_NAMES[i], round(latency.percentile(SHARES[i]) / 1e6));
      }
    }
    return values;
  }

  private static String known(OptionalLong count) {
    return count.isPresent() ? String.format(Locale.ROOT, "%,d", count.getAsLong()) : "unknown";
  }

  private static void optional(PrintWriter text, String name, long count) {
    if (count > 0) {
      text.printf(Locale.ROOT, "%s%,d%n", name, count);
    }
  }

  private static double round(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  private static String json(Map<String, Object> fields) {
    StringBuilder text = new StringBuilder("{");
    fields.forEach((name, value) -> {
      text.append(text.length() > 1 ? "," : "").append('"').append(name).append("\":");
      @SuppressWarnings("unchecked")
      Object shown = value instanceof Map ? json((Map<String, Object>) value) : value;
      text.append(shown);
    });
    return text.append('}').toString();
  }
}
