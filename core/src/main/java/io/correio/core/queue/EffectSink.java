package io.correio.core.queue;

/**
 * Where the effects for one connection go. The front end implements it.
 *
 * <p>Called by the shard's thread or by the thread of its log, never by both at once for one
 * connection, and always in the order in which the effects were decided. Must not block and must
 * not call back into the core from within the call.
 */
@FunctionalInterface
public interface EffectSink {

  /** Takes one effect. It is durable as far as the table of what may leave when asks for. */
  void emit(Effect effect);

  /**
   * The caller has emitted what it had for now. An implementation that hands over to another thread
   * may wait for this call to wake it up once.
   */
  default void flush() {}
}
