package io.correio.server.front.amqp091;

import io.correio.amqp.v091.Amqp091Engine;
import io.correio.amqp.v091.FrameEncoder;
import io.correio.amqp.v091.FrameHandler;
import io.correio.amqp.v091.method.ConnectionMethod;
import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.server.auth.AuthResult;
import io.correio.server.front.EffectQueue;
import io.correio.server.front.OutboxAccount;
import io.correio.server.front.Session;
import io.correio.server.front.SessionInfo;
import io.correio.server.front.Wire;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One AMQP 0-9-1 connection: bytes to methods, effects to bytes, and time. Owned by the
 * connection's loop, which alone calls it; the core reaches it through an {@link EffectQueue}.
 * Closed by {@link #onClosed}.
 *
 * <pre>
 *   HANDSHAKE ──connection.open──▶ RUNNING ──close received──▶ RELEASING ──core has done all──▶ ENDED
 *     │  (see Handshake)             │                                      (close-ok is sent)    ▲
 *     │                              │ error, or the server stops: close is sent                  │
 *     ├──error: close is sent────────┴──────────────────▶ CLOSING ──close-ok received, or too late┤
 *     └──login refused, client does not know close──────▶ REFUSED ──after a delay─────────────────┘
 * </pre>
 *
 * <p>In CLOSING everything but close and close-ok is discarded. What the connection holds in the
 * core is given back when it leaves RUNNING; the last command is always Disconnect.
 */
public final class Amqp091Session implements Session {
  private static final Logger LOG = LoggerFactory.getLogger(Amqp091Session.class);

  /** How long a peer whose bytes make no sense has to read why it is cut off. */
  private static final int BROKEN_CLOSE_MILLIS = 1_000;

  private enum State {
    HANDSHAKE,
    RUNNING,
    RELEASING,
    CLOSING,
    REFUSED,
    ENDED
  }

  private final Wire wire;
  private final Amqp091Front front;
  private final Amqp091Engine engine = Amqp091Engine.server(SessionLimits.HANDSHAKE_FRAME_BYTES, 0);
  private final FrameEncoder encoder;
  private final FrameHandler handler = new Receiver();
  private final OutboxAccount account = new OutboxAccount();
  private final Heartbeats heartbeats = new Heartbeats();
  private final EffectQueue effects;
  private final Handshake handshake;

  private @Nullable OpenConnection connection;
  private State state = State.HANDSHAKE;
  private final Set<Pause> pauses = EnumSet.noneOf(Pause.class);

  /** When to give up waiting for the peer, or how long from the next tick on; -1 for never. */
  private long closeAtMillis = -1;

  private int closeInMillis = -1;

  /** A session for a connection that has just been accepted. */
  Amqp091Session(Wire wire, Amqp091Front front) {
    this.wire = wire;
    this.front = front;
    this.effects = new EffectQueue(wire);
    this.encoder = new FrameEncoder(new WireOutput(wire));
    this.handshake = new Handshake(this, front);
  }

  // ---- bytes ---------------------------------------------------------------------------------

  @Override
  public void onRead(ByteBuffer in) {
    heartbeats.onReceived();
    while (in.hasRemaining() && pauses.isEmpty() && state != State.ENDED) {
      try {
        engine.receive(in, handler);
      } catch (AmqpException e) {
        fail(e);
      }
    }
    if (connection != null) {
      connection.onReadDone();
      checkUnreadReplies();
    }
  }

  @Override
  public void onDrained(long bytes) {
    account.drained(bytes);
    if (connection != null) {
      handleEffects();
      checkUnreadReplies();
    }
  }

  private void checkUnreadReplies() {
    long unread = account.replyBytes(wire.pendingBytes());
    if (unread > SessionLimits.MAX_UNREAD_REPLY_BYTES) {
      pause(Pause.UNREAD_REPLIES);
    } else if (unread < SessionLimits.MAX_UNREAD_REPLY_BYTES / 2) {
      resume(Pause.UNREAD_REPLIES);
    }
  }

  private final class Receiver implements FrameHandler {
    @Override
    public void onProtocolHeader() {
      handshake.onProtocolHeader();
    }

    @Override
    public void onUnsupportedProtocol(byte[] bytes) {
      encoder.protocolHeader();
      end("the peer speaks another protocol, or another version of AMQP");
    }

    @Override
    public void onMethod(int channel, Method method) {
      if (method instanceof ConnectionMethod connectionMethod) {
        onConnectionMethod(connectionMethod);
      } else if (connection == null) {
        handshake.onMethod(method);
      } else if (state == State.RUNNING) {
        connection.onMethod(channel, method);
      }
    }

    @Override
    public boolean onContentHeader(int channel, ContentMethod method, long bodySize) {
      if (connection == null) {
        handshake.onMethod(method);
      }
      return connection != null
          && state == State.RUNNING
          && connection.onContentHeader(channel, method, bodySize);
    }

    @Override
    public void onContent(int channel, ContentMethod method, byte[] properties, byte[] body) {
      if (connection != null && state == State.RUNNING) {
        connection.onContent(channel, method, properties, body);
      }
    }

    @Override
    public void onHeartbeat() {}
  }

  private void onConnectionMethod(ConnectionMethod method) {
    switch (method) {
      case ConnectionMethod.Close close -> onClose(close);
      case ConnectionMethod.CloseOk ignored -> {
        if (state == State.CLOSING) {
          end("");
        }
      }
      case ConnectionMethod.UpdateSecret update when state == State.RUNNING ->
          onUpdateSecret(update);
      case ConnectionMethod other -> {
        if (state == State.HANDSHAKE) {
          handshake.onMethod(other);
        } else if (state == State.RUNNING) {
          throw Errors.of(
              ReplyCode.COMMAND_INVALID,
              other,
              "unexpected %s on an open connection".formatted(other.protocolName()));
        }
      }
    }
  }

  // ---- effects -------------------------------------------------------------------------------

  @Override
  public void onWake() {
    handleEffects();
  }

  private void handleEffects() {
    OpenConnection open = connection;
    if (open == null || (state != State.RUNNING && state != State.RELEASING)) {
      effects.clear();
      return;
    }
    try {
      effects.drain(open::onEffect);
      open.onEffectsDone();
    } catch (AmqpException e) {
      fail(e);
    }
    if (effects.hasLost() && state != State.CLOSING) {
      fail(
          new AmqpException(
              ReplyCode.INTERNAL_ERROR,
              "more than "
                  + EffectQueue.MAX_EFFECTS
                  + " outcomes wait for this connection; connect again",
              0,
              0));
    }
  }

  @Override
  public SessionInfo info() {
    OpenConnection open = connection;
    return open == null
        ? new SessionInfo(front.name(), "", "", 0, "")
        : new SessionInfo(
            front.name(),
            open.user(),
            open.host().name(),
            open.channelCount(),
            open.client().name());
  }

  // ---- what the handshake brings about -------------------------------------------------------

  /** The client agreed to limits. */
  void onTuned(int frameMaxBytes, int channelMax, int heartbeatSeconds) {
    engine.limits(frameMaxBytes, channelMax);
    encoder.frameMax(frameMaxBytes);
    heartbeats.agree(heartbeatSeconds);
  }

  /** The client may use a virtual host. */
  void onOpened(OpenConnection opened) {
    connection = opened;
    state = State.RUNNING;
    opened.connect(effects);
    wire.established();
    encoder.method(0, new ConnectionMethod.OpenOk());
    LOG.info(
        "{}: user '{}' opened vhost '{}'{}",
        wire.peer(),
        opened.user(),
        opened.host().name(),
        opened.client().name().isEmpty() ? "" : " as '" + opened.client().name() + "'");
  }

  /** The password was wrong. */
  void onLoginRefused(String user, AmqpException refusal, boolean knowsClose) {
    if (knowsClose) {
      resume(Pause.LOGIN);
      fail(refusal);
      return;
    }
    LOG.warn("{}: user '{}': {}", wire.peer(), user, refusal.text());
    // Stays paused: nothing that this peer sends is looked at any more.
    state = State.REFUSED;
    closeInMillis = front.limits().refusalDelayMillis();
  }

  private void onUpdateSecret(ConnectionMethod.UpdateSecret method) {
    OpenConnection open = connection;
    if (open == null) {
      return;
    }
    pause(Pause.LOGIN);
    front
        .login()
        .authenticate(
            open.user(),
            method.newSecret().bytes(),
            wire.isLoopback(),
            result -> wire.execute(() -> onSecretChecked(result, method)));
  }

  private void onSecretChecked(AuthResult result, ConnectionMethod.UpdateSecret method) {
    if (state != State.RUNNING) {
      return;
    }
    resume(Pause.LOGIN);
    if (result == AuthResult.ACCEPTED) {
      encoder.method(0, new ConnectionMethod.UpdateSecretOk());
    } else {
      fail(
          Errors.of(
              ReplyCode.NOT_ALLOWED,
              method,
              "the new secret was refused; connect with the right one"));
    }
  }

  // ---- pauses --------------------------------------------------------------------------------

  /** Stops reading, for one more reason. */
  void pause(Pause reason) {
    if (pauses.isEmpty()) {
      wire.pauseReading();
    }
    pauses.add(reason);
    engine.pause();
  }

  /** A reason is gone; without any, reading goes on. */
  void resume(Pause reason) {
    if (pauses.remove(reason) && pauses.isEmpty()) {
      wire.resumeReading();
    }
  }

  /** Memory for a large body is reserved; any thread. */
  void onBodyGranted() {
    wire.execute(() -> {
      if (connection != null && state != State.ENDED) {
        connection.onBodyGranted();
      }
    });
  }

  // ---- time ----------------------------------------------------------------------------------

  @Override
  public void onTick(long nowMillis) {
    if (closeInMillis >= 0) {
      closeAtMillis = nowMillis + closeInMillis;
      closeInMillis = -1;
    }
    Heartbeats.Due due =
        heartbeats.onTick(nowMillis, pauses.isEmpty(), account.written(wire.pendingBytes()));
    if (closeAtMillis >= 0 && nowMillis >= closeAtMillis) {
      end(state == State.REFUSED ? "login refused" : "the peer did not answer connection.close");
    } else if (state == State.HANDSHAKE || state == State.RUNNING) {
      switch (due) {
        case NOTHING -> {}
        case SEND -> {
          encoder.heartbeat();
          heartbeats.onSent(nowMillis, account.written(wire.pendingBytes()));
        }
        case GIVE_UP -> {
          LOG.warn(
              "{}: closed, no heartbeat for {} intervals of {} ms; look at network and client",
              wire.peer(),
              Heartbeats.MISSED,
              heartbeats.intervalMillis());
          end("missed heartbeats");
        }
      }
      if (state == State.RUNNING && connection != null) {
        try {
          connection.onTick(nowMillis, Pause.holdUp(pauses), engine::storedBytes);
        } catch (AmqpException e) {
          fail(e);
        }
      }
    }
  }

  // ---- closing -------------------------------------------------------------------------------

  private void onClose(ConnectionMethod.Close method) {
    OpenConnection open = connection;
    if (open == null || state != State.RUNNING) {
      encoder.method(0, new ConnectionMethod.CloseOk());
      if (state != State.RELEASING) {
        end("");
      }
      return;
    }
    state = State.RELEASING;
    engine.onlyClose();
    open.afterAllBefore(
        method,
        () -> {
          // First, so that what the client does next finds its exclusive queues gone.
          open.close();
          encoder.method(0, new ConnectionMethod.CloseOk());
          end("");
        });
  }

  /** Closes the connection for an error. */
  void fail(AmqpException error) {
    if (state == State.CLOSING || state == State.ENDED || state == State.REFUSED) {
      return;
    }
    LOG.warn("{}: closing: {}", wire.peer(), error.getMessage());
    sendClose(
        new ConnectionMethod.Close(
            error.replyCode().code(), error.replyText(), error.classId(), error.methodId()));
    if (error.replyCode() == ReplyCode.FRAME_ERROR) {
      // Nothing can be read any more, so no close-ok either; the peer gets time to read ours.
      closeInMillis = BROKEN_CLOSE_MILLIS;
    }
  }

  @Override
  public void onStopping() {
    if (state == State.RUNNING) {
      force("shutdown");
    } else if (state == State.HANDSHAKE) {
      end("the server stops");
    } else if (state == State.RELEASING) {
      closeInMillis = front.limits().closeMillis(); // it may never read the close-ok
    }
  }

  /** Closes the connection although the peer did nothing wrong. */
  private void force(String reason) {
    sendClose(
        new ConnectionMethod.Close(
            ReplyCode.CONNECTION_FORCED.code(),
            "CONNECTION_FORCED - broker forced connection closure with reason '" + reason + "'",
            0,
            0));
  }

  private void sendClose(ConnectionMethod.Close close) {
    encoder.method(0, close);
    engine.onlyClose();
    state = State.CLOSING;
    closeInMillis = front.limits().closeMillis();
    releaseAll();
    if (!pauses.isEmpty()) {
      pauses.clear();
      wire.resumeReading();
    }
  }

  private void end(String cause) {
    if (state != State.ENDED) {
      state = State.ENDED;
      wire.close(cause);
    }
  }

  @Override
  public void onClosed(String cause) {
    if (state == State.RUNNING) {
      LOG.warn("{}: gone without connection.close: {}", wire.peer(), cause);
    }
    state = State.ENDED;
    handshake.abandon();
    releaseAll();
  }

  private void releaseAll() {
    if (connection != null) {
      connection.close();
    }
    effects.clear();
  }

  /** A channel's close handshake is over. */
  void channelClosed(int number) {
    engine.channelClosed(number);
  }

  // ---- what the connection's parts need ------------------------------------------------------

  boolean isClosing() {
    return state == State.CLOSING || state == State.ENDED;
  }

  void execute(Runnable task) {
    wire.execute(task);
  }

  Wire wire() {
    return wire;
  }

  String peer() {
    return wire.peer();
  }

  long pendingBytes() {
    return wire.pendingBytes();
  }

  FrameEncoder encoder() {
    return encoder;
  }

  OutboxAccount account() {
    return account;
  }

  SessionLimits limits() {
    return front.limits();
  }

  BodyBudget budget() {
    return front.budget();
  }
}
