package io.correio.zeromq.security;

/**
 * Decides who may connect: the handler of ZAP (RFC 27) without the socket. Called for one request
 * at a time per connection, from any thread, and may block; one that throws has denied with status
 * 500.
 */
@FunctionalInterface
public interface Authenticator {
  /** Decides one request. */
  ZapReply authenticate(ZapRequest request);
}
