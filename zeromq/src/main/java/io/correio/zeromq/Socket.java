package io.correio.zeromq;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.correio.zeromq.io.SocketCore;
import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.model.SocketSnapshot;
import io.correio.zeromq.model.SocketType;
import io.correio.zeromq.model.ZeroMqException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A ZeroMQ socket. Made by {@link Context#socket}, closed by its user or its context. Thread-safe:
 * any thread, platform or virtual, may call anything at any time, since messages are whole.
 *
 * <p>Blocking calls end with a {@link ZeroMqException} of kind CLOSED when the socket is closed, of
 * kind INTERRUPTED when the thread is interrupted, whose flag stays set.
 */
public final class Socket implements AutoCloseable {
  private final Context context;
  private final SocketCore core;

  Socket(Context context, SocketCore core) {
    this.context = context;
    this.core = core;
  }

  SocketCore core() {
    return core;
  }

  /** The socket's type. */
  public SocketType type() {
    return core.type();
  }

  /**
   * Sets an option.
   *
   * @return this socket
   * @throws IllegalArgumentException naming the option, if the value is invalid
   */
  public <T> Socket set(SocketOption<T> option, T value) {
    core.set(option, value);
    return this;
  }

  /** The value of an option. */
  public <T> T get(SocketOption<T> option) {
    return core.options().get(option);
  }

  /**
   * Binds to an endpoint: {@code tcp://host:port} ({@code *} for all addresses or any free port),
   * {@code ipc://path}, {@code inproc://name}.
   *
   * @return the endpoint with its actual address and port
   * @throws IllegalArgumentException if the endpoint is none
   * @throws ZeroMqException of kind ADDRESS, if it cannot be had
   */
  public String bind(String endpoint) {
    return core.endpoints().bind(endpoint);
  }

  /**
   * Connects to an endpoint, now or as soon as somebody is there, and again whenever the connection
   * is lost. Returns at once.
   *
   * @return this socket
   * @throws IllegalArgumentException if the endpoint is none
   */
  public Socket connect(String endpoint) {
    core.endpoints().connect(endpoint);
    return this;
  }

  /**
   * Stops accepting at an endpoint, named as {@link #bind} returned it; connections stay.
   *
   * @throws IllegalArgumentException if the socket is not bound to it
   */
  public void unbind(String endpoint) {
    core.endpoints().unbind(endpoint);
  }

  /**
   * Ends a connection made by {@link #connect}; what waits to be sent by it is dropped.
   *
   * @throws IllegalArgumentException if the socket is not connected to it
   */
  public void disconnect(String endpoint) {
    core.endpoints().disconnect(endpoint);
  }

  /** The endpoint that was bound last. */
  public Optional<String> lastEndpoint() {
    return Optional.ofNullable(core.endpoints().lastBound());
  }

  /**
   * Sends a message of one frame. The array is the caller's again when this returns.
   *
   * @throws ZeroMqException of kind LIMIT, if {@link SocketOption#SEND_TIMEOUT} is over; of kind
   *     STATE or UNSUPPORTED, if the type does not allow it
   */
  public void send(byte[] frame) {
    sent(core.send(Message.owned(frame), false, nanos(get(SocketOption.SEND_TIMEOUT))));
  }

  /** Sends a message of frames of text, in UTF-8; as {@link #send(byte[])}. */
  public void send(String... frames) {
    send(Message.of(frames));
  }

  /** Sends a message, whose arrays must not change any more; as {@link #send(byte[])}. */
  public void send(Message message) {
    sent(core.send(message, true, nanos(get(SocketOption.SEND_TIMEOUT))));
  }

  private void sent(boolean done) {
    if (!done) {
      throw new ZeroMqException(
          ZeroMqException.Kind.LIMIT,
          "the " + type() + " socket could not send within its sendTimeout: no peer, or all full");
    }
  }

  /** Sends a message; false if it could not be sent in time. Zero does not wait. */
  public boolean send(Message message, Duration timeout) {
    return core.send(message, true, nanos(timeout));
  }

  /** Sends a message if that is possible without waiting. */
  public boolean trySend(Message message) {
    return core.send(message, true, 0);
  }

  /**
   * Receives a message.
   *
   * @throws ZeroMqException of kind LIMIT, if {@link SocketOption#RECEIVE_TIMEOUT} is over; of kind
   *     STATE or UNSUPPORTED, if the type does not allow it
   */
  public Message receive() {
    Message message = core.receive(nanos(get(SocketOption.RECEIVE_TIMEOUT)));
    if (message == null) {
      throw new ZeroMqException(
          ZeroMqException.Kind.LIMIT,
          "nothing came to the " + type() + " socket within its receiveTimeout");
    }
    return message;
  }

  /** Receives a message; null if none came in time. Zero does not wait. */
  public @Nullable Message receive(Duration timeout) {
    return core.receive(nanos(timeout));
  }

  /** Receives a message if there is one; otherwise null. */
  public @Nullable Message tryReceive() {
    return core.receive(0);
  }

  /** Subscribes a SUB to all messages that begin with the text; to every one if it is empty. */
  public Socket subscribe(String prefix) {
    return subscribe(prefix.getBytes(UTF_8));
  }

  /** Subscribes a SUB to all messages whose first frame begins with these octets. */
  public Socket subscribe(byte[] prefix) {
    core.subscribe(prefix, true);
    return this;
  }

  /** Takes back one subscription of a SUB; each has to be taken back as often as it was made. */
  public Socket unsubscribe(String prefix) {
    return unsubscribe(prefix.getBytes(UTF_8));
  }

  /** Takes back one subscription of a SUB. */
  public Socket unsubscribe(byte[] prefix) {
    core.subscribe(prefix, false);
    return this;
  }

  /** Opens a monitor of what happens to this socket's connections from now on. */
  public Monitor monitor() {
    return new Monitor(core);
  }

  /** The socket's connections, as they are at this moment. */
  public SocketSnapshot snapshot() {
    return core.endpoints().snapshot();
  }

  /** Whether it was closed. */
  public boolean isClosed() {
    return core.isClosed();
  }

  /**
   * Closes the socket. Calls that wait in other threads fail; unsent messages are written for at
   * most {@link SocketOption#LINGER}, then dropped. A second call does nothing.
   */
  @Override
  public void close() {
    core.close(get(SocketOption.LINGER));
    context.forget(this);
  }

  private static long nanos(Duration timeout) {
    if (timeout.isNegative()) {
      return -1;
    }
    return timeout.toDays() >= 36_500 ? -1 : timeout.toNanos();
  }
}
