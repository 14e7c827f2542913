package io.correio.zeromq.model;

/**
 * One peer of a socket, as it was at one moment.
 *
 * @param endpoint the own endpoint that it came by
 * @param peerAddress the peer's address, empty while there is none
 * @param state how far the connection has come
 * @param peerType the peer's socket type, empty before the handshake
 * @param version the version of ZMTP spoken, empty before the greeting and for inproc
 * @param messagesSent messages handed to the pipe to this peer since it exists
 * @param messagesReceived messages taken from it
 * @param messagesPending messages that wait to be written
 * @param bytesPending the octets of these
 * @param reconnects how often the connection was made anew
 * @param lastError why the last attempt or connection ended, or empty
 */
public record ConnectionSnapshot(
    String endpoint,
    String peerAddress,
    State state,
    String peerType,
    String version,
    long messagesSent,
    long messagesReceived,
    int messagesPending,
    long bytesPending,
    long reconnects,
    String lastError) {
  /** How far a connection has come. */
  public enum State {
    /** There is none; it is being tried or waited for. */
    CONNECTING,
    /** It stands, and the peers are introducing themselves. */
    HANDSHAKING,
    /** Messages pass. */
    READY
  }
}
