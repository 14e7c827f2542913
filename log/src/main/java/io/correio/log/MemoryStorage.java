package io.correio.log;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A folder on the heap, for a broker that keeps nothing and for tests. Memory is taken when bytes
 * are written, not when room is allocated; the capacity counts what is allocated. Its content lasts
 * as long as the object: closing it and opening another log on it finds everything.
 */
public final class MemoryStorage implements Storage {

  private static final int CHUNK_SHIFT = 16;
  private static final int CHUNK_BYTES = 1 << CHUNK_SHIFT;

  private final ConcurrentSkipListMap<String, MemoryFile> files = new ConcurrentSkipListMap<>();
  private final AtomicLong free;

  /** A storage without a limit but the heap. */
  public MemoryStorage() {
    this(Long.MAX_VALUE);
  }

  /** A storage that is full when its files are {@code capacityBytes} long in all. */
  public MemoryStorage(long capacityBytes) {
    this(new AtomicLong(capacityBytes));
  }

  /**
   * A storage that is full together with others.
   *
   * @param freeBytes what they may still take, all together
   */
  public MemoryStorage(AtomicLong freeBytes) {
    this.free = freeBytes;
  }

  @Override
  public StorageFile create(String name) throws IOException {
    MemoryFile file = new MemoryFile();
    if (files.putIfAbsent(name, file) != null) {
      throw new FileAlreadyExistsException(name);
    }
    return file;
  }

  @Override
  public StorageFile open(String name) throws IOException {
    MemoryFile file = files.get(name);
    if (file == null) {
      throw new FileNotFoundException(name + " does not exist in memory");
    }
    return file;
  }

  @Override
  public List<String> list() {
    return List.copyOf(files.keySet());
  }

  @Override
  public void delete(String name) throws IOException {
    MemoryFile file = files.remove(name);
    if (file == null) {
      throw new FileNotFoundException(name + " does not exist in memory");
    }
    free.addAndGet(file.size());
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    MemoryFile file = files.remove(from);
    if (file == null) {
      throw new FileNotFoundException(from + " does not exist in memory");
    }
    MemoryFile replaced = files.put(to, file);
    if (replaced != null) {
      free.addAndGet(replaced.size());
    }
  }

  @Override
  public void forceDirectory() {}

  @Override
  public long usableBytes() {
    return free.get();
  }

  @Override
  public void close() {}

  @Override
  public String describe() {
    return "memory";
  }

  private void take(long bytes) throws IOException {
    if (free.addAndGet(-bytes) < 0) {
      free.addAndGet(bytes);
      throw new IOException("No space left in memory storage");
    }
  }

  /** Chunks appear when first written; a missing one reads as zeros. */
  private final class MemoryFile implements StorageFile {
    private volatile byte[] @Nullable [] chunks = new byte[4][];
    private volatile long size;

    @Override
    public void write(ByteBuffer src, long offset) throws IOException {
      extend(offset + src.remaining());
      long at = offset;
      while (src.hasRemaining()) {
        int within = (int) (at & (CHUNK_BYTES - 1));
        int length = Math.min(CHUNK_BYTES - within, src.remaining());
        src.get(chunk((int) (at >>> CHUNK_SHIFT)), within, length);
        at += length;
      }
    }

    private synchronized byte[] chunk(int index) {
      if (index >= chunks.length) {
        chunks = Arrays.copyOf(chunks, Math.max(index + 1, chunks.length * 2));
      }
      byte[] chunk = chunks[index];
      if (chunk == null) {
        chunk = new byte[CHUNK_BYTES];
        chunks[index] = chunk;
      }
      return chunk;
    }

    private synchronized void extend(long newSize) throws IOException {
      if (newSize > size) {
        take(newSize - size);
        size = newSize;
      }
    }

    @Override
    public int read(ByteBuffer dst, long offset) {
      long available = size - offset;
      if (available <= 0) {
        return dst.hasRemaining() ? -1 : 0;
      }
      int total = (int) Math.min(dst.remaining(), available);
      long at = offset;
      for (int left = total; left > 0; ) {
        int within = (int) (at & (CHUNK_BYTES - 1));
        int length = Math.min(CHUNK_BYTES - within, left);
        int index = (int) (at >>> CHUNK_SHIFT);
        byte[] @Nullable [] table = chunks;
        byte[] chunk = index < table.length ? table[index] : null;
        if (chunk == null) {
          dst.put(new byte[length]);
        } else {
          dst.put(chunk, within, length);
        }
        at += length;
        left -= length;
      }
      return total;
    }

    @Override
    public void force() {}

    @Override
    public long size() {
      return size;
    }

    @Override
    public synchronized void truncate(long newSize) {
      if (newSize >= size) {
        return;
      }
      free.addAndGet(size - newSize);
      size = newSize;
      int keep = (int) ((newSize + CHUNK_BYTES - 1) >>> CHUNK_SHIFT);
      for (int i = keep; i < chunks.length; i++) {
        chunks[i] = null;
      }
      int within = (int) (newSize & (CHUNK_BYTES - 1));
      byte[] last = within == 0 || keep > chunks.length ? null : chunks[keep - 1];
      if (last != null) {
        Arrays.fill(last, within, CHUNK_BYTES, (byte) 0);
      }
    }

    @Override
    public void allocate(long offset, long bytes) throws IOException {
      extend(offset + bytes);
    }

    @Override
    public void close() {}
  }
}
