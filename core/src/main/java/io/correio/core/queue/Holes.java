package io.correio.core.queue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settled sequences of a lane above its floor: one bit each, in blocks of 4,096, and only where
 * settlement was out of order. Owned by the lane.
 *
 * <pre>
 *        floor                                          tail
 *   ......|====|#|==|###|====|######## … ###|=====|#|====|        # = hole: settled
 *         block 0        block 1 (all #: FULL)     block 2 …     = = not settled
 * </pre>
 *
 * Blocks are numbered by {@code sequence / 4096}. A block that is all holes shares one constant,
 * one without any is null, so an orderly lane costs nothing.
 */
public final class Holes {

  /** Sequences per block. */
  public static final int BLOCK = 4096;

  private static final int WORDS = BLOCK / 64;
  private static final long[] FULL = full();

  private final List<long @Nullable []> blocks = new ArrayList<>();
  private long firstBlock;
  private long count;

  private static long[] full() {
    long[] words = new long[WORDS];
    Arrays.fill(words, -1L);
    return words;
  }

  /** The number of holes. */
  public long count() {
    return count;
  }

  /** Whether the sequence is settled. */
  public boolean contains(long sequence) {
    long index = sequence / BLOCK - firstBlock;
    if (index < 0 || index >= blocks.size()) {
      return false;
    }
    long[] words = blocks.get((int) index);
    return words != null && (words[word(sequence)] & 1L << sequence) != 0;
  }

  /** Adds a hole; returns whether it is new. */
  public boolean add(long sequence) {
    int index = reach(sequence / BLOCK);
    long[] words = blocks.get(index);
    if (words == null) {
      words = new long[WORDS];
      blocks.set(index, words);
    } else if (isShared(words)) {
      return false;
    }
    long before = words[word(sequence)];
    words[word(sequence)] = before | 1L << sequence;
    if (words[word(sequence)] == before) {
      return false;
    }
    count++;
    if (words[word(sequence)] == -1L && isFull(words)) {
      blocks.set(index, FULL);
    }
    return true;
  }

  /** Adds all of {@code from} to {@code to}, inclusive. Whole blocks cost one step each. */
  public void addRange(long from, long to) {
    long at = from;
    while (at <= to) {
      if (at % BLOCK == 0 && at + BLOCK - 1 <= to) {
        int index = reach(at / BLOCK);
        count += BLOCK - cardinality(blocks.get(index));
        blocks.set(index, FULL);
        at += BLOCK;
      } else {
        add(at++);
      }
    }
  }

  /** Makes room for a block; returns its index. */
  private int reach(long block) {
    if (blocks.isEmpty()) {
      firstBlock = block;
    }
    while (block < firstBlock) {
      blocks.addFirst(null);
      firstBlock--;
    }
    int index = (int) (block - firstBlock);
    while (blocks.size() <= index) {
      blocks.add(null);
    }
    return index;
  }

  /** Whether it is the one block that stands for all full ones and must not be written to. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isShared(long @Nullable [] words) {
    return words == FULL;
  }

  private static boolean isFull(long[] words) {
    for (long word : words) {
      if (word != -1L) {
        return false;
      }
    }
    return true;
  }

  /**
   * The first sequence at or above {@code sequence} that is no hole. Costs one step per 64 holes.
   */
  public long nextNotHole(long sequence) {
    long at = sequence;
    while (true) {
      long index = at / BLOCK - firstBlock;
      if (index < 0 || index >= blocks.size()) {
        return at;
      }
      long[] words = blocks.get((int) index);
      if (words == null) {
        return at;
      }
      if (isShared(words)) {
        at = (at / BLOCK + 1) * BLOCK;
        continue;
      }
      long open = ~words[word(at)] & (-1L << at);
      if (open != 0) {
        return at / 64 * 64 + Long.numberOfTrailingZeros(open);
      }
      at = (at / 64 + 1) * 64;
    }
  }

  /** Forgets everything below the sequence. */
  public void forgetBelow(long sequence) {
    long block = sequence / BLOCK;
    int whole = 0;
    while (whole < blocks.size() && firstBlock + whole < block) {
      count -= cardinality(blocks.get(whole));
      whole++;
    }
    if (whole > 0) {
      blocks.subList(0, whole).clear();
      firstBlock += whole;
    }
    if (blocks.isEmpty() || firstBlock != block) {
      return;
    }
    long[] words = blocks.get(0);
    if (words == null) {
      return;
    }
    if (isShared(words)) {
      words = FULL.clone();
      blocks.set(0, words);
    }
    count -= cardinality(words);
    int keepFrom = word(sequence);
    for (int i = 0; i < keepFrom; i++) {
      words[i] = 0;
    }
    words[keepFrom] &= -1L << sequence;
    count += cardinality(words);
  }

  private static int cardinality(long @Nullable [] words) {
    if (words == null) {
      return 0;
    }
    int bits = 0;
    for (long word : words) {
      bits += Long.bitCount(word);
    }
    return bits;
  }

  private static int word(long sequence) {
    return (int) (sequence % BLOCK) >>> 6;
  }

  /** A copy that does not change any more. */
  public Holes copy() {
    Holes copy = new Holes();
    copy.firstBlock = firstBlock;
    copy.count = count;
    for (long[] words : blocks) {
      copy.blocks.add(words == null || isShared(words) ? words : words.clone());
    }
    return copy;
  }

  /**
   * Holes of one block, for the checkpoint: bit {@code n} of the words is sequence {@code number *
   * BLOCK + n}. The words must not be changed.
   */
  @SuppressWarnings("ArrayRecordComponent") // a view, and nobody compares it
  public record Block(Holes holes, int index, long number, long[] words) {

    /** The next block that has holes, or null. */
    public @Nullable Block next() {
      return holes.block(index + 1);
    }
  }

  /** The first block that has holes, or null. */
  public @Nullable Block firstBlock() {
    return block(0);
  }

  private @Nullable Block block(int from) {
    for (int i = from; i < blocks.size(); i++) {
      long[] words = blocks.get(i);
      if (words != null) {
        return new Block(this, i, firstBlock + i, words);
      }
    }
    return null;
  }

  /** Puts back a block that {@link #firstBlock} gave; blocks come in ascending order. */
  public void restoreBlock(long block, long[] words) {
    if (blocks.isEmpty()) {
      firstBlock = block;
    }
    while (firstBlock + blocks.size() < block) {
      blocks.add(null);
    }
    blocks.add(isFull(words) ? FULL : words.clone());
    count += cardinality(words);
  }
}
