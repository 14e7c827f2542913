package io.correio.log;

/**
 * What one call of {@link SegmentedLog#clean} did.
 *
 * @param freedSegments segments that hold nothing any more
 * @param mergedSegments segments that were replaced by one
 * @param copiedBytes bytes of live records copied
 * @param moreWork whether another call now would find more to do; false also when the limit for
 *     copying is reached for the moment
 * @param heldBack whether a merge is under way that the limit for copying holds back: to be called
 *     again a little later
 */
public record CleanResult(
    int freedSegments, int mergedSegments, long copiedBytes, boolean moreWork, boolean heldBack) {}
