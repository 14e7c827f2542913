package io.correio.zeromq.security;

/**
 * What a mechanism has to know to ask an {@link Authenticator}.
 *
 * @param domain which of an authenticator's sets of rules applies; the socket's option
 * @param address the peer's address as text, without port; empty where there is none
 * @param identity the routing id of the asking socket
 */
@SuppressWarnings("ArrayRecordComponent")
public record ZapContext(String domain, String address, byte[] identity) {}
