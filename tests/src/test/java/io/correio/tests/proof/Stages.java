package io.correio.tests.proof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When one message passed which place, while there is no other on its way. Any thread marks; the
 * client takes the times when it has the answer.
 *
 * <pre>
 *   client     connection's loop    home loop      log thread              connection's loop   client
 *   SENT ────► READ ──────────────► DECIDING ────► WRITING ► FORCING ► DURABLE ► WOKEN ──────► ANSWERED
 *       socket     hand-over            decide,          write     force     wake-up     socket
 *                                       wake-up
 * </pre>
 */
final class Stages {

  /** A place, in the order in which they are passed. */
  enum Place {
    SENT(0),
    READ(1),
    DECIDING(2),
    WRITING(3),
    FORCING(4),
    DURABLE(5),
    WOKEN(6),
    ANSWERED(7);

    private final int index;

    Place(int index) {
      this.index = index;
    }
  }

  /** What lies between one place and the next. */
  static final String[] SPANS = {
    "client to connection's loop (socket)",
    "connection's loop to home loop",
    "decide, wake the log thread",
    "write",
    "force",
    "emit, wake the connection's loop",
    "connection's loop to client (socket)"
  };

  private static final int PLACES = Place.values().length;

  private final AtomicLongArray times = new AtomicLongArray(PLACES);
  private final long[][] spans;
  private int count;

  /**
   * @param capacity messages that are recorded at most
   */
  Stages(int capacity) {
    this.spans = new long[SPANS.length][capacity];
  }

  /** Something passes a place; the last one to do so counts. */
  void mark(Place place) {
    times.set(place.index, System.nanoTime());
  }

  /** Keeps the spans of the message that has just been answered. Client's thread. */
  void take() {
    if (count == spans[0].length) {
      return;
    }
    for (int i = 0; i < SPANS.length; i++) {
      spans[i][count] = Math.max(0, times.get(i + 1) - times.get(i));
    }
    count++;
  }

  /** The median of each span in microseconds; forgets all. Client's thread. */
  List<Double> medians() {
    List<Double> medians = new ArrayList<>();
    for (int i = 0; i < SPANS.length; i++) {
      long[] sorted = Arrays.copyOf(spans[i], count);
      Arrays.sort(sorted);
      medians.add(count == 0 ? 0 : sorted[count / 2] / 1e3);
    }
    count = 0;
    return medians;
  }
}
