package io.correio.server.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The bitmap against a set of the JDK. */
final class NumberSetTest {
  @Test
  void numbers_are_told_apart_and_repeats_are_seen() {
    Random random = new Random(7);
    NumberSet first = new NumberSet();
    NumberSet second = new NumberSet();
    Set<Long> firstModel = new HashSet<>();
    Set<Long> secondModel = new HashSet<>();
    for (int i = 0; i < 50_000; i++) {
      long number = random.nextLong(300_000);
      assertThat(first.add(number)).isEqualTo(firstModel.add(number));
      number = random.nextLong(300_000);
      assertThat(second.add(number)).isEqualTo(secondModel.add(number));
    }
    assertThat(first.size()).isEqualTo(firstModel.size());

    Set<Long> common = new HashSet<>(firstModel);
    common.retainAll(secondModel);
    firstModel.addAll(secondModel);
    assertThat(first.addAll(second)).isEqualTo(common.size());
    assertThat(first.size()).isEqualTo(firstModel.size());
    assertThat(first.complete()).isTrue();
  }

  @Test
  void numbers_beyond_the_maximum_make_it_incomplete() {
    NumberSet set = new NumberSet();
    assertThat(set.add(NumberSet.MAX_NUMBERS - 1)).isTrue();
    assertThat(set.complete()).isTrue();
    assertThat(set.add(NumberSet.MAX_NUMBERS)).isTrue();
    assertThat(set.complete()).isFalse();
    NumberSet sum = new NumberSet();
    sum.addAll(set);
    assertThat(sum.complete()).isFalse();
  }
}
