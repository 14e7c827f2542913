package io.correio.core.routing;

/** What a binding leads to. */
public sealed interface Destination {
  /** Returns the name of the queue or exchange. */
  String name();

  /**
   * A queue of the same virtual host.
   *
   * @param name the queue's name
   */
  record ToQueue(String name) implements Destination {}

  /**
   * An exchange of the same virtual host, which routes the message on.
   *
   * @param name the exchange's name
   */
  record ToExchange(String name) implements Destination, Target {}
}
