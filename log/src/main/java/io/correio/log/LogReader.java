package io.correio.log;

import io.correio.log.directory.ActiveDirectory;
import io.correio.log.directory.LaneCursor;
import io.correio.log.directory.Locations;
import io.correio.log.format.RecordChecksum;
import io.correio.log.format.RecordFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds messages in the segments and reads them, neighbours together. Any thread; what a read needs
 * is taken from a small pool.
 *
 * <p>It remembers for the lanes read last where the read ended: the next message of the lane is the
 * next entry of that segment's directory, or lies in one of the segments after it.
 */
final class LogReader {

  /** Lanes whose place is remembered. */
  private static final int MAX_PLACES = 4096;

  private static final int MAX_POOLED = 4;
  private static final int READ_BYTES = 1024 * 1024;

  /** A gap between two records that is cheaper read than skipped. */
  private static final int MAX_GAP_BYTES = 8 * 1024;

  private static final int BATCH = 1024;

  private final SegmentSet segments;
  private final OpenFiles files;
  private final int readBytes;
  private final Deque<Workspace> pool = new ArrayDeque<>();
  private final Map<Long, Place> places = new LinkedHashMap<>(64, 0.75f, true);

  LogReader(SegmentSet segments, OpenFiles files, int segmentBytes) {
    this.segments = segments;
    this.files = files;
    this.readBytes = Math.min(READ_BYTES, segmentBytes);
  }

  /** Where the last read of a lane ended; the cursor counts only in a sealed segment. */
  private static final class Place {
    final LaneCursor cursor = new LaneCursor();
    @Nullable Segment segment;
    boolean hasCursor;
  }

  /** What one read needs. */
  private static final class Workspace {
    final ByteBuffer buffer;
    final Locations locations = new Locations(BATCH);
    final RecordChecksum checksum = new RecordChecksum();

    Workspace(int bytes) {
      buffer = allocate(bytes);
    }
  }

  /** How looking into one segment ended. */
  private enum Found {
    HERE,
    NOT_HERE,
    /** The lane goes on here behind the sequence: no later segment has it. */
    PASSED,
    /** The segment is gone: another one has its messages. */
    RETIRED
  }

  private static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** See {@link SegmentedLog#read}. */
  int read(long lane, long[] sequences, int count, int maxBytes, MessageSink sink)
      throws IOException {
    Workspace workspace = takeWorkspace();
    Place place = takePlace(lane);
    try {
      int done = 0;
      long bytes = 0;
      while (done < count && (bytes == 0 || bytes < maxBytes)) {
        workspace.locations.clear();
        Segment segment = find(lane, sequences, done, count, place, workspace.locations);
        if (segment == null) {
          sink.onMissing(sequences[done++]);
          continue;
        }
        try {
          Delivery delivery =
              new Delivery(segment, lane, sequences, done, maxBytes - bytes, workspace, sink);
          done += delivery.run();
          bytes += delivery.bytes;
        } finally {
          files.release(segment);
        }
      }
      return done;
    } finally {
      giveBack(workspace, lane, place);
    }
  }

  /** Finds messages from {@code sequences[from]} on in one segment, which is then acquired. */
  private @Nullable Segment find(
      long lane, long[] sequences, int from, int to, Place place, Locations locations)
      throws IOException {
    while (true) {
      List<Segment> list = segments.list();
      int at = place.segment == null ? list.size() : indexOf(list, place.segment);
      Found found = Found.NOT_HERE;
      for (; at < list.size() && found == Found.NOT_HERE; at++) {
        found = look(list.get(at), lane, sequences, from, to, place, locations);
        if (found == Found.HERE) {
          return list.get(at);
        }
      }
      if (found != Found.RETIRED) {
        int candidate = candidate(list, lane, sequences[from]);
        if (candidate == list.size()) {
          return null;
        }
        found =
            candidate < 0
                ? Found.RETIRED
                : look(list.get(candidate), lane, sequences, from, to, place, locations);
        if (found != Found.RETIRED) {
          return found == Found.HERE ? list.get(candidate) : null;
        }
      }
    }
  }

  private static int indexOf(List<Segment> list, Segment segment) {
    long number = segment.header().firstNumber();
    int low = 0;
    int high = list.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (list.get(middle).header().firstNumber() < number) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < list.size() && list.get(low) == segment ? low : list.size();
  }

  /**
   * Index of the newest segment in which the lane begins at or below the sequence: the only one
   * that can have it, as the sequences of a lane ascend from segment to segment.
   *
   * @return -1 when a segment was retired meanwhile, the list's size when there is no candidate
   */
  private int candidate(List<Segment> list, long lane, long sequence) throws IOException {
    for (int at = list.size() - 1; at >= 0; at--) {
      Segment segment = list.get(at);
      ActiveDirectory active = segment.activeDirectory();
      Segment.Sealed sealed = active == null ? segment.sealed() : null;
      Long first = null;
      if (active != null) {
        first = active.firstSequence(lane);
      } else if (sealed != null && sealed.mayContain(lane)) {
        if (!files.acquire(segment)) {
          return -1;
        }
        try {
          first = sealed.directory().firstSequence(lane);
        } finally {
          files.release(segment);
        }
      }
      if (first != null && first <= sequence) {
        return at;
      }
    }
    return list.size();
  }

  /** Looks into one segment, which stays acquired when the first message is there. */
  private Found look(
      Segment segment,
      long lane,
      long[] sequences,
      int from,
      int to,
      Place place,
      Locations locations)
      throws IOException {
    if (!files.acquire(segment)) {
      return Found.RETIRED;
    }
    Found found = Found.NOT_HERE;
    try {
      ActiveDirectory active = segment.activeDirectory();
      Segment.Sealed sealed = active == null ? segment.sealed() : null;
      if (active != null) {
        found = active.find(lane, sequences, from, to, locations) > 0 ? Found.HERE : found;
        place.segment = found == Found.HERE ? segment : place.segment;
        place.hasCursor &= found != Found.HERE;
      } else if (sealed != null && sealed.mayContain(lane)) {
        found = look(segment, sealed, lane, sequences, from, to, place, locations);
      }
      return found;
    } finally {
      if (found != Found.HERE) {
        files.release(segment);
      }
    }
  }

  private static Found look(
      Segment segment,
      Segment.Sealed sealed,
      long lane,
      long[] sequences,
      int from,
      int to,
      Place place,
      Locations locations)
      throws IOException {
    if (place.segment != segment || !place.hasCursor) {
      place.segment = segment;
      place.hasCursor = sealed.directory().seek(lane, sequences[from], place.cursor);
      if (!place.hasCursor) {
        return Found.NOT_HERE;
      }
    }
    if (sealed.directory().find(place.cursor, sequences, from, to, locations) > 0) {
      return Found.HERE;
    }
    return sealed.directory().endsBelow(place.cursor, sequences[from])
        ? Found.NOT_HERE
        : Found.PASSED;
  }

  /** Reads the messages that were located in one segment and hands them over. */
  private static final class Delivery {
    private final Segment segment;
    private final long lane;
    private final long[] sequences;
    private final int from;
    private final long maxBytes;
    private final Workspace workspace;
    private final MessageSink sink;
    private long bytes;

    Delivery(
        Segment segment,
        long lane,
        long[] sequences,
        int from,
        long maxBytes,
        Workspace workspace,
        MessageSink sink) {
      this.segment = segment;
      this.lane = lane;
      this.sequences = sequences;
      this.from = from;
      this.maxBytes = maxBytes;
      this.workspace = workspace;
      this.sink = sink;
      workspace.checksum.segment(segment.header().firstNumber(), segment.header().use());
    }

    int run() throws IOException {
      Locations locations = workspace.locations;
      int delivered = 0;
      while (delivered < locations.count() && (bytes == 0 || bytes < maxBytes)) {
        int end = neighbours(delivered);
        long start = offset(delivered);
        int length = (int) (offset(end - 1) + locations.length(end - 1) - start);
        ByteBuffer buffer =
            length > workspace.buffer.capacity() ? allocate(length) : workspace.buffer;
        buffer.clear().limit(length);
        segment.read(buffer, start);
        buffer.clear().limit(length);
        for (; delivered < end; delivered++) {
          deliver(buffer, delivered, start);
        }
      }
      return delivered;
    }

    private long offset(int index) {
      return workspace.locations.offset(index);
    }

    /** Index behind the messages that are read together, beginning with this one. */
    private int neighbours(int first) {
      Locations locations = workspace.locations;
      long start = offset(first);
      long end = start + locations.length(first);
      int next = first + 1;
      while (next < locations.count() && bytes + (end - start) < maxBytes) {
        long nextEnd = offset(next) + locations.length(next);
        if (offset(next) < end
            || offset(next) - end > MAX_GAP_BYTES
            || nextEnd - start > workspace.buffer.capacity()) {
          break;
        }
        end = nextEnd;
        next++;
      }
      return next;
    }

    private void deliver(ByteBuffer buffer, int index, long start) throws IOException {
      int at = (int) (offset(index) - start);
      int length = workspace.locations.length(index) - RecordFormat.HEADER_BYTES;
      long sequence = sequences[from + index];
      if (RecordFormat.length(buffer, at) != length
          || !RecordFormat.isPlausible(buffer, at)
          || workspace.checksum.of(buffer, at) != RecordFormat.checksum(buffer, at)
          || !hasKey(buffer, at, sequence)) {
        throw segment.corrupt(
            offset(index),
            "the record of message %d in lane %d is not readable".formatted(sequence, lane));
      }
      int keyBytes = RecordFormat.keyCount(buffer, at) * RecordFormat.KEY_BYTES;
      ByteBuffer content = buffer.slice(RecordFormat.keysAt(at) + keyBytes, length - keyBytes);
      sink.onMessage(
          sequence, RecordFormat.position(buffer, at), content.order(ByteOrder.LITTLE_ENDIAN));
      bytes += length;
    }

    private boolean hasKey(ByteBuffer buffer, int at, long sequence) {
      int keys = RecordFormat.keyCount(buffer, at);
      for (int key = RecordFormat.keysAt(at); keys > 0; keys--, key += RecordFormat.KEY_BYTES) {
        if (buffer.getLong(key) == lane && buffer.getLong(key + Long.BYTES) == sequence) {
          return true;
        }
      }
      return false;
    }
  }

  private Workspace takeWorkspace() {
    synchronized (pool) {
      Workspace pooled = pool.poll();
      if (pooled != null) {
        return pooled;
      }
    }
    return new Workspace(readBytes);
  }

  private Place takePlace(long lane) {
    synchronized (places) {
      Place place = places.remove(lane);
      return place == null ? new Place() : place;
    }
  }

  private void giveBack(Workspace workspace, long lane, Place place) {
    synchronized (pool) {
      if (pool.size() < MAX_POOLED) {
        pool.push(workspace);
      }
    }
    synchronized (places) {
      places.put(lane, place);
      if (places.size() > MAX_PLACES) {
        places.remove(places.keySet().iterator().next());
      }
    }
  }
}
