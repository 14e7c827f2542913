package io.correio.core.routing;

import java.util.function.BiConsumer;

/** A node of a {@link PersistentMap}, which owns and draws its form. Immutable. */
final class HashNode {
  /** The level that has no hash bits left: its nodes are lists. */
  static final int LIST_SHIFT = 35;

  /** The hash bits that one level uses. */
  static final int BITS = 5;

  private static final int MASK = 31;

  final int entryMap;
  final int childMap;
  final Object[] slots;

  HashNode(int entryMap, int childMap, Object[] slots) {
    this.entryMap = entryMap;
    this.childMap = childMap;
    this.slots = slots;
  }

  int entryIndex(int bit) {
    return 2 * Integer.bitCount(entryMap & (bit - 1));
  }

  int childIndex(int bit) {
    return 2 * Integer.bitCount(entryMap) + Integer.bitCount(childMap & (bit - 1));
  }

  HashNode child(int bit) {
    return (HashNode) slots[childIndex(bit)];
  }

  int listIndex(Object key) {
    for (int at = 0; at < slots.length; at += 2) {
      if (key.equals(slots[at])) {
        return at;
      }
    }
    return -1;
  }

  /** Where the entries end and the children begin; all of a list is entries. */
  int entriesEnd() {
    return childMap == 0 ? slots.length : 2 * Integer.bitCount(entryMap);
  }

  void forEach(BiConsumer<Object, Object> action) {
    int end = entriesEnd();
    for (int at = 0; at < end; at += 2) {
      action.accept(slots[at], slots[at + 1]);
    }
    for (int at = end; at < slots.length; at++) {
      ((HashNode) slots[at]).forEach(action);
    }
  }

  HashNode with(int shift, int hash, Object key, Object value) {
    if (shift == LIST_SHIFT) {
      int at = listIndex(key);
      return at < 0
          ? new HashNode(0, 0, spliced(slots, slots.length, 0, key, value))
          : new HashNode(0, 0, spliced(slots, at, 2, key, value));
    }
    int bit = bit(hash, shift);
    if ((childMap & bit) != 0) {
      HashNode changed = child(bit).with(shift + BITS, hash, key, value);
      return new HashNode(entryMap, childMap, spliced(slots, childIndex(bit), 1, changed));
    }
    int at = entryIndex(bit);
    if ((entryMap & bit) == 0) {
      return new HashNode(entryMap | bit, childMap, spliced(slots, at, 0, key, value));
    }
    if (key.equals(slots[at])) {
      return new HashNode(entryMap, childMap, spliced(slots, at, 2, key, value));
    }
    int oldHash = spread(slots[at].hashCode());
    HashNode pair = pair(shift + BITS, oldHash, slots[at], slots[at + 1], hash, key, value);
    Object[] fewer = spliced(slots, at, 2);
    int childAt = childIndex(bit) - 2;
    return new HashNode(entryMap ^ bit, childMap | bit, spliced(fewer, childAt, 0, pair));
  }

  static HashNode pair(
      int shift, int hash1, Object k1, Object v1, int hash2, Object k2, Object v2) {
    if (shift == LIST_SHIFT) {
      return new HashNode(0, 0, new Object[] {k1, v1, k2, v2});
    }
    int bit1 = bit(hash1, shift);
    int bit2 = bit(hash2, shift);
    if (bit1 == bit2) {
      HashNode below = pair(shift + BITS, hash1, k1, v1, hash2, k2, v2);
      return new HashNode(0, bit1, new Object[] {below});
    }
    boolean inOrder = Integer.compareUnsigned(bit1, bit2) < 0;
    Object[] both = inOrder ? new Object[] {k1, v1, k2, v2} : new Object[] {k2, v2, k1, v1};
    return new HashNode(bit1 | bit2, 0, both);
  }

  /** The key is in this node or below. */
  HashNode without(int shift, int hash, Object key) {
    if (shift == LIST_SHIFT) {
      return new HashNode(0, 0, spliced(slots, listIndex(key), 2));
    }
    int bit = bit(hash, shift);
    if ((entryMap & bit) != 0) {
      return new HashNode(entryMap ^ bit, childMap, spliced(slots, entryIndex(bit), 2));
    }
    HashNode changed = child(bit).without(shift + BITS, hash, key);
    int at = childIndex(bit);
    if (changed.childMap != 0 || changed.slots.length > 2) {
      return new HashNode(entryMap, childMap, spliced(slots, at, 1, changed));
    }
    Object[] fewer = spliced(slots, at, 1);
    Object[] inlined = spliced(fewer, entryIndex(bit), 0, changed.slots[0], changed.slots[1]);
    return new HashNode(entryMap | bit, childMap ^ bit, inlined);
  }

  /**
   * Returns a copy of {@code slots} with {@code added} in place of {@code removed} at {@code at}.
   */
  static Object[] spliced(Object[] slots, int at, int removed, Object... added) {
    Object[] copy = new Object[slots.length - removed + added.length];
    System.arraycopy(slots, 0, copy, 0, at);
    System.arraycopy(added, 0, copy, at, added.length);
    int rest = at + removed;
    System.arraycopy(slots, rest, copy, at + added.length, slots.length - rest);
    return copy;
  }

  /** Returns a key's hash with its upper half folded into the lower, which chooses first. */
  static int spread(int hash) {
    return hash ^ (hash >>> 16);
  }

  /** Returns the bit of the place that {@code hash} chooses at the level of {@code shift}. */
  static int bit(int hash, int shift) {
    return 1 << ((hash >>> shift) & MASK);
  }
}
