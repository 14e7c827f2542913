package io.correio.log;

import io.correio.log.directory.DirectoryScan;
import io.correio.log.format.RecordFormat;
import io.correio.log.format.Seal;
import io.correio.log.format.SegmentHeader;
import java.io.IOException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is alive in a sealed segment. Asks for whole lanes where the answer is known, reading
 * as little as possible; for each message otherwise. Cleaner thread.
 */
final class Census {

  /** Of a segment with so few lanes it is remembered which they are. */
  private static final int MAX_REMEMBERED_LANES = 16;

  /**
   * What was found.
   *
   * @param keys live messages, at most
   * @param bytes of their records, estimated
   * @param effort messages and lanes looked at
   */
  record Count(long keys, long bytes, long effort) {}

  /** A lane's share of a segment. */
  record LaneRange(long lane, long first, long last, int count) {}

  private Census() {}

  /** Counts; the caller has acquired the segment. */
  static Count count(Segment segment, Segment.Sealed sealed, Liveness liveness) throws IOException {
    LaneRange[] ranges = segment.laneRanges();
    Count count =
        ranges != null
            ? countRemembered(ranges, sealed.seal(), liveness)
            : countScanned(segment, sealed, liveness);
    if (count == null) {
      count = countEach(sealed, liveness);
    }
    segment.live(count.keys(), count.bytes());
    return count;
  }

  private static @Nullable Count countRemembered(LaneRange[] ranges, Seal seal, Liveness liveness) {
    long keys = 0;
    for (LaneRange range : ranges) {
      long alive = liveness.aliveAtMost(range.lane(), range.first(), range.last());
      if (alive < 0) {
        return null;
      }
      keys += Math.min(alive, range.count());
    }
    return new Count(keys, estimate(seal, keys), ranges.length);
  }

  private static @Nullable Count countScanned(
      Segment segment, Segment.Sealed sealed, Liveness liveness) throws IOException {
    Seal seal = sealed.seal();
    DirectoryScan scan = new DirectoryScan(sealed.directory());
    boolean remember = seal.laneCount() <= MAX_REMEMBERED_LANES;
    LaneRange[] ranges = new LaneRange[remember ? seal.laneCount() : 0];
    long keys = 0;
    boolean known = true;
    for (int i = 0; scan.nextLane(); i++) {
      long last = scan.lastSequence();
      if (remember) {
        ranges[i] = new LaneRange(scan.lane(), scan.firstSequence(), last, scan.count());
      }
      long alive = liveness.aliveAtMost(scan.lane(), scan.firstSequence(), last);
      known &= alive >= 0;
      if (!known && !remember) {
        return null;
      }
      keys += Math.min(alive, scan.count());
    }
    if (remember) {
      segment.laneRanges(ranges);
    }
    return known ? new Count(keys, estimate(seal, keys), seal.keyCount()) : null;
  }

  private static Count countEach(Segment.Sealed sealed, Liveness liveness) throws IOException {
    DirectoryScan scan = new DirectoryScan(sealed.directory());
    BitSet counted = new BitSet();
    long keys = 0;
    long bytes = 0;
    while (scan.nextLane()) {
      while (scan.nextEntry()) {
        if (liveness.isAlive(scan.lane(), scan.sequence())) {
          keys++;
          // No two records begin within a header's length, so this names each of them.
          int record = scan.offset() / RecordFormat.HEADER_BYTES;
          bytes += counted.get(record) ? 0 : scan.length();
          counted.set(record);
        }
      }
    }
    return new Count(keys, bytes, sealed.seal().keyCount());
  }

  private static long estimate(Seal seal, long liveKeys) {
    if (liveKeys == 0) {
      return 0;
    }
    double share = (double) liveKeys / seal.keyCount();
    return (long) ((seal.recordsEnd() - SegmentHeader.BLOCK_BYTES) * share);
  }
}
