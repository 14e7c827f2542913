package io.correio.server.client;

/**
 * A queue as the broker described it.
 *
 * @param messages ready messages
 */
public record QueueStatus(String name, long messages, long consumers) {}
