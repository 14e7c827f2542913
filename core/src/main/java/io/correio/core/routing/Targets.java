package io.correio.core.routing;

import java.util.Arrays;

/**
 * The ids of the queues that a message goes to, each once, in the order they were found. Meant to
 * be kept and used again: when warm, routing into it allocates nothing.
 *
 * <p>Owned by one thread.
 */
public final class Targets {
  /** Up to this many ids, a linear scan finds duplicates. */
  private static final int SCANNED = 16;

  /** Arrays that have grown larger than this are given back by {@link #clear()}. */
  private static final int RETAINED = 65_536;

  private final Walk walk = new Walk(this);
  private long[] ids = new long[SCANNED];
  private int count;

  /** Places of {@link #ids}, plus one, by hash; in use above {@link #SCANNED} ids. */
  private int[] table = new int[4 * SCANNED];

  /** The part of the table in use, a power of two; 0 while ids are scanned. */
  private int tableSize;

  /** Returns the number of ids. */
  public int count() {
    return count;
  }

  /** Returns whether there is no id. */
  public boolean isEmpty() {
    return count == 0;
  }

  /**
   * Returns an id.
   *
   * @throws IndexOutOfBoundsException if {@code index} is not between 0 and the count
   */
  public long get(int index) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException("target %d of %d".formatted(index, count));
    }
    return ids[index];
  }

  /** Returns the ids in a new array. */
  public long[] toArray() {
    return Arrays.copyOf(ids, count);
  }

  /** Returns whether {@code id} is there. */
  public boolean contains(long id) {
    return tableSize == 0 ? scan(id) : table[place(id)] != 0;
  }

  /** Adds {@code id} unless it is there; returns whether it was added. */
  public boolean add(long id) {
    if (tableSize == 0) {
      if (scan(id)) {
        return false;
      }
      append(id);
      if (count > SCANNED) {
        rehash(4 * SCANNED);
      }
      return true;
    }
    int place = place(id);
    if (table[place] != 0) {
      return false;
    }
    append(id);
    table[place] = count;
    if (2 * count > tableSize) {
      rehash(2 * tableSize);
    }
    return true;
  }

  /** Removes all ids. */
  public void clear() {
    count = 0;
    if (ids.length > RETAINED) {
      ids = new long[SCANNED];
      table = new int[4 * SCANNED];
    } else if (tableSize > 0) {
      Arrays.fill(table, 0, tableSize, 0);
    }
    tableSize = 0;
  }

  Walk walk() {
    return walk;
  }

  private boolean scan(long id) {
    for (int i = 0; i < count; i++) {
      if (ids[i] == id) {
        return true;
      }
    }
    return false;
  }

  private void append(long id) {
    if (count == ids.length) {
      ids = Arrays.copyOf(ids, 2 * count);
    }
    ids[count++] = id;
  }

  /** Returns the place of {@code id} in the table, or the free one where it belongs. */
  private int place(long id) {
    int mask = tableSize - 1;
    int place = (int) ((id * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    while (table[place] != 0 && ids[table[place] - 1] != id) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private void rehash(int size) {
    if (table.length < size) {
      table = new int[size];
    } else {
      Arrays.fill(table, 0, size, 0);
    }
    tableSize = size;
    for (int i = 0; i < count; i++) {
      table[place(ids[i])] = i + 1;
    }
  }

  @Override
  public String toString() {
    return Arrays.toString(toArray());
  }
}
