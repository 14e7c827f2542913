package io.correio.core.queue;

import io.correio.core.identity.Permission;
import io.correio.core.identity.User;
import io.correio.core.identity.VirtualHostDefinition;
import io.correio.core.message.Message;
import io.correio.core.routing.Binding;
import io.correio.core.routing.Destination;
import io.correio.core.routing.ExchangeDefinition;
import io.correio.core.routing.QueueDefinition;
import io.correio.core.routing.RoutingTable;

/**
 * What was decided. State is what facts say; those that have to survive are logged, and a restart
 * applies them again. A fact names no time of its own, no file and no chance, so that applying it
 * twice gives the same state.
 */
public sealed interface Fact {

  /** Whether it goes to the log. Facts about transient things live in memory alone. */
  boolean isLogged();

  /**
   * A message is in the lanes, at these sequences, which are the lanes' tails. All lanes are
   * durable or all are transient.
   */
  @SuppressWarnings("ArrayRecordComponent") // hot, and nobody compares facts
  record Enqueued(Message message, long[] lanes, long[] sequences) implements Fact {
    @Override
    public boolean isLogged() {
      return LaneId.isDurable(lanes[0]);
    }
  }

  /** The messages from one sequence to another, inclusive, are gone from the lane for good. */
  record Settled(long lane, long from, long to) implements Fact {
    @Override
    public boolean isLogged() {
      return LaneId.isDurable(lane);
    }
  }

  /** Only messages below the sequence may have been handed out. */
  record Marked(long lane, long upTo) implements Fact {
    @Override
    public boolean isLogged() {
      return LaneId.isDurable(lane);
    }
  }

  /** At a clean stop: exactly the messages below the sequence were handed out. */
  record MarkedExactly(long lane, long upTo) implements Fact {
    @Override
    public boolean isLogged() {
      return LaneId.isDurable(lane);
    }
  }

  /** All below the sequence are gone but those kept, which are in flight; ascending. */
  @SuppressWarnings("ArrayRecordComponent") // as above
  record Purged(long lane, long upTo, long[] kept) implements Fact {
    @Override
    public boolean isLogged() {
      return LaneId.isDurable(lane);
    }
  }

  /** A queue exists. */
  record QueueDeclared(QueueDefinition definition) implements Fact {
    @Override
    public boolean isLogged() {
      return survives(definition);
    }
  }

  /** A queue is gone, with its lanes and bindings. */
  record QueueDeleted(QueueDefinition definition) implements Fact {
    @Override
    public boolean isLogged() {
      return survives(definition);
    }
  }

  /** An exchange exists. */
  record ExchangeDeclared(ExchangeDefinition definition) implements Fact {
    @Override
    public boolean isLogged() {
      return definition.durable();
    }
  }

  /** An exchange is gone, with its bindings. */
  record ExchangeDeleted(ExchangeDefinition definition) implements Fact {
    @Override
    public boolean isLogged() {
      return definition.durable();
    }
  }

  /** A binding exists. It survives when both of its ends do. */
  record Bound(Binding binding, boolean isLogged) implements Fact {}

  /** A binding is gone. */
  record Unbound(Binding binding, boolean isLogged) implements Fact {}

  /** Facts about who may do what, and about virtual hosts. They are shard 0's. */
  sealed interface Identity extends Fact {
    @Override
    default boolean isLogged() {
      return true;
    }
  }

  /** A user exists, with this credential and these tags. */
  record UserPut(User user) implements Identity {}

  /** A user is gone, with all permissions. */
  record UserDeleted(String name) implements Identity {}

  /** A virtual host exists, on this shard. */
  record VirtualHostPut(VirtualHostDefinition definition) implements Identity {}

  /** A virtual host is gone, with all permissions on it. */
  record VirtualHostDeleted(String name) implements Identity {}

  /** A user has these permissions on a virtual host. */
  record PermissionPut(Permission permission) implements Identity {}

  /** A user has no permissions on a virtual host any more. */
  record PermissionDeleted(String user, String virtualHost) implements Identity {}

  /** Whether a queue outlives a restart: an exclusive one never outlives its connection. */
  static boolean survives(QueueDefinition queue) {
    return queue.durable() && !queue.exclusive();
  }

  /** Whether a binding outlives a restart: it does when both of its ends do. */
  static boolean survives(Binding binding, RoutingTable routing) {
    ExchangeDefinition source = routing.exchange(binding.source());
    if (source == null || !source.durable()) {
      return false;
    }
    return switch (binding.destination()) {
      case Destination.ToQueue(String name) -> {
        QueueDefinition queue = routing.queue(name);
        yield queue != null && survives(queue);
      }
      case Destination.ToExchange(String name) -> {
        ExchangeDefinition exchange = routing.exchange(name);
        yield exchange != null && exchange.durable();
      }
    };
  }
}
