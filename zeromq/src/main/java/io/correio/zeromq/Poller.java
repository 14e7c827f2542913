package io.correio.zeromq;

import io.correio.zeromq.io.Polling;
import io.correio.zeromq.io.SocketCore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Waits until any of several sockets can be received from, or sent to. For one thread; holds
 * nothing that has to be closed.
 */
public final class Poller {
  private final Map<Socket, Boolean> sockets = new LinkedHashMap<>();

  /** A poller without sockets. */
  public Poller() {}

  /** Adds a socket to receive from. */
  public Poller toReceive(Socket socket) {
    sockets.put(socket, true);
    return this;
  }

  /** Adds a socket to send to. */
  public Poller toSend(Socket socket) {
    sockets.put(socket, false);
    return this;
  }

  /** Removes a socket. */
  public void remove(Socket socket) {
    sockets.remove(socket);
  }

  /**
   * Waits; negative: for ever.
   *
   * @return the sockets that are ready, none if the time is over or the thread was interrupted
   */
  public List<Socket> poll(Duration timeout) {
    List<SocketCore> cores = sockets.keySet().stream().map(Socket::core).toList();
    long nanos = timeout.isNegative() || timeout.toDays() >= 36_500 ? -1 : timeout.toNanos();
    List<Socket> ready = new ArrayList<>();
    Polling.await(cores, () -> collect(ready), nanos);
    return ready;
  }

  private boolean collect(List<Socket> ready) {
    ready.clear();
    sockets.forEach((socket, receive) -> {
      if (receive ? socket.core().isReadable() : socket.core().isWritable()) {
        ready.add(socket);
      }
    });
    return !ready.isEmpty();
  }
}
