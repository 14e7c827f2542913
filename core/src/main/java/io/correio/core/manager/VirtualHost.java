package io.correio.core.manager;

import io.correio.core.message.Address;
import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.routing.HeaderSource;
import io.correio.core.routing.RoutingTable;
import io.correio.core.routing.Targets;
import io.correio.core.shard.ShardProxy;

/**
 * A name space of exchanges and queues, with one shard that decides for it. Thread-safe.
 *
 * @param name the name that clients open
 * @param shard the way onto its shard
 */
public record VirtualHost(String name, ShardProxy shard) {

  /** Publishes of one connection that may be undecided or not yet durable. */
  public static final int PUBLISH_CREDIT_MESSAGES = 1024;

  /** Bytes ({@link Message#size}) of publishes of one connection that may be so. */
  public static final int PUBLISH_CREDIT_BYTES = 1 << 20;

  /** Bytes ({@link Message#size}) that may lie in a connection's outbox. */
  public static final int OUTBOX_BYTES = 1 << 20;

  /** Routes a message on the current snapshot and builds its command, for now or for a commit. */
  public Command.Publish route(
      long connection, Message message, HeaderSource headers, boolean mandatory, Targets scratch) {
    Address address = message.envelope().address();
    scratch.clear();
    shard.routing().route(address, headers, scratch);
    return new Command.Publish(connection, message, scratch.toArray(), mandatory);
  }

  /** The newest snapshot of exchanges, queues and bindings. */
  public RoutingTable routing() {
    return shard.routing();
  }

  /** Asks the shard. See {@link ShardProxy#submit}. */
  public void submit(Command command) {
    shard.submit(command);
  }
}
