package io.correio.core.queue;

import io.correio.core.message.Death;
import io.correio.core.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * A message while it is in a window or in flight: one object from the moment it enters memory until
 * it is settled. Part of the conversation, so never logged. Owned by the shard.
 */
final class QueuedMessage {

  final LaneWindow window;
  final long sequence;

  /** Position of its {@code Enqueued}; 0 when it was durable already, or never will be. */
  final long position;

  /**
   * In a transient lane: the tail of the durable lane beside it when this message arrived. It goes
   * before all durable messages from there on, and after those below. 0 in a durable lane.
   */
  final long besideSequence;

  /** From this time on it is to go, milliseconds since 1970; {@link Long#MAX_VALUE} for never. */
  final long expiresAtMillis;

  /** Whether its body can be read again from the log (or the scratch log of transient lanes). */
  boolean inLog;

  /** Null where only the log has it. */
  @Nullable Message message;

  boolean redelivered;

  /** How often it came back because processing it failed, as far as anybody remembers. */
  short failures;

  /** Why it goes without having been processed; null as long as it does not. */
  Death.@Nullable Reason dying;

  /** Which of those that came back to its window it was, counted from 1; 0 for none. */
  long returnNumber;

  /** Who has it, null while it is ready. */
  @Nullable ConnectionEntry holder;

  /** The consumer it was handed to, null while ready and when it was taken without a consumer. */
  @Nullable Consumer consumer;

  // The holder's list of all that it has in flight.
  @Nullable QueuedMessage previousHeld;
  @Nullable QueuedMessage nextHeld;

  QueuedMessage(
      LaneWindow window,
      long sequence,
      long position,
      long besideSequence,
      boolean inLog,
      long expiresAtMillis) {
    this.expiresAtMillis = expiresAtMillis;
    this.window = window;
    this.sequence = sequence;
    this.position = position;
    this.besideSequence = besideSequence;
    this.inLog = inLog;
  }
}
