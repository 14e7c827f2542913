package io.correio.log;

import java.util.ArrayList;
import java.util.List;

/**
 * The segments that hold records, oldest first, the active one last: an immutable list that is
 * replaced as a whole. The writer adds, the cleaner takes out, anybody reads.
 */
final class SegmentSet {

  private volatile List<Segment> segments = List.of();

  List<Segment> list() {
    return segments;
  }

  synchronized void set(List<Segment> all) {
    segments = List.copyOf(all);
  }

  synchronized void add(Segment active) {
    List<Segment> next = new ArrayList<>(segments);
    next.add(active);
    segments = List.copyOf(next);
  }

  /** Puts {@code merged}, none or one segment, where the {@code old} ones were. */
  synchronized void replace(List<Segment> old, List<Segment> merged) {
    List<Segment> next = new ArrayList<>(segments);
    int at = next.indexOf(old.getFirst());
    next.removeAll(old);
    next.addAll(at, merged);
    segments = List.copyOf(next);
  }
}
