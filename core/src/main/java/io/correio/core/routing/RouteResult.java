package io.correio.core.routing;

/** What became of a message's address. */
public enum RouteResult {
  /** At least one queue was found. */
  ROUTED,
  /** The exchange is there, and no queue was found. */
  UNROUTABLE,
  /** There is no exchange of that name. */
  UNKNOWN_EXCHANGE
}
