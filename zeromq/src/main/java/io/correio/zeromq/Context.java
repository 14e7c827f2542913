package io.correio.zeromq;

import io.correio.zeromq.io.Engine;
import io.correio.zeromq.io.SocketCore;
import io.correio.zeromq.model.SocketSnapshot;
import io.correio.zeromq.model.SocketType;
import io.correio.zeromq.model.ZeroMqException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where sockets live: they share its threads and its inproc names. Thread-safe. {@link #close}
 * closes every socket that is still open.
 */
public final class Context implements AutoCloseable {
  /** The most sockets that may be open at once. */
  public static final int SOCKETS_MAX = 65_536;

  private final Engine engine = new Engine();
  private final Set<Socket> sockets = new LinkedHashSet<>();
  private boolean closed;

  /** A context without sockets; it takes no thread and no descriptor before they need one. */
  public Context() {}

  /**
   * A new socket.
   *
   * @throws ZeroMqException if the context is closed, or has {@link #SOCKETS_MAX} sockets
   */
  public synchronized Socket socket(SocketType type) {
    if (closed) {
      throw new ZeroMqException(ZeroMqException.Kind.CLOSED, "the context is closed");
    }
    if (sockets.size() == SOCKETS_MAX) {
      throw new ZeroMqException(
          ZeroMqException.Kind.LIMIT,
          "the context has " + SOCKETS_MAX + " open sockets: close some, or use another context");
    }
    Socket socket = new Socket(this, new SocketCore(engine, type));
    sockets.add(socket);
    return socket;
  }

  synchronized void forget(Socket socket) {
    sockets.remove(socket);
  }

  /** Every open socket with its connections, as they are at this moment. */
  public List<SocketSnapshot> snapshot() {
    List<Socket> open;
    synchronized (this) {
      open = new ArrayList<>(sockets);
    }
    return open.stream().map(Socket::snapshot).toList();
  }

  /** Closes all sockets, each within its linger time, all at the same time; ends the threads. */
  @Override
  public void close() {
    List<Socket> open;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      open = new ArrayList<>(sockets);
    }
    List<Thread> closers = new ArrayList<>();
    for (int i = 1; i < open.size(); i++) {
      Socket socket = open.get(i);
      closers.add(Thread.ofVirtual().name("zmq-close").start(socket::close));
    }
    if (!open.isEmpty()) {
      open.getFirst().close();
    }
    boolean interrupted = false;
    for (Thread closer : closers) {
      while (closer.isAlive()) {
        try {
          closer.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    engine.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
