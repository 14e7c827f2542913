package io.correio.server.front.amqp091;

import java.util.Set;

/** Why a connection is not read. */
enum Pause {
  /** A password is being checked. */
  LOGIN,
  /** The publish credit is spent. */
  PUBLISH_CREDIT,
  /** A large body waits for its memory. */
  BODY_BUDGET,
  /** A publish waits for the definitions before it. */
  DEFINITIONS,
  /** Too many requests are unanswered. */
  REQUESTS,
  /** The peer does not read its replies. */
  UNREAD_REPLIES;

  /** Whether one of these reasons is the server's own, and not the peer's. */
  static boolean holdUp(Set<Pause> pauses) {
    return pauses.stream().anyMatch(pause -> pause != UNREAD_REPLIES);
  }
}
