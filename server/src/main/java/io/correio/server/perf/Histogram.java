package io.correio.server.perf;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts durations in buckets whose width grows with the value, so that each is known to 1/128 of
 * itself (below 128 ns exactly), up to 18 minutes; longer ones count as that.
 *
 * <pre>
 *  bucket   0 .. 127       1 ns each
 *  bucket 128 .. 255       1 ns each   [128, 256)
 *  bucket 256 .. 383       2 ns each   [256, 512)      and so on: each 128 buckets span an octave
 * </pre>
 *
 * <p>Counts only ever grow, so what happened between two moments is the difference of two {@link
 * Snapshot}s. One thread records, any thread reads.
 */
public final class Histogram {
  private static final int STEPS = 128;
  private static final int STEP_BITS = 7;
  private static final long MAX_NANOS = (1L << 40) - 1;
  private static final int BUCKETS = (40 - STEP_BITS + 1) * STEPS;

  private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

  /** An empty histogram. */
  public Histogram() {}

  /** Counts a duration in nanoseconds; a negative one as 0. */
  public void record(long nanos) {
    int bucket = bucket(Math.clamp(nanos, 0, MAX_NANOS));
    counts.setRelease(bucket, counts.getPlain(bucket) + 1);
  }

  /** Adds all counts as they are now to a snapshot, which may hold those of others. */
  public void addTo(Snapshot sum) {
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      sum.counts[bucket] += counts.getAcquire(bucket);
    }
  }

  private static int bucket(long nanos) {
    int octave = Math.max(0, 64 - Long.numberOfLeadingZeros(nanos) - STEP_BITS - 1);
    return octave * STEPS + (int) (nanos >>> octave);
  }

  /** The middle of what a bucket counts. */
  private static long value(int bucket) {
    int octave = Math.max(0, bucket / STEPS - 1);
    long lowest = (long) (bucket - octave * STEPS) << octave;
    return lowest + ((1L << octave) >> 1);
  }

  /**
   * Counts at one moment, or between two, of one histogram or of several. Not changed by others.
   */
  public static final class Snapshot {
    private final long[] counts;

    /** No counts. */
    public Snapshot() {
      this(new long[BUCKETS]);
    }

    private Snapshot(long[] counts) {
      this.counts = counts;
    }

    /** What was counted since an earlier snapshot. */
    public Snapshot since(Snapshot earlier) {
      long[] difference = new long[BUCKETS];
      for (int bucket = 0; bucket < BUCKETS; bucket++) {
        difference[bucket] = counts[bucket] - earlier.counts[bucket];
      }
      return new Snapshot(difference);
    }

    /** How many durations were counted. */
    public long count() {
      long sum = 0;
      for (long each : counts) {
        sum += each;
      }
      return sum;
    }

    /** The duration, in nanoseconds, that this share (0 to 1) of all do not exceed; 0 if none. */
    public long percentile(double share) {
      long wanted = Math.max(1, (long) Math.ceil(share * count()));
      long seen = 0;
      for (int bucket = 0; bucket < BUCKETS; bucket++) {
        seen += counts[bucket];
        if (seen >= wanted) {
          return value(bucket);
        }
      }
      return 0;
    }
  }
}
