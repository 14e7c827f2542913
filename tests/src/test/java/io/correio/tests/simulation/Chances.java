package io.correio.tests.simulation;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * How a seed's world is: how often what happens, and how large things are. Immutable.
 *
 * @param weights how often each {@link Event} happens, compared with the others
 * @param lives processes one after the other
 * @param steps of a life before it comes to rest or ends
 * @param publishers connections that publish
 * @param consumers connections that consume
 * @param troublePercent of lives in which something goes wrong
 * @param roomBytes of an outbox, up to which it has room
 * @param maxChunkBytes that move at once on a connection
 * @param windowBytes memory for the heads of queues
 * @param checkpointBytes log between two checkpoints
 * @param segmentKeys messages in a segment
 */
record Chances(
    Map<Event, Integer> weights,
    int lives,
    int steps,
    int publishers,
    int consumers,
    int troublePercent,
    int roomBytes,
    int maxChunkBytes,
    long windowBytes,
    long checkpointBytes,
    int segmentKeys) {

  /** What may happen next. */
  enum Event {
    /** A task of a loop, a reader or a worker. */
    TASK,
    /** The log writes, forces, emits. */
    LOG,
    MAINTAIN,
    TO_SERVER,
    TO_CLIENT,
    CLIENT,
    TICK
  }

  private static final int TICK_WEIGHT = 1;
  private static final int MAX_WEIGHT = 60;
  private static final int SMALL_SEGMENT_KEYS = 15;

  static Chances of(SplittableRandom random) {
    Map<Event, Integer> weights = new EnumMap<>(Event.class);
    for (Event event : Event.values()) {
      // Some seeds starve the disk, others the loops or the clients.
      int weight =
          random.nextInt(event == Event.LOG ? 2 : 3) == 0
              ? 1 + random.nextInt(5)
              : 1 + random.nextInt(MAX_WEIGHT);
      weights.put(event, event == Event.TICK ? TICK_WEIGHT : weight);
    }
    boolean sprints = random.nextInt(3) == 0;
    return new Chances(
        weights,
        sprints ? 5 + random.nextInt(30) : 2 + random.nextInt(random.nextInt(4) == 0 ? 20 : 8),
        sprints
            ? 50 + random.nextInt(500)
            : 200 + random.nextInt(random.nextInt(8) == 0 ? 10_000 : 3_000),
        1 + random.nextInt(3),
        1 + random.nextInt(5),
        30 + random.nextInt(71),
        random.nextBoolean() ? 128 << 10 : 4 << 10,
        random.nextBoolean() ? 64 << 10 : 20 + random.nextInt(random.nextInt(4) == 0 ? 100 : 8_000),
        128L << (10 + random.nextInt(6)),
        64L << (10 + random.nextInt(5)),
        random.nextInt(3) == 0 ? 40 + random.nextInt(300) : 500_000);
  }

  /** A short life on a slow disk: what is told before its time is told long before. */
  static Chances small() {
    return new Chances(
        new EnumMap<>(
            Map.of(
                Event.TASK, 20,
                Event.LOG, 2,
                Event.MAINTAIN, 2,
                Event.TO_SERVER, 20,
                Event.TO_CLIENT, 20,
                Event.CLIENT, 20,
                Event.TICK, TICK_WEIGHT)),
        2,
        1_200,
        2,
        4,
        0,
        128 << 10,
        2_000,
        1 << 20,
        16 << 10,
        SMALL_SEGMENT_KEYS);
  }

  /** What happens next, but for what cannot. */
  Event pick(SplittableRandom random, Set<Event> not) {
    int total = 0;
    for (Map.Entry<Event, Integer> entry : weights.entrySet()) {
      total += not.contains(entry.getKey()) ? 0 : entry.getValue();
    }
    int left = random.nextInt(total);
    for (Map.Entry<Event, Integer> entry : weights.entrySet()) {
      left -= not.contains(entry.getKey()) ? 0 : entry.getValue();
      if (left < 0) {
        return entry.getKey();
      }
    }
    throw new IllegalStateException("no event has a weight");
  }
}
