package io.correio.tests.simulation;

import io.correio.log.Storage;
import io.correio.log.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A disk that says that it has forced entries when it has not, and is honest about new files: the
 * simulation must find out by what is missing.
 */
record LyingStorage(Storage disk) implements Storage {

  /** Where entries begin in a file of the log. */
  private static final int HEADER_BYTES = 4096;

  private static final class LyingFile implements StorageFile {
    private final StorageFile file;
    private boolean headerWritten;

    LyingFile(StorageFile file) {
      this.file = file;
    }

    @Override
    public void force() throws IOException {
      if (headerWritten) {
        headerWritten = false;
        file.force();
      }
    }

    @Override
    public void write(ByteBuffer src, long offset) throws IOException {
      headerWritten |= offset < HEADER_BYTES;
      file.write(src, offset);
    }

    @Override
    public int read(ByteBuffer dst, long offset) throws IOException {
      return file.read(dst, offset);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      file.truncate(size);
    }

    @Override
    public void allocate(long offset, long bytes) throws IOException {
      file.allocate(offset, bytes);
      headerWritten = true; // the room is there all the same
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  @Override
  public StorageFile create(String name) throws IOException {
    return new LyingFile(disk.create(name));
  }

  @Override
  public StorageFile open(String name) throws IOException {
    return new LyingFile(disk.open(name));
  }

  @Override
  public List<String> list() throws IOException {
    return disk.list();
  }

  @Override
  public void delete(String name) throws IOException {
    disk.delete(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    disk.rename(from, to);
  }

  @Override
  public void forceDirectory() throws IOException {
    disk.forceDirectory();
  }

  @Override
  public long usableBytes() throws IOException {
    return disk.usableBytes();
  }

  @Override
  public void close() throws IOException {
    disk.close();
  }

  @Override
  public String describe() {
    return disk.describe();
  }
}
