package io.correio.log;

import io.correio.log.directory.ActiveDirectory;
import io.correio.log.directory.DirectoryWriter;
import io.correio.log.format.RecordChecksum;
import io.correio.log.format.RecordFormat;
import io.correio.log.format.Seal;
import io.correio.log.format.SegmentHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log at a start, finds its end and cuts what is torn. Used once, by the thread that
 * replays.
 *
 * <pre>
 *      sealed   sealed   sealed   unsealed   unsealed   unsealed
 *      |--- complete ---|   ?    |--- tail --|--- prepared, no record ---|
 * </pre>
 *
 * <p>A segment's seal is durable before the next segment gets its first record. So everything
 * before the tail must be whole, and whatever is not is damage. If no unsealed segment has a record
 * the last sealed one may be torn itself, seal and all: it is read like a tail.
 */
final class Recovery {

  private final LogOptions options;
  private final OpenFiles files;
  private final SegmentSupply supply;
  private final long from;
  private final ReplayVisitor visitor;
  private final ByteBuffer nothing = ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);

  /** Position of the last entry seen, or known to be in a segment that was not read. */
  private long last;

  Recovery(
      LogOptions options, OpenFiles files, SegmentSupply supply, long from, ReplayVisitor visitor) {
    this.options = options;
    this.files = files;
    this.supply = supply;
    this.from = from;
    this.visitor = visitor;
  }

  /**
   * Replays.
   *
   * @param sealed oldest first; a torn one is removed
   * @param unsealed oldest first; those that hold nothing are left over as prepared segments
   */
  Appender.Tail run(List<Segment> sealed, List<Segment> unsealed) throws IOException {
    Segment tail =
        unsealed.isEmpty() || !holdsRecord(unsealed.getFirst()) ? null : unsealed.getFirst();
    checkPrepared(unsealed);
    List<Segment> complete = new ArrayList<>(sealed);
    Segment suspect = tail == null && !sealed.isEmpty() ? complete.removeLast() : null;
    if (suspect != null && suspect.isMerged()) {
      complete.add(suspect);
      suspect = null;
    }
    for (Segment segment : complete) {
      replayComplete(segment);
    }
    if (suspect != null) {
      Appender.Tail torn = replaySuspect(suspect);
      if (torn != null) {
        sealed.remove(suspect);
        return torn;
      }
    }
    if (unsealed.isEmpty()) {
      return replayTail(supply.take());
    }
    tail = unsealed.removeFirst();
    files.acquire(tail);
    return replayTail(tail);
  }

  private boolean holdsRecord(Segment segment) throws IOException {
    files.acquire(segment);
    try {
      return new EntryScanner(segment, segment.allocated()).next();
    } finally {
      files.release(segment);
    }
  }

  private void checkPrepared(List<Segment> unsealed) throws IOException {
    for (int i = 1; i < unsealed.size(); i++) {
      Segment segment = unsealed.get(i);
      if (holdsRecord(segment)) {
        throw unsealed
            .get(i - 1)
            .corrupt(Seal.OFFSET, "it is not sealed, but the log goes on in " + segment);
      }
    }
  }

  /**
   * A checkpoint is written when all it covers is durable, and the segment with the last durable
   * entry stays as long as none follows: so what was read must reach as far.
   */
  private void checkEnd(Segment segment, long end) throws CorruptLogException {
    if (last < from) {
      throw segment.corrupt(
          end,
          "the log ends at position %d, but it was durable up to position %d"
              .formatted(last, from));
    }
  }

  /** Everything in it must be good; it is not read at all when nothing of it is to be replayed. */
  private void replayComplete(Segment segment) throws IOException {
    Seal seal = seal(segment);
    if (seal.lastPosition() <= from) {
      last = Math.max(last, seal.lastPosition());
      return;
    }
    checkBegin(segment, seal.firstPosition());
    files.acquire(segment);
    try {
      EntryScanner scanner = new EntryScanner(segment, seal.recordsEnd());
      while (scanner.next()) {
        visit(segment, scanner);
      }
      if (scanner.end() != seal.recordsEnd() || scanner.lastChecksum() != seal.lastChecksum()) {
        throw segment.corrupt(scanner.end(), "a record is not readable");
      }
    } finally {
      files.release(segment);
    }
  }

  private void checkBegin(Segment segment, long firstPosition) throws CorruptLogException {
    long expected = Math.max(last, from);
    if (segment.isMerged() || firstPosition > expected + 1) {
      throw segment.corrupt(
          SegmentHeader.BLOCK_BYTES,
          "entries from position %d on are missing before it, and no checkpoint covers them"
              .formatted(expected + 1));
    }
  }

  /**
   * Reads the last sealed segment, which may be torn.
   *
   * @return null when it is complete, otherwise the log's tail
   */
  private Appender.@Nullable Tail replaySuspect(Segment segment) throws IOException {
    Seal seal = seal(segment);
    files.acquire(segment);
    boolean keep = false;
    try {
      boolean whole = hasDirectory(segment);
      if (whole && seal.lastPosition() <= from) {
        // A checkpoint relies on its entries: they were durable before.
        last = Math.max(last, seal.lastPosition());
        force(segment);
        return null;
      }
      checkBegin(segment, seal.firstPosition());
      ActiveDirectory directory = new ActiveDirectory();
      EntryScanner scanner = new EntryScanner(segment, segment.allocated());
      long first = scan(segment, scanner, directory, seal.recordsEnd());
      whole &= scanner.end() == seal.recordsEnd() && scanner.lastChecksum() == seal.lastChecksum();
      if (whole) {
        force(segment);
        return null;
      }
      checkEnd(segment, scanner.end());
      segment.file().write(ByteBuffer.allocate(Seal.BYTES), Seal.OFFSET);
      keep = true;
      return tail(segment, scanner, directory, first);
    } finally {
      if (!keep) {
        files.release(segment);
      }
    }
  }

  private boolean hasDirectory(Segment segment) throws IOException {
    Segment.Sealed sealed = segment.sealed();
    try {
      if (sealed != null) {
        sealed.directory().verify();
      }
      return sealed != null;
    } catch (CorruptLogException e) {
      return false;
    }
  }

  private Appender.Tail replayTail(Segment segment) throws IOException {
    ActiveDirectory directory = new ActiveDirectory();
    EntryScanner scanner = new EntryScanner(segment, segment.allocated());
    long first = scan(segment, scanner, directory, Long.MAX_VALUE);
    return tail(segment, scanner, directory, first);
  }

  private long scan(
      Segment segment, EntryScanner scanner, ActiveDirectory directory, long recordsEnd)
      throws IOException {
    long first = 0;
    while (scanner.end() < recordsEnd && scanner.next()) {
      if (first == 0 && !scanner.isRestart()) {
        first = scanner.position();
        checkBegin(segment, first);
      }
      addKeys(scanner, directory);
      visit(segment, scanner);
    }
    directory.publish();
    return first;
  }

  private void addKeys(EntryScanner scanner, ActiveDirectory directory) {
    ByteBuffer buffer = scanner.buffer();
    long offset = scanner.offset();
    for (int at = scanner.bufferStart(); at < scanner.bufferEnd(); ) {
      int bytes = RecordFormat.HEADER_BYTES + RecordFormat.length(buffer, at);
      int keys = RecordFormat.keyCount(buffer, at);
      directory.add(buffer, RecordFormat.keysAt(at), keys, (int) offset, bytes);
      offset += bytes;
      at += bytes;
    }
  }

  /** Hands an entry to the visitor, unless it is an old one or none of a caller's. */
  private void visit(Segment segment, EntryScanner scanner) throws CorruptLogException {
    long position = scanner.position();
    if (scanner.isRestart()) {
      last = Math.max(last, position);
      return;
    }
    long expected = Math.max(last, from) + 1;
    if (position > from && position != expected) {
      throw segment.corrupt(
          scanner.offset(), "position %d is here instead of %d".formatted(position, expected));
    }
    last = position;
    if (position <= from) {
      return;
    }
    ByteBuffer buffer = scanner.buffer();
    for (int at = scanner.bufferStart(); at < scanner.bufferEnd(); ) {
      int length = RecordFormat.length(buffer, at);
      int keys = RecordFormat.keyCount(buffer, at);
      int keyBytes = keys * RecordFormat.KEY_BYTES;
      int payload = RecordFormat.keysAt(at);
      visitor.onRecord(
          position,
          RecordFormat.isLast(buffer, at),
          keys == 0 ? nothing : slice(buffer, payload, keyBytes),
          keys,
          slice(buffer, payload + keyBytes, length - keyBytes));
      at += RecordFormat.HEADER_BYTES + length;
    }
  }

  private static ByteBuffer slice(ByteBuffer buffer, int at, int length) {
    return buffer.slice(at, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Makes a segment the tail. What lies behind its last good entry must never come back: a record
   * with random content takes the first place there, so that no old one chains to what follows.
   */
  private Appender.Tail tail(
      Segment segment, EntryScanner scanner, ActiveDirectory directory, long first)
      throws IOException {
    long end = scanner.end();
    checkEnd(segment, end);
    int lastChecksum = scanner.lastChecksum();
    ByteBuffer restart = restart(last);
    int bytes = RecordFormat.RESTART_BYTES;
    long needed = end + bytes + directory.bytesWith(0) + DirectoryWriter.ALIGNMENT_BYTES;
    if (needed <= segment.allocated()) {
      RecordChecksum checksum =
          new RecordChecksum().segment(segment.header().firstNumber(), segment.header().use());
      lastChecksum = RecordFormat.seal(restart, 0, lastChecksum, checksum);
      segment.file().write(restart, end);
      end += bytes;
    }
    force(segment);
    segment.activate(directory);
    return new Appender.Tail(
        segment, directory, end, lastChecksum, first == 0 ? last + 1 : first, last);
  }

  private static ByteBuffer restart(long position) {
    ByteBuffer record =
        ByteBuffer.allocate(RecordFormat.RESTART_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    RecordFormat.putHeader(record, 0, Long.BYTES, RecordFormat.RESTART | RecordFormat.LAST, 0);
    RecordFormat.putPosition(record, 0, position);
    record.putLong(RecordFormat.HEADER_BYTES, ThreadLocalRandom.current().nextLong());
    return record;
  }

  private void force(Segment segment) throws IOException {
    if (options.forced()) {
      segment.file().force();
    }
  }

  private static Seal seal(Segment segment) {
    Segment.Sealed sealed = segment.sealed();
    if (sealed == null) {
      throw new IllegalStateException(segment + " is not sealed");
    }
    return sealed.seal();
  }
}
