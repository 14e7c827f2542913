package io.correio.tests.simulation;

/** What happened, to show that something did. */
final class Tally {
  long seeds;
  long lives;
  long steps;
  long operations;
  long machineStops;
  long powerLosses;
  long powerCuts;
  long kills;
  long ioErrors;
  long fullDisks;
  long cleanStops;
  long failedStarts;
  long vanished;
  long blocked;
  long sent;
  long confirmed;
  long delivered;
  long redelivered;
  long drains;
  long pages;
  long maxSegments;

  void add(Tally other) {
    seeds += other.seeds;
    lives += other.lives;
    steps += other.steps;
    operations += other.operations;
    machineStops += other.machineStops;
    powerLosses += other.powerLosses;
    powerCuts += other.powerCuts;
    kills += other.kills;
    ioErrors += other.ioErrors;
    fullDisks += other.fullDisks;
    cleanStops += other.cleanStops;
    failedStarts += other.failedStarts;
    vanished += other.vanished;
    blocked += other.blocked;
    sent += other.sent;
    confirmed += other.confirmed;
    delivered += other.delivered;
    redelivered += other.redelivered;
    drains += other.drains;
    pages += other.pages;
    maxSegments = Math.max(maxSegments, other.maxSegments);
  }

  @Override
  public String toString() {
    return ("%d seeds, %d lives, %d steps, %d storage operations: %d power losses (%d in the middle"
            + " of an operation, %d right after a promise), %d kills, %d input/output errors,"
            + " %d full disks, %d failed starts, %d clean stops, %d"
            + " connections lost, %d times blocked; %d messages sent, %d confirmed, %d"
            + " delivered, %d of them again; %d drains, %d pages read, at most %d segments")
        .formatted(
            seeds,
            lives,
            steps,
            operations,
            powerLosses,
            machineStops,
            powerCuts,
            kills,
            ioErrors,
            fullDisks,
            failedStarts,
            cleanStops,
            vanished,
            blocked,
            sent,
            confirmed,
            delivered,
            redelivered,
            drains,
            pages,
            maxSegments);
  }
}
