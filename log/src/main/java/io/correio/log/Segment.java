package io.correio.log;

import io.correio.log.directory.ActiveDirectory;
import io.correio.log.directory.DirectoryWriter;
import io.correio.log.directory.PageCache;
import io.correio.log.directory.PageReader;
import io.correio.log.directory.SealedDirectory;
import io.correio.log.format.Seal;
import io.correio.log.format.SegmentHeader;
import io.correio.log.format.SegmentName;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One segment file and the little that is known of it in memory.
 *
 * <pre>
 *     prepared --first record--&gt; active --full--&gt; sealed --dead, or merged--&gt; retired
 *        ^                                                                      |
 *        +------------------- recycled, when no reader has it open -------------+
 * </pre>
 *
 * <p>The writer thread makes it active and seals it, the cleaner retires it; {@link OpenFiles}
 * opens and closes its file and counts who uses it.
 */
final class Segment implements PageReader {

  private final Storage storage;
  private final SegmentName name;
  private final SegmentHeader header;

  // Guarded by the lock of OpenFiles.
  @Nullable StorageFile openFile;
  int users;
  boolean retired;

  private volatile long allocated;
  private volatile long used;
  private volatile boolean nearlyFull;
  private volatile @Nullable ActiveDirectory activeDirectory;
  private volatile @Nullable Sealed sealed;

  // Of the cleaner, which counts what is alive; the bytes are shown to others.
  private Census.LaneRange @Nullable [] laneRanges;
  private long liveKeys;
  private volatile long liveBytes;
  private long mergeableBelowKeys = Long.MAX_VALUE;

  /** A sealed segment's summary, and its directory on the disk. */
  record Sealed(Seal seal, SealedDirectory directory) {

    /** False when the lane is certainly not here; reads nothing. */
    boolean mayContain(long lane) {
      return seal.keyCount() > 0 && seal.smallestLane() <= lane && lane <= seal.largestLane();
    }
  }

  Segment(Storage storage, SegmentName name, SegmentHeader header, long allocated) {
    this.storage = storage;
    this.name = name;
    this.header = header;
    this.allocated = allocated;
    this.used = SegmentHeader.BLOCK_BYTES;
  }

  Storage storage() {
    return storage;
  }

  SegmentName name() {
    return name;
  }

  SegmentHeader header() {
    return header;
  }

  /** The open file, for who {@linkplain OpenFiles#acquire acquired} the segment. */
  StorageFile file() {
    StorageFile file = openFile;
    if (file == null) {
      throw new IllegalStateException(name + " is not open");
    }
    return file;
  }

  /** Bytes that are really there and can be written. */
  long allocated() {
    return allocated;
  }

  void allocated(long bytes) {
    allocated = bytes;
  }

  /** Bytes taken by header, records and the directory that they will need. */
  long used() {
    return used;
  }

  void used(long bytes) {
    used = bytes;
  }

  /** Whether it will be left before its bytes are used up: it has many keys. */
  boolean isNearlyFull() {
    return nearlyFull;
  }

  void nearlyFull(boolean value) {
    nearlyFull = value;
  }

  /** What can still be written, pages that are begun and the directory's alignment taken off. */
  long usable() {
    return Math.max(0, allocated - used - DirectoryWriter.MAX_SLACK_BYTES);
  }

  /** The directory in memory while the segment is active. */
  @Nullable ActiveDirectory activeDirectory() {
    return activeDirectory;
  }

  void activate(ActiveDirectory directory) {
    sealed = null;
    activeDirectory = directory;
  }

  /** Null while the segment is prepared or active. */
  @Nullable Sealed sealed() {
    return sealed;
  }

  void seal(Seal seal, PageCache cache) {
    // In this order, so that a reader always sees at least one of the two.
    sealed = new Sealed(seal, directory(seal, cache));
    activeDirectory = null;
  }

  private SealedDirectory directory(Seal seal, PageCache cache) {
    return new SealedDirectory(
        this,
        cache,
        header.firstNumber(),
        header.use(),
        seal.directoryOffset(),
        seal.laneCount(),
        seal.keyCount());
  }

  Census.LaneRange @Nullable [] laneRanges() {
    return laneRanges;
  }

  void laneRanges(Census.LaneRange[] ranges) {
    laneRanges = ranges;
  }

  void live(long keys, long bytes) {
    liveKeys = keys;
    liveBytes = bytes;
  }

  long liveKeys() {
    return liveKeys;
  }

  long liveBytes() {
    return liveBytes;
  }

  boolean isMergeable() {
    return liveKeys < mergeableBelowKeys;
  }

  /** More is alive than was estimated: not before half of it is dead. */
  void postponeMerge() {
    mergeableBelowKeys = liveKeys / 2;
  }

  boolean isMerged() {
    return header.firstNumber() != header.lastNumber();
  }

  @Override
  public void read(ByteBuffer target, long offset) throws IOException {
    file().read(target, offset);
    if (target.hasRemaining()) {
      EOFException eof = new EOFException("The file ends at " + file().size());
      throw (IOException) corrupt(offset, "the file ends here").initCause(eof);
    }
  }

  @Override
  public CorruptLogException corrupt(long offset, String reason) {
    return new CorruptLogException(storage.describe() + "/" + name, offset, reason);
  }

  @Override
  public String toString() {
    return name.toString();
  }
}
