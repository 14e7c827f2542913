package io.correio.zeromq.io;

import io.correio.zeromq.model.SocketEvent.Kind;
import io.correio.zeromq.transport.Channels;
import io.correio.zeromq.transport.Endpoint;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A bound stream endpoint: the steward accepts. Closed by its socket. */
final class Listener implements Steward.Selected {
  private static final long RETRY_NANOS = 100_000_000;

  private final SocketCore core;
  private final ServerSocketChannel channel;
  private final Endpoint endpoint;
  private final String name;
  private @Nullable SelectionKey key;
  private volatile boolean closed;

  Listener(SocketCore core, ServerSocketChannel channel, Endpoint endpoint, String name) {
    this.core = core;
    this.channel = channel;
    this.endpoint = endpoint;
    this.name = name;
  }

  String name() {
    return name;
  }

  /** Steward. */
  void start() {
    if (closed) {
      return;
    }
    try {
      key = channel.register(core.engine().steward().selector(), SelectionKey.OP_ACCEPT, this);
    } catch (IOException e) {
      core.event(Kind.BIND_FAILED, name, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void onSelected(SelectionKey selected) {
    try {
      for (SocketChannel peer = channel.accept(); peer != null; peer = channel.accept()) {
        accepted(peer);
      }
    } catch (IOException e) {
      if (!closed) {
        // Out of descriptors, perhaps: others may give some back.
        core.event(Kind.ACCEPT_FAILED, name, String.valueOf(e.getMessage()));
        selected.interestOps(0);
        core.engine().steward().at(RETRY_NANOS, this::again);
      }
    }
  }

  private void again() {
    SelectionKey current = key;
    if (current != null && current.isValid()) {
      current.interestOps(SelectionKey.OP_ACCEPT);
    }
  }

  private void accepted(SocketChannel peer) {
    core.lock();
    try {
      if (core.isClosed()) {
        ConnectionWriter.close(peer);
        return;
      }
      Channels.prepare(peer, core.options());
      String address = Channels.text(peer.getRemoteAddress());
      core.event(Kind.ACCEPTED, name, address);
      Connection connection = new Connection(core, peer, new StreamPipe(core, name), address, null);
      core.connectionMade(connection);
      connection.start();
    } catch (IOException e) {
      core.event(Kind.ACCEPT_FAILED, name, String.valueOf(e.getMessage()));
      ConnectionWriter.close(peer);
    } finally {
      core.unlock();
    }
  }

  void close() {
    closed = true;
    try {
      channel.close();
      if (endpoint instanceof Endpoint.Ipc ipc) {
        Files.deleteIfExists(Path.of(ipc.path()));
      }
    } catch (IOException e) {
      System.getLogger(Listener.class.getName())
          .log(System.Logger.Level.WARNING, name + " did not close cleanly", e);
    }
    // A channel in a selector is closed for good by the next select.
    core.engine().steward().execute(() -> {});
    core.event(Kind.CLOSED, name, "");
  }
}
