package io.correio.log.directory;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The segment file behind a sealed directory. */
public interface PageReader {

  /** Reads at a file offset until {@code target} is full or the file ends. */
  void read(ByteBuffer target, long offset) throws IOException;

  /** The exception that says that the file is damaged at this offset. */
  IOException corrupt(long offset, String reason);
}
