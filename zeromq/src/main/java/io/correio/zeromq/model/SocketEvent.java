package io.correio.zeromq.model;

import java.time.Instant;

/**
 * Something that happened to a socket's connections.
 *
 * @param kind what
 * @param endpoint the own endpoint, as bound or connected
 * @param detail the peer's address, the reason of a failure, or nothing
 * @param time when
 */
public record SocketEvent(Kind kind, String endpoint, String detail, Instant time) {
  /** The kinds, as libzmq's monitor has them. */
  public enum Kind {
    /** The endpoint is bound. */
    LISTENING,
    /** It could not be bound. */
    BIND_FAILED,
    /** A peer connected to the bound endpoint. */
    ACCEPTED,
    /** Accepting failed, for want of descriptors perhaps; it is tried again. */
    ACCEPT_FAILED,
    /** A connection to the endpoint stands; the handshake begins. */
    CONNECTED,
    /** It cannot be had now and is tried again later. */
    CONNECT_RETRIED,
    /** The handshake is done: messages pass. */
    HANDSHAKE_SUCCEEDED,
    /** The peers did not agree, or one broke the protocol; the detail says how. */
    HANDSHAKE_FAILED,
    /** A connection with a complete handshake has ended. */
    DISCONNECTED,
    /** The endpoint was given up by the socket itself. */
    CLOSED
  }
}
