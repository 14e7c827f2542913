package io.correio.tests.proof;

import io.correio.log.Storage;
import io.correio.log.StorageFile;
import io.correio.tests.proof.Stages.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A storage that marks when the log's thread writes and forces. Closes what it wraps. */
final class StagedStorage implements Storage {
  private static final String LOG_THREAD = "log-";

  private final Storage real;
  private final Stages stages;

  /** Bytes of the last write of the log's thread. */
  private volatile int lastWriteBytes;

  StagedStorage(Storage real, Stages stages) {
    this.real = real;
    this.stages = stages;
  }

  int lastWriteBytes() {
    return lastWriteBytes;
  }

  private static boolean isLogThread() {
    return Thread.currentThread().getName().startsWith(LOG_THREAD);
  }

  @Override
  public StorageFile create(String name) throws IOException {
    return new StagedFile(real.create(name));
  }

  @Override
  public StorageFile open(String name) throws IOException {
    return new StagedFile(real.open(name));
  }

  @Override
  public List<String> list() throws IOException {
    return real.list();
  }

  @Override
  public void delete(String name) throws IOException {
    real.delete(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    real.rename(from, to);
  }

  @Override
  public void forceDirectory() throws IOException {
    real.forceDirectory();
  }

  @Override
  public long usableBytes() throws IOException {
    return real.usableBytes();
  }

  @Override
  public void close() throws IOException {
    real.close();
  }

  @Override
  public String describe() {
    return real.describe();
  }

  private final class StagedFile implements StorageFile {
    private final StorageFile file;

    StagedFile(StorageFile file) {
      this.file = file;
    }

    @Override
    public void write(ByteBuffer src, long offset) throws IOException {
      if (isLogThread()) {
        lastWriteBytes = src.remaining();
        stages.mark(Place.WRITING);
      }
      file.write(src, offset);
    }

    @Override
    public int read(ByteBuffer dst, long offset) throws IOException {
      return file.read(dst, offset);
    }

    @Override
    public void force() throws IOException {
      if (!isLogThread()) {
        file.force();
        return;
      }
      stages.mark(Place.FORCING);
      file.force();
      stages.mark(Place.DURABLE);
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
    public void close() throws IOException {
      file.close();
    }
  }
}
