package io.correio.server.front.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.queue.Settlement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Compared with a sorted map, step by step. */
class UnsettledTest {
  private static final List<Settlement> KINDS =
      List.of(Settlement.ACCEPTED, Settlement.REJECTED, Settlement.RETURNED);

  private final Unsettled unsettled = new Unsettled();
  private final TreeMap<Long, Entry> model = new TreeMap<>();
  private final List<String> settled = new ArrayList<>();
  private final List<String> expected = new ArrayList<>();

  private static final class Entry {
    private final long sequence;
    private Settlement held = Settlement.ACCEPTED;
    private boolean isHeld;

    Entry(long sequence) {
      this.sequence = sequence;
    }
  }

  private void receive(long lane, long sequence, Settlement settlement) {
    settled.add(lane + "/" + sequence + " " + settlement);
  }

  private void expect(long tag, Entry entry, Settlement settlement) {
    expected.add(tag % 5 + "/" + entry.sequence + " " + settlement);
  }

  @Test
  void any_order_of_steps_settles_what_a_sorted_map_would() {
    for (int seed = 0; seed < 200; seed++) {
      run(new Random(seed));
    }
  }

  private void run(Random random) {
    long tag = model.isEmpty() ? 0 : model.lastKey();
    tag = Math.max(tag, 1_000_000L * (settled.size() + 1));
    for (int step = 0; step < 300; step++) {
      Settlement settlement = KINDS.get(random.nextInt(3));
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> {
          tag += 1 + random.nextInt(10) / 9;
          unsettled.add(tag, tag % 5, 2 * tag);
          model.put(tag, new Entry(2 * tag));
        }
        case 4, 5, 6 -> settleOne(anyTag(random, tag), settlement, random.nextBoolean());
        case 7 -> settleUpTo(anyTag(random, tag), settlement, random.nextInt(4) == 0);
        case 8 -> commit();
        default -> rollback();
      }
      assertThat(unsettled.size()).isEqualTo(model.size());
      assertThat(unsettled.held())
          .isEqualTo((int) model.values().stream().filter(each -> each.isHeld).count());
      assertThat(settled).isEqualTo(expected);
      settled.clear();
      expected.clear();
    }
  }

  private long anyTag(Random random, long highest) {
    if (model.isEmpty() || random.nextInt(8) == 0) {
      return highest + random.nextInt(3) - 1;
    }
    Long tag = model.ceilingKey(highest - random.nextInt(20));
    return tag == null ? model.firstKey() : tag;
  }

  private void settleOne(long tag, Settlement settlement, boolean hold) {
    Entry entry = model.get(tag);
    boolean open = entry != null && !entry.isHeld;
    assertThat(unsettled.isOpen(tag)).isEqualTo(open);
    if (entry == null || entry.isHeld) {
      return;
    }
    if (hold) {
      unsettled.hold(tag, settlement);
      entry.isHeld = true;
      entry.held = settlement;
    } else {
      unsettled.settle(tag, settlement, this::receive);
      expect(tag, entry, settlement);
      model.remove(tag);
    }
  }

  private void settleUpTo(long tag, Settlement settlement, boolean hold) {
    List<Map.Entry<Long, Entry>> open =
        List.copyOf(model.headMap(tag, true).entrySet()).stream()
            .filter(each -> !each.getValue().isHeld)
            .toList();
    if (hold) {
      assertThat(unsettled.holdUpTo(tag, settlement)).isEqualTo(open.size());
    } else {
      unsettled.settleUpTo(tag, settlement, this::receive);
    }
    for (Map.Entry<Long, Entry> each : open) {
      if (hold) {
        each.getValue().isHeld = true;
        each.getValue().held = settlement;
      } else {
        expect(each.getKey(), each.getValue(), settlement);
        model.remove(each.getKey());
      }
    }
  }

  private void commit() {
    unsettled.commit(this::receive);
    model
        .entrySet()
        .removeIf(each -> {
          if (each.getValue().isHeld) {
            expect(each.getKey(), each.getValue(), each.getValue().held);
          }
          return each.getValue().isHeld;
        });
  }

  private void rollback() {
    unsettled.rollback();
    model.values().forEach(each -> each.isHeld = false);
  }

  @Test
  void one_old_delivery_does_not_make_the_arrays_grow() {
    unsettled.add(1, 0, 1);
    for (long tag = 2; tag < 100_000; tag++) {
      unsettled.add(tag, 0, tag);
      unsettled.settle(tag, Settlement.ACCEPTED, (lane, sequence, settlement) -> {});
    }
    assertThat(unsettled.size()).isEqualTo(1);
    assertThat(unsettled.capacity()).isEqualTo(16);
    assertThat(unsettled.isOpen(1)).isTrue();
  }
}
