package io.correio.core.identity;

import io.correio.core.message.Arguments;

/**
 * A virtual host: a name space of its own for queues and exchanges.
 *
 * @param name unique among the virtual hosts
 * @param shard the shard that owns its queues
 * @param arguments what else was said about it, such as a description
 */
public record VirtualHostDefinition(String name, int shard, Arguments arguments) {
  /** Creates a virtual host with nothing else said about it. */
  public VirtualHostDefinition(String name, int shard) {
    this(name, shard, Arguments.EMPTY);
  }
}
