package io.correio.core.queue;

/**
 * Room in the log for what never waits, even on a full disk: everything in flight can be settled,
 * and what is to go can be deleted. So nothing is handed out, and nothing decided that is not a
 * settlement, without leaving that much. Owned by the shard's thread.
 *
 * <pre>
 *   |······ publishes, new definitions ······|··· deletions ···|·· settlements of what is in flight ··|
 *   room() ends here ------------------------^                                    roomWithReserve() --^
 * </pre>
 */
final class Reserve {

  /** What a settlement, or a mark, takes in the log at most. */
  static final int SETTLEMENT_BYTES = 64;

  /** Left by deliveries, so that what makes room for good can still be said. */
  static final int DELETIONS_BYTES = 16 << 10;

  private final Conversation conversation;
  private final Decisions decisions;
  private boolean lacking;

  Reserve(Conversation conversation, Decisions decisions) {
    this.conversation = conversation;
    this.decisions = decisions;
  }

  /** Whether so many bytes may be logged and all that is in flight can still be settled. */
  boolean leavesSettlements(long bytes) {
    long settlements = (long) SETTLEMENT_BYTES * conversation.inFlight;
    if (decisions.reserveLeft() - bytes >= settlements) {
      return true;
    }
    lacking = true;
    return false;
  }

  /** Whether one message more may be handed out, which takes a mark and, later, a settlement. */
  boolean allowsDelivery() {
    return leavesSettlements(2 * SETTLEMENT_BYTES + DELETIONS_BYTES);
  }

  /** Whether something was held back since {@link #lookAgain}. */
  boolean isLacking() {
    return lacking;
  }

  /** There may be room again. */
  void lookAgain() {
    lacking = false;
  }
}
