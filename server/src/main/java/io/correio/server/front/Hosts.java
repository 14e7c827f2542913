package io.correio.server.front;

import io.correio.core.identity.Identities;
import io.correio.core.manager.VirtualHost;
import org.jspecify.annotations.Nullable;

/** What a session needs of the queue manager. Thread-safe; no call blocks. */
public interface Hosts {

  /** The virtual host of a name, or null. */
  @Nullable VirtualHost virtualHost(String name);

  /** The newest snapshot of users and permissions. */
  Identities identities();

  /** A number that no other connection of this process ever has. */
  long newConnectionId();

  /** Port of the HTTP API, which clients are told; -1 for none. */
  default int httpPort() {
    return -1;
  }
}
