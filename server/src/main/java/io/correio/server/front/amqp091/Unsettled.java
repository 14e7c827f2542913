package io.correio.server.front.amqp091;

import io.correio.core.queue.Settlement;
import java.util.Arrays;

/**
 * Deliveries of one channel that wait for their settlement, by delivery tag. Owned by the
 * connection's loop.
 *
 * <p>Entries stand in arrays in the order of their tags. Settled ones become holes, which are
 * dropped at the head at once and elsewhere when room is needed. Tags may have gaps: deliveries
 * that need no settlement take one too.
 *
 * <pre>
 *   state:   OPEN ──settle──▶ HOLE
 *             │ ▲
 *        hold │ │ rollback            (transactions: the settlement waits for the commit)
 *             ▼ │
 *            HELD ──commit──▶ HOLE
 * </pre>
 */
final class Unsettled {
  private static final byte HOLE = 0;
  private static final byte OPEN = 1;

  // HELD is one of these, and everything from the first on.
  private static final byte HELD = 2;
  private static final byte HELD_ACCEPTED = HELD;
  private static final byte HELD_REJECTED = HELD + 1;
  private static final byte HELD_RETURNED = HELD + 2;

  private static final int FIRST_CAPACITY = 16;

  private long[] tags = new long[FIRST_CAPACITY];
  private long[] lanes = new long[FIRST_CAPACITY];
  private long[] sequences = new long[FIRST_CAPACITY];
  private byte[] states = new byte[FIRST_CAPACITY];
  private int head;
  private int tail;
  private int size;
  private int held;

  /** Takes the settlement of one message. */
  @FunctionalInterface
  interface Receiver {
    void settle(long lane, long sequence, Settlement settlement);
  }

  /** Number of entries that are not settled for good. */
  int size() {
    return size;
  }

  /** Entries that there is room for. */
  int capacity() {
    return tags.length;
  }

  /** Number of settlements that wait for a commit. */
  int held() {
    return held;
  }

  /** Adds a delivery; its tag is higher than all before. */
  void add(long tag, long lane, long sequence) {
    if (tail == tags.length) {
      makeRoom();
    }
    tags[tail] = tag;
    lanes[tail] = lane;
    sequences[tail] = sequence;
    states[tail] = OPEN;
    tail++;
    size++;
  }

  /** Whether the tag names an entry that can be settled. */
  boolean isOpen(long tag) {
    int at = find(tag);
    return at >= 0 && states[at] == OPEN;
  }

  /** Settles the open entry of a tag. */
  void settle(long tag, Settlement settlement, Receiver receiver) {
    settleAt(find(tag), settlement, receiver);
    trim();
  }

  /** Settles all open entries up to and including a tag. */
  void settleUpTo(long tag, Settlement settlement, Receiver receiver) {
    for (int at = head; at < tail && tags[at] <= tag; at++) {
      if (states[at] == OPEN) {
        settleAt(at, settlement, receiver);
      }
    }
    trim();
  }

  /** Keeps the settlement of a tag's open entry until {@link #commit}. */
  void hold(long tag, Settlement settlement) {
    holdAt(find(tag), settlement);
  }

  /** Keeps the settlement of all open entries up to a tag; returns how many those are. */
  int holdUpTo(long tag, Settlement settlement) {
    int count = 0;
    for (int at = head; at < tail && tags[at] <= tag; at++) {
      if (states[at] == OPEN) {
        holdAt(at, settlement);
        count++;
      }
    }
    return count;
  }

  /** Carries out all settlements that were kept. */
  void commit(Receiver receiver) {
    for (int at = head; held > 0 && at < tail; at++) {
      if (states[at] >= HELD) {
        held--;
        settleAt(at, heldSettlement(states[at]), receiver);
      }
    }
    trim();
  }

  /** Forgets all settlements that were kept: their entries are open again. */
  void rollback() {
    for (int at = head; held > 0 && at < tail; at++) {
      if (states[at] >= HELD) {
        held--;
        states[at] = OPEN;
      }
    }
  }

  private void holdAt(int at, Settlement settlement) {
    states[at] =
        switch (settlement) {
          case ACCEPTED -> HELD_ACCEPTED;
          case REJECTED -> HELD_REJECTED;
          case RETURNED, RELEASED -> HELD_RETURNED;
        };
    held++;
  }

  private static Settlement heldSettlement(byte state) {
    return switch (state) {
      case HELD_ACCEPTED -> Settlement.ACCEPTED;
      case HELD_REJECTED -> Settlement.REJECTED;
      default -> Settlement.RETURNED;
    };
  }

  private void settleAt(int at, Settlement settlement, Receiver receiver) {
    states[at] = HOLE;
    size--;
    receiver.settle(lanes[at], sequences[at], settlement);
  }

  private void trim() {
    while (head < tail && states[head] == HOLE) {
      head++;
    }
    if (head == tail) {
      head = 0;
      tail = 0;
    }
  }

  private int find(long tag) {
    if (head == tail || tag < tags[head] || tag > tags[tail - 1]) {
      return -1;
    }
    // Without gaps the place follows from the tag.
    long guess = head + (tag - tags[head]);
    if (guess < tail && tags[(int) guess] == tag) {
      return (int) guess;
    }
    int at = Arrays.binarySearch(tags, head, tail, tag);
    return at < 0 ? -1 : at;
  }

  private void makeRoom() {
    int capacity = size > tags.length / 2 ? 2 * tags.length : tags.length;
    long[] newTags = capacity == tags.length ? tags : new long[capacity];
    long[] newLanes = capacity == tags.length ? lanes : new long[capacity];
    long[] newSequences = capacity == tags.length ? sequences : new long[capacity];
    byte[] newStates = capacity == tags.length ? states : new byte[capacity];
    int to = 0;
    for (int at = head; at < tail; at++) {
      if (states[at] != HOLE) {
        newTags[to] = tags[at];
        newLanes[to] = lanes[at];
        newSequences[to] = sequences[at];
        newStates[to] = states[at];
        to++;
      }
    }
    tags = newTags;
    lanes = newLanes;
    sequences = newSequences;
    states = newStates;
    head = 0;
    tail = to;
  }
}
