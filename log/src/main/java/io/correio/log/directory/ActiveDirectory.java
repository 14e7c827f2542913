package io.correio.log.directory;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The directory of the segment that is being written: 20 bytes for each key, in primitive arrays.
 * The writer adds, readers look up, each under the directory's lock for a short while.
 *
 * <p>The keys of a lane form a list from the last back to the first. Besides its predecessor each
 * node knows one further back, the i-th node that numbered i minus the lowest bit of i, so that a
 * look-up takes a number of steps that grows with the logarithm alone.
 *
 * <pre>
 *      lane table (hash)           nodes, in order of arrival
 *      { lane, first, last, count }  { previous, jump, sequence - first, offset, length }
 *                         |             ^    ^
 *                         +-------------+    +- of the same lane
 * </pre>
 */
public final class ActiveDirectory {

  /** Look-ups made under one hold of the lock: the writer waits no longer than these. */
  private static final int MAX_LOOKUPS = 128;

  private static final int CHUNK_SHIFT = 12;
  private static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;
  private static final int STRIDE = 5;
  private static final int PREVIOUS = 0;
  private static final int JUMP = 1;
  private static final int DELTA = 2;
  private static final int OFFSET = 3;
  private static final int LENGTH = 4;
  private static final int NONE = -1;
  private static final long MAX_DELTA = 0xFFFF_FFFFL;

  private int[][] chunks = new int[8][];
  private int keys;
  private int published;

  private long[] lanes = new long[64];
  private long[] firsts = new long[64];
  private int[] lasts = new int[64];
  private int[] counts = new int[64];
  private int laneCount;

  /** Number of keys, those not yet published included. */
  public synchronized int keyCount() {
    return keys;
  }

  /** Number of distinct lanes. */
  public synchronized int laneCount() {
    return laneCount;
  }

  /**
   * Bytes that the directory takes on the disk with so many more keys, each in a lane of its own.
   */
  public synchronized long bytesWith(int moreKeys) {
    return DirectoryWriter.bytes(laneCount + moreKeys, keys + moreKeys);
  }

  /**
   * Whether the keys can be added: the sequences of a lane may spread over 32 bits in one segment.
   *
   * @throws IllegalArgumentException when a sequence is not above its lane's last one
   */
  public synchronized boolean accepts(ByteBuffer buffer, int keysAt, int keyCount) {
    for (int i = 0; i < keyCount; i++) {
      int at = keysAt + i * 2 * Long.BYTES;
      if (!accepts(buffer.getLong(at), buffer.getLong(at + Long.BYTES))) {
        return false;
      }
    }
    return true;
  }

  /** As {@link #accepts(ByteBuffer, int, int)}, for one key. */
  public synchronized boolean accepts(long lane, long sequence) {
    int slot = slot(lane);
    if (counts[slot] == 0) {
      return true;
    }
    long delta = sequence - firsts[slot];
    if (delta <= delta(lasts[slot])) {
      throw new IllegalArgumentException(
          "Sequence %d of lane %d does not follow %d: the keys of a lane ascend"
              .formatted(sequence, lane, firsts[slot] + delta(lasts[slot])));
    }
    return delta <= MAX_DELTA;
  }

  /** Adds the keys of a record; readers find them after the next {@link #publish()}. */
  public synchronized void add(
      ByteBuffer buffer, int keysAt, int keyCount, int offset, int length) {
    for (int i = 0; i < keyCount; i++) {
      int at = keysAt + i * 2 * Long.BYTES;
      add(buffer.getLong(at), buffer.getLong(at + Long.BYTES), offset, length);
    }
  }

  /** Adds one key. */
  public synchronized void add(long lane, long sequence, int offset, int length) {
    if (!accepts(lane, sequence)) {
      throw new IllegalArgumentException(
          "Sequence %d is too far from the first of lane %d".formatted(sequence, lane));
    }
    int slot = slot(lane);
    int last = NONE;
    int jump = NONE;
    long delta = 0;
    if (counts[slot] > 0) {
      last = lasts[slot];
      delta = sequence - firsts[slot];
      // Following the jumps of the predecessor strips the trailing ones of its ordinal.
      jump = last;
      for (int ones = Integer.numberOfTrailingZeros(~counts[slot]); ones > 0; ones--) {
        jump = get(jump, JUMP);
      }
    } else {
      lanes[slot] = lane;
      firsts[slot] = sequence;
      laneCount++;
    }
    int node = newNode(last, jump, delta);
    set(node, OFFSET, offset);
    set(node, LENGTH, length);
    lasts[slot] = node;
    counts[slot]++;
    if (laneCount > lanes.length / 2) {
      growLanes();
    }
  }

  /** Lets readers see what was added: the records are in the file now. */
  public synchronized void publish() {
    published = keys;
  }

  /** The first sequence of the lane that lies here; null when none does. */
  public synchronized @Nullable Long firstSequence(long lane) {
    int slot = slot(lane);
    return counts[slot] == 0 ? null : Long.valueOf(firsts[slot]);
  }

  /**
   * Finds messages one after the other, from {@code sequences[from]} on, until one is missing, the
   * locations are full, or enough were looked up for one hold of the lock.
   *
   * @return number of messages found
   */
  public synchronized int find(long lane, long[] sequences, int from, int to, Locations locations) {
    int slot = slot(lane);
    int found = 0;
    while (counts[slot] > 0 && from + found < to && found < MAX_LOOKUPS && !locations.isFull()) {
      int node = find(slot, sequences[from + found] - firsts[slot]);
      if (node == NONE) {
        break;
      }
      locations.add(get(node, OFFSET), get(node, LENGTH));
      found++;
    }
    return found;
  }

  private int find(int slot, long delta) {
    int node = lasts[slot];
    while (node != NONE && (node >= published || delta(node) > delta)) {
      int jump = get(node, JUMP);
      node =
          jump != NONE && (jump >= published || delta(jump) >= delta) ? jump : get(node, PREVIOUS);
    }
    return node != NONE && delta(node) == delta ? node : NONE;
  }

  /** The lanes' slots, sorted by lane. From here on: for the one thread that also adds. */
  int[] sortedSlots() {
    long[] sorted = new long[laneCount];
    int n = 0;
    for (int slot = 0; slot < lanes.length; slot++) {
      if (counts[slot] > 0) {
        sorted[n++] = lanes[slot];
      }
    }
    Arrays.sort(sorted);
    int[] slots = new int[n];
    for (int i = 0; i < n; i++) {
      slots[i] = slot(sorted[i]);
    }
    return slots;
  }

  long lane(int slot) {
    return lanes[slot];
  }

  long first(int slot) {
    return firsts[slot];
  }

  int count(int slot) {
    return counts[slot];
  }

  /** Puts a lane's nodes into {@code nodes}, ascending; returns how many. */
  int nodes(int slot, int[] nodes) {
    int count = counts[slot];
    int node = lasts[slot];
    for (int i = count - 1; i >= 0; i--) {
      nodes[i] = node;
      node = get(node, PREVIOUS);
    }
    return count;
  }

  /** Puts a node as it lies on the disk. */
  void putEntry(int node, ByteBuffer target) {
    target.putInt(get(node, DELTA)).putInt(get(node, OFFSET)).putInt(get(node, LENGTH));
  }

  private int newNode(int previous, int jump, long delta) {
    int chunk = keys >>> CHUNK_SHIFT;
    if (chunk == chunks.length) {
      chunks = Arrays.copyOf(chunks, chunks.length * 2);
    }
    if (chunks[chunk] == null) {
      chunks[chunk] = new int[STRIDE << CHUNK_SHIFT];
    }
    int node = keys++;
    set(node, PREVIOUS, previous);
    set(node, JUMP, jump);
    set(node, DELTA, (int) delta);
    return node;
  }

  private int get(int node, int field) {
    return chunks[node >>> CHUNK_SHIFT][(node & CHUNK_MASK) * STRIDE + field];
  }

  private void set(int node, int field, int value) {
    chunks[node >>> CHUNK_SHIFT][(node & CHUNK_MASK) * STRIDE + field] = value;
  }

  private long delta(int node) {
    return get(node, DELTA) & MAX_DELTA;
  }

  /** The lane's slot, or the free one where it belongs. */
  private int slot(long lane) {
    int mask = lanes.length - 1;
    int slot = (int) DirectoryFormat.hash(lane) & mask;
    while (counts[slot] > 0 && lanes[slot] != lane) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void growLanes() {
    int capacity = lanes.length * 2;
    long[] oldLanes = lanes;
    long[] oldFirsts = firsts;
    int[] oldLasts = lasts;
    int[] oldCounts = counts;
    lanes = new long[capacity];
    firsts = new long[capacity];
    lasts = new int[capacity];
    counts = new int[capacity];
    for (int i = 0; i < oldLanes.length; i++) {
      if (oldCounts[i] > 0) {
        int slot = slot(oldLanes[i]);
        lanes[slot] = oldLanes[i];
        firsts[slot] = oldFirsts[i];
        lasts[slot] = oldLasts[i];
        counts[slot] = oldCounts[i];
      }
    }
  }
}
