package io.correio.core.message;

/**
 * Where a message is to go.
 *
 * @param exchange the exchange that routes it; "" is the default exchange, which routes to the
 *     queue that the key names
 * @param key what the exchange compares with its bindings: a routing key, a subject, a queue's name
 */
public record Address(String exchange, String key) {}
