package io.correio.zeromq.io;

import io.correio.zeromq.model.SocketEvent.Kind;
import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.transport.Channels;
import io.correio.zeromq.transport.Endpoint;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A connected stream endpoint: makes its connection, again and again. Runs on the steward; closed
 * by its socket.
 *
 * <pre>
 *   resolving ─► connecting ─► connected ─► (Connection) ─ lost ─┐
 *       ▲             │ failed                                   │
 *       └── interval, up to twice as long at random, doubling ◄──┘
 * </pre>
 */
final class Connector implements Steward.Selected {
  private final SocketCore core;
  private final Endpoint endpoint;
  private final StreamPipe pipe;
  private @Nullable SocketChannel channel;
  private int attempt;
  private long waitNanos;
  private boolean wasReady;
  private volatile boolean closed;

  Connector(SocketCore core, Endpoint endpoint, StreamPipe pipe) {
    this.core = core;
    this.endpoint = endpoint;
    this.pipe = pipe;
  }

  StreamPipe pipe() {
    return pipe;
  }

  String name() {
    return pipe.endpoint();
  }

  /** Steward: one attempt. */
  void start() {
    if (closed) {
      return;
    }
    attempt++;
    if (endpoint instanceof Endpoint.Tcp tcp && !isLiteral(tcp.host())) {
      Thread.ofVirtual().name("zmq-resolve").start(this::resolve);
    } else {
      resolve();
    }
  }

  private static boolean isLiteral(String host) {
    return host.indexOf(':') >= 0 || Character.isDigit(host.charAt(host.length() - 1));
  }

  private void resolve() {
    try {
      SocketAddress address = Channels.resolve(endpoint, core.options(), false);
      core.engine().steward().execute(() -> connect(address));
    } catch (IOException | RuntimeException e) {
      core.engine().steward().execute(() -> failed(e));
    }
  }

  private void connect(SocketAddress address) {
    if (closed) {
      return;
    }
    try {
      SocketChannel made = Channels.open(address, core.options());
      channel = made;
      if (made.connect(address)) {
        connected();
      } else {
        made.register(core.engine().steward().selector(), SelectionKey.OP_CONNECT, this);
        long timeout = core.options().get(SocketOption.CONNECT_TIMEOUT).toNanos();
        if (timeout > 0) {
          int current = attempt;
          core.engine().steward().at(timeout, () -> onTimeout(current));
        }
      }
    } catch (IOException | UnresolvedAddressException e) {
      failed(e);
    }
  }

  private void onTimeout(int ofAttempt) {
    if (ofAttempt == attempt && channel != null && !closed) {
      failed(new IOException("no answer within the connectTimeout"));
    }
  }

  @Override
  public void onSelected(SelectionKey key) {
    SocketChannel current = channel;
    if (current == null) {
      return;
    }
    try {
      if (current.finishConnect()) {
        // The connection registers anew, with itself in the key.
        key.interestOps(0);
        connected();
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  private void connected() throws IOException {
    SocketChannel made = channel;
    channel = null;
    if (made == null) {
      return;
    }
    core.lock();
    try {
      if (closed || core.isDestroyed()) {
        ConnectionWriter.close(made);
        return;
      }
      String address = Channels.text(made.getRemoteAddress());
      core.event(Kind.CONNECTED, name(), address);
      Connection connection = new Connection(core, made, pipe, address, this);
      core.connectionMade(connection);
      connection.start();
    } finally {
      core.unlock();
    }
  }

  private void failed(Exception reason) {
    SocketChannel current = channel;
    channel = null;
    if (current != null) {
      ConnectionWriter.close(current);
    }
    if (!closed) {
      core.lock();
      try {
        pipe.failed(String.valueOf(reason.getMessage()));
      } finally {
        core.unlock();
      }
      core.event(Kind.CONNECT_RETRIED, name(), String.valueOf(reason.getMessage()));
      retry();
    }
  }

  /** With the lock: the handshake is done. */
  void onReady() {
    waitNanos = 0;
    if (wasReady) {
      pipe.countReconnect();
    }
    wasReady = true;
  }

  /** The connection has ended. */
  void lost() {
    if (!closed) {
      core.engine().steward().execute(this::retry);
    }
  }

  private void retry() {
    long interval = core.options().get(SocketOption.RECONNECT_INTERVAL).toNanos();
    long most = core.options().get(SocketOption.RECONNECT_INTERVAL_MAX).toNanos();
    waitNanos = waitNanos == 0 || most <= interval ? interval : Math.min(most, 2 * waitNanos);
    long jitter = waitNanos == 0 ? 0 : ThreadLocalRandom.current().nextLong(waitNanos);
    core.engine().steward().at(waitNanos + jitter, this::start);
  }

  void close() {
    closed = true;
    core.engine()
        .steward()
        .execute(() -> {
          SocketChannel current = channel;
          channel = null;
          if (current != null) {
            ConnectionWriter.close(current);
          }
        });
  }
}
