package io.correio.core.shard;

/**
 * Where a shard's facts go. The shard never waits for it: it hands a batch over and decides on.
 * Positions are logical, so that a replicated log can take this one's place.
 */
interface FactLog {

  /** Called once, before the first batch: who is told about progress. */
  void start(Progress progress);

  /**
   * Takes a batch. Never blocks. The batch's entry becomes durable whole or not at all; then its
   * effects are emitted, in the order of the batches.
   */
  void submit(Batch batch);

  /** An empty batch to fill. */
  Batch take();

  /** The last position that is durable. Any thread. */
  long durablePosition();

  /** The number of the last batch whose effects were all emitted. Any thread. */
  long emittedBatch();

  /** Bytes handed over that are not durable yet. Any thread. */
  long pendingBytes();

  /** Bytes that can be handed over for certain, beside what is kept for settlements. Any thread. */
  long room();

  /**
   * Bytes of entries without messages that can be handed over for certain, with what is kept for
   * them. Any thread.
   */
  long roomWithReserve();

  /** Whether the disk is full, and room lacks for more than a moment. Any thread. */
  boolean isDiskFull();

  /** What the log tells the shard. Called on the log's thread; must not block. */
  interface Progress {

    /** Something became durable, and publishes may have waited for it. */
    void advanced();
  }
}
