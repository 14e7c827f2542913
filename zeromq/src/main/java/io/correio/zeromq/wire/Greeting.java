package io.correio.zeromq.wire;

/**
 * What a peer's greeting agreed to.
 *
 * @param version the lower of both sides' versions: the one to speak
 * @param peerMajor the major version that the peer announced
 * @param peerMinor the minor version that the peer announced; 0 before 3.0
 * @param mechanism the security mechanism, the same on both sides; "NULL" in 2.0
 * @param peerIsServer whether the peer claims the server's part in the mechanism. libzmq leaves it
 *     unset even as a server
 * @param metadata socket type and identity if {@link #version} is 2.0, which has no later place for
 *     them; otherwise empty
 */
public record Greeting(
    ZmtpVersion version,
    int peerMajor,
    int peerMinor,
    String mechanism,
    boolean peerIsServer,
    Metadata metadata) {}
