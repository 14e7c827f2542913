package io.correio.log;

import io.correio.log.format.RecordFormat;

/**
 * How a log behaves. Immutable; begin with {@link #durable()}, {@link #scratch()} or {@link
 * #memory()}.
 *
 * @param segmentBytes length of a segment file, 64 KiB to 1 GiB
 * @param forced false for a scratch log: never forced, and emptied when it is opened
 * @param reserveBytes kept for what must not wait, never counted by {@link SegmentedLog#room()}
 * @param keepFreeBytes the log takes no more room when the storage has less than this left
 * @param maxEntryBytes an entry with its headers and keys is at most so long
 * @param maxSegmentKeys a segment is sealed when its directory has so many keys, unless room is
 *     short
 * @param aheadBytes preparing goes on until {@link SegmentedLog#room()} is this; it is never more
 * @param firstStepBytes allocated by opening an empty folder, before any preparing
 * @param stepBytes allocated and forced at a time when preparing
 * @param directoryCacheBytes directory pages kept in memory, for all segments together
 * @param openFiles segment files kept open although nobody reads them
 * @param mergeBytesPerSecond limit for copying by the cleaner while there is room
 */
public record LogOptions(
    int segmentBytes,
    boolean forced,
    long reserveBytes,
    long keepFreeBytes,
    int maxEntryBytes,
    int maxSegmentKeys,
    long aheadBytes,
    int firstStepBytes,
    int stepBytes,
    long directoryCacheBytes,
    int openFiles,
    long mergeBytesPerSecond) {

  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;
  private static final int MIN_SEGMENT_BYTES = 64 * KIB;
  private static final int MAX_SEGMENT_BYTES = 1024 * MIB;

  public LogOptions {
    if (segmentBytes < MIN_SEGMENT_BYTES || segmentBytes > MAX_SEGMENT_BYTES) {
      throw new IllegalArgumentException(
          "segmentBytes must lie between %d and %d, not be %d"
              .formatted(MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES, segmentBytes));
    }
    if (maxEntryBytes > largestEntry(segmentBytes)) {
      throw new IllegalArgumentException(
          "maxEntryBytes must be at most %d with segments of %d bytes, not %d"
              .formatted(largestEntry(segmentBytes), segmentBytes, maxEntryBytes));
    }
    if (reserveBytes < 0 || aheadBytes < 0 || stepBytes <= 0 || maxSegmentKeys <= 0) {
      throw new IllegalArgumentException(
          "reserveBytes, aheadBytes, stepBytes and maxSegmentKeys must be positive");
    }
  }

  /** Segments of 64 MiB, forced. */
  public static LogOptions durable() {
    return new LogOptions(
        64 * MIB,
        true,
        8 * MIB,
        64 * MIB,
        RecordFormat.MAX_RECORD_BYTES,
        500_000,
        16 * MIB,
        MIB,
        4 * MIB,
        16 * MIB,
        64,
        64 * MIB);
  }

  /** For what need not outlive the process: never forced, emptied at open. */
  public static LogOptions scratch() {
    return durable().withForced(false).withReserveBytes(0);
  }

  /** For a {@link MemoryStorage}: smaller segments, since dead ones keep their memory. */
  public static LogOptions memory() {
    return durable().withSegmentBytes(16 * MIB).withKeepFreeBytes(0);
  }

  /** Other segments, and everything that depends on their length in proportion. */
  public LogOptions withSegmentBytes(int bytes) {
    return new LogOptions(
        bytes,
        forced,
        Math.min(8 * MIB, bytes / 8),
        keepFreeBytes,
        largestEntry(bytes),
        maxSegmentKeys,
        Math.min(16 * MIB, bytes / 4),
        Math.min(MIB, bytes),
        Math.min(4 * MIB, bytes / 4),
        directoryCacheBytes,
        openFiles,
        mergeBytesPerSecond);
  }

  public LogOptions withForced(boolean value) {
    return new LogOptions(
        segmentBytes,
        value,
        reserveBytes,
        keepFreeBytes,
        maxEntryBytes,
        maxSegmentKeys,
        aheadBytes,
        firstStepBytes,
        stepBytes,
        directoryCacheBytes,
        openFiles,
        mergeBytesPerSecond);
  }

  public LogOptions withReserveBytes(long bytes) {
    return new LogOptions(
        segmentBytes,
        forced,
        bytes,
        keepFreeBytes,
        maxEntryBytes,
        maxSegmentKeys,
        aheadBytes,
        firstStepBytes,
        stepBytes,
        directoryCacheBytes,
        openFiles,
        mergeBytesPerSecond);
  }

  public LogOptions withKeepFreeBytes(long bytes) {
    return new LogOptions(
        segmentBytes,
        forced,
        reserveBytes,
        bytes,
        maxEntryBytes,
        maxSegmentKeys,
        aheadBytes,
        firstStepBytes,
        stepBytes,
        directoryCacheBytes,
        openFiles,
        mergeBytesPerSecond);
  }

  public LogOptions withMaxSegmentKeys(int keys) {
    return new LogOptions(
        segmentBytes,
        forced,
        reserveBytes,
        keepFreeBytes,
        maxEntryBytes,
        keys,
        aheadBytes,
        firstStepBytes,
        stepBytes,
        directoryCacheBytes,
        openFiles,
        mergeBytesPerSecond);
  }

  public LogOptions withMergeBytesPerSecond(long bytes) {
    return new LogOptions(
        segmentBytes,
        forced,
        reserveBytes,
        keepFreeBytes,
        maxEntryBytes,
        maxSegmentKeys,
        aheadBytes,
        firstStepBytes,
        stepBytes,
        directoryCacheBytes,
        openFiles,
        bytes);
  }

  /** An entry of nothing but keys of different lanes must fit an empty segment with directory. */
  private static int largestEntry(int segmentBytes) {
    return Math.min(
        RecordFormat.MAX_RECORD_BYTES, segmentBytes / (segmentBytes < 256 * KIB ? 8 : 4));
  }
}
