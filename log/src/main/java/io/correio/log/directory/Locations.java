package io.correio.log.directory;

/** Where messages lie in one segment: filled by a directory, confined to one thread. */
public final class Locations {

  private final int[] offsets;
  private final int[] lengths;
  private int count;

  public Locations(int capacity) {
    offsets = new int[capacity];
    lengths = new int[capacity];
  }

  public int capacity() {
    return offsets.length;
  }

  public int count() {
    return count;
  }

  /** File offset of the record of the {@code index}th message. */
  public int offset(int index) {
    return offsets[index];
  }

  /** Length of that record, with its header. */
  public int length(int index) {
    return lengths[index];
  }

  public void clear() {
    count = 0;
  }

  boolean isFull() {
    return count == offsets.length;
  }

  void add(int offset, int length) {
    offsets[count] = offset;
    lengths[count++] = length;
  }
}
