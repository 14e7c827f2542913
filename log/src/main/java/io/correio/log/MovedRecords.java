package io.correio.log;

/**
 * Where a merge put records that have several live keys, so that it copies each once. Confined to
 * the merge's thread.
 */
final class MovedRecords {

  private static final long NOT_MOVED = -1;

  private long[] from = new long[64];
  private long[] to = new long[64];
  private int count;

  /** Remembers a record; {@code target} is where it is now, not negative. */
  void put(int source, int offset, long target) {
    if (++count > from.length / 2) {
      grow();
    }
    insert(key(source, offset), target);
  }

  /** Where the record is now; negative when it was not remembered. */
  long get(int source, int offset) {
    long key = key(source, offset);
    int at = slot(key);
    return from[at] == key ? to[at] : NOT_MOVED;
  }

  /** Never 0, which marks a free slot: no record begins at offset 0. */
  private static long key(int source, int offset) {
    return (long) source << Integer.SIZE | offset;
  }

  private int slot(long key) {
    int mask = from.length - 1;
    int at = Long.hashCode(key * 0x9E37_79B9_7F4A_7C15L) & mask;
    while (from[at] != 0 && from[at] != key) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void insert(long key, long target) {
    int at = slot(key);
    from[at] = key;
    to[at] = target;
  }

  private void grow() {
    long[] oldFrom = from;
    long[] oldTo = to;
    from = new long[oldFrom.length * 2];
    to = new long[oldTo.length * 2];
    for (int i = 0; i < oldFrom.length; i++) {
      if (oldFrom[i] != 0) {
        insert(oldFrom[i], oldTo[i]);
      }
    }
  }
}
