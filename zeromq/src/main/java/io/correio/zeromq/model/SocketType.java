package io.correio.zeromq.model;

import java.util.Locale;

/** The socket types of RFC 28 to 31. A constant's name is the type's name on the wire. */
public enum SocketType {
  /** Asks, then waits for the answer, in turn (RFC 28). */
  REQ,
  /** Takes a request, then answers it, in turn (RFC 28). */
  REP,
  /** Sends to its peers in turn, receives from all (RFC 28). */
  DEALER,
  /**
   * Sends to the peer that the first frame names, puts the sender in front on receiving (RFC 28).
   */
  ROUTER,
  /** Sends to all that subscribed (RFC 29). */
  PUB,
  /** Receives what it subscribed to (RFC 29). */
  SUB,
  /** PUB that receives the subscriptions as messages (RFC 29). */
  XPUB,
  /** SUB that subscribes by sending messages (RFC 29). */
  XSUB,
  /** Sends to its peers in turn (RFC 30). */
  PUSH,
  /** Receives from all its peers (RFC 30). */
  PULL,
  /** Exactly one peer, both ways (RFC 31). */
  PAIR;

  /** Whether a peer of that type, by its name on the wire, may be talked to. */
  public boolean mayTalkTo(String peer) {
    String name = peer.toUpperCase(Locale.ROOT);
    return switch (this) {
      case REQ -> name.equals("REP") || name.equals("ROUTER");
      case REP -> name.equals("REQ") || name.equals("DEALER");
      case DEALER -> name.equals("REP") || name.equals("DEALER") || name.equals("ROUTER");
      case ROUTER -> name.equals("REQ") || name.equals("DEALER") || name.equals("ROUTER");
      case PUB, XPUB -> name.equals("SUB") || name.equals("XSUB");
      case SUB, XSUB -> name.equals("PUB") || name.equals("XPUB");
      case PUSH -> name.equals("PULL");
      case PULL -> name.equals("PUSH");
      case PAIR -> name.equals("PAIR");
    };
  }
}
