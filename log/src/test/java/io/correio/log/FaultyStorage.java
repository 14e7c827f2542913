package io.correio.log;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A disk in memory that does what disks do at the worst moment, the same for the same seed: when
 * the power fails, each 512-byte sector written since the last force holds any of the contents it
 * had, or the beginning of one and the rest of another; creations and deletions that were not
 * forced happened or not, each for itself. It can be full, fail, and stop at any operation.
 *
 * <p>Deterministic as long as one thread uses it; safe for several.
 */
public final class FaultyStorage implements Storage {

  /** What can be counted, failed and crashed at. */
  public enum Operation {
    CREATE,
    OPEN,
    LIST,
    DELETE,
    RENAME,
    FORCE_DIRECTORY,
    READ,
    WRITE,
    FORCE,
    TRUNCATE
  }

  private static final int SECTOR = 512;

  private final SplittableRandom random;
  private final Map<String, Content> names = new TreeMap<>();

  /**
   * Unforced changes of the folder: what the name meant when it was durable last; null: nothing.
   */
  private final Map<String, Content> durableNames = new HashMap<>();

  private final Map<Operation, Integer> failures = new EnumMap<>(Operation.class);
  private final Map<Operation, Long> counts = new EnumMap<>(Operation.class);
  private long capacity = Long.MAX_VALUE;
  private long operations;
  private long crashAt = Long.MAX_VALUE;
  private boolean crashed;
  private int life;

  public FaultyStorage(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** The disk is full when its files are so long in all; may be changed at any time. */
  public synchronized void capacity(long bytes) {
    capacity = bytes;
  }

  /** Number of operations so far, reads and listings included. */
  public synchronized long operations() {
    return operations;
  }

  /** Number of operations of one kind so far. */
  public synchronized long count(Operation operation) {
    return counts.getOrDefault(operation, 0L);
  }

  /** The machine stops in the middle of the n-th operation from now on. */
  public synchronized void crashAtOperation(long n) {
    crashAt = operations + n;
  }

  /**
   * Whether the machine stopped: every operation fails until {@link #crash()} or {@link #kill()}.
   */
  public synchronized boolean isCrashed() {
    return crashed;
  }

  /** The n-th operation of this kind from now on fails, once. */
  public synchronized void fail(Operation operation, int n) {
    failures.put(operation, n);
  }

  /** No operation fails or stops the machine from now on. */
  public synchronized void calm() {
    failures.clear();
    crashAt = Long.MAX_VALUE;
  }

  /** The power fails. What is found afterwards is one of the states that the disk may have. */
  public synchronized void crash() {
    for (Map.Entry<String, Content> change : durableNames.entrySet()) {
      if (random.nextBoolean()) {
        if (change.getValue() == null) {
          names.remove(change.getKey());
        } else {
          names.put(change.getKey(), change.getValue());
        }
      }
    }
    durableNames.clear();
    names.values().forEach(Content::crash);
    restart();
  }

  /** The process is killed: the operating system loses nothing, but open files are gone. */
  public synchronized void kill() {
    restart();
  }

  private void restart() {
    crashed = false;
    life++;
    calm();
  }

  @Override
  public synchronized StorageFile create(String name) throws IOException {
    begin(Operation.CREATE);
    if (names.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    remember(name);
    Content content = new Content();
    names.put(name, content);
    stopIfDue();
    return new FaultyFile(content, life);
  }

  @Override
  public synchronized StorageFile open(String name) throws IOException {
    begin(Operation.OPEN);
    stopIfDue();
    return new FaultyFile(content(name), life);
  }

  @Override
  public synchronized List<String> list() throws IOException {
    begin(Operation.LIST);
    stopIfDue();
    return List.copyOf(names.keySet());
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    begin(Operation.DELETE);
    content(name);
    remember(name);
    names.remove(name);
    stopIfDue();
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    begin(Operation.RENAME);
    Content content = content(from);
    if (isDue() && random.nextBoolean()) {
      stopIfDue();
    }
    // Atomic: what is durable is either the state before or the one after.
    durableNames.clear();
    names.remove(from);
    names.put(to, content);
    stopIfDue();
  }

  @Override
  public synchronized void forceDirectory() throws IOException {
    begin(Operation.FORCE_DIRECTORY);
    stopIfDue();
    durableNames.clear();
  }

  @Override
  public synchronized long usableBytes() {
    return capacity == Long.MAX_VALUE ? capacity : Math.max(0, capacity - usedBytes());
  }

  /** Length of all files. */
  public synchronized long usedBytes() {
    long used = 0;
    for (Content content : names.values()) {
      used += content.size;
    }
    return used;
  }

  /** The bytes of a file as they are now, to be damaged by a test. */
  public synchronized byte[] bytes(String name) {
    Content content = names.get(name);
    if (content == null) {
      throw new IllegalArgumentException(name);
    }
    return content.bytes;
  }

  @Override
  public void close() {}

  @Override
  public String describe() {
    return "faulty";
  }

  private Content content(String name) throws FileNotFoundException {
    Content content = names.get(name);
    if (content == null) {
      throw new FileNotFoundException(name);
    }
    return content;
  }

  private void remember(String name) {
    if (!durableNames.containsKey(name)) {
      durableNames.put(name, names.get(name));
    }
  }

  private void begin(Operation operation) throws IOException {
    if (crashed) {
      throw new IOException("The machine has stopped");
    }
    operations++;
    counts.merge(operation, 1L, Long::sum);
    Integer left = failures.get(operation);
    if (left != null) {
      if (left <= 1) {
        failures.remove(operation);
        throw new IOException("Input/output error");
      }
      failures.put(operation, left - 1);
    }
  }

  private boolean isDue() {
    return operations >= crashAt;
  }

  private void stopIfDue() throws IOException {
    if (isDue()) {
      crashed = true;
      throw new IOException("The machine stops");
    }
  }

  /** What a file holds, and what its unforced sectors held since they were durable. */
  private final class Content {
    private byte[] bytes = new byte[0];
    private int size;
    private int durableSize;

    /** For each unforced sector its contents so far, the durable one first. */
    private final Map<Integer, List<byte[]>> versions = new TreeMap<>();

    void write(ByteBuffer src, int offset) throws IOException {
      int end = offset + src.remaining();
      if (end > size && usedBytes() + (end - size) > capacity) {
        // As much as fits is written before the error comes.
        int fits = (int) Math.max(0, capacity - usedBytes());
        if (size + fits > offset) {
          write(src.slice(src.position(), size + fits - offset), offset);
        }
        throw new IOException("No space left on device");
      }
      if (end > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(round(end), bytes.length * 2));
      }
      touch(Math.min(offset, size), end);
      src.get(bytes, offset, end - offset);
      size = Math.max(size, end);
      written(offset, end);
    }

    void truncate(int newSize) {
      if (newSize < size) {
        touch(newSize, size);
        Arrays.fill(bytes, newSize, size, (byte) 0);
        written(newSize, size);
        size = newSize;
      }
    }

    /** Remembers the durable content of sectors that are about to change. */
    private void touch(int from, int to) {
      for (int sector = from / SECTOR; sector * SECTOR < to; sector++) {
        if (!versions.containsKey(sector)) {
          List<byte[]> first = new ArrayList<>();
          first.add(sector(sector));
          versions.put(sector, first);
        }
      }
    }

    private void written(int from, int to) {
      for (int sector = from / SECTOR; sector * SECTOR < to; sector++) {
        versions.computeIfAbsent(sector, s -> new ArrayList<>()).add(sector(sector));
      }
    }

    private byte[] sector(int sector) {
      return Arrays.copyOfRange(bytes, sector * SECTOR, (sector + 1) * SECTOR);
    }

    void force() {
      versions.clear();
      durableSize = size;
    }

    void crash() {
      int smallest = Math.min(size, durableSize);
      int largest = Math.max(size, durableSize);
      for (Map.Entry<Integer, List<byte[]>> dirty : versions.entrySet()) {
        byte[] found = pick(dirty.getValue());
        if (random.nextInt(8) == 0) {
          int torn = random.nextInt(SECTOR);
          System.arraycopy(pick(dirty.getValue()), 0, found, 0, torn);
        }
        System.arraycopy(found, 0, bytes, dirty.getKey() * SECTOR, SECTOR);
      }
      size = random.nextBoolean() ? largest : smallest;
      if (random.nextInt(4) == 0) {
        size = smallest + random.nextInt(largest - smallest + 1);
      }
      Arrays.fill(bytes, size, bytes.length, (byte) 0);
      force();
    }

    private byte[] pick(List<byte[]> contents) {
      return contents.get(random.nextInt(contents.size())).clone();
    }

    private static int round(int bytes) {
      return (bytes + SECTOR - 1) / SECTOR * SECTOR;
    }
  }

  private final class FaultyFile implements StorageFile {
    private final Content content;
    private final int openedIn;

    FaultyFile(Content content, int openedIn) {
      this.content = content;
      this.openedIn = openedIn;
    }

    private void begin(Operation operation) throws IOException {
      if (openedIn != life) {
        throw new IOException("The file was opened before the machine stopped");
      }
      FaultyStorage.this.begin(operation);
    }

    @Override
    public void write(ByteBuffer src, long offset) throws IOException {
      synchronized (FaultyStorage.this) {
        begin(Operation.WRITE);
        content.write(src, (int) offset);
        stopIfDue();
      }
    }

    @Override
    public void allocate(long offset, long bytes) throws IOException {
      write(ByteBuffer.allocate((int) bytes), offset);
    }

    @Override
    public int read(ByteBuffer dst, long offset) throws IOException {
      synchronized (FaultyStorage.this) {
        begin(Operation.READ);
        stopIfDue();
        if (offset >= content.size) {
          return -1;
        }
        int length = (int) Math.min(dst.remaining(), content.size - offset);
        dst.put(content.bytes, (int) offset, length);
        return length;
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (FaultyStorage.this) {
        begin(Operation.FORCE);
        stopIfDue();
        content.force();
      }
    }

    @Override
    public long size() {
      synchronized (FaultyStorage.this) {
        return content.size;
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (FaultyStorage.this) {
        begin(Operation.TRUNCATE);
        content.truncate((int) size);
        stopIfDue();
      }
    }

    @Override
    public void close() {}
  }
}
