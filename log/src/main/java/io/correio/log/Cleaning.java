package io.correio.log;

import io.correio.log.directory.DirectoryWriter;
import io.correio.log.directory.PageCache;
import io.correio.log.format.Seal;
import io.correio.log.format.SegmentHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives back what is dead: frees segments without anything alive, merges neighbours that are mostly
 * dead, and turns retired files into room for new segments. Only segments that lie entirely below
 * the last checkpoint are touched, since a start may have to replay the others. Cleaner thread.
 *
 * <p>Work is done in rounds over all segments, a slice in each call, so that preparing and
 * checkpoints are not held up.
 */
final class Cleaning {

  /** Messages looked at in one call. */
  private static final long MAX_EFFORT = 500_000;

  /** Bytes copied in one call. */
  private static final long MAX_COPY_BYTES = 4L * 1024 * 1024;

  /** Files kept to be recycled. */
  private static final int MAX_FREE_FILES = 2;

  /** A small file counts as this share of a segment, so that many of them are not left alone. */
  private static final int SMALL_FILE_SHARE = 8;

  private static final long FIXED_WEIGHT =
      SegmentHeader.BLOCK_BYTES + DirectoryWriter.MAX_SLACK_BYTES;

  private final Storage storage;
  private final LogOptions options;
  private final SegmentSet segments;
  private final OpenFiles files;
  private final SegmentSupply supply;
  private final PageCache cache;
  private final LongSupplier replayFrom;
  private final LongSupplier durablePosition;
  private final RateLimit rate;
  private final List<Segment> retired = new ArrayList<>();
  private @Nullable Merge merge;

  /** Number of the segment that the round comes to next. */
  private long nextNumber;

  Cleaning(
      Storage storage,
      LogOptions options,
      SegmentSet segments,
      OpenFiles files,
      SegmentSupply supply,
      PageCache cache,
      LongSupplier replayFrom,
      LongSupplier durablePosition) {
    this.storage = storage;
    this.options = options;
    this.segments = segments;
    this.files = files;
    this.supply = supply;
    this.cache = cache;
    this.replayFrom = replayFrom;
    this.durablePosition = durablePosition;
    this.rate = new RateLimit(options.mergeBytesPerSecond());
  }

  /** See {@link SegmentedLog#clean}. */
  CleanResult clean(Liveness liveness) throws IOException {
    giveBack();
    int freed = 0;
    boolean roundOver = true;
    if (merge == null) {
      List<Segment> dead = new ArrayList<>();
      roundOver = takeCensus(liveness, dead);
      freed = dead.size();
      for (Segment segment : dead) {
        retire(List.of(segment), List.of());
      }
      // What is free now may be what a merge needs.
      giveBack();
      if (roundOver) {
        merge = beginMerge();
      }
    }
    int merged = 0;
    long copied = 0;
    Merge current = merge;
    if (current != null && mayCopy()) {
      merged = copy(current, liveness);
      copied = current.stepBytes();
    }
    giveBack();
    boolean more = merge != null ? mayCopy() : !roundOver || merged > 0;
    return new CleanResult(freed, merged, copied, more, merge != null && !more);
  }

  private boolean mayCopy() {
    return rate.allows() || supply.roomShort();
  }

  /**
   * Counts what is alive, going on where the last call ended.
   *
   * @return whether the last segment was reached
   */
  private boolean takeCensus(Liveness liveness, List<Segment> dead) throws IOException {
    long effort = 0;
    for (Segment segment : candidates()) {
      if (segment.header().firstNumber() < nextNumber) {
        continue;
      }
      if (effort >= MAX_EFFORT) {
        return false;
      }
      nextNumber = segment.header().firstNumber() + 1;
      Census.Count count = count(segment, liveness);
      effort += count.effort() + 1;
      if (count.keys() == 0) {
        dead.add(segment);
      }
    }
    nextNumber = 0;
    return true;
  }

  private Census.Count count(Segment segment, Liveness liveness) throws IOException {
    Segment.Sealed sealed = segment.sealed();
    if (sealed == null || !files.acquire(segment)) {
      throw new IllegalStateException(segment + " is not sealed");
    }
    try {
      return Census.count(segment, sealed, liveness);
    } finally {
      files.release(segment);
    }
  }

  /**
   * Sealed segments that no start will replay, oldest first. Not the one with the last durable
   * entry: without it, a start could not tell an empty end of the log from a lost one.
   */
  private List<Segment> candidates() {
    long covered = Math.min(replayFrom.getAsLong(), durablePosition.getAsLong() - 1);
    List<Segment> below = new ArrayList<>();
    for (Segment segment : segments.list()) {
      Segment.Sealed sealed = segment.sealed();
      if (sealed == null || sealed.seal().lastPosition() > covered) {
        break;
      }
      below.add(segment);
    }
    return below;
  }

  private @Nullable Merge beginMerge() throws IOException {
    List<Segment> run = run(candidates());
    if (run.isEmpty()) {
      return null;
    }
    long bytes = 0;
    for (Segment segment : run) {
      bytes += weight(segment);
    }
    String temporary = Merge.nameOf(run) + SegmentSupply.TEMPORARY;
    String free = storage.usableBytes() < bytes ? supply.takeFree() : null;
    StorageFile file;
    if (free != null) {
      storage.rename(free, temporary);
      file = storage.open(temporary);
    } else {
      file = storage.create(temporary);
    }
    for (Segment segment : run) {
      files.acquire(segment);
    }
    return new Merge(run, file, options.segmentBytes());
  }

  /** The first neighbours, none of them half alive, whose merging frees more than it copies. */
  private List<Segment> run(List<Segment> candidates) {
    for (int from = 0; from < candidates.size(); from++) {
      List<Segment> run = new ArrayList<>();
      long weight = FIXED_WEIGHT;
      long keys = 0;
      long length = 0;
      for (Segment segment : candidates.subList(from, candidates.size())) {
        if (!segment.isMergeable()
            || weight(segment) >= options.segmentBytes() / 2
            || weight + weight(segment) > options.segmentBytes()
            || keys + segment.liveKeys() > options.maxSegmentKeys()) {
          break;
        }
        run.add(segment);
        weight += weight(segment);
        keys += segment.liveKeys();
        length += countedLength(segment.allocated());
      }
      if (run.size() > 1 && length - countedLength(weight) >= weight) {
        return run;
      }
    }
    return List.of();
  }

  private long countedLength(long bytes) {
    return Math.max(bytes, options.segmentBytes() / SMALL_FILE_SHARE);
  }

  /** What a segment's live records and their directory take in a merged one. */
  private static long weight(Segment segment) {
    return segment.liveBytes() + segment.liveKeys() * DirectoryWriter.MAX_BYTES_PER_KEY;
  }

  /** Copies a step; returns the number of segments merged when that was the last one. */
  private int copy(Merge current, Liveness liveness) throws IOException {
    try {
      boolean complete = current.step(liveness, MAX_COPY_BYTES);
      rate.spend(current.stepBytes());
      if (options.forced()) {
        // Step by step, so that the last one does not wait for all of it.
        current.file().force();
      }
      if (!complete) {
        return 0;
      }
      finish(current);
      return current.sources().size();
    } catch (Merge.TooLongException e) {
      abandon(current);
      current.sources().forEach(Segment::postponeMerge);
      return 0;
    } catch (IOException e) {
      abandon(current);
      if (storage.usableBytes() < options.segmentBytes() && !(e instanceof CorruptLogException)) {
        // The disk is full: what is there stays, and the next round tries again.
        return 0;
      }
      throw e;
    }
  }

  private void finish(Merge current) throws IOException {
    StorageFile file = current.file();
    String temporary = current.name() + SegmentSupply.TEMPORARY;
    List<Segment> result = List.of();
    if (current.isEmpty()) {
      file.close();
      storage.delete(temporary);
    } else {
      Seal seal = current.seal();
      long end = SegmentEnd.end(seal);
      if (file.size() - end > options.segmentBytes() / 4) {
        file.truncate(end);
      }
      if (options.forced()) {
        file.force();
      }
      Segment segment = new Segment(storage, current.name(), current.header(), file.size());
      file.close();
      storage.rename(temporary, current.name().toString());
      segment.used(end);
      segment.seal(seal, cache);
      result = List.of(segment);
    }
    merge = null;
    retire(current.sources(), result);
    for (Segment segment : current.sources()) {
      files.release(segment);
    }
  }

  private void abandon(Merge current) throws IOException {
    merge = null;
    for (Segment segment : current.sources()) {
      files.release(segment);
    }
    current.file().close();
    storage.delete(current.name() + SegmentSupply.TEMPORARY);
  }

  private void retire(List<Segment> old, List<Segment> replacement) throws IOException {
    segments.replace(old, replacement);
    for (Segment segment : old) {
      files.retire(segment);
      retired.add(segment);
    }
  }

  /** Recycles or deletes the files of retired segments that nobody reads any more. */
  private void giveBack() throws IOException {
    boolean deleted = false;
    for (Iterator<Segment> all = retired.iterator(); all.hasNext(); ) {
      Segment segment = all.next();
      if (!files.isUnused(segment)) {
        continue;
      }
      Segment.Sealed sealed = segment.sealed();
      if (sealed != null) {
        cache.forget(sealed.directory());
      }
      String name = segment.name().toString();
      if (supply.freeFiles() < MAX_FREE_FILES
          && segment.allocated() > options.segmentBytes() / 4L * 3) {
        storage.rename(name, name + SegmentSupply.FREE);
        supply.addFree(name + SegmentSupply.FREE);
      } else {
        storage.delete(name);
        deleted = true;
      }
      all.remove();
    }
    if (deleted) {
      storage.forceDirectory();
    }
  }

  /** Gives up a merge that is under way; the segments stay as they are. */
  void close() throws IOException {
    if (merge != null) {
      abandon(merge);
    }
  }
}
