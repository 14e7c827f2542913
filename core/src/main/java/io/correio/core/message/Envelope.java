package io.correio.core.message;

/**
 * The few typed fields of a message that the core decides on. Immutable, so a producer that sends
 * many messages alike may share one.
 *
 * @param address where it was sent to
 * @param durable whether it has to survive a restart (where its queue does)
 * @param priority 0 (lowest) to 255
 * @param timeToLiveMillis how long it may wait in a queue, {@link #NO_EXPIRY} for ever
 */
public record Envelope(Address address, boolean durable, int priority, long timeToLiveMillis) {

  /** A time to live that never ends. */
  public static final long NO_EXPIRY = -1;
}
