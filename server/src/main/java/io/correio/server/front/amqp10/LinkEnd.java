package io.correio.server.front.amqp10;

/** This side of a link. Owned by the connection's loop. */
interface LinkEnd {

  /** The session or the connection has ended: gives back what the link holds. Idempotent. */
  void release();
}
