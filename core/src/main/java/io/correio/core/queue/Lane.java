package io.correio.core.queue;

import org.jspecify.annotations.Nullable;

/**
 * One strict FIFO strand of a queue, as the facts tell it. Sequences are dense and never reused.
 *
 * <pre>
 *   1 ………………… floor …………………………………… mark ………………………… tail
 *   all settled  |  settled only where a hole is     |  next sequence
 *                |  handed out at most below mark    |
 * </pre>
 *
 * Changed by {@link QueueState#apply} alone. Owned by the shard.
 */
public final class Lane {

  private final long id;
  private long floor = 1;
  private long tail = 1;
  private long mark = 1;
  private long markPosition;
  private long markBefore = 1;
  private long markBeforePosition;
  private long redeliverBelow = 1;
  private long knownPosition;
  private boolean mayExpire;
  private @Nullable Holes holes;

  Lane(long id) {
    this.id = id;
  }

  /** A lane as a checkpoint tells it, without its holes: facts up to a position are in it. */
  public static Lane restore(long id, long floor, long tail, long mark, long knownPosition) {
    Lane lane = new Lane(id);
    lane.floor = floor;
    lane.tail = tail;
    lane.mark = mark;
    lane.knownPosition = knownPosition;
    return lane;
  }

  /** Puts back a block of holes that {@link Holes#firstBlock} gave; blocks come in order. */
  public void restoreHoles(long block, long[] words) {
    if (holes == null) {
      holes = new Holes();
    }
    holes.restoreBlock(block, words);
  }

  /** A copy that does not change any more, in which facts up to the position are contained. */
  public Lane copy(long position) {
    Lane copy = restore(id, floor, tail, mark, position);
    copy.mayExpire = mayExpire;
    copy.holes = holes == null ? null : holes.copy();
    return copy;
  }

  public long id() {
    return id;
  }

  /** All sequences below are settled. */
  public long floor() {
    return floor;
  }

  /** The sequence that the next message gets. */
  public long tail() {
    return tail;
  }

  /** Only sequences below may have been handed out. */
  public long mark() {
    return mark;
  }

  /**
   * Position of the fact that said first, of the last two, that the sequence may be handed out; 0
   * when that was before a restart. The sequence must lie below the mark.
   */
  public long markPosition(long sequence) {
    return sequence < markBefore ? markBeforePosition : markPosition;
  }

  /** What is below and not settled may have been handed out before the restart. */
  public long redeliverBelow() {
    return redeliverBelow;
  }

  /** Facts up to this position are in a lane that came from a checkpoint. */
  public long knownPosition() {
    return knownPosition;
  }

  /** The holes above the floor, or null where there are none. */
  public @Nullable Holes holes() {
    return holes;
  }

  /** Messages that are not settled. */
  public long messages() {
    return tail - floor - (holes == null ? 0 : holes.count());
  }

  /** Whether the sequence is in the lane and not settled. */
  public boolean isAlive(long sequence) {
    return sequence >= floor && sequence < tail && (holes == null || !holes.contains(sequence));
  }

  /** The first sequence at or above that is not settled; the tail or more when there is none. */
  public long nextAlive(long sequence) {
    long at = Math.max(sequence, floor);
    return holes == null ? at : holes.nextNotHole(at);
  }

  /** Whether a message in it may have a time after which it is gone. */
  public boolean mayExpire() {
    return mayExpire;
  }

  /** Puts back what {@link #mayExpire} said. */
  public void restoreMayExpire() {
    mayExpire = true;
  }

  void enqueued(long sequence, boolean expiring) {
    mayExpire = expiring || (mayExpire && messages() > 0);
    if (sequence > tail && messages() == 0) {
      // Seen only in a replay, when the lane's queue was deleted before the checkpoint was
      // complete.
      floor = sequence;
      holes = null;
    }
    tail = sequence + 1;
  }

  void settled(long from, long to) {
    if (from <= floor) {
      floor = Math.max(floor, to + 1);
    } else {
      if (holes == null) {
        holes = new Holes();
      }
      holes.addRange(from, to);
    }
    closeHoles();
  }

  private void closeHoles() {
    if (holes == null) {
      return;
    }
    floor = holes.nextNotHole(floor);
    holes.forgetBelow(floor);
    if (holes.count() == 0) {
      holes = null;
    }
  }

  void marked(long upTo, long position) {
    markBefore = mark;
    markBeforePosition = markPosition;
    mark = Math.max(mark, upTo);
    markPosition = position;
  }

  void marksExactly(long upTo) {
    mark = upTo;
    markBefore = Math.min(markBefore, upTo);
  }

  void purged(long upTo, long[] kept) {
    // A purge reaches to the tail, so no hole lies above it and all holes are made anew.
    holes = null;
    floor = Math.max(floor, kept.length == 0 ? upTo : kept[0]);
    for (int i = 0; i < kept.length; i++) {
      long next = i + 1 < kept.length ? kept[i + 1] : upTo;
      if (kept[i] + 1 < next) {
        settled(kept[i] + 1, next - 1);
      }
    }
  }

  void recovered() {
    redeliverBelow = Math.min(mark, tail);
    markPosition = 0;
    markBeforePosition = 0;
  }
}
