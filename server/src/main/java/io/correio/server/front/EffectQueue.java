package io.correio.server.front;

import io.correio.core.queue.Effect;
import io.correio.core.queue.EffectSink;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscChunkedAtomicArrayQueue;

/**
 * Effects on their way from the core to the connection's loop, which alone calls {@link #drain} and
 * {@link #clear}.
 */
public final class EffectQueue implements EffectSink {
  /**
   * Effects that may wait. Publish credit, outbox credit and open requests bound them to far less;
   * only a commit of many unroutable messages comes near.
   */
  public static final int MAX_EFFECTS = 1 << 18;

  private static final int CHUNK = 64;

  private final Wire wire;
  private final MpscChunkedAtomicArrayQueue<Effect> queue =
      new MpscChunkedAtomicArrayQueue<>(CHUNK, MAX_EFFECTS);

  /** Effects behind a message for which the wire had no room. */
  private final ArrayDeque<Effect> deferred = new ArrayDeque<>();

  private volatile boolean lost;

  public EffectQueue(Wire wire) {
    this.wire = wire;
  }

  /** Takes an effect from the core; any thread, one at a time. */
  @Override
  public void emit(Effect effect) {
    if (!queue.offer(effect)) {
      lost = true;
    }
  }

  /** Wakes the loop up; any thread. */
  @Override
  public void flush() {
    wire.wake();
  }

  /** Whether an effect found no room. */
  public boolean hasLost() {
    return lost;
  }

  /**
   * Hands over what waits. Messages wait on while the wire has no room, and what comes behind them
   * waits with them; but never the outcomes of publishes, on which the client's own progress may
   * depend.
   */
  public void drain(Consumer<Effect> target) {
    Effect first;
    while ((first = deferred.peek()) != null && (!isMessage(first) || wire.hasRoom())) {
      deferred.remove();
      target.accept(first);
    }
    Effect effect;
    while ((effect = queue.poll()) != null) {
      if (isOutcome(effect) || (deferred.isEmpty() && (!isMessage(effect) || wire.hasRoom()))) {
        target.accept(effect);
      } else {
        deferred.add(effect);
      }
    }
  }

  /** Drops what waits. */
  public void clear() {
    queue.clear();
    deferred.clear();
  }

  private static boolean isMessage(Effect effect) {
    return effect instanceof Effect.Delivered || effect instanceof Effect.Taken;
  }

  private static boolean isOutcome(Effect effect) {
    return switch (effect) {
      case Effect.Accepted ignored -> true;
      case Effect.Rejected ignored -> true;
      case Effect.Returned ignored -> true;
      case Effect.Blocked ignored -> true;
      case Effect.Unblocked ignored -> true;
      default -> false;
    };
  }
}
