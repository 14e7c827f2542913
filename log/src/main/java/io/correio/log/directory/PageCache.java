package io.correio.log.directory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The directory pages read last, for all segments of a log together, up to a total in bytes. Any
 * thread.
 */
public final class PageCache {

  private record Key(SealedDirectory directory, int block) {}

  private final long maxBytes;
  private final Map<Key, ByteBuffer> blocks = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  public PageCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** A checked block of a directory, read if it is not there. Read-only by convention. */
  ByteBuffer block(SealedDirectory directory, int block) throws IOException {
    Key key = new Key(directory, block);
    synchronized (this) {
      ByteBuffer cached = blocks.get(key);
      if (cached != null) {
        return cached;
      }
    }
    // Read outside the lock: two threads may read the same block once in a while.
    ByteBuffer loaded = directory.load(block);
    synchronized (this) {
      if (blocks.putIfAbsent(key, loaded) == null) {
        bytes += loaded.capacity();
        evict();
      }
    }
    return loaded;
  }

  private void evict() {
    Iterator<ByteBuffer> eldest = blocks.values().iterator();
    while (bytes > maxBytes && eldest.hasNext()) {
      bytes -= eldest.next().capacity();
      eldest.remove();
    }
  }

  /** Drops what is cached of a directory whose segment is gone. */
  public synchronized void forget(SealedDirectory directory) {
    Iterator<Map.Entry<Key, ByteBuffer>> entries = blocks.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<Key, ByteBuffer> entry = entries.next();
      if (entry.getKey().directory() == directory) {
        bytes -= entry.getValue().capacity();
        entries.remove();
      }
    }
  }

  /** Bytes held. */
  public synchronized long bytes() {
    return bytes;
  }
}
