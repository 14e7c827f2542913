package io.correio.server.front.amqp091;

/**
 * What the AMQP 0-9-1 front end proposes to clients and holds them to. Immutable; read once at
 * start and handed to every session.
 *
 * @param channelMax channels of one connection, proposed in {@code connection.tune}
 * @param frameMaxBytes largest frame, proposed in {@code connection.tune}
 * @param heartbeatSeconds proposed in {@code connection.tune}; 0 for none
 * @param consumersPerChannel consumers that one channel may have
 * @param unsettledPerChannel deliveries of one channel that may wait for an acknowledgement;
 *     further ones wait in their queues
 * @param bodyBytes largest body of a message
 * @param transactionBytes bytes ({@code Message.size}) that one transaction may hold
 * @param transactionOperations publishes and settlements that one transaction may hold
 * @param refusalDelayMillis how long a client that does not understand {@code
 *     authentication_failure_close} waits for its socket to be closed after a refused login, which
 *     slows down guessing
 * @param closeMillis how long {@code connection.close-ok} is waited for
 */
public record SessionLimits(
    int channelMax,
    int frameMaxBytes,
    int heartbeatSeconds,
    int consumersPerChannel,
    int unsettledPerChannel,
    int bodyBytes,
    int transactionBytes,
    int transactionOperations,
    int refusalDelayMillis,
    int closeMillis) {

  /** Room that a message's entry in the log needs beside its body: names, properties, places. */
  private static final int ENTRY_OVERHEAD_BYTES = 256 << 10;

  /** Largest body by default: a message is one entry of the log, and those have 16 MiB. */
  public static final int MAX_BODY_BYTES = (16 << 20) - ENTRY_OVERHEAD_BYTES;

  /** What is used where nothing else is configured. */
  public static final SessionLimits DEFAULT =
      new SessionLimits(
          2_047,
          131_072,
          60,
          10_000,
          131_072,
          MAX_BODY_BYTES,
          MAX_BODY_BYTES,
          100_000,
          3_000,
          5_000);

  /** Smallest frame size that a peer may ask for (section 4.2.3, frame-min-size). */
  static final int FRAME_MIN_BYTES = 4_096;

  /** Largest frame before {@code connection.tune-ok}; client properties have to fit. */
  static final int HANDSHAKE_FRAME_BYTES = 8_192;

  /** Requests of one connection that may be unanswered; then it is not read. */
  static final int MAX_PENDING_REQUESTS = 1_024;

  /**
   * Bytes of replies and returned messages that a peer may leave unread; then it is not read.
   * Deliveries are bounded by the core's outbox credit and do not count.
   */
  static final long MAX_UNREAD_REPLY_BYTES = 8 << 20;
}
