package io.correio.core.shard;

import io.correio.core.queue.Command;
import io.correio.core.routing.RoutingTable;

/** The only way onto a shard from another thread. Thread-safe; never blocks. */
public interface ShardProxy {

  /**
   * Puts a command into the shard's inbox and wakes the shard if it sleeps. Commands submitted by
   * one thread are decided in that order. What bounds the inbox is the publish credit that callers
   * keep to.
   */
  void submit(Command command);

  /** The newest snapshot of exchanges, queues and bindings. */
  RoutingTable routing();
}
