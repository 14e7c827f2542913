package io.correio.log;

import io.correio.log.directory.PageCache;
import io.correio.log.format.Seal;
import io.correio.log.format.SegmentHeader;
import io.correio.log.format.SegmentName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a start finds in the folder: removes what a crash left half done and reads the first block
 * of each segment, nothing else.
 */
final class LogFolder {

  private static final String SEGMENT = ".seg";

  private final Storage storage;
  private final PageCache cache;
  private final List<Segment> sealed = new ArrayList<>();
  private final List<Segment> unsealed = new ArrayList<>();
  private final List<String> free = new ArrayList<>();
  private final List<String> checkpoints = new ArrayList<>();

  LogFolder(Storage storage, PageCache cache) {
    this.storage = storage;
    this.cache = cache;
  }

  /** Oldest first. */
  List<Segment> sealed() {
    return sealed;
  }

  /** Oldest first. */
  List<Segment> unsealed() {
    return unsealed;
  }

  List<String> free() {
    return free;
  }

  List<String> checkpoints() {
    return checkpoints;
  }

  /** Removes every file of a log that is not to be kept, but one whose room can be used again. */
  static void clear(Storage storage, int segmentBytes) throws IOException {
    boolean kept = false;
    for (String name : storage.list()) {
      boolean segment = SegmentName.parse(name) != null;
      if (segment && !kept && size(storage, name) >= segmentBytes) {
        storage.rename(name, name + SegmentSupply.FREE);
        kept = true;
      } else if (segment || isAuxiliary(name) || Checkpoints.isCheckpoint(name)) {
        storage.delete(name);
      }
    }
  }

  private static long size(Storage storage, String name) throws IOException {
    try (StorageFile file = storage.open(name)) {
      return file.size();
    }
  }

  private static boolean isAuxiliary(String name) {
    return name.endsWith(SEGMENT + SegmentSupply.TEMPORARY)
        || name.endsWith(SEGMENT + SegmentSupply.FREE);
  }

  void open() throws IOException {
    List<SegmentName> names = new ArrayList<>();
    for (String name : storage.list()) {
      SegmentName segment = SegmentName.parse(name);
      if (segment != null) {
        names.add(segment);
      } else if (name.endsWith(SEGMENT + SegmentSupply.TEMPORARY)) {
        storage.delete(name);
      } else if (name.endsWith(SEGMENT + SegmentSupply.FREE)) {
        free.add(name);
      } else if (Checkpoints.isCheckpoint(name)) {
        checkpoints.add(name);
      }
    }
    names.sort(Comparator.comparingLong(SegmentName::first));
    for (SegmentName name : names) {
      if (!names.stream().anyMatch(other -> other.covers(name))) {
        open(name);
      }
    }
    // Only now, when every merged segment has proved to be readable.
    for (SegmentName name : names) {
      if (names.stream().anyMatch(other -> other.covers(name))) {
        storage.delete(name.toString());
      }
    }
  }

  private void open(SegmentName name) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(Seal.OFFSET + Seal.BYTES);
    long size;
    try (StorageFile file = storage.open(name.toString())) {
      file.read(block, 0);
      size = file.size();
    }
    block.clear();
    SegmentHeader header = SegmentHeader.decode(block);
    String path = storage.describe() + "/" + name;
    if (header == null) {
      throw new CorruptLogException(path, 0, "the segment's header is not readable");
    }
    if (header.version() > SegmentHeader.VERSION) {
      throw new IOException(
          ("%s has format version %d, this release reads up to %d: run the release that wrote it,"
                  + " or a newer one")
              .formatted(path, header.version(), SegmentHeader.VERSION));
    }
    if (header.firstNumber() != name.first() || header.lastNumber() != name.last()) {
      throw new CorruptLogException(
          path,
          0,
          "the header says that this is segment %d-%d"
              .formatted(header.firstNumber(), header.lastNumber()));
    }
    Segment segment = new Segment(storage, name, header, size);
    Seal seal = Seal.decode(block.slice(Seal.OFFSET, Seal.BYTES), header);
    if (seal != null) {
      segment.used(size);
      segment.seal(seal, cache);
      checkOrder(segment);
      sealed.add(segment);
    } else {
      unsealed.add(segment);
    }
  }

  private void checkOrder(Segment segment) throws CorruptLogException {
    if (!unsealed.isEmpty()) {
      throw unsealed
          .getLast()
          .corrupt(Seal.OFFSET, "it is not sealed, but the log goes on in " + segment);
    }
  }
}
