package io.correio.core.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The windows of the two lanes that a queue has for one priority, durable and transient. Part of
 * the conversation; owned by the shard.
 */
final class LanePair {

  final int priority;
  final LaneWindow durable;
  final LaneWindow transients;
  private final List<LaneWindow> windows;

  LanePair(QueueConversation queue, int priority, QueueState state, WindowBudget budget) {
    this.priority = priority;
    this.durable = new LaneWindow(queue, this, true, state, budget);
    this.transients = new LaneWindow(queue, this, false, state, budget);
    this.windows = List.of(durable, transients);
  }

  /** Both. */
  List<LaneWindow> windows() {
    return windows;
  }

  LaneWindow window(boolean inDurable) {
    return inDurable ? durable : transients;
  }

  /**
   * The window whose head goes next, or null when nothing is ready. Between a durable and a
   * transient head the one that arrived earlier goes first.
   */
  @Nullable LaneWindow next(QueueState state) {
    boolean durableReady = durable.ready(state) > 0;
    boolean transientReady = transients.ready(state) > 0;
    if (!durableReady || !transientReady) {
      return durableReady ? durable : transientReady ? transients : null;
    }
    QueuedMessage transientHead = transients.head();
    if (transientHead == null) {
      return transients;
    }
    QueuedMessage durableHead = durable.head();
    Lane durableLane = durable.lane(state);
    long durableSequence;
    if (durableHead != null) {
      durableSequence = durableHead.sequence;
    } else {
      durableSequence =
          durableLane == null ? Long.MAX_VALUE : durableLane.nextAlive(durable.nextSequence());
    }
    return durableSequence < transientHead.besideSequence ? durable : transients;
  }

  /** Messages that are neither settled nor in flight. */
  long ready(QueueState state) {
    return durable.ready(state) + transients.ready(state);
  }

  int inFlightCount() {
    return durable.inFlightCount() + transients.inFlightCount();
  }
}
