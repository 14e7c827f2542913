package io.correio.log;

import io.correio.log.format.SegmentHeader;
import io.correio.log.format.SegmentName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Makes the segments into which the writer will write: takes the room on the disk, ahead of it, so
 * that a full disk is met here. The cleaner thread prepares; the writer thread takes, and makes
 * what it needs itself only when preparing has fallen behind.
 *
 * <pre>
 *      name.tmp --zeros, header, force--&gt; rename --&gt; 00000018.seg   (prepared: no record yet)
 *      name.free ------- header, force--&gt; rename --&gt; 00000018.seg   (recycled)
 * </pre>
 *
 * <p>A prepared segment is complete and durable under its name before the writer sees it: going on
 * to the next segment costs the writer no more than sealing the one before.
 */
final class SegmentSupply {

  static final String TEMPORARY = ".tmp";
  static final String FREE = ".free";

  /** Of the room, the share that keys leave to records when each key is in a lane of its own. */
  private static final double RECORD_SHARE = 0.3;

  private final Storage storage;
  private final LogOptions options;
  private final OpenFiles files;
  private final SegmentSet segments;

  /** Held while room is taken; never by who only takes a spare. */
  private final ReentrantLock growth = new ReentrantLock();

  private final Deque<Segment> spares = new ArrayDeque<>();
  private final Deque<String> free = new ArrayDeque<>();
  private volatile List<Segment> writable = List.of();
  private long nextNumber = 1;
  private volatile boolean roomShort;

  SegmentSupply(Storage storage, LogOptions options, OpenFiles files, SegmentSet segments) {
    this.storage = storage;
    this.options = options;
    this.files = files;
    this.segments = segments;
  }

  /** Numbers above this one are free. */
  void numbersUpTo(long number) {
    nextNumber = Math.max(nextNumber, number + 1);
  }

  /** A prepared segment found at the start; acquired by the caller. */
  synchronized void addSpare(Segment spare) {
    spares.add(spare);
  }

  /** A file without a life, to be recycled. */
  synchronized void addFree(String name) {
    free.add(name);
  }

  /** Takes a free file for something else; null when there is none. */
  synchronized @Nullable String takeFree() {
    return free.poll();
  }

  synchronized int freeFiles() {
    return free.size();
  }

  /** The segment that the writer writes from now on. */
  synchronized void activate(Segment active) {
    spares.remove(active);
    writable = writable(active);
  }

  private List<Segment> writable(Segment active) {
    Segment[] all = new Segment[spares.size() + 1];
    all[0] = active;
    int i = 1;
    for (Segment spare : spares) {
      all[i++] = spare;
    }
    return List.of(all);
  }

  /** The next prepared segment, or one made on the spot. Writer thread. */
  Segment take() throws IOException {
    synchronized (this) {
      Segment spare = spares.peek();
      if (spare != null) {
        return spare;
      }
    }
    growth.lock();
    try {
      Segment made = make();
      synchronized (this) {
        spares.add(made);
      }
      return made;
    } finally {
      growth.unlock();
    }
  }

  /** Takes room up to {@code bytes} in this segment. Writer thread, when preparing fell behind. */
  void grow(Segment segment, long bytes) throws IOException {
    growth.lock();
    try {
      while (segment.allocated() < bytes) {
        extend(segment);
      }
    } finally {
      growth.unlock();
    }
  }

  /** Runs the action unless room is being taken at the moment. */
  void ifNotGrowing(Truncation action) throws IOException {
    if (growth.tryLock()) {
      try {
        action.run();
      } finally {
        growth.unlock();
      }
    }
  }

  /** See {@link #ifNotGrowing}. */
  @FunctionalInterface
  interface Truncation {
    void run() throws IOException;
  }

  /** See {@link SegmentedLog#prepare()}. */
  boolean prepare() {
    growth.lock();
    try {
      if (isPrepared()) {
        roomShort = false;
        return false;
      }
      Segment growing = growing();
      boolean mayTake = growing != null ? diskHas(options.stepBytes()) : mayMake();
      // For the reserve also what is to stay free may be taken, since settling frees more.
      if (!mayTake && certain(writable) >= options.reserveBytes()) {
        return stop();
      }
      if (growing != null) {
        extend(growing);
      } else {
        Segment made = make();
        synchronized (this) {
          spares.add(made);
          writable = writable(writable.getFirst());
        }
      }
      roomShort = !mayTake;
      return mayTake && !isPrepared();
    } catch (IOException e) {
      return stop();
    } finally {
      growth.unlock();
    }
  }

  private boolean stop() {
    roomShort = true;
    return false;
  }

  /** Whether another segment may be made. Where merging may be needed it finds room for one. */
  private boolean mayMake() throws IOException {
    boolean merges = segments.list().size() > 2;
    int free = freeFiles();
    if (free > (merges ? 1 : 0)) {
      return true;
    }
    long forMerging = merges ? Math.max(0, options.segmentBytes() - options.keepFreeBytes()) : 0;
    return diskHas((free == 1 ? 0 : options.segmentBytes()) + forMerging);
  }

  private boolean diskHas(long bytes) throws IOException {
    return storage.usableBytes() - bytes >= options.keepFreeBytes();
  }

  boolean roomShort() {
    return roomShort;
  }

  private @Nullable Segment growing() {
    for (Segment segment : writable) {
      if (segment.allocated() < options.segmentBytes() && segment.sealed() == null) {
        return segment;
      }
    }
    return null;
  }

  /**
   * What entries of any size can rely on; no more than is always prepared, so that leaving a
   * segment early breaks no promise.
   */
  long room() {
    return Math.min(options.aheadBytes(), forEntries(certain(writable)));
  }

  /** As {@link #room()}, with the reserve, of entries without keys. */
  long roomWithReserve() {
    return certain(writable);
  }

  /** Whether the active segment may be left although it is not full. */
  boolean mayLeaveActive() {
    List<Segment> all = writable;
    return forEntries(certain(all.subList(1, all.size()))) >= options.aheadBytes();
  }

  private boolean isPrepared() {
    return writable.getFirst().isNearlyFull()
        ? mayLeaveActive()
        : forEntries(certain(writable)) >= options.aheadBytes();
  }

  private long forEntries(long certain) {
    return (long) (Math.max(0, certain - options.reserveBytes()) * RECORD_SHARE);
  }

  /**
   * An entry does not span segments, so each segment but the last may be left for want of almost a
   * largest entry and its directory.
   */
  private long certain(List<Segment> ahead) {
    long unused = (long) (options.maxEntryBytes() / RECORD_SHARE);
    long certain = 0;
    long before = 0;
    for (Segment segment : ahead) {
      long usable = segment.usable();
      certain = Math.max(certain, before + usable);
      before += Math.max(0, usable - unused);
    }
    return certain;
  }

  /** Allocated and not yet written, in all prepared segments and the active one. */
  long spareBytes() {
    long bytes = 0;
    for (Segment segment : writable) {
      bytes += Math.max(0, segment.allocated() - segment.used());
    }
    return bytes;
  }

  long allocatedBytes() {
    long bytes = 0;
    for (Segment segment : writable) {
      bytes += segment.allocated();
    }
    return bytes;
  }

  private void extend(Segment segment) throws IOException {
    long from = segment.allocated();
    long step = Math.max(1, Math.min(options.stepBytes(), options.segmentBytes() - from));
    StorageFile file = segment.file();
    allocate(file, from, step);
    segment.allocated(from + step);
  }

  private void allocate(StorageFile file, long from, long bytes) throws IOException {
    try {
      file.allocate(from, bytes);
      if (options.forced()) {
        file.force();
      }
    } catch (IOException e) {
      try {
        file.truncate(from);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  /** A new prepared segment, acquired. */
  private Segment make() throws IOException {
    SegmentName name;
    String recycled;
    synchronized (this) {
      name = new SegmentName(nextNumber, nextNumber);
      recycled = free.poll(); // taken out, for the cleaner may want it for a merge meanwhile
    }
    SegmentHeader header = new SegmentHeader(name.first(), ThreadLocalRandom.current().nextLong());
    String temporary = recycled != null ? recycled : name + TEMPORARY;
    StorageFile file;
    try {
      file = recycled != null ? storage.open(recycled) : storage.create(temporary);
    } catch (IOException e) {
      giveBack(recycled);
      throw e;
    }
    try {
      long size = file.size();
      if (size < options.firstStepBytes()) {
        allocate(file, size, options.firstStepBytes() - size);
        size = options.firstStepBytes();
      }
      writeHeader(file, header);
      file.force();
      file.close();
      storage.rename(temporary, name.toString());
      synchronized (this) {
        nextNumber++;
      }
      Segment segment = new Segment(storage, name, header, size);
      files.acquire(segment);
      return segment;
    } catch (IOException e) {
      discard(file, recycled == null ? temporary : null, e);
      giveBack(recycled);
      throw e;
    }
  }

  private synchronized void giveBack(@Nullable String recycled) {
    if (recycled != null) {
      free.addFirst(recycled);
    }
  }

  private void discard(StorageFile file, @Nullable String temporary, IOException cause) {
    try {
      file.close();
      if (temporary != null) {
        storage.delete(temporary);
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Writes the first block: the header, and no seal. */
  static void writeHeader(StorageFile file, SegmentHeader header) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(SegmentHeader.BLOCK_BYTES);
    block.put(header.encode()).clear();
    file.write(block, 0);
  }
}
