package io.correio.core.identity;

/**
 * What a user may do in a virtual host, as regular expressions on the names of queues and
 * exchanges. A name is allowed when the expression is found anywhere in it, so expressions for
 * whole names need {@code ^} and {@code $}; "" is found in the empty name only, and so allows
 * nothing.
 *
 * @param user the user's name
 * @param virtualHost the virtual host's name
 * @param configure what may be declared and deleted
 * @param write what may be published or bound to
 * @param read what may be consumed, purged or bound from
 */
public record Permission(
    String user, String virtualHost, String configure, String write, String read) {}
