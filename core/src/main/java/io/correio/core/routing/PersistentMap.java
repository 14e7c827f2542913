package io.correio.core.routing;

import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable hash map whose updates share all but one path with the map they start from.
 *
 * <p>A hash array mapped trie in its compressed form. Five bits of a key's hash choose one of 32
 * places at each level; a node stores only the places in use, its entries first, then its children:
 *
 * <pre>
 *   entryMap  bit i: place i holds an entry      slots  key value key value … child child …
 *   childMap  bit i: place i holds a child              by rising place       by rising place
 * </pre>
 *
 * <p>Below the seventh level the hash is used up, and a node is a plain list of entries whose keys
 * have the same hash. A child never holds a single entry: its parent would hold that itself.
 *
 * <p>A read costs the depth (log32 of the size), an update copies one node per level. Neither keys
 * nor values may be null. Safe to share between threads.
 *
 * @param <K> keys with a stable {@code hashCode} and {@code equals}
 * @param <V> values
 */
public final class PersistentMap<K, V> implements Iterable<Map.Entry<K, V>> {
  private static final PersistentMap<?, ?> EMPTY =
      new PersistentMap<>(new HashNode(0, 0, new Object[0]), 0);

  private final HashNode root;
  private final int size;

  private PersistentMap(HashNode root, int size) {
    this.root = root;
    this.size = size;
  }

  /** Returns the map without entries. */
  @SuppressWarnings("unchecked") // holds neither keys nor values
  public static <K, V> PersistentMap<K, V> empty() {
    return (PersistentMap<K, V>) EMPTY;
  }

  /** Returns the number of entries. */
  public int size() {
    return size;
  }

  /** Returns whether there is no entry. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** Returns the value of {@code key}, or null when it has none. */
  @SuppressWarnings("unchecked") // values come from with(K, V) alone
  public @Nullable V get(K key) {
    int hash = HashNode.spread(key.hashCode());
    HashNode node = root;
    for (int shift = 0; shift < HashNode.LIST_SHIFT; shift += HashNode.BITS) {
      int bit = HashNode.bit(hash, shift);
      if ((node.entryMap & bit) != 0) {
        int at = node.entryIndex(bit);
        return key.equals(node.slots[at]) ? (V) node.slots[at + 1] : null;
      }
      if ((node.childMap & bit) == 0) {
        return null;
      }
      node = node.child(bit);
    }
    int at = node.listIndex(key);
    return at < 0 ? null : (V) node.slots[at + 1];
  }

  /** Says whether a key is the one looked for: a lookup without an object for the key. */
  interface Probe<K> {
    boolean is(K key);
  }

  /** Returns the value of the key that has {@code hashCode} and that {@code probe} accepts. */
  @SuppressWarnings("unchecked") // keys and values come from with(K, V) alone
  @Nullable V find(int hashCode, Probe<K> probe) {
    int hash = HashNode.spread(hashCode);
    HashNode node = root;
    for (int shift = 0; shift < HashNode.LIST_SHIFT; shift += HashNode.BITS) {
      int bit = HashNode.bit(hash, shift);
      if ((node.entryMap & bit) != 0) {
        int at = node.entryIndex(bit);
        return probe.is((K) node.slots[at]) ? (V) node.slots[at + 1] : null;
      }
      if ((node.childMap & bit) == 0) {
        return null;
      }
      node = node.child(bit);
    }
    for (int at = 0; at < node.slots.length; at += 2) {
      if (probe.is((K) node.slots[at])) {
        return (V) node.slots[at + 1];
      }
    }
    return null;
  }

  /** Returns whether {@code key} has a value. */
  public boolean containsKey(K key) {
    return get(key) != null;
  }

  /** Returns this map with {@code value} for {@code key}; the same map when it is there already. */
  @SuppressWarnings("ReferenceEquality") // an equal value is still another one to keep
  public PersistentMap<K, V> with(K key, V value) {
    V old = get(key);
    if (old == value) {
      return this;
    }
    HashNode changed = root.with(0, HashNode.spread(key.hashCode()), key, value);
    return new PersistentMap<>(changed, old == null ? size + 1 : size);
  }

  /** Returns this map without {@code key}; the same map when it has none. */
  public PersistentMap<K, V> without(K key) {
    if (get(key) == null) {
      return this;
    }
    if (size == 1) {
      return empty();
    }
    return new PersistentMap<>(root.without(0, HashNode.spread(key.hashCode()), key), size - 1);
  }

  /** Calls {@code action} for each entry, in the order of the iterator, without allocation. */
  @SuppressWarnings("unchecked") // keys and values come from with(K, V) alone
  public void forEach(BiConsumer<? super K, ? super V> action) {
    root.forEach((BiConsumer<Object, Object>) action);
  }

  /** Iterates in an order that is unspecified, and the same each time for one map. */
  @Override
  public Iterator<Map.Entry<K, V>> iterator() {
    return new Entries<>(root);
  }

  private static final class Entries<K, V> implements Iterator<Map.Entry<K, V>> {
    private final HashNode[] path = new HashNode[HashNode.LIST_SHIFT / HashNode.BITS + 1];
    private final int[] positions = new int[HashNode.LIST_SHIFT / HashNode.BITS + 1];
    private int depth;

    Entries(HashNode root) {
      path[0] = root;
      settle();
    }

    /** Goes on to the next entry, or to depth -1 after the last one. */
    private void settle() {
      while (depth >= 0) {
        HashNode node = path[depth];
        int at = positions[depth];
        if (at < node.entriesEnd()) {
          return;
        }
        if (at == node.slots.length) {
          depth--;
        } else {
          positions[depth]++;
          depth++;
          path[depth] = (HashNode) node.slots[at];
          positions[depth] = 0;
        }
      }
    }

    @Override
    public boolean hasNext() {
      return depth >= 0;
    }

    @Override
    @SuppressWarnings("unchecked") // keys and values come from with(K, V) alone
    public Map.Entry<K, V> next() {
      if (depth < 0) {
        throw new NoSuchElementException("no further entry");
      }
      Object[] slots = path[depth].slots;
      int at = positions[depth];
      positions[depth] += 2;
      settle();
      return Map.entry((K) slots[at], (V) slots[at + 1]);
    }
  }
}
