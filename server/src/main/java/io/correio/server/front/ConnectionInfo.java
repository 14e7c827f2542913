package io.correio.server.front;

/**
 * A connection at one moment.
 *
 * @param peer address and port of the other end
 * @param secure whether it is encrypted
 * @param state such as "running", "opening", "closing"
 * @param connectedAtMillis when it was accepted, since 1970
 * @param receivedBytes read from it
 * @param sentBytes taken by its socket
 * @param session what its session tells
 */
public record ConnectionInfo(
    String peer,
    boolean secure,
    String state,
    long connectedAtMillis,
    long receivedBytes,
    long sentBytes,
    SessionInfo session) {}
