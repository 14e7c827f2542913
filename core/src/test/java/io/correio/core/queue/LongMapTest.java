package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongMapTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void does_what_a_tree_map_does(long seed) {
    Random random = new Random(seed);
    LongMap<String> map = new LongMap<>();
    TreeMap<Long, String> model = new TreeMap<>();
    // Small ranges collide, shifted ones look like lane ids; growing and shrinking alternate.
    int shift = random.nextBoolean() ? 24 : 0;
    for (int step = 0; step < 20_000; step++) {
      boolean grows = step / 2_000 % 2 == 0;
      long key = ((long) random.nextInt(1_500) - 20) << shift;
      if (random.nextInt(10) < (grows ? 7 : 2)) {
        String value = "v" + step;
        assertThat(map.put(key, value)).isEqualTo(model.put(key, value));
      } else {
        assertThat(map.remove(key)).isEqualTo(model.remove(key));
      }
      long other = ((long) random.nextInt(1_500) - 20) << shift;
      assertThat(map.get(other)).isEqualTo(model.get(other));
      assertThat(map.size()).isEqualTo(model.size());
      assertThat(map.isEmpty()).isEqualTo(model.isEmpty());
      if (step % 500 == 0) {
        assertAlike(map, model);
      }
    }
    assertAlike(map, model);
  }

  private static void assertAlike(LongMap<String> map, SortedMap<Long, String> model) {
    assertThat(map.sortedKeys())
        .containsExactly(model.keySet().stream().mapToLong(Long::longValue).toArray());
    List<String> values = new ArrayList<>();
    map.forEach(values::add);
    assertThat(values).containsExactlyInAnyOrderElementsOf(model.values());
    for (Map.Entry<Long, String> entry : model.entrySet()) {
      assertThat(map.get(entry.getKey())).isEqualTo(entry.getValue());
    }
  }
}
