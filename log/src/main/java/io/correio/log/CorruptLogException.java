package io.correio.log;

import java.io.IOException;

/**
 * What was durable once cannot be read any more. The message names file, offset and remedy; the log
 * changes nothing in a damaged file.
 */
public final class CorruptLogException extends IOException {

  private static final long serialVersionUID = 1;

  private final String file;
  private final long offset;

  public CorruptLogException(String file, long offset, String reason) {
    super(
        ("The log is damaged: %s, offset %d: %s. Stop the broker, keep a copy of the folder, check"
                + " the disk, and restore the folder from a backup")
            .formatted(file, offset, reason));
    this.file = file;
    this.offset = offset;
  }

  public String file() {
    return file;
  }

  public long offset() {
    return offset;
  }
}
