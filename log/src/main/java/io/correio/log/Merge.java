package io.correio.log;

import io.correio.log.directory.ActiveDirectory;
import io.correio.log.directory.DirectoryScan;
import io.correio.log.directory.DirectoryWriter;
import io.correio.log.format.RecordChecksum;
import io.correio.log.format.RecordFormat;
import io.correio.log.format.Seal;
import io.correio.log.format.SegmentHeader;
import io.correio.log.format.SegmentName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Copies what is alive in neighbouring segments into one, in steps. Grouped by lane, the order in a
 * lane kept, a record with several live keys copied once. Cleaner thread; {@link Cleaning} begins
 * it and finishes or abandons it.
 *
 * <pre>
 *      12  A1 B1 A2 C1 ...        |
 *      13  (was freed before)     |---&gt;  12-17  A1 A2 A9 B1 B4 C1 ... directory
 *      17  B4 A9 ...              |
 * </pre>
 *
 * <p>The file grows under a temporary name. Its rename to the name of the range is the commit: from
 * then on the sources are superfluous, and a start that still finds them deletes them.
 */
final class Merge {

  private static final int OUTPUT_BYTES = 1024 * 1024;

  private final List<Segment> sources;
  private final DirectoryScan[] scans;
  private final boolean[] atLane;
  private final RecordWindow window = new RecordWindow();
  private final MovedRecords moved = new MovedRecords();
  private final ActiveDirectory directory = new ActiveDirectory();
  private final SegmentHeader header;
  private final SegmentName name;
  private final StorageFile file;
  private final long capacity;
  private final RecordChecksum checksum = new RecordChecksum();
  private ByteBuffer output = allocate(OUTPUT_BYTES);
  private long outputStart = SegmentHeader.BLOCK_BYTES;
  private int lastChecksum;
  private long stepBytes;
  private boolean inLane;
  private long lane;
  private int source;

  /**
   * Begins.
   *
   * @param sources acquired by the caller until the merge is over
   * @param file where it goes, under its temporary name
   * @param capacity the result is at most so long
   */
  Merge(List<Segment> sources, StorageFile file, long capacity) throws IOException {
    this.sources = sources;
    this.file = file;
    this.capacity = capacity;
    this.name = nameOf(sources);
    this.header =
        new SegmentHeader(
            SegmentHeader.VERSION,
            name.first(),
            name.last(),
            ThreadLocalRandom.current().nextLong());
    checksum.segment(header.firstNumber(), header.use());
    scans = new DirectoryScan[sources.size()];
    atLane = new boolean[sources.size()];
    for (int i = 0; i < scans.length; i++) {
      scans[i] = new DirectoryScan(sealed(i).directory());
      atLane[i] = scans[i].nextLane();
    }
  }

  static SegmentName nameOf(List<Segment> sources) {
    return new SegmentName(
        sources.getFirst().header().firstNumber(), sources.getLast().header().lastNumber());
  }

  /** The result would be longer than a segment: more was alive than was estimated. */
  static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1;

    TooLongException(SegmentName name) {
      super("The merged segment " + name + " would be too long");
    }
  }

  private static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private Segment.Sealed sealed(int index) {
    Segment.Sealed sealed = sources.get(index).sealed();
    if (sealed == null) {
      throw new IllegalStateException(sources.get(index) + " is not sealed");
    }
    return sealed;
  }

  List<Segment> sources() {
    return sources;
  }

  SegmentName name() {
    return name;
  }

  StorageFile file() {
    return file;
  }

  SegmentHeader header() {
    return header;
  }

  /** Bytes copied in the last step. */
  long stepBytes() {
    return stepBytes;
  }

  /** Copies about so many bytes; returns whether all is copied. */
  boolean step(Liveness liveness, long bytes) throws IOException {
    stepBytes = 0;
    while (inLane || chooseLane()) {
      while (source < scans.length) {
        DirectoryScan scan = scans[source];
        if (atLane[source] && scan.lane() == lane) {
          while (scan.nextEntry()) {
            if (liveness.isAlive(lane, scan.sequence())) {
              move(scan, liveness);
              if (stepBytes >= bytes) {
                return false;
              }
            }
          }
          atLane[source] = scan.nextLane();
        }
        source++;
      }
      inLane = false;
    }
    return true;
  }

  /** The lowest lane that any source is at. */
  private boolean chooseLane() {
    boolean any = false;
    for (int i = 0; i < scans.length; i++) {
      if (atLane[i] && (!any || scans[i].lane() < lane)) {
        lane = scans[i].lane();
        any = true;
      }
    }
    inLane = any;
    source = 0;
    return any;
  }

  private void move(DirectoryScan scan, Liveness liveness) throws IOException {
    long target = moved.get(source, scan.offset());
    if (target < 0) {
      target = copy(scan, liveness);
    }
    directory.add(lane, scan.sequence(), (int) (target >>> Integer.SIZE), (int) target);
  }

  /** Copies a record with the keys that are alive; returns its new offset and length. */
  private long copy(DirectoryScan scan, Liveness liveness) throws IOException {
    Segment from = sources.get(source);
    ByteBuffer record = window.read(from, scan.offset(), scan.length());
    int at = window.start();
    window.check(from, scan.offset(), scan.length());
    int keyCount = RecordFormat.keyCount(record, at);
    int contentBytes = RecordFormat.length(record, at) - keyCount * RecordFormat.KEY_BYTES;
    if (output.remaining() < scan.length()) {
      flush();
      if (output.capacity() < scan.length()) {
        output = allocate(scan.length());
      }
    }
    int start = output.position();
    output.position(start + RecordFormat.HEADER_BYTES);
    int live = putLiveKeys(record, RecordFormat.keysAt(at), keyCount, liveness);
    int contentAt = RecordFormat.keysAt(at) + keyCount * RecordFormat.KEY_BYTES;
    output.put(output.position(), record, contentAt, contentBytes);
    output.position(output.position() + contentBytes);
    int length = output.position() - start;
    RecordFormat.putHeader(
        output, start, length - RecordFormat.HEADER_BYTES, RecordFormat.LAST, live);
    RecordFormat.putPosition(output, start, RecordFormat.position(record, at));
    lastChecksum = RecordFormat.seal(output, start, lastChecksum, checksum);
    long offset = outputStart + start;
    if (offset + length + directory.bytesWith(live) + DirectoryWriter.ALIGNMENT_BYTES > capacity) {
      throw new TooLongException(name);
    }
    stepBytes += length;
    long target = offset << Integer.SIZE | length;
    if (live > 1) {
      moved.put(source, scan.offset(), target);
    }
    return target;
  }

  private int putLiveKeys(ByteBuffer record, int keysAt, int keyCount, Liveness liveness) {
    int live = 0;
    for (int i = 0; i < keyCount; i++) {
      long keyLane = record.getLong(keysAt + i * RecordFormat.KEY_BYTES);
      long sequence = record.getLong(keysAt + i * RecordFormat.KEY_BYTES + Long.BYTES);
      if (liveness.isAlive(keyLane, sequence)) {
        output.putLong(keyLane).putLong(sequence);
        live++;
      }
    }
    return live;
  }

  private void flush() throws IOException {
    output.flip();
    int length = output.remaining();
    file.write(output, outputStart);
    outputStart += length;
    output.clear();
  }

  /** Ends the file after the last step, unforced. */
  Seal seal() throws IOException {
    flush();
    SegmentSupply.writeHeader(file, header);
    return SegmentEnd.write(
        file,
        header,
        directory,
        outputStart,
        lastChecksum,
        sealed(0).seal().firstPosition(),
        sealed(sources.size() - 1).seal().lastPosition());
  }

  boolean isEmpty() {
    return directory.keyCount() == 0;
  }
}
