package io.correio.server.front.amqp10;

import io.correio.core.manager.VirtualHost;
import io.correio.core.queue.Effect;
import io.correio.server.front.EffectQueue;
import io.correio.server.front.OutboxAccount;
import io.correio.server.front.Session;
import io.correio.server.front.SessionInfo;
import io.correio.server.front.Wire;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.buffer.ProtonBufferAllocator;
import org.apache.qpid.protonj2.engine.Connection;
import org.apache.qpid.protonj2.engine.ConnectionState;
import org.apache.qpid.protonj2.engine.Engine;
import org.apache.qpid.protonj2.engine.EngineFactory;
import org.apache.qpid.protonj2.engine.EngineHandler;
import org.apache.qpid.protonj2.engine.EnginePipeline;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.transport.AMQPHeader;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.ConnectionError;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One AMQP 1.0 connection: bytes to the engine and back, login, opening, time. Owned by the
 * connection's loop, which alone calls it; the core reaches it through an {@link EffectQueue}.
 * Closed by {@link #onClosed}.
 *
 * <pre>
 *   NEW ──header──▶ HANDSHAKE ──(SASL) open──▶ OPEN ──close, error, or the server stops──▶ CLOSING
 *                       └── login refused ──▶ ENDED ◀── close answered, or too late ────────┘
 * </pre>
 */
final class Amqp10Session implements Session {

  private static final Logger LOG = LoggerFactory.getLogger(Amqp10Session.class);
  private static final ProtonBufferAllocator BUFFERS = ProtonBufferAllocator.defaultAllocator();

  /** What clients look for before they use it: links without an address, shared subscriptions. */
  private static final Symbol[] CAPABILITIES = {
    Symbol.valueOf("ANONYMOUS-RELAY"), Symbol.valueOf("SHARED-SUBS")
  };

  private static final String HOST_PREFIX = "vhost:";
  private static final String DEFAULT_HOST = "/";

  private enum State {
    NEW,
    HANDSHAKE,
    OPEN,
    CLOSING,
    ENDED
  }

  /** Why the connection is not read. */
  enum Pause {
    LOGIN,
    PUBLISH_CREDIT,
    REQUESTS,
    UNREAD_ANSWERS
  }

  private final Wire wire;
  private final Amqp10Front front;
  private final EffectQueue effects;
  private final OutboxAccount account = new OutboxAccount();
  private final FrameCutter frames;
  private final FrameRules rules = new FrameRules(this::failConnection);
  private final DispositionRanges dispositions = new DispositionRanges();
  private final Set<Pause> pauses = EnumSet.noneOf(Pause.class);
  private State state = State.NEW;
  private @Nullable SaslServer sasl;
  private @Nullable Engine engine;
  private @Nullable String user;
  private @Nullable OpenConnection connection;
  private String container = "";

  /** When to give up waiting for the peer's close; -1 until the first tick after ours. */
  private long closeAtMillis = -1;

  Amqp10Session(Wire wire, Amqp10Front front) {
    this.wire = wire;
    this.front = front;
    this.effects = new EffectQueue(wire);
    this.frames = new FrameCutter(front.limits().frameMaxBytes());
  }

  // ---- bytes ---------------------------------------------------------------------------------

  @Override
  public void onRead(ByteBuffer in) {
    if (state == State.NEW && !begin(in)) {
      return;
    }
    SaslServer login = sasl;
    if (login != null) {
      login.onRead(in);
      if (!login.isDone()) {
        return;
      }
      sasl = null;
    }
    Engine running = engine;
    while (running != null && in.hasRemaining() && pauses.isEmpty() && state != State.ENDED) {
      int bytes = frames.take(in);
      if (bytes == FrameCutter.BAD) {
        in.position(in.limit());
        onFramesLost(running);
        break;
      }
      if (bytes == 0) {
        break;
      }
      // The engine keeps what it hands on of a transfer, so each part has its own memory.
      ProtonBuffer part = BUFFERS.allocateHeapBuffer(bytes);
      ByteBuffer slice = in.slice(in.position(), bytes);
      part.writeBytes(slice);
      in.position(in.position() + bytes);
      guarded(() -> running.ingest(part));
    }
    if (connection != null) {
      connection.onReadDone();
      guarded(dispositions::flush);
      checkUnread();
    }
  }

  /** Looks at the protocol header; returns whether it was all there. */
  private boolean begin(ByteBuffer in) {
    if (in.remaining() < AMQPHeader.HEADER_SIZE_BYTES) {
      return false;
    }
    boolean wantsLogin =
        in.get(in.position() + AMQPHeader.PROTOCOL_ID_INDEX) == AMQPHeader.SASL_PROTOCOL_ID;
    if (!wantsLogin && !mayBeAnonymous()) {
      byte[] header = AMQPHeader.getSASLHeader().toArray();
      wire.write(header, 0, header.length);
      end("the peer wants to do without a login; use SASL, or allow anonymous peers");
      return false;
    }
    Engine created = EngineFactory.PROTON.createNonSaslEngine();
    engine = created;
    EnginePipeline pipeline = created.pipeline();
    EngineHandler performatives = pipeline.first();
    pipeline
        .removeFirst()
        .addFirst("rules", rules)
        .addFirst("performatives", performatives)
        .addFirst("dispositions", dispositions);
    state = State.HANDSHAKE;
    created.outputConsumer(this::write);
    created.errorHandler(failed -> onEngineFailed(failed.failureCause()));
    if (wantsLogin) {
      sasl = new SaslServer(this, front);
    } else {
      user = SaslServer.ANONYMOUS_USER;
    }
    prepare(created.start());
    return true;
  }

  private void prepare(Connection proton) {
    Amqp10Limits limits = front.limits();
    proton
        .setContainerId(limits.containerId())
        .setChannelMax(limits.channelMax())
        .setMaxFrameSize(limits.frameMaxBytes())
        .setIdleTimeout(limits.idleTimeoutMillis())
        .setOfferedCapabilities(CAPABILITIES)
        .setProperties(
            Map.of(
                Symbol.valueOf("product"),
                "Correio",
                Symbol.valueOf("product-version"),
                front.version(),
                Symbol.valueOf("version"),
                limits.announcedVersion(),
                Symbol.valueOf("node"),
                limits.containerId()));
    proton.openHandler(this::onOpen).closeHandler(this::onClose);
  }

  private void write(ProtonBuffer out) {
    while (out.isReadable()) {
      int bytes = Math.min(out.getReadableBytes(), Wire.MAX_RESERVE_BYTES);
      ByteBuffer target = wire.reserve(bytes);
      int limit = target.limit();
      target.limit(target.position() + bytes);
      out.readBytes(target);
      target.limit(limit);
    }
    out.close();
  }

  /** Calls into the engine; whatever it throws ends this connection alone. */
  void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) { // bytes that make no sense bring all kinds out of the engine
      onEngineFailed(e);
    }
  }

  /** What ends the connection, and the peer is told. */
  private void failConnection(ErrorCondition condition) {
    Engine running = engine;
    if (running == null || state == State.CLOSING || state == State.ENDED) {
      return;
    }
    if (state == State.OPEN) {
      LOG.warn("{}: closed: {}", wire.peer(), condition.getDescription());
      close(running.connection(), condition);
    } else {
      refuse(running.connection(), condition);
    }
  }

  /** Where frames begin and end is lost, so nothing more can be read. */
  private void onFramesLost(Engine running) {
    if (running.connection().getRemoteState() == ConnectionState.ACTIVE) {
      failConnection(Conditions.of(ConnectionError.FRAMING_ERROR, frames.problem()));
    }
    end("the peer broke the protocol: " + frames.problem());
  }

  private void onEngineFailed(@Nullable Throwable cause) {
    if (state == State.ENDED) {
      return;
    }
    Throwable root = cause;
    while (root != null && root.getCause() != null) {
      root = root.getCause();
    }
    String reason = root == null ? "no reason given" : String.valueOf(root.getMessage());
    if (state == State.HANDSHAKE) {
      rules.refuseOpen(front.limits().containerId(), cause);
    }
    LOG.warn("{}: closed, what it sent cannot be understood: {}", wire.peer(), reason);
    end("the peer broke the protocol: " + reason);
  }

  @Override
  public void onDrained(long bytes) {
    account.drained(bytes);
    handleEffects();
    checkUnread();
  }

  private void checkUnread() {
    long unread = account.replyBytes(wire.pendingBytes());
    if (unread > VirtualHost.OUTBOX_BYTES) {
      pause(Pause.UNREAD_ANSWERS);
    } else if (unread < VirtualHost.OUTBOX_BYTES / 2) {
      resume(Pause.UNREAD_ANSWERS);
    }
  }

  // ---- login ---------------------------------------------------------------------------------

  boolean mayBeAnonymous() {
    return front.limits().allowAnonymous() && wire.isLoopback();
  }

  void pauseForLogin() {
    pause(Pause.LOGIN);
  }

  void resumeAfterLogin() {
    resume(Pause.LOGIN);
  }

  void onLoggedIn(String name) {
    user = name;
  }

  // ---- opening and closing (part 2, sections 2.4.1 and 2.4.6) --------------------------------

  private void onOpen(Connection proton) {
    container = String.valueOf(proton.getRemoteContainerId());
    String login = user;
    if (login == null) {
      refuse(proton, Conditions.of(AmqpError.UNAUTHORIZED_ACCESS, "log in first, by SASL"));
      return;
    }
    // A client puts the name it resolved here, so only what is marked as one is a virtual host.
    String hostname = proton.getRemoteHostname();
    String name =
        hostname != null && hostname.startsWith(HOST_PREFIX)
            ? hostname.substring(HOST_PREFIX.length())
            : DEFAULT_HOST;
    VirtualHost host = front.hosts().virtualHost(name);
    if (host == null) {
      refuse(
          proton,
          Conditions.of(
              AmqpError.NOT_FOUND, "no vhost '" + name + "'; create it, or open another"));
      return;
    }
    if (!front.hosts().identities().hasAccess(login, name)) {
      refuse(
          proton,
          Conditions.of(
              AmqpError.UNAUTHORIZED_ACCESS,
              "access to vhost '%s' refused for user '%s'; an administrator can grant it"
                  .formatted(name, login)));
      return;
    }
    state = State.OPEN;
    OpenConnection opened = new OpenConnection(this, front, host, login, proton);
    connection = opened;
    opened.connect(effects);
    proton.open();
    wire.established();
    LOG.info("{}: user '{}' opened vhost '{}' as '{}'", wire.peer(), login, name, container);
  }

  private void refuse(Connection proton, ErrorCondition condition) {
    LOG.warn("{}: open refused: {}", wire.peer(), condition.getDescription());
    proton.open();
    close(proton, condition);
  }

  private void close(Connection proton, ErrorCondition condition) {
    state = State.CLOSING;
    releaseAll();
    guarded(() -> proton.setCondition(condition).close());
  }

  private void onClose(Connection proton) {
    if (state == State.CLOSING) {
      end("");
      return;
    }
    OpenConnection open = connection;
    if (open == null || state != State.OPEN) {
      guarded(proton::close);
      end("");
      return;
    }
    state = State.CLOSING;
    // A close is a barrier: what was settled before it is durable when it is answered.
    open.afterAllBefore(() -> {
      guarded(proton::close);
      end("");
    });
  }

  @Override
  public void onStopping() {
    Engine running = engine;
    if (state == State.OPEN && running != null) {
      close(
          running.connection(),
          Conditions.of(ConnectionError.CONNECTION_FORCED, "the server stops; connect again"));
    } else {
      end("the server stops");
    }
  }

  void end(String cause) {
    if (state != State.ENDED) {
      state = State.ENDED;
      wire.close(cause);
    }
  }

  @Override
  public void onClosed(String cause) {
    if (state == State.OPEN) {
      LOG.warn("{}: gone without close: {}", wire.peer(), cause);
    }
    state = State.ENDED;
    releaseAll();
  }

  private void releaseAll() {
    if (connection != null) {
      connection.close();
    }
    effects.clear();
  }

  // ---- effects and time ----------------------------------------------------------------------

  @Override
  public void onWake() {
    handleEffects();
  }

  private void handleEffects() {
    OpenConnection open = connection;
    if (open == null || state == State.ENDED || open.isClosed()) {
      effects.clear();
      return;
    }
    effects.drain((Effect effect) -> guarded(() -> open.onEffect(effect)));
    guarded(open::onEffectsDone);
    guarded(dispositions::flush);
    Engine running = engine;
    if (effects.hasLost() && running != null && state == State.OPEN) {
      close(
          running.connection(),
          Conditions.of(
              AmqpError.INTERNAL_ERROR,
              "too many outcomes wait for this connection; connect again"));
    }
  }

  @Override
  public void onTick(long now) {
    if (state == State.CLOSING) {
      if (closeAtMillis < 0) {
        closeAtMillis = now + front.limits().closeMillis();
      } else if (now >= closeAtMillis) {
        end("the peer did not answer close");
      }
      return;
    }
    Engine running = engine;
    OpenConnection open = connection;
    if (state != State.OPEN || running == null || open == null) {
      return;
    }
    if (open.isUserGone()) {
      close(
          running.connection(),
          Conditions.of(
              ConnectionError.CONNECTION_FORCED, "user '" + open.user() + "' was deleted"));
    } else if (pauses.isEmpty()) {
      guarded(() -> running.tick(now));
    }
  }

  @Override
  public SessionInfo info() {
    OpenConnection open = connection;
    return open == null
        ? new SessionInfo(front.name(), "", "", 0, container)
        : new SessionInfo(
            front.name(), open.user(), open.host().name(), open.sessions(), container);
  }

  // ---- what the connection's parts need ------------------------------------------------------

  void pause(Pause reason) {
    if (pauses.isEmpty()) {
      wire.pauseReading();
    }
    pauses.add(reason);
  }

  void resume(Pause reason) {
    if (pauses.remove(reason) && pauses.isEmpty()) {
      wire.resumeReading();
    }
  }

  boolean isEnded() {
    return state == State.ENDED;
  }

  Wire wire() {
    return wire;
  }

  FrameRules rules() {
    return rules;
  }

  OutboxAccount account() {
    return account;
  }
}
