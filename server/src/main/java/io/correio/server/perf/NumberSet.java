package io.correio.server.perf;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Message numbers that were seen: a bitmap in blocks, one bit per message. Numbers of {@link
 * #MAX_NUMBERS} and more are not kept, and {@link #complete} then says so. Not thread-safe.
 */
final class NumberSet {
  /** Most numbers that are told apart: 128 MiB of bitmap at worst. */
  static final long MAX_NUMBERS = 1L << 30;

  private static final int BLOCK_BITS = 1 << 16;

  private final List<long @Nullable []> blocks = new ArrayList<>();
  private long size;
  private boolean complete = true;

  /** Adds a number; false when it was there. */
  boolean add(long number) {
    if (number < 0 || number >= MAX_NUMBERS) {
      complete = false;
      return true;
    }
    int index = (int) (number / BLOCK_BITS);
    while (blocks.size() <= index) {
      blocks.add(null);
    }
    long[] block = blocks.get(index);
    if (block == null) {
      block = new long[BLOCK_BITS / Long.SIZE];
      blocks.set(index, block);
    }
    int bit = (int) (number % BLOCK_BITS);
    long mask = 1L << bit;
    if ((block[bit / Long.SIZE] & mask) != 0) {
      return false;
    }
    block[bit / Long.SIZE] |= mask;
    size++;
    return true;
  }

  /** How many different numbers there are. */
  long size() {
    return size;
  }

  /** Whether every number that came was kept. */
  boolean complete() {
    return complete;
  }

  /** Adds all numbers of another set; returns how many were in both. */
  long addAll(NumberSet other) {
    long before = size + other.size;
    for (int index = 0; index < other.blocks.size(); index++) {
      long[] block = other.blocks.get(index);
      for (int word = 0; block != null && word < block.length; word++) {
        for (long bits = block[word]; bits != 0; bits &= bits - 1) {
          int bit = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
          add((long) index * BLOCK_BITS + bit);
        }
      }
    }
    complete &= other.complete;
    return before - size;
  }
}
