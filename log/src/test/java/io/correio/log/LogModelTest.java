package io.correio.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The log against a list, on a disk that fails: {@code -Dlog.model.seeds=N} runs more seeds, {@code
 * -Dlog.model.first=N} begins with another one.
 */
class LogModelTest {

  @Test
  void what_was_forced_is_there_after_any_crash_and_nothing_else() throws Exception {
    long first = Long.getLong("log.model.first", 1);
    long seeds = Long.getLong("log.model.seeds", 40);
    long crashes = 0;
    long merged = 0;
    for (long seed = first; seed < first + seeds; seed++) {
      LogSimulation simulation = new LogSimulation(seed);
      simulation.run(400);
      crashes += simulation.crashes();
      merged += simulation.mergedSegments();
    }
    // A test that never came to what it is about would prove nothing.
    assertThat(crashes).isGreaterThan(seeds);
    assertThat(merged).isGreaterThan(seeds / 10);
  }

  @ParameterizedTest
  @ValueSource(longs = {1})
  void seeds_that_failed_once_pass(long seed) throws Exception {
    new LogSimulation(seed).run(400);
  }
}
