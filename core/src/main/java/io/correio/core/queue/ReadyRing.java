package io.correio.core.queue;

import org.jspecify.annotations.Nullable;

/**
 * The ready messages of a window by ascending sequence: a queue from which one in the middle can be
 * found and taken as well. Grows and never shrinks below its first size by itself; nothing is
 * allocated for a message. Owned by the shard.
 */
final class ReadyRing {

  private static final int INITIAL_CAPACITY = 16;

  // A power of two; the messages are at first, first + 1 …, around the end.
  private @Nullable QueuedMessage[] items = new QueuedMessage[INITIAL_CAPACITY];
  private int first;
  private int size;

  int size() {
    return size;
  }

  @Nullable QueuedMessage peekFirst() {
    return size == 0 ? null : items[first];
  }

  /** Adds a message, whose sequence is higher than all that are there. */
  void addLast(QueuedMessage message) {
    if (size == items.length) {
      resize();
    }
    items[place(size++)] = message;
  }

  void removeFirst() {
    items[first] = null;
    first = place(1);
    if (--size == 0) {
      first = 0;
    }
  }

  /** The message by its place, from 0 on. */
  @Nullable QueuedMessage get(int index) {
    return items[place(index)];
  }

  /** The place of a sequence; negative when it is not here. */
  int find(long sequence) {
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      QueuedMessage message = get(middle);
      long found = message == null ? Long.MAX_VALUE : message.sequence;
      if (found == sequence) {
        return middle;
      } else if (found < sequence) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  /** Takes out the message at a place, moving those on the shorter side. */
  void remove(int index) {
    if (index < size / 2) {
      for (int i = index; i > 0; i--) {
        items[place(i)] = items[place(i - 1)];
      }
      removeFirst();
      return;
    }
    for (int i = index; i < size - 1; i++) {
      items[place(i)] = items[place(i + 1)];
    }
    items[place(--size)] = null;
  }

  void clear() {
    items = new QueuedMessage[INITIAL_CAPACITY];
    first = 0;
    size = 0;
  }

  private int place(int index) {
    return (first + index) & (items.length - 1);
  }

  private void resize() {
    @Nullable QueuedMessage[] more = new QueuedMessage[items.length * 2];
    for (int i = 0; i < size; i++) {
      more[i] = get(i);
    }
    items = more;
    first = 0;
  }
}
