package io.correio.core.routing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Objects to work off in the order they were added, each once however often it is added. Objects
 * are the same when they are identical. Owned by one thread, and used again for each message.
 */
@SuppressWarnings("ReferenceEquality") // identity is the point
final class Worklist<T> {
  /** Up to this many objects, a linear scan finds duplicates. */
  private static final int SCANNED = 16;

  /** Arrays that have grown larger than this are given back by {@link #clear()}. */
  private static final int RETAINED = 4_096;

  private @Nullable Object[] items = new Object[SCANNED];
  private int count;

  /** Places of the items, plus one, by hash; in use above {@link #SCANNED} items. */
  private int[] table = new int[0];

  int count() {
    return count;
  }

  @SuppressWarnings("unchecked") // items come from add(T) alone
  T get(int index) {
    assert index < count;
    return (T) items[index];
  }

  /** Adds {@code item} unless it was added since the last clear. */
  void add(T item) {
    if (count < SCANNED) {
      for (int i = 0; i < count; i++) {
        if (items[i] == item) {
          return;
        }
      }
      items[count++] = item;
      return;
    }
    if (table.length < 4 * count) {
      rehash(8 * count);
    }
    int place = place(item);
    if (table[place] != 0) {
      return;
    }
    if (count == items.length) {
      items = Arrays.copyOf(items, 2 * count);
    }
    items[count++] = item;
    table[place] = count;
  }

  /** Forgets all objects, so that nothing is kept alive from here. */
  void clear() {
    if (items.length > RETAINED) {
      items = new Object[SCANNED];
    } else {
      Arrays.fill(items, 0, count, null);
    }
    if (table.length > 0) {
      table = new int[0];
    }
    count = 0;
  }

  private int place(Object item) {
    int mask = table.length - 1;
    int hash = System.identityHashCode(item);
    int place = (hash ^ (hash >>> 15)) & mask;
    while (table[place] != 0 && items[table[place] - 1] != item) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private void rehash(int atLeast) {
    table = new int[Integer.highestOneBit(atLeast - 1) << 1];
    for (int i = 0; i < count; i++) {
      Object item = items[i];
      assert item != null;
      table[place(item)] = i + 1;
    }
  }
}
