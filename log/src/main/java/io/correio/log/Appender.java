package io.correio.log;

import io.correio.log.directory.ActiveDirectory;
import io.correio.log.directory.DirectoryWriter;
import io.correio.log.directory.PageCache;
import io.correio.log.format.RecordChecksum;
import io.correio.log.format.RecordFormat;
import io.correio.log.format.Seal;
import io.correio.log.format.SegmentHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The writing end of the log: chains and checks records, writes them, seals a full segment and goes
 * on in the next. Writer thread alone.
 */
final class Appender {

  private final LogOptions options;
  private final SegmentSupply supply;
  private final SegmentSet segments;
  private final OpenFiles files;
  private final PageCache cache;
  private final RecordChecksum checksum = new RecordChecksum();

  private Segment segment;
  private ActiveDirectory directory;
  private long end;
  private int lastChecksum;
  private long firstPosition;
  private volatile long lastPosition;
  private volatile long durablePosition;
  private long stampedPosition;
  private boolean unforced;
  private volatile @Nullable IOException failure;

  /** Goes on where the recovered tail ends. */
  Appender(
      LogOptions options,
      SegmentSupply supply,
      SegmentSet segments,
      OpenFiles files,
      PageCache cache,
      Tail tail) {
    this.options = options;
    this.supply = supply;
    this.segments = segments;
    this.files = files;
    this.cache = cache;
    this.segment = tail.segment();
    this.directory = tail.directory();
    this.end = tail.end();
    this.lastChecksum = tail.lastChecksum();
    this.firstPosition = tail.firstPosition();
    this.lastPosition = tail.lastPosition();
    this.durablePosition = tail.lastPosition();
    checksum.segment(segment.header().firstNumber(), segment.header().use());
    segment.used(end + directory.bytesWith(0));
    supply.activate(segment);
  }

  /**
   * Where a log ends.
   *
   * @param firstPosition of the entries in this segment; above the last one when there is none
   */
  record Tail(
      Segment segment,
      ActiveDirectory directory,
      long end,
      int lastChecksum,
      long firstPosition,
      long lastPosition) {}

  long lastPosition() {
    return lastPosition;
  }

  long durablePosition() {
    return durablePosition;
  }

  /** See {@link SegmentedLog#append}. */
  void append(RecordBuffer records) throws IOException {
    checkUsable();
    if (records.entries() == 0) {
      return;
    }
    if (records.firstPosition() != lastPosition + 1) {
      throw new IllegalArgumentException(
          "Position %d does not follow %d".formatted(records.firstPosition(), lastPosition));
    }
    ByteBuffer buffer = records.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    buffer.clear();
    try {
      appendEntries(buffer, records.bytes());
    } catch (IOException | RuntimeException e) {
      throw failed(e);
    }
  }

  private void appendEntries(ByteBuffer buffer, int bytes) throws IOException {
    int written = 0;
    for (int at = 0; at < bytes; ) {
      int entryEnd = at;
      int keys = 0;
      boolean accepted = true;
      boolean last = false;
      while (!last) {
        int keyCount = RecordFormat.keyCount(buffer, entryEnd);
        accepted &= directory.accepts(buffer, RecordFormat.keysAt(entryEnd), keyCount);
        keys += keyCount;
        last = RecordFormat.isLast(buffer, entryEnd);
        entryEnd += RecordFormat.HEADER_BYTES + RecordFormat.length(buffer, entryEnd);
      }
      if (entryEnd - at > options.maxEntryBytes()) {
        throw new IllegalArgumentException(
            "An entry of %d bytes is above the limit of %d"
                .formatted(entryEnd - at, options.maxEntryBytes()));
      }
      if (!accepted || !fits(entryEnd - at, keys)) {
        write(buffer, written, at);
        written = at;
        makeRoom(entryEnd - at, keys, accepted);
      }
      stamp(buffer, at, entryEnd);
      at = entryEnd;
    }
    write(buffer, written, bytes);
  }

  private boolean fits(int bytes, int keys) {
    return needed(bytes, keys) <= segment.allocated() && hasKeys(keys);
  }

  /** File length at which an entry and the directory that then follows fit. */
  private long needed(int bytes, int keys) {
    return end + bytes + directory.bytesWith(keys) + DirectoryWriter.ALIGNMENT_BYTES;
  }

  private boolean hasKeys(int keys) {
    int there = directory.keyCount();
    // The limit keeps memory in bounds; when room is short, room counts for more.
    return there == 0 || there + keys <= options.maxSegmentKeys() || !supply.mayLeaveActive();
  }

  private void makeRoom(int bytes, int keys, boolean accepted) throws IOException {
    if (!accepted || !hasKeys(keys) || needed(bytes, keys) > segmentBytes()) {
      roll();
    }
    long needed = needed(bytes, keys);
    if (needed > segment.allocated()) {
      supply.grow(segment, needed);
    }
  }

  private long segmentBytes() {
    return Math.max(options.segmentBytes(), segment.allocated());
  }

  private void stamp(ByteBuffer buffer, int from, int to) {
    for (int at = from; at < to; ) {
      int recordBytes = RecordFormat.HEADER_BYTES + RecordFormat.length(buffer, at);
      lastChecksum = RecordFormat.seal(buffer, at, lastChecksum, checksum);
      int keyCount = RecordFormat.keyCount(buffer, at);
      if (keyCount > 0) {
        directory.add(buffer, RecordFormat.keysAt(at), keyCount, (int) end, recordBytes);
      }
      end += recordBytes;
      at += recordBytes;
    }
    stampedPosition = RecordFormat.position(buffer, from);
  }

  /** Writes what was stamped and lets readers see it. */
  private void write(ByteBuffer buffer, int from, int to) throws IOException {
    if (from == to) {
      return;
    }
    buffer.limit(to).position(from);
    segment.file().write(buffer, end - (to - from));
    buffer.clear();
    directory.publish();
    segment.used(end + directory.bytesWith(0));
    segment.nearlyFull(directory.keyCount() > options.maxSegmentKeys() / 4 * 3);
    lastPosition = stampedPosition;
    unforced = true;
  }

  /** See {@link SegmentedLog#force}. */
  void force() throws IOException {
    checkUsable();
    if (unforced) {
      try {
        if (options.forced()) {
          segment.file().force();
        }
      } catch (IOException e) {
        throw failed(e);
      }
      unforced = false;
    }
    durablePosition = lastPosition;
  }

  /** Seals the segment, forces it, and only then goes on in the next one. */
  private void roll() throws IOException {
    // Before sealing: a start on a full disk must find a segment to go on in.
    Segment next = supply.take();
    seal();
    Segment full = segment;
    segment = next;
    directory = new ActiveDirectory();
    end = SegmentHeader.BLOCK_BYTES;
    lastChecksum = 0;
    firstPosition = lastPosition + 1;
    checksum.segment(next.header().firstNumber(), next.header().use());
    next.used(end);
    next.activate(directory);
    segments.add(next);
    supply.activate(next);
    files.release(full);
  }

  private void seal() throws IOException {
    StorageFile file = segment.file();
    Seal seal =
        SegmentEnd.write(
            file, segment.header(), directory, end, lastChecksum, firstPosition, lastPosition);
    long length = SegmentEnd.end(seal);
    if (length < segment.allocated() / 4 * 3) {
      supply.ifNotGrowing(() -> {
        file.truncate(length);
        segment.allocated(length);
      });
    }
    if (options.forced()) {
      file.force();
    }
    unforced = false;
    durablePosition = lastPosition;
    segment.used(length);
    segment.seal(seal, cache);
  }

  private void checkUsable() throws IOException {
    if (failure != null) {
      throw new IOException("The log failed before and takes nothing more", failure);
    }
  }

  /** Nothing is known any more of what the disk has: the caller ends the process. */
  private IOException failed(Exception cause) {
    failure =
        new IOException(
            "Writing to %s/%s failed: %s"
                .formatted(segment.storage().describe(), segment, cause.getMessage()),
            cause);
    return failure;
  }
}
