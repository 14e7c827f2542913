package io.correio.zeromq.io;

import io.correio.zeromq.model.ConnectionSnapshot;
import io.correio.zeromq.model.ConnectionSnapshot.State;
import io.correio.zeromq.model.SocketEvent.Kind;
import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.model.SocketSnapshot;
import io.correio.zeromq.model.ZeroMqException;
import io.correio.zeromq.pipe.InprocPipe;
import io.correio.zeromq.transport.Channels;
import io.correio.zeromq.transport.Endpoint;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one socket is bound and connected to, and its inproc pipes. Under the socket's lock. */
public final class Endpoints {
  private final SocketCore core;
  private final Map<String, Listener> listeners = new LinkedHashMap<>();
  private final List<String> names = new ArrayList<>();
  private final List<Connector> connectors = new ArrayList<>();
  private final Map<InprocPipe, String> inproc = new LinkedHashMap<>();
  private final Map<InprocPipe, Boolean> attached = new LinkedHashMap<>();
  private final Map<StreamPipe, byte[]> givenIds = new LinkedHashMap<>();

  Endpoints(SocketCore core) {
    this.core = core;
  }

  /**
   * Binds to an endpoint.
   *
   * @return the endpoint with its port
   * @throws ZeroMqException if the address cannot be had
   */
  public String bind(String text) {
    Endpoint endpoint = Endpoint.parse(text);
    core.enter();
    try {
      if (endpoint instanceof Endpoint.Inproc name) {
        core.engine().names().bind(name.name(), core);
        names.add(name.name());
        core.takeMail();
        return text;
      }
      ServerSocketChannel channel =
          Channels.listen(Channels.resolve(endpoint, core.options(), true), core.options());
      String bound = Channels.name(endpoint, channel);
      Listener listener = new Listener(core, channel, endpoint, bound);
      listeners.put(bound, listener);
      core.event(Kind.LISTENING, bound, "");
      core.engine().steward().execute(listener::start);
      return bound;
    } catch (IOException | java.nio.channels.UnsupportedAddressTypeException e) {
      core.event(Kind.BIND_FAILED, text, String.valueOf(e.getMessage()));
      throw new ZeroMqException(
          ZeroMqException.Kind.ADDRESS,
          "cannot bind to %s: %s; free it, or choose another".formatted(text, e.getMessage()),
          e);
    } finally {
      core.unlock();
    }
  }

  /** Connects to an endpoint; returns at once, whether anybody is there or not. */
  public void connect(String text) {
    Endpoint endpoint = Endpoint.parse(text);
    if (endpoint instanceof Endpoint.Tcp tcp && (tcp.port() == 0 || tcp.host().equals("*"))) {
      throw new IllegalArgumentException(
          "endpoint '" + text + "': to connect, name a host and a port");
    }
    core.enter();
    try {
      if (endpoint instanceof Endpoint.Inproc name) {
        connectInproc(name.name());
        return;
      }
      StreamPipe pipe = new StreamPipe(core, endpoint.toString());
      Connector connector = new Connector(core, endpoint, pipe);
      byte[] id = core.options().get(SocketOption.CONNECT_ROUTING_ID);
      if (id.length > 0) {
        givenIds.put(pipe, id);
        core.options().set(SocketOption.CONNECT_ROUTING_ID, new byte[0]);
      }
      connectors.add(connector);
      if (core.pattern().sendsBeforeHandshake() && !core.options().get(SocketOption.IMMEDIATE)) {
        pipe.attached(true);
        core.pattern().attach(pipe);
      }
      core.engine().steward().execute(connector::start);
    } finally {
      core.unlock();
    }
  }

  /** Puts the name that this side chose for a peer in place of the peer's own. */
  void name(StreamPipe pipe) {
    byte[] id = givenIds.get(pipe);
    if (id != null) {
      pipe.routingId(id);
    }
  }

  private void connectInproc(String name) {
    InprocPipe pipe =
        InprocPipe.connect(
            core,
            core.type(),
            core.options().get(SocketOption.ROUTING_ID),
            core.options().get(SocketOption.SEND_HIGH_WATER_MARK),
            core.options().get(SocketOption.RECEIVE_HIGH_WATER_MARK));
    core.engine().names().connect(name, pipe);
    inproc.put(pipe, name);
    if (core.pattern().sendsBeforeHandshake()) {
      attached.put(pipe, true);
      core.pattern().attach(pipe);
    }
    core.takeMail();
  }

  void attached(InprocPipe pipe) {
    if (core.isDestroyed()) {
      pipe.close();
      return;
    }
    inproc.putIfAbsent(pipe, "");
    if (pipe.routingId().length == 0) {
      pipe.routingId(pipe.peerId());
    }
    if (attached.put(pipe, true) == null) {
      core.pattern().attach(pipe);
    } else {
      core.pattern().readable(pipe);
    }
    core.pattern().ready(pipe);
  }

  void peerClosed(InprocPipe pipe) {
    if (inproc.remove(pipe) != null) {
      attached.remove(pipe);
      core.pattern().readable(pipe);
      core.pattern().closed(pipe);
      pipe.close();
    }
  }

  /**
   * Stops accepting at a bound endpoint; connections stay.
   *
   * @throws IllegalArgumentException if it is not bound
   */
  public void unbind(String text) {
    core.enter();
    try {
      Listener listener = listeners.remove(text);
      if (listener != null) {
        listener.close();
        return;
      }
      if (Endpoint.parse(text) instanceof Endpoint.Inproc name && names.remove(name.name())) {
        core.engine().names().unbind(name.name(), core);
        return;
      }
      throw new IllegalArgumentException("the socket is not bound to " + text);
    } finally {
      core.unlock();
    }
  }

  /**
   * Ends a connection that this side made, and what waits to be sent by it.
   *
   * @throws IllegalArgumentException if there is none
   */
  public void disconnect(String text) {
    Endpoint endpoint = Endpoint.parse(text);
    core.enter();
    try {
      if (endpoint instanceof Endpoint.Inproc name) {
        for (Map.Entry<InprocPipe, String> entry : inproc.entrySet()) {
          if (entry.getValue().equals(name.name())) {
            closeInproc(entry.getKey(), name.name());
            inproc.remove(entry.getKey());
            return;
          }
        }
      }
      for (Connector connector : connectors) {
        if (connector.name().equals(endpoint.toString())) {
          connectors.remove(connector);
          closeConnector(connector);
          return;
        }
      }
      throw new IllegalArgumentException("the socket is not connected to " + text);
    } finally {
      core.unlock();
    }
  }

  private void closeConnector(Connector connector) {
    connector.close();
    StreamPipe pipe = connector.pipe();
    givenIds.remove(pipe);
    Connection connection = pipe.connection();
    pipe.markClosed();
    if (connection != null) {
      connection.end("disconnected by this socket");
    }
    detach(pipe);
    core.event(Kind.CLOSED, connector.name(), "");
  }

  private void closeInproc(InprocPipe pipe, String name) {
    core.engine().names().forget(name, pipe);
    attached.remove(pipe);
    core.pattern().closed(pipe);
    pipe.close();
  }

  /** The endpoint that was bound last, or null. */
  public @Nullable String lastBound() {
    core.lock();
    try {
      String last = null;
      for (String name : listeners.keySet()) {
        last = name;
      }
      return last == null && !names.isEmpty() ? "inproc://" + names.getLast() : last;
    } finally {
      core.unlock();
    }
  }

  void closeListeners() {
    listeners.values().forEach(Listener::close);
    listeners.clear();
    for (String name : names) {
      core.engine().names().unbind(name, core);
    }
    names.clear();
  }

  /** Whether messages wait that may still be written. */
  boolean hasUnsent() {
    for (Connector connector : connectors) {
      if (!connector.pipe().out().isEmpty()) {
        return true;
      }
    }
    for (Connection connection : core.connections()) {
      if (connection.isReady() && !connection.pipe().out().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  void closeAll() {
    for (Connector connector : connectors) {
      closeConnector(connector);
    }
    connectors.clear();
    for (Map.Entry<InprocPipe, String> entry : inproc.entrySet()) {
      closeInproc(entry.getKey(), entry.getValue());
    }
    inproc.clear();
  }

  /** What the socket's connections are at this moment. */
  public SocketSnapshot snapshot() {
    core.lock();
    try {
      List<ConnectionSnapshot> all = new ArrayList<>();
      for (Connector connector : connectors) {
        if (connector.pipe().connection() == null || connector.pipe().connection().isEnded()) {
          all.add(snapshot(connector.pipe(), null));
        }
      }
      for (Connection connection : core.connections()) {
        all.add(snapshot(connection.pipe(), connection));
      }
      for (Map.Entry<InprocPipe, String> entry : inproc.entrySet()) {
        all.add(snapshot(entry.getKey(), entry.getValue()));
      }
      List<String> bound = new ArrayList<>(listeners.keySet());
      names.forEach(name -> bound.add("inproc://" + name));
      return new SocketSnapshot(core.type(), bound, all);
    } finally {
      core.unlock();
    }
  }

  private static ConnectionSnapshot snapshot(StreamPipe pipe, @Nullable Connection connection) {
    State state =
        connection == null
            ? State.CONNECTING
            : connection.isReady() ? State.READY : State.HANDSHAKING;
    return new ConnectionSnapshot(
        pipe.endpoint(),
        connection == null ? "" : connection.peerAddress(),
        state,
        connection == null ? "" : connection.peerType(),
        connection == null ? "" : connection.version(),
        pipe.sent(),
        pipe.received(),
        pipe.out().messages(),
        pipe.out().bytes(),
        pipe.reconnects(),
        pipe.lastError());
  }

  private static ConnectionSnapshot snapshot(InprocPipe pipe, String name) {
    InprocPipe other = pipe.other();
    return new ConnectionSnapshot(
        "inproc://" + name,
        "",
        other == null ? State.CONNECTING : State.READY,
        other == null ? "" : other.type().name(),
        "",
        pipe.written(),
        pipe.messagesRead(),
        pipe.pending(),
        0,
        0,
        "");
  }

  /** The peers of a connection have agreed. */
  void ready(Connection connection) {
    StreamPipe pipe = connection.pipe();
    core.event(
        Kind.HANDSHAKE_SUCCEEDED,
        pipe.endpoint(),
        connection.peerType() + " " + connection.version() + " " + connection.peerAddress());
    name(pipe);
    if (!pipe.isAttached()) {
      pipe.attached(true);
      core.pattern().attach(pipe);
    }
    if (connection.isEnded()) {
      return;
    }
    core.oar().add(connection);
    core.pattern().ready(pipe);
    core.flush(pipe);
    core.changed();
  }

  /** A connection is gone; one that was made here is made again. */
  void ended(Connection connection) {
    core.connections().remove(connection);
    StreamPipe pipe = connection.pipe();
    if (connection.isAccepted()) {
      pipe.markClosed();
      detach(pipe);
    } else {
      pipe.out().restart();
      if (!core.pattern().sendsBeforeHandshake() || core.options().get(SocketOption.IMMEDIATE)) {
        detach(pipe);
      }
    }
    if (pipe.starved() && pipe.isHalfEmpty()) {
      pipe.starved(false);
    }
    core.oar().forget();
    core.changed();
  }

  /** The pattern gives up the pipe, but for what is still to be read. */
  void detach(StreamPipe pipe) {
    if (pipe.isAttached()) {
      pipe.attached(false);
      core.pattern().closed(pipe);
    }
  }
}
