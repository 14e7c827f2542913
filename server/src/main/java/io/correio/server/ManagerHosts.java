package io.correio.server;

import io.correio.core.identity.Identities;
import io.correio.core.manager.QueueManager;
import io.correio.core.manager.VirtualHost;
import io.correio.server.front.Hosts;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The queue manager as sessions see it.
 *
 * @param http port of the HTTP API; changes once, when that is ready
 */
record ManagerHosts(QueueManager manager, IntSupplier http) implements Hosts {

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

  @Override
  public int httpPort() {
    return http.getAsInt();
  }
}
