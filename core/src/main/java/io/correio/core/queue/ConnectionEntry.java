package io.correio.core.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the shard knows of a connection. Part of the conversation: in memory only. Owned by the
 * shard.
 */
public final class ConnectionEntry {

  /**
   * Messages that one connection may have in flight: half of what a shard may have, lest one that
   * settles nothing stops the deliveries to all others.
   */
  static final int MAX_HELD = Conversation.MAX_IN_FLIGHT / 2;

  final long id;
  final EffectSink sink;

  /** What it has in common with others of the same program; null for nothing. */
  final @Nullable String origin;

  final LongMap<Consumer> consumers = new LongMap<>();
  final LongMap<CreditPool> pools = new LongMap<>();

  /** Queues that are deleted when the connection ends. */
  final LongMap<QueueConversation> exclusiveQueues = new LongMap<>();

  /** Where it waits for single messages, once for each. */
  final List<QueueConversation> takesAt = new ArrayList<>(0);

  /** Bytes that may still be emitted for it; at or below zero nothing is handed out. */
  long outboxCredit;

  /** Publishes decided so far. */
  long published;

  /** Whether it published since it was told last how far its publishes are settled. */
  boolean reportDue;

  /** Commands that wait for room. While there are any, its later commands wait behind them. */
  int deferred;

  /** Bytes of what still waits for room although the connection is gone. */
  long orphanedBytes;

  /** Position of its last publish that is durable or will be. */
  long lastEnqueued;

  /** Whether it was told that its publishes wait. */
  boolean blocked;

  /** Whether its end was told. What it asked before may still be decided; nothing is handed out. */
  boolean gone;

  /** The shard's: the last batch that holds an effect for it. */
  public long lastBatch;

  /** The shard's: the last batch that holds a fact that it caused. */
  public long lastCausedBatch;

  /** The shard's: whether its sink has to be flushed at the end of the step. */
  public boolean touchedByShard;

  /** The log thread's: whether its sink has to be flushed when all is emitted. */
  public boolean touchedByLog;

  private @Nullable QueuedMessage firstHeld;
  private int held;

  ConnectionEntry(long id, EffectSink sink, @Nullable String origin, long outboxCredit) {
    this.origin = origin;
    this.id = id;
    this.sink = sink;
    this.outboxCredit = outboxCredit;
  }

  /**
   * Whether it may be handed a message more.
   *
   * @param autoSettle whether that one is settled by being handed out
   */
  boolean mayReceive(boolean autoSettle) {
    return outboxCredit > 0 && !gone && (autoSettle || held < MAX_HELD);
  }

  /** Whether it has as many messages as it may, and takes no more until it settles one. */
  boolean holdsAllItMay() {
    return held == MAX_HELD;
  }

  /** Where its effects go. */
  public EffectSink sink() {
    return sink;
  }

  void hold(QueuedMessage message) {
    held++;
    message.holder = this;
    message.previousHeld = null;
    message.nextHeld = firstHeld;
    if (firstHeld != null) {
      firstHeld.previousHeld = message;
    }
    firstHeld = message;
  }

  void letGo(QueuedMessage message) {
    held--;
    if (message.previousHeld == null) {
      firstHeld = message.nextHeld;
    } else {
      message.previousHeld.nextHeld = message.nextHeld;
    }
    if (message.nextHeld != null) {
      message.nextHeld.previousHeld = message.previousHeld;
    }
    message.previousHeld = null;
    message.nextHeld = null;
    message.holder = null;
  }

  @Nullable QueuedMessage firstHeld() {
    return firstHeld;
  }
}
