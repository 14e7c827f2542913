package io.correio.log;

/**
 * What is alive, asked by the cleaner on its thread. It may answer from a copy that is somewhat
 * old: what was dead stays dead, and to call something alive that is dead only postpones its
 * removal.
 */
@FunctionalInterface
public interface Liveness {

  /** Whether the message may still be read. */
  boolean isAlive(long lane, long sequence);

  /**
   * At most so many messages of the lane are alive between two sequences, both included. A cheap
   * answer saves the cleaner from asking for each message.
   *
   * @return -1 when that is not known
   */
  default long aliveAtMost(long lane, long first, long last) {
    return -1;
  }
}
