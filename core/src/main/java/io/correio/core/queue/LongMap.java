package io.correio.core.queue;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A map from long keys to objects without boxing: open addressing, linear probing, deletion by
 * shifting back. Not thread-safe; owned by whoever owns the state it is part of.
 */
public final class LongMap<V> {

  private static final int INITIAL_CAPACITY = 8;

  private long[] keys = new long[INITIAL_CAPACITY];
  private @Nullable Object[] values = new Object[INITIAL_CAPACITY];
  private int size;

  /** The number of keys. */
  public int size() {
    return size;
  }

  /** Whether there is no key. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** The value of a key, or null. */
  @SuppressWarnings("unchecked") // only put() writes values
  public @Nullable V get(long key) {
    int mask = keys.length - 1;
    for (int i = slot(key, mask); ; i = (i + 1) & mask) {
      Object value = values[i];
      if (value == null || keys[i] == key) {
        return (V) value;
      }
    }
  }

  /** Sets the value of a key and returns the one before, or null. */
  @SuppressWarnings("unchecked") // only put() writes values
  public @Nullable V put(long key, V value) {
    int mask = keys.length - 1;
    for (int i = slot(key, mask); ; i = (i + 1) & mask) {
      Object before = values[i];
      if (before == null) {
        keys[i] = key;
        values[i] = value;
        if (++size * 3 > keys.length * 2) {
          resize(keys.length * 2);
        }
        return null;
      }
      if (keys[i] == key) {
        values[i] = value;
        return (V) before;
      }
    }
  }

  /** Removes a key and returns its value, or null. */
  @SuppressWarnings("unchecked") // only put() writes values
  public @Nullable V remove(long key) {
    int mask = keys.length - 1;
    for (int i = slot(key, mask); ; i = (i + 1) & mask) {
      Object value = values[i];
      if (value == null) {
        return null;
      }
      if (keys[i] == key) {
        size--;
        closeGap(i, mask);
        if (size * 8 < keys.length && keys.length > INITIAL_CAPACITY) {
          resize(keys.length / 2);
        }
        return (V) value;
      }
    }
  }

  private void closeGap(int gap, int mask) {
    int free = gap;
    for (int i = (gap + 1) & mask; values[i] != null; i = (i + 1) & mask) {
      int home = slot(keys[i], mask);
      if (((i - home) & mask) >= ((i - free) & mask)) {
        keys[free] = keys[i];
        values[free] = values[i];
        free = i;
      }
    }
    values[free] = null;
  }

  /** Calls the consumer with each value, in no order. The map must not be changed meanwhile. */
  @SuppressWarnings("unchecked") // only put() writes values
  public void forEach(Consumer<? super V> consumer) {
    for (Object value : values) {
      if (value != null) {
        consumer.accept((V) value);
      }
    }
  }

  /** The keys at this moment, ascending. */
  public long[] sortedKeys() {
    long[] sorted = new long[size];
    int n = 0;
    for (int i = 0; i < keys.length; i++) {
      if (values[i] != null) {
        sorted[n++] = keys[i];
      }
    }
    Arrays.sort(sorted);
    return sorted;
  }

  private void resize(int capacity) {
    long[] oldKeys = keys;
    Object[] oldValues = values;
    keys = new long[capacity];
    values = new Object[capacity];
    int mask = capacity - 1;
    for (int j = 0; j < oldKeys.length; j++) {
      if (oldValues[j] != null) {
        int i = slot(oldKeys[j], mask);
        while (values[i] != null) {
          i = (i + 1) & mask;
        }
        keys[i] = oldKeys[j];
        values[i] = oldValues[j];
      }
    }
  }

  private static int slot(long key, int mask) {
    long hash = key * 0x9E3779B97F4A7C15L;
    return (int) (hash >>> 32) & mask;
  }
}
