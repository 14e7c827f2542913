package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.NavigableSet;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaneTest {

  private static Lane lane(long messages) {
    Lane lane = new Lane(2);
    for (long s = 1; s <= messages; s++) {
      lane.enqueued(s, false);
    }
    return lane;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void does_what_a_set_of_living_sequences_does(long seed) {
    Random random = new Random(seed);
    Lane lane = new Lane(2);
    TreeSet<Long> model = new TreeSet<>();
    long tail = 1;
    for (int step = 0; step < 5_000; step++) {
      int what = random.nextInt(100);
      if (what < 50 || model.isEmpty()) {
        lane.enqueued(tail, false);
        model.add(tail++);
      } else if (what < 97) {
        long from = model.ceiling(1 + random.nextLong(model.last()));
        long to = Math.min(tail - 1, from + (random.nextInt(8) == 0 ? random.nextInt(200) : 0));
        lane.settled(from, to);
        model.subSet(from, true, to, true).clear();
      } else if (what == 97) {
        TreeSet<Long> kept = new TreeSet<>();
        model.stream().filter(s -> random.nextInt(10) == 0).forEach(kept::add);
        lane.purged(tail, kept.stream().mapToLong(Long::longValue).toArray());
        model.retainAll(kept);
      } else {
        Lane copy = lane.copy(7);
        assertThat(copy.knownPosition()).isEqualTo(7);
        lane = copy;
      }
      assertAlike(lane, model, tail, random);
    }
  }

  private static void assertAlike(Lane lane, NavigableSet<Long> model, long tail, Random random) {
    assertThat(lane.messages()).isEqualTo(model.size());
    assertThat(lane.tail()).isEqualTo(tail);
    assertThat(lane.floor()).isEqualTo(model.isEmpty() ? tail : model.first());
    long probe = random.nextLong(tail + 5);
    assertThat(lane.isAlive(probe)).as("sequence %d", probe).isEqualTo(model.contains(probe));
    Long next = model.ceiling(probe);
    assertThat(Math.min(tail, lane.nextAlive(Math.min(probe, tail))))
        .isEqualTo(next == null ? tail : next);
    assertThat(lane.holes() == null).isEqualTo(lane.messages() == tail - lane.floor());
  }

  @Test
  void lane_settled_in_order_has_no_holes() {
    Lane lane = lane(10);
    lane.settled(1, 4);
    assertThat(lane.floor()).isEqualTo(5);
    assertThat(lane.holes()).isNull();
  }

  @Test
  void settling_twice_changes_nothing() {
    Lane lane = lane(10);
    lane.settled(3, 5);
    lane.settled(3, 5);
    lane.settled(4, 4);
    assertThat(lane.messages()).isEqualTo(7);
    lane.settled(1, 2);
    lane.settled(1, 2);
    assertThat(lane.messages()).isEqualTo(5);
    assertThat(lane.floor()).isEqualTo(6);
  }

  @Test
  void purge_keeps_what_is_in_flight() {
    Lane lane = lane(10);
    lane.settled(2, 3);
    lane.purged(11, new long[] {4, 5, 9});
    assertThat(lane.messages()).isEqualTo(3);
    assertThat(lane.floor()).isEqualTo(4);
    assertThat(lane.isAlive(9)).isTrue();
    assertThat(lane.isAlive(6)).isFalse();
    lane.settled(4, 5);
    assertThat(lane.floor()).isEqualTo(9);
  }

  @Test
  void mark_never_falls_but_at_a_clean_stop() {
    Lane lane = lane(10);
    lane.marked(1025, 3);
    lane.marked(5, 4);
    assertThat(lane.mark()).isEqualTo(1025);
    assertThat(lane.markPosition(1025)).isEqualTo(4);
    assertThat(lane.markPosition(1024)).isEqualTo(3);
    lane.marksExactly(4);
    assertThat(lane.mark()).isEqualTo(4);
  }

  @Test
  void what_was_marked_but_never_logged_is_not_redelivered() {
    Lane lane = lane(10);
    lane.marked(1025, 3);
    lane.recovered();
    assertThat(lane.redeliverBelow()).isEqualTo(11);
    assertThat(lane.markPosition(1)).isZero();
  }

  @Test
  void replay_may_begin_in_the_middle_of_a_lane_whose_queue_is_deleted_later() {
    QueueState state = Bench.emptyState();
    long id = LaneId.of(1, 0, true);
    state.apply(20, new Fact.Settled(id, 3, 4));
    assertThat(state.lane(id)).isNull();
    state.enqueued(21, id, 10, false);
    state.enqueued(22, id, 11, false);
    state.apply(23, new Fact.Settled(id, 6, 7));
    Lane lane = Objects.requireNonNull(state.lane(id));
    assertThat(lane.messages()).isEqualTo(2);
    assertThat(lane.floor()).isEqualTo(10);
    state.apply(24, new Fact.Purged(id, 12, new long[] {5, 10}));
    assertThat(lane.messages()).isEqualTo(1);
  }
}
