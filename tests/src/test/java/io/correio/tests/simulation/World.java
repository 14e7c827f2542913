package io.correio.tests.simulation;

import io.correio.tests.history.History;
import io.correio.tests.history.MessageId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One process of the broker with the clients that talk to it, and what clients remember of all
 * processes. Everything moves one step at a time, as chance has it.
 */
final class World {

  /** What a client may be told. */
  enum Promise {
    CONFIRMED,
    SETTLED,
    DELIVERED,
    DEFINED
  }

  /** Steps in which the house-keeping may wait for the shard and the log. */
  private static final int MAX_NESTED_STEPS = 200_000;

  /** Rounds after which everything must have come to rest. */
  private static final int MAX_ROUNDS = 20_000;

  private static final int STEPS_PER_ROUND = 30;

  /** What a client may leave unread, all in all: its outbox and as much of replies. */
  private static final int MAX_PENDING_BYTES = 2 << 20;

  private static final int TICK_MILLIS = 1_000;

  private final SplittableRandom random;
  private final Chances chances;
  private final Tally tally;
  private final History history = new History();
  private final Definitions definitions = new Definitions(() -> promised(Promise.DEFINED));
  private final Topology topology = new Topology();
  private final Set<MessageId> transients = new HashSet<>();
  private final List<SimulatedClient> clients = new ArrayList<>();
  private final List<SimulatedWire> wires = new ArrayList<>();
  private final BooleanSupplier machineStopped;
  private @Nullable SimulatedBroker broker;
  private int life;
  private int numbers;
  private long nowMillis = 1_000_000;
  private int nestedSteps;
  private int stepsLeftToDie;
  private boolean stopping;
  private boolean quiet;
  private @Nullable Promise awaited;
  private int promisesToPowerCut;
  private boolean powerCut;

  World(SplittableRandom random, Chances chances, Tally tally, BooleanSupplier machineStopped) {
    this.random = random;
    this.chances = chances;
    this.tally = tally;
    this.machineStopped = machineStopped;
  }

  // ---- what clients use ----------------------------------------------------------------------

  SplittableRandom random() {
    return random;
  }

  Tally tally() {
    return tally;
  }

  History history() {
    return history;
  }

  Definitions definitions() {
    return definitions;
  }

  Topology topology() {
    return topology;
  }

  SimulatedBroker broker() {
    return Objects.requireNonNull(broker);
  }

  /** Whether the broker says goodbye. */
  boolean isStopping() {
    return stopping;
  }

  SimulatedWire newWire(String name) {
    SimulatedWire wire =
        new SimulatedWire(
            broker().nextLoop(), random, chances.roomBytes(), chances.maxChunkBytes(), name);
    wires.add(wire);
    return wire;
  }

  /** A message is about to be sent; returns what it is in each of its queues. */
  List<MessageId> sent(MessageId id, Topology.Target target, boolean persistent) {
    tally.sent++;
    List<MessageId> copies = new ArrayList<>();
    for (Topology.Target queue : target.queues()) {
      MessageId copy = new MessageId(id.producer(), queue.number, id.number());
      copies.add(copy);
      history.sent(copy);
      if (!persistent || !queue.isDurable()) {
        transients.add(copy);
      }
    }
    return copies;
  }

  void confirmed(MessageId id) {
    tally.confirmed++;
    history.confirmed(id);
    promised(Promise.CONFIRMED);
  }

  /** An answer came behind their acknowledgement. */
  void settled(List<MessageId> ids) {
    if (!ids.isEmpty()) {
      history.settled(ids);
      promised(Promise.SETTLED);
    }
  }

  void delivered(int consumer, MessageId id, boolean redelivered) {
    tally.delivered++;
    tally.redelivered += redelivered ? 1 : 0;
    history.delivered(life, consumer, id, redelivered);
    promised(Promise.DELIVERED);
  }

  /** A client was told something that must be true for ever. */
  void promised(Promise promise) {
    if (promise == awaited && --promisesToPowerCut == 0) {
      powerCut = true;
    }
  }

  /** The power fails as soon as so many promises of a kind were made. */
  void cutPowerAfter(Promise promise, int count) {
    awaited = promise;
    promisesToPowerCut = count;
  }

  /** Whether the power has failed. */
  boolean isPowerCut() {
    return powerCut;
  }

  /** What was sent to this queue so far may be lost. */
  void excuse(Topology.Target queue) {
    history.excused(id -> id.queue() == queue.number);
  }

  // ---- lives ---------------------------------------------------------------------------------

  /** A process has started. */
  void begin(SimulatedBroker started) {
    life++;
    broker = started;
    stopping = false;
    quiet = false;
    awaited = null;
    powerCut = false;
    stepsLeftToDie = random.nextInt(200);
    started.pauseWith(this::nestedStep);
    definitions.check(started.routing());
  }

  /** The process is gone. */
  void end() {
    wires.forEach(SimulatedWire::lose);
    wires.clear();
    clients.clear();
    broker = null;
    topology.restarted();
    definitions.lost(Definitions.queue(Topology.Target.TEMPORARY.key));
    history.excused(transients::contains);
    transients.clear();
    excuse(Topology.Target.AUTOMATIC);
    check();
  }

  DefiningClient define() {
    DefiningClient client = new DefiningClient(this);
    clients.add(client);
    return client;
  }

  void publish() {
    clients.add(new PublishingClient(this, ++numbers));
  }

  void consume(Topology.Target queue) {
    clients.add(new ConsumingClient(this, ++numbers, queue));
  }

  int clients() {
    return clients.size();
  }

  /** One of the connections, if there are any. */
  @Nullable SimulatedClient anyClient() {
    return clients.isEmpty() ? null : clients.get(random.nextInt(clients.size()));
  }

  // ---- steps ---------------------------------------------------------------------------------

  /** One thing happens, or nothing. Ends with {@link ProcessEnded} when the process has. */
  void step() {
    // What has nothing to do now has nothing to do until something else has happened.
    Set<Chances.Event> idle = EnumSet.noneOf(Chances.Event.class);
    boolean done = false;
    while (!done && idle.size() < Chances.Event.values().length) {
      checkAlive();
      nestedSteps = 0;
      Chances.Event event = chances.pick(random, idle);
      done = step(event);
      idle.add(event);
    }
    if (tally.steps % 64 == 0) {
      checkMemory();
    }
  }

  private void nestedStep() {
    checkAlive();
    if (++nestedSteps > MAX_NESTED_STEPS) {
      throw new AssertionError("the house-keeping waits for ever");
    }
    step(chances.pick(random, EnumSet.of(Chances.Event.MAINTAIN)));
  }

  private boolean step(Chances.Event event) {
    tally.steps++;
    return switch (event) {
      case TASK -> broker().stepTask();
      case LOG -> broker().stepLog();
      case MAINTAIN -> broker().failure() == null && broker().maintain();
      case TO_SERVER -> any(wires, SimulatedWire::stepToServer);
      case TO_CLIENT -> any(wires, SimulatedWire::stepToClient);
      case CLIENT -> any(clients, client -> client.step(quiet));
      case TICK -> {
        tick();
        yield false;
      }
    };
  }

  /** One of them does something, if there is one that has something to do. */
  private <T> boolean any(List<T> all, Predicate<T> action) {
    int first = all.isEmpty() ? 0 : random.nextInt(all.size());
    for (int i = 0; i < all.size(); i++) {
      if (action.test(all.get((first + i) % all.size()))) {
        return true;
      }
    }
    return false;
  }

  private void tick() {
    nowMillis += TICK_MILLIS;
    List.copyOf(wires).forEach(wire -> wire.tick(nowMillis));
    wires.removeIf(SimulatedWire::isClosed);
    clients.removeIf(SimulatedClient::isGone);
  }

  private void checkAlive() {
    if (powerCut
        || machineStopped.getAsBoolean()
        || (broker().failure() != null && --stepsLeftToDie < 0)) {
      throw new ProcessEnded();
    }
  }

  /** Everything that waits goes on until nothing does; clients begin nothing new. */
  void comeToRest() {
    quiet = true;
    wires.forEach(wire -> wire.stuck = false);
    for (int round = 0; sweep(); round++) {
      if (round > MAX_ROUNDS) {
        throw new AssertionError("does not come to rest: " + waits());
      }
      for (int i = 0; i < STEPS_PER_ROUND; i++) {
        step();
      }
    }
    if (broker().failure() != null) {
      throw new ProcessEnded(); // that is why nothing goes on
    }
  }

  private boolean sweep() {
    boolean progress = false;
    for (Chances.Event event : Chances.Event.values()) {
      checkAlive();
      nestedSteps = 0;
      switch (event) {
        case TO_SERVER -> {
          for (SimulatedWire wire : List.copyOf(wires)) {
            progress |= wire.stepToServer();
          }
        }
        case TO_CLIENT -> {
          for (SimulatedWire wire : List.copyOf(wires)) {
            progress |= wire.stepToClient();
          }
        }
        case CLIENT -> {
          for (SimulatedClient client : List.copyOf(clients)) {
            progress |= client.step(true);
          }
        }
        default -> progress |= step(event);
      }
    }
    return progress;
  }

  private List<String> waits() {
    return clients.stream().map(SimulatedClient::waitsFor).filter(w -> !w.isEmpty()).toList();
  }

  // ---- judgement -----------------------------------------------------------------------------

  /** All that was promised is taken from the queues, by others than those who were there before. */
  void drain() {
    comeToRest();
    if (!waits().isEmpty()) {
      throw new AssertionError("nothing goes on, and " + waits());
    }
    clients.forEach(SimulatedClient::close);
    comeToRest();
    tick();
    if (!clients.isEmpty()) {
      throw new AssertionError("nothing goes on, and there are clients: " + waits());
    }
    for (Topology.Target queue : Topology.QUEUES) {
      if (topology.isDeclared(queue)) {
        consume(queue);
      }
    }
    comeToRest();
    check();
    if (!waits().isEmpty() || history.owed() > 0) {
      throw new AssertionError(
          "nothing goes on, %s, and of what was promised this is missing: %s"
              .formatted(waits(), history.verdict().complaints()));
    }
    tally.drains++;
  }

  /** A clean stop. */
  void stop() {
    stopping = true;
    clients.forEach(SimulatedClient::onClosing);
    List.copyOf(wires).forEach(SimulatedWire::stop);
    for (int round = 0; !wires.isEmpty(); round++) {
      if (round > MAX_ROUNDS) {
        throw new AssertionError("does not stop: " + waits());
      }
      for (int i = 0; i < STEPS_PER_ROUND; i++) {
        step();
      }
      tick();
    }
    nestedSteps = 0;
  }

  /** What must not have happened did not. */
  void check() {
    History.Verdict verdict = history.verdict();
    if (verdict.returned()
            + verdict.duplicated()
            + verdict.unflagged()
            + verdict.reordered()
            + verdict.unknown()
        > 0) {
      throw new AssertionError(verdict.toString());
    }
  }

  private void checkMemory() {
    for (SimulatedWire wire : wires) {
      if (wire.pendingBytes() > MAX_PENDING_BYTES) {
        throw new AssertionError(wire.pendingBytes() + " bytes wait for " + wire.peer());
      }
    }
  }
}
