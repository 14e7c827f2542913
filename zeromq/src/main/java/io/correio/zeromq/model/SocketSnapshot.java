package io.correio.zeromq.model;

import java.util.List;

/**
 * A socket as it was at one moment.
 *
 * @param type its type
 * @param boundTo the endpoints it is bound to
 * @param connections its peers
 */
public record SocketSnapshot(
    SocketType type, List<String> boundTo, List<ConnectionSnapshot> connections) {}
