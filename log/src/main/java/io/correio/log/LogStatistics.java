package io.correio.log;

/**
 * Figures of a log, each true when it was taken.
 *
 * @param segments segment files that hold records, the active one included
 * @param bytes length of all files of the log, prepared ones included
 * @param liveBytesHint bytes of live records as the cleaner saw them last; an estimate
 * @param spareBytes allocated and not yet written
 * @param room what {@link SegmentedLog#room()} says
 * @param roomShort what {@link SegmentedLog#roomShort()} says
 * @param lastPosition position of the last entry appended
 * @param durablePosition position of the last entry forced
 * @param cachedDirectoryBytes directory pages in memory
 */
public record LogStatistics(
    int segments,
    long bytes,
    long liveBytesHint,
    long spareBytes,
    long room,
    boolean roomShort,
    long lastPosition,
    long durablePosition,
    long cachedDirectoryBytes) {}
