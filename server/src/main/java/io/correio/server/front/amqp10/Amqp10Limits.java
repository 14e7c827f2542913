package io.correio.server.front.amqp10;

/**
 * What the AMQP 1.0 front end tells peers and holds them to. Immutable; read once at start and
 * handed to every session.
 *
 * @param containerId the server's own, as peers are told
 * @param channelMax highest channel number (part 2, section 2.7.1)
 * @param frameMaxBytes largest frame accepted (part 2, section 2.7.1)
 * @param idleTimeoutMillis a peer that sends nothing for so long is cut off; 0 for never
 * @param messageMaxBytes largest message, all sections included
 * @param linksPerConnection links that one connection may have
 * @param unsettledPerLink deliveries of one link that may be unsettled; further ones wait in their
 *     queues
 * @param unfinishedBytes parts of messages that all connections together may hold until the rest
 *     has come; one of them holds a message's length at most
 * @param transactionMaxBytes messages that one transaction may hold
 * @param transactionMaxOperations publishes and settlements that one transaction may hold
 * @param allowAnonymous whether a peer on this machine may do without a login
 * @param createQueues whether a plain name that names nothing becomes a durable queue
 * @param announcedVersion what clients that look for RabbitMQ's version find
 * @param closeMillis how long a peer may take to answer a close
 */
public record Amqp10Limits(
    String containerId,
    int channelMax,
    int frameMaxBytes,
    int idleTimeoutMillis,
    int messageMaxBytes,
    int linksPerConnection,
    int unsettledPerLink,
    long unfinishedBytes,
    int transactionMaxBytes,
    int transactionMaxOperations,
    boolean allowAnonymous,
    boolean createQueues,
    String announcedVersion,
    int closeMillis) {

  /** Highest channel number that frames can carry. */
  public static final int MAX_CHANNEL = 65_535;

  /** Credit that a peer has for sending, on each link. */
  static final int LINK_CREDIT = 512;

  /** Largest frame before a connection is open: what SASL needs (part 5, section 5.3.2). */
  static final int HANDSHAKE_FRAME_BYTES = 64 << 10;

  /** Bytes of a session's transfers that may be received and not looked at. */
  static final int SESSION_WINDOW_BYTES = 4 << 20;

  /** Questions to the core that may be unanswered; then the connection is not read. */
  static final int PENDING_REQUESTS = 1_024;

  /** Transactions that one connection may have open. */
  static final int TRANSACTIONS = 1_000;
}
