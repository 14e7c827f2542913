package io.correio.server.front.amqp091;

import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.core.identity.Identities;
import io.correio.server.front.Hosts;

/**
 * What the user of a connection may do in its virtual host; always asked of the newest snapshot.
 * Owned by the connection's loop.
 *
 * <pre>
 *                                     configure    write          read
 *   exchange.declare (not passive)    exchange     alternate      exchange, if it has an alternate
 *   exchange.delete                   exchange
 *   queue.declare (not passive)       queue
 *   queue.delete                      queue
 *   exchange.bind, unbind                          destination    source
 *   queue.bind, unbind                             queue          exchange
 *   basic.publish                                  exchange
 *   basic.consume, get, queue.purge                               queue
 * </pre>
 */
final class Permissions {
  private final Hosts hosts;
  private final String user;
  private final String virtualHost;

  Permissions(Hosts hosts, String user, String virtualHost) {
    this.hosts = hosts;
    this.user = user;
    this.virtualHost = virtualHost;
  }

  /** What kind of thing a name names. */
  enum Resource {
    EXCHANGE,
    QUEUE;

    private String describe(String name) {
      return this == QUEUE
          ? "queue '" + name + "'"
          : "exchange '" + (name.isEmpty() ? "amq.default" : name) + "'";
    }
  }

  /** The newest snapshot, for who wants to know whether an earlier answer still holds. */
  Identities identities() {
    return hosts.identities();
  }

  /** Raises 403 unless the user may declare and delete it. */
  void checkConfigure(Resource resource, String name, Method method) {
    if (!identities().mayConfigure(user, virtualHost, ruled(resource, name))) {
      throw refused("configure", resource, name, method);
    }
  }

  /** Raises 403 unless the user may publish or bind to it. */
  void checkWrite(Resource resource, String name, Method method) {
    if (!identities().mayWrite(user, virtualHost, ruled(resource, name))) {
      throw refused("write", resource, name, method);
    }
  }

  /** Raises 403 unless the user may consume or bind from it. */
  void checkRead(Resource resource, String name, Method method) {
    if (!identities().mayRead(user, virtualHost, ruled(resource, name))) {
      throw refused("read", resource, name, method);
    }
  }

  private static String ruled(Resource resource, String name) {
    return resource == Resource.EXCHANGE && name.isEmpty() ? "amq.default" : name;
  }

  private AmqpException refused(String verb, Resource resource, String name, Method method) {
    return Errors.of(
        ReplyCode.ACCESS_REFUSED,
        method,
        "%s access to %s in vhost '%s' refused for user '%s'; an administrator can grant it"
            .formatted(verb, resource.describe(name), virtualHost, user));
  }
}
