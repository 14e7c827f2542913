package io.correio.server.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Percentiles of the histogram against those of a sorted list. */
final class HistogramTest {
  @Test
  void percentiles_are_those_of_a_sorted_list_within_a_hundredth() {
    Random random = new Random(5);
    for (double spread : new double[] {10, 1e4, 1e7, 1e11}) {
      Histogram histogram = new Histogram();
      long[] values = new long[10_001];
      for (int i = 0; i < values.length; i++) {
        values[i] = (long) (Math.exp(-5 * random.nextDouble()) * spread);
        histogram.record(values[i]);
      }
      Arrays.sort(values);
      Histogram.Snapshot snapshot = snapshot(histogram);
      for (double share : new double[] {0.0001, 0.5, 0.75, 0.99, 0.999, 1}) {
        long exact = values[(int) Math.ceil(share * values.length) - 1];
        assertThat(snapshot.percentile(share)).isCloseTo(exact, within(exact / 100));
      }
    }
  }

  @Test
  void small_values_are_exact_and_extreme_ones_are_kept_at_the_ends() {
    for (long value : new long[] {0, 1, 127, 128, 255}) {
      assertThat(only(value).percentile(0.5)).isEqualTo(value);
    }
    assertThat(only(-5).percentile(1)).isZero();
    assertThat(only(Long.MAX_VALUE).percentile(1)).isCloseTo(1L << 40, within(1L << 33));
  }

  @Test
  void difference_of_two_snapshots_is_what_came_between() {
    Histogram histogram = new Histogram();
    histogram.record(10);
    Histogram.Snapshot before = snapshot(histogram);
    histogram.record(100);
    histogram.record(100);
    Histogram.Snapshot between = snapshot(histogram).since(before);
    assertThat(between.count()).isEqualTo(2);
    assertThat(between.percentile(0)).isEqualTo(100);
    assertThat(new Histogram.Snapshot().percentile(0.5)).isZero();
  }

  @Test
  void snapshot_adds_up_several_histograms() {
    Histogram.Snapshot sum = new Histogram.Snapshot();
    for (int value = 1; value <= 3; value++) {
      Histogram histogram = new Histogram();
      histogram.record(value);
      histogram.addTo(sum);
    }
    assertThat(sum.count()).isEqualTo(3);
    assertThat(sum.percentile(0.5)).isEqualTo(2);
  }

  private static Histogram.Snapshot only(long value) {
    Histogram histogram = new Histogram();
    histogram.record(value);
    return snapshot(histogram);
  }

  private static Histogram.Snapshot snapshot(Histogram histogram) {
    Histogram.Snapshot snapshot = new Histogram.Snapshot();
    histogram.addTo(snapshot);
    return snapshot;
  }
}
