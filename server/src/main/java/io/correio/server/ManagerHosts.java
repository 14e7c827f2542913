package io.correio.server;

import io.correio.core.identity.Identities;
import io.correio.core.manager.QueueManager;
import io.correio.core.manager.VirtualHost;
import io.correio.server.front.amqp091.Hosts;
import org.jspecify.annotations.Nullable;

/** The queue manager as sessions see it. */
record ManagerHosts(QueueManager manager) implements Hosts {

  @Override
  public @Nullable VirtualHost virtualHost(String name) {
    return manager.virtualHost(name);
  }

  @Override
  public Identities identities() {
    return manager.identities();
  }

  @Override
  public long newConnectionId() {
    return manager.newConnectionId();
  }
}
