package io.correio.tests.simulation;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** What messages are sent to, and what of it exists for certain. */
final class Topology {
  static final String FANOUT = "fan";

  /** Where a publisher sends. The first are the queues. */
  enum Target {
    WORK_0(0, "", "work.0"),
    WORK_1(1, "", "work.1"),
    /** Its consumers acknowledge nothing. */
    AUTOMATIC(2, "", "automatic"),
    /** Does not outlive a process. */
    TEMPORARY(3, "", "temporary"),
    /** The first two at once. */
    BOTH(4, FANOUT, "any"),
    NOWHERE(5, "", "nowhere");

    /** What messages call it. */
    final int number;

    final String exchange;
    final String key;

    Target(int number, String exchange, String key) {
      this.number = number;
      this.exchange = exchange;
      this.key = key;
    }

    static Target numbered(int number) {
      for (Target target : values()) {
        if (target.number == number) {
          return target;
        }
      }
      throw new IllegalArgumentException("no target has the number " + number);
    }

    boolean isUnroutable() {
      return this == NOWHERE;
    }

    boolean isDurable() {
      return this != TEMPORARY;
    }

    /** The queues that a message sent there is in. */
    List<Target> queues() {
      return switch (this) {
        case BOTH -> List.of(WORK_0, WORK_1);
        case NOWHERE -> List.of();
        default -> List.of(this);
      };
    }
  }

  static final List<Target> QUEUES =
      List.of(Target.WORK_0, Target.WORK_1, Target.AUTOMATIC, Target.TEMPORARY);

  private final Set<Target> declared = EnumSet.of(Target.NOWHERE);

  /** A queue to consume from: mostly one that keeps what it has. */
  static Target anyQueue(SplittableRandom random) {
    return QUEUES.get(random.nextInt(random.nextBoolean() ? 2 : QUEUES.size()));
  }

  /** It is there from now on. */
  void declared(Target target) {
    declared.add(target);
  }

  boolean isDeclared(Target target) {
    return declared.contains(target);
  }

  /** The process is gone, and with it what was not durable. */
  void restarted() {
    declared.remove(Target.TEMPORARY);
  }

  Target anyTarget(SplittableRandom random) {
    List<Target> all = List.copyOf(declared);
    Target any = all.get(random.nextInt(all.size()));
    // One in so many is enough of what reaches nobody.
    return any.isUnroutable() ? all.get(random.nextInt(all.size())) : any;
  }
}
