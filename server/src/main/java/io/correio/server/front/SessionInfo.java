package io.correio.server.front;

/**
 * What people and tools are told of a session.
 *
 * @param protocol as its users know it, such as "AMQP 0-9-1"; empty while nothing is known
 * @param user who logged in; empty before
 * @param virtualHost what was opened; empty before
 * @param channels conversations within the connection
 * @param clientName what the client calls itself, as far as it says
 */
public record SessionInfo(
    String protocol, String user, String virtualHost, int channels, String clientName) {

  /** Of a session that has nothing to tell yet. */
  public static final SessionInfo NONE = new SessionInfo("", "", "", 0, "");
}
