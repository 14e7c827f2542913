package io.correio.server.net;

import io.correio.server.front.Front;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to listen.
 *
 * @param host address or name of the interface to bind, such as {@code 127.0.0.1} or {@code
 *     0.0.0.0}
 * @param port TCP port; 0 for any free one
 * @param backlog connections that the operating system completes before they are accepted
 * @param maxConnections connections open at once, over all listeners of the same loops; more are
 *     accepted and closed at once
 * @param handshakeTimeoutMillis how long a peer may take from connecting to an open connection
 * @param closeTimeoutMillis how long it may take to read what was written before a close
 * @param fronts protocols spoken on this port, at least one; the first one's header is what a peer
 *     that speaks none of them is told
 * @param tls certificate and key, for a port that speaks TLS only
 */
public record ListenerOptions(
    String host,
    int port,
    int backlog,
    int maxConnections,
    int handshakeTimeoutMillis,
    int closeTimeoutMillis,
    List<Front> fronts,
    @Nullable Tls tls) {

  /** Checks that there is a protocol to speak. */
  public ListenerOptions {
    fronts = List.copyOf(fronts);
    if (fronts.isEmpty()) {
      throw new IllegalArgumentException("a listener needs a protocol to speak");
    }
  }
}
