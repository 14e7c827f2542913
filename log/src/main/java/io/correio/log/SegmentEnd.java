package io.correio.log;

import io.correio.log.directory.ActiveDirectory;
import io.correio.log.directory.DirectoryWriter;
import io.correio.log.format.Seal;
import io.correio.log.format.SegmentHeader;
import java.io.IOException;

/** Writes what ends a segment: its directory behind the last record, and its seal. */
final class SegmentEnd {

  private SegmentEnd() {}

  /** Writes both, unforced. */
  static Seal write(
      StorageFile file,
      SegmentHeader header,
      ActiveDirectory directory,
      long recordsEnd,
      int lastChecksum,
      long firstPosition,
      long lastPosition)
      throws IOException {
    long start = DirectoryWriter.align(recordsEnd);
    DirectoryWriter.LaneExtent lanes =
        new DirectoryWriter(
                directory,
                header.firstNumber(),
                header.use(),
                (pages, offset) -> file.write(pages, start + offset))
            .write();
    Seal seal =
        new Seal(
            header.use(),
            recordsEnd,
            start,
            lanes.count(),
            directory.keyCount(),
            firstPosition,
            lastPosition,
            lanes.smallest(),
            lanes.largest(),
            lastChecksum);
    file.write(seal.encode(header.firstNumber()), Seal.OFFSET);
    return seal;
  }

  /** File offset behind the directory. */
  static long end(Seal seal) {
    return seal.directoryOffset() + DirectoryWriter.bytes(seal.laneCount(), seal.keyCount());
  }
}
