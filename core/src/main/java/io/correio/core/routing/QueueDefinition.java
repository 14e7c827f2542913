package io.correio.core.routing;

import io.correio.core.message.Arguments;

/**
 * A queue as it was declared.
 *
 * @param id its number, never used again within the virtual host
 * @param name its name, unique among the virtual host's queues at one time
 * @param durable whether it is there after a restart
 * @param exclusive whether it belongs to the connection that declared it
 * @param autoDelete whether it goes when its last consumer has gone
 * @param arguments what else was asked for
 */
public record QueueDefinition(
    long id,
    String name,
    boolean durable,
    boolean exclusive,
    boolean autoDelete,
    Arguments arguments)
    implements Target {}
