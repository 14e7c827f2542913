package io.correio.tests.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * A whole broker without sockets, stepped by one thread: fresh seeds for {@code
 * -Dcorreio.simulation.seconds=N}, one seed again with {@code -Dcorreio.simulation.seed=N}.
 */
final class SimulationTest {
  private static final int SECONDS = Integer.getInteger("correio.simulation.seconds", 5);
  private static final int MAX_FAILURES = 5;
  private static final int MAX_OPERATIONS = 2_000;
  private static final int KNOWN_SEEDS = 40;

  /** Clients of 94 publish on while the disk is full, and are told. */
  private static final long BLOCKING_SEED = 94;

  private static final int PROMISE_SEEDS = 4;
  private static final int MAX_PROMISES = 40;
  private static final long LYING_SEED = 3;

  /** Lost connections and failing disks are what this is about; nobody needs to read of each. */
  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("io.correio");

  @BeforeAll
  static void beSilent() {
    LOGGER.setLevel(Level.OFF);
  }

  @AfterAll
  static void speakAgain() {
    LOGGER.setLevel(null);
  }

  private static Tally run(long seed) {
    return Simulation.run(seed, UnaryOperator.identity());
  }

  @Test
  void fresh_seeds_keep_every_promise() {
    Long only = Long.getLong("correio.simulation.seed");
    if (only != null) {
      System.out.println("simulation: " + run(only));
      return;
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    long seed = System.nanoTime();
    Tally tally = new Tally();
    List<AssertionError> failures = new ArrayList<>();
    do {
      try {
        tally.add(run(seed++));
      } catch (AssertionError e) {
        System.out.println("simulation: " + e.getMessage());
        failures.add(e);
      }
    } while (System.nanoTime() < end && failures.size() < MAX_FAILURES);
    System.out.println("simulation: " + tally);
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
    assertThat(tally.powerLosses).as("power losses").isPositive();
    assertThat(tally.confirmed).as("confirmed messages").isPositive();
    assertThat(tally.redelivered).as("messages that came again").isPositive();
  }

  /** Each shows much of what can happen; between them, everything that the tally counts. */
  @Test
  void known_seeds_see_every_kind_of_trouble() {
    Tally tally = new Tally();
    for (long seed = 1; seed <= KNOWN_SEEDS; seed++) {
      tally.add(run(seed));
    }
    tally.add(run(BLOCKING_SEED));
    System.out.println("simulation of known seeds: " + tally);
    assertThat(tally.machineStops).as("stops in the middle of an operation").isPositive();
    assertThat(tally.powerCuts).as("power losses right after a promise").isPositive();
    assertThat(tally.kills).as("kills").isPositive();
    assertThat(tally.ioErrors).as("input/output errors").isPositive();
    assertThat(tally.fullDisks).as("full disks").isPositive();
    assertThat(tally.blocked).as("clients told that they are blocked").isPositive();
    assertThat(tally.failedStarts).as("starts that failed").isPositive();
    assertThat(tally.cleanStops).as("clean stops").isPositive();
    assertThat(tally.maxSegments).as("segments of a log").isGreaterThan(10);
    assertThat(tally.pages).as("pages of cold messages").isPositive();
  }

  @Test
  void recover_ok_comes_when_what_was_settled_before_is_durable() {
    assertThat(run(33631322513548L).confirmed).isPositive();
  }

  @Test
  void peer_that_closes_and_reads_no_more_does_not_keep_the_server_from_stopping() {
    assertThat(run(36179985805426L).cleanStops).isPositive();
  }

  @Test
  void definition_of_a_lost_connection_does_not_come_after_what_others_were_told() {
    assertThat(run(36522982707214L).powerLosses).isPositive();
  }

  @Test
  void same_seed_is_the_same_run() {
    assertThat(run(7)).hasToString(run(7).toString());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void machine_that_stops_at_any_operation_loses_nothing(long seed) {
    Tally tally = new Tally();
    long operation = 0;
    Tally last;
    do {
      last = Simulation.crashAt(seed, ++operation);
      tally.add(last);
    } while (last.machineStops > 0 && operation < MAX_OPERATIONS);
    System.out.println("simulation, stopped at each operation: " + tally);
    assertThat(operation).as("operations of the scenario").isBetween(40L, MAX_OPERATIONS - 1L);
    assertThat(tally.confirmed).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void power_that_fails_after_any_promise_breaks_none(World.Promise promise) {
    Tally tally = new Tally();
    for (long seed = 1; seed <= PROMISE_SEEDS; seed++) {
      Tally last;
      int count = 0;
      do {
        last = Simulation.cutPowerAfter(seed, promise, ++count, UnaryOperator.identity());
        tally.add(last);
      } while (last.powerCuts > 0 && count < MAX_PROMISES);
    }
    System.out.println("simulation, without power after each promise: " + tally);
    assertThat(tally.powerCuts).isGreaterThan(3 * PROMISE_SEEDS);
  }

  @Test
  void disk_that_lies_about_forces_is_found_out() {
    assertThat(lies(World.Promise.CONFIRMED)).contains("this is missing: [confirmed");
    assertThat(lies(World.Promise.SETTLED)).contains("returned after it was settled");
    assertThat(lies(World.Promise.DEFINED)).contains("was answered and is gone");
  }

  /** What is complained about when the power fails after a promise and forces did nothing. */
  private static String lies(World.Promise promise) {
    StringBuilder complaints = new StringBuilder();
    for (int count = 1; count <= MAX_PROMISES; count++) {
      try {
        Simulation.cutPowerAfter(LYING_SEED, promise, count, LyingStorage::new);
      } catch (AssertionError e) {
        complaints.append(e.getMessage()).append('\n');
      }
    }
    return complaints.toString();
  }
}
