package io.correio.core.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TargetsTest {
  @Test
  void ids_are_kept_once_and_in_the_order_of_their_first_coming() {
    Targets targets = new Targets();
    Random random = new Random(1);
    for (int size : new int[] {0, 1, 16, 17, 33, 5_000, 3, 100_000, 20, 0}) {
      Set<Long> model = new LinkedHashSet<>();
      for (int i = 0; i < size; i++) {
        long id = random.nextInt(Math.max(1, size)) - 3L;
        assertThat(targets.add(id)).isEqualTo(model.add(id));
      }
      assertThat(targets.count()).isEqualTo(model.size());
      assertThat(targets.isEmpty()).isEqualTo(model.isEmpty());
      assertThat(targets.toArray()).containsExactly(model.toArray(Long[]::new));
      for (long id : model) {
        assertThat(targets.contains(id)).isTrue();
      }
      assertThat(targets.contains(Long.MAX_VALUE)).isFalse();
      targets.clear();
      assertThat(targets.count()).isZero();
    }
  }

  @Test
  void an_index_beyond_the_count_is_refused() {
    Targets targets = new Targets();
    targets.add(5);
    assertThat(targets.get(0)).isEqualTo(5);
    assertThatThrownBy(() -> targets.get(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> targets.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void a_worklist_knows_objects_by_identity() {
    Worklist<Object> work = new Worklist<>();
    for (int size : new int[] {1, 16, 17, 300, 10_000, 5}) {
      Object[] items = new Object[size];
      for (int i = 0; i < size; i++) {
        items[i] = new Object();
        work.add(items[i]);
        work.add(items[i / 2]);
        work.add(items[0]);
      }
      assertThat(work.count()).isEqualTo(size);
      for (int i = 0; i < size; i++) {
        assertThat(work.get(i)).isSameAs(items[i]);
      }
      work.clear();
      assertThat(work.count()).isZero();
    }
  }
}
