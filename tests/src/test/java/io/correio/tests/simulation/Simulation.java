package io.correio.tests.simulation;

import io.correio.log.FaultyStorage;
import io.correio.log.Storage;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Lives of a broker one after the other on one disk, each with clients of its own, and all that may
 * go wrong in between. The same seed is the same run.
 */
final class Simulation {
  private static final int MAX_STARTS = 50;
  private static final long CAPACITY_SLACK_BYTES = 600_000;

  private static final int MAX_PROMISES = 500;

  private enum Trouble {
    NONE,
    POWER_CUT,
    MACHINE_STOPS,
    INPUT_OUTPUT_ERROR,
    FULL_DISK
  }

  private final long seed;
  private final SplittableRandom random;
  private final Chances chances;
  private final FaultyStorage storage;
  private final FaultyStorage scratch;
  private final UnaryOperator<Storage> disk;
  private final Tally tally = new Tally();
  private final World world;
  private String doing = "";
  private String special = "";
  private Runnable atFirst = () -> {};

  private Simulation(
      long seed, SplittableRandom random, Chances chances, UnaryOperator<Storage> disk) {
    this.seed = seed;
    this.random = random;
    this.chances = chances;
    this.disk = disk;
    this.storage = new FaultyStorage(random.nextLong());
    this.scratch = new FaultyStorage(random.nextLong());
    this.world =
        new World(random, chances, tally, () -> storage.isCrashed() || scratch.isCrashed());
  }

  /**
   * Runs one seed; fails when a promise is broken.
   *
   * @param disk what lies between the broker and the disk
   */
  static Tally run(long seed, UnaryOperator<Storage> disk) {
    SplittableRandom random = new SplittableRandom(seed);
    Chances chances = Chances.of(random);
    Simulation simulation = new Simulation(seed, random, chances, disk);
    simulation.run();
    return simulation.tally;
  }

  /**
   * Runs a short life in which the machine stops in the middle of the n-th operation on its disk,
   * and another one that drains.
   *
   * @return what happened; {@link Tally#machineStops} is 0 when the life had fewer operations
   */
  static Tally crashAt(long seed, long operation) {
    Simulation simulation = small(seed, UnaryOperator.identity());
    simulation.special = ", stopping at operation " + operation;
    simulation.storage.crashAtOperation(operation);
    simulation.run();
    return simulation.tally;
  }

  /**
   * Runs a short life in which the power fails as soon as clients have been told so many things of
   * a kind, and another one that drains.
   *
   * @param disk what lies between the broker and the disk
   * @return what happened; {@link Tally#powerCuts} is 0 when they were told less
   */
  static Tally cutPowerAfter(
      long seed, World.Promise promise, int count, UnaryOperator<Storage> disk) {
    Simulation simulation = small(seed, disk);
    simulation.special = ", without power after %d times %s".formatted(count, promise);
    simulation.atFirst = () -> simulation.world.cutPowerAfter(promise, count);
    simulation.run();
    return simulation.tally;
  }

  private static Simulation small(long seed, UnaryOperator<Storage> disk) {
    return new Simulation(seed, new SplittableRandom(seed), Chances.small(), disk);
  }

  private void run() {
    try {
      for (int life = 1; life <= chances.lives(); life++) {
        live(life == chances.lives());
      }
      tally.seeds++;
      tally.operations = storage.operations() + scratch.operations();
    } catch (AssertionError | RuntimeException | IOException e) {
      throw new AssertionError(
          "seed %d, life %d of %d, step %d, %s%s: %s; again: -Dcorreio.simulation.seed=%d"
              .formatted(seed, tally.lives, chances.lives(), tally.steps, doing, special, e, seed),
          e);
    }
  }

  private void live(boolean last) throws IOException {
    tally.lives++;
    world.begin(start(last));
    if (tally.lives == 1) {
      atFirst.run();
    }
    try {
      doing = "introducing";
      boolean[] introduced = {false};
      world.broker().introduce(() -> introduced[0] = true);
      while (!introduced[0]) {
        world.step();
      }
      doing = "running";
      rage(last);
      if (last || random.nextInt(3) == 0) {
        relieve();
        doing = "draining";
        world.drain();
      }
      if (last || random.nextBoolean()) {
        relieve();
        doing = "stopping";
        world.stop();
        world.broker().close();
        tally.cleanStops++;
        storage.kill();
        scratch.kill();
        count();
        world.end();
        return;
      }
    } catch (ProcessEnded e) {
      judge();
    } catch (IOException e) {
      if (!isInjected(e)) {
        throw e;
      }
    }
    doing = "ending";
    count();
    world.end();
    powerOff();
  }

  private void count() {
    tally.maxSegments = Math.max(tally.maxSegments, world.broker().statistics().segments());
    tally.pages += world.broker().pages();
  }

  // ---- trouble -------------------------------------------------------------------------------

  /** Clients come, work and go, and in between something may go wrong. */
  private void rage(boolean calm) {
    DefiningClient definer = world.define();
    Trouble trouble = Trouble.NONE;
    if (!calm && random.nextInt(100) < chances.troublePercent()) {
      // Most is learnt where a promise has just been made.
      trouble =
          random.nextBoolean()
              ? Trouble.POWER_CUT
              : Trouble.values()[random.nextInt(Trouble.values().length)];
    }
    int steps = chances.steps();
    int when = random.nextInt(4) == 0 ? 0 : random.nextInt(steps);
    int until = when + random.nextInt(steps);
    boolean working = false;
    for (int step = 0; step < steps; step++) {
      if (step == when) {
        begin(trouble);
      }
      if (step == until) {
        relieve();
      }
      world.step();
      if (definer.isGone()) {
        definer = world.define();
      } else if (!working && isDeclared()) {
        working = true;
        while (mayConnect()) {
          connect();
        }
      } else if (working && random.nextInt(50) == 0) {
        changeClients(calm);
      }
    }
  }

  private boolean isDeclared() {
    return world.topology().isDeclared(Topology.Target.BOTH)
        && world.topology().isDeclared(Topology.Target.TEMPORARY);
  }

  private boolean mayConnect() {
    return world.clients() <= chances.publishers() + chances.consumers();
  }

  private void connect() {
    if (random.nextInt(chances.publishers() + chances.consumers()) < chances.publishers()) {
      world.publish();
    } else {
      world.consume(Topology.anyQueue(random));
    }
  }

  private void changeClients(boolean calm) {
    if (mayConnect()) {
      connect();
      return;
    }
    SimulatedClient client = world.anyClient();
    if (client == null || calm) {
      return;
    }
    switch (random.nextInt(40)) {
      case 0 -> {
        tally.vanished++;
        client.wire.vanish();
      }
      case 1 -> {
        tally.vanished++;
        client.halfClose();
      }
      case 2 -> client.close();
      case 3, 4, 5 -> client.wire.stuck = true;
      default -> client.wire.stuck = false;
    }
  }

  private void begin(Trouble trouble) {
    FaultyStorage victim = random.nextInt(5) == 0 ? scratch : storage;
    switch (trouble) {
      case NONE -> {}
      case POWER_CUT -> {
        World.Promise[] all = World.Promise.values();
        world.cutPowerAfter(
            all[random.nextInt(all.length)],
            1 + random.nextInt(random.nextBoolean() ? 3 : MAX_PROMISES));
      }
      case MACHINE_STOPS -> victim.crashAtOperation(1 + random.nextInt(60));
      case INPUT_OUTPUT_ERROR -> failSoon(victim);
      case FULL_DISK -> {
        tally.fullDisks++;
        victim.capacity(victim.usedBytes() + random.nextLong(CAPACITY_SLACK_BYTES));
      }
    }
  }

  private void failSoon(FaultyStorage victim) {
    FaultyStorage.Operation[] all = {
      FaultyStorage.Operation.WRITE,
      FaultyStorage.Operation.FORCE,
      FaultyStorage.Operation.READ,
      FaultyStorage.Operation.CREATE,
      FaultyStorage.Operation.RENAME,
      FaultyStorage.Operation.DELETE,
      FaultyStorage.Operation.FORCE_DIRECTORY
    };
    victim.fail(all[random.nextInt(all.length)], 1 + random.nextInt(10));
  }

  private void relieve() {
    storage.capacity(Long.MAX_VALUE);
    scratch.capacity(Long.MAX_VALUE);
  }

  // ---- starts and ends -----------------------------------------------------------------------

  private SimulatedBroker start(boolean calm) throws IOException {
    doing = "starting";
    for (int attempt = 0; ; attempt++) {
      boolean troubled = !calm && random.nextInt(200) < chances.troublePercent();
      if (troubled && attempt < MAX_STARTS && tally.lives > 1) {
        begin(random.nextBoolean() ? Trouble.MACHINE_STOPS : Trouble.INPUT_OUTPUT_ERROR);
      }
      if (calm) {
        relieve();
      }
      try {
        return new SimulatedBroker(
            new SimulatedBroker.Setup(
                disk.apply(storage),
                scratch,
                chances.windowBytes(),
                chances.checkpointBytes(),
                chances.segmentKeys(),
                random.nextBoolean()),
            random);
      } catch (IOException e) {
        if (!isInjected(e)) {
          throw e;
        }
        tally.failedStarts++;
        powerOff();
      }
    }
  }

  /** The process ended by itself: there must be a reason. */
  private void judge() {
    Throwable failure = world.broker().failure();
    if (failure != null && !isInjected(failure)) {
      throw new AssertionError("the process ended: " + failure.getMessage(), failure);
    }
  }

  private boolean isInjected(Throwable failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage());
      if (text.startsWith("The machine")) {
        return true;
      }
      if (text.equals("Input/output error")) {
        tally.ioErrors++;
        return true;
      }
    }
    return false;
  }

  private void powerOff() {
    tally.machineStops += storage.isCrashed() || scratch.isCrashed() ? 1 : 0;
    tally.powerCuts += world.isPowerCut() ? 1 : 0;
    if (storage.isCrashed() || scratch.isCrashed() || world.isPowerCut() || random.nextInt(3) > 0) {
      tally.powerLosses++;
      storage.crash();
      scratch.crash();
    } else {
      tally.kills++;
      storage.kill();
      scratch.kill();
    }
  }
}
