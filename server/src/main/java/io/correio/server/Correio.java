package io.correio.server;

import io.correio.core.identity.Permission;
import io.correio.core.identity.User;
import io.correio.core.manager.ManagerOptions;
import io.correio.core.manager.QueueManager;
import io.correio.core.message.Arguments;
import io.correio.core.queue.Fact;
import io.correio.core.routing.ExchangeDefinition;
import io.correio.core.routing.ExchangeType;
import io.correio.core.shard.ShardOptions;
import io.correio.log.FileStorage;
import io.correio.log.LogOptions;
import io.correio.log.MemoryStorage;
import io.correio.server.admin.Administered;
import io.correio.server.admin.Administered.ListenerInfo;
import io.correio.server.admin.HttpApi;
import io.correio.server.auth.Authenticator;
import io.correio.server.auth.LoginSecret;
import io.correio.server.auth.SaslMechanisms;
import io.correio.server.front.Front;
import io.correio.server.front.Hosts;
import io.correio.server.front.amqp091.Amqp091Front;
import io.correio.server.front.amqp091.BodyBudget;
import io.correio.server.front.amqp091.SessionLimits;
import io.correio.server.front.amqp10.Amqp10Front;
import io.correio.server.front.amqp10.Amqp10Limits;
import io.correio.server.front.amqp10.LinkNames;
import io.correio.server.front.content.ContentFormats;
import io.correio.server.front.content.ContentReader;
import io.correio.server.net.Listener;
import io.correio.server.net.ListenerOptions;
import io.correio.server.net.Loops;
import io.correio.server.net.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running broker: everything that it is made of, in the order in which it starts. Thread-safe.
 *
 * <pre>{@code
 * try (Correio correio = Correio.start(CorreioOptions.inMemory())) {
 *   connect("amqp://guest:guest@127.0.0.1:" + correio.amqpPort());
 * }
 * }</pre>
 */
public final class Correio implements AutoCloseable {

  /** The version, as clients and people are told. */
  public static final String VERSION = "0.1.0";

  private static final Logger LOG = LoggerFactory.getLogger(Correio.class);
  private static final String DEFAULT_VIRTUAL_HOST = "/";

  private static final String FIRST_USER = "guest";

  /**
   * Of the password "guest". Everybody knows it, so the salt is no secret, and the fewest rounds do
   * that clients of SCRAM take (RFC 7677, section 4). With keys for both of its hashes.
   */
  private static final String FIRST_CREDENTIAL =
      "scram$4096$Y29ycmVpbyBjb3JyZWlvLg$8EXkXnnXMsdc90qvBix/bQXlcwIIczcD+ai3NSx2f0o"
          + "$b0icpjLeHUcWEavSOxr93zmEBX3bPWO2NPOnsvEdY/E"
          + "$XGCk30gF3kgjdKfyoRMxQjhB7XGq4U/n+ZK2S1PMiJkq8xKnPAGMrWwUmXxoOKOT+aJPotrQGxnQisRSTKkCSg"
          + "$duzLSvrPZDN/ukQiKo9l0WbKGkJF56AJcs0JMFXG5cpQp51RBUaTyJYB0eylR7bEK+SyjIMA53c+x1PtgEZHaQ";

  /** How long connections may take to end when the server stops; then they are cut. */
  private static final long STOP_MILLIS = 5_000;

  /** Memory for messages at the heads of a shard's queues. */
  private static final long WINDOW_BYTES = 32 << 20;

  /** Emitted to a connection and not reported as drained. */
  private static final long OUTBOX_BYTES = 1 << 20;

  /** What a start reads at most of a shard's log. */
  private static final long CHECKPOINT_BYTES = 128 << 20;

  /** Exit status of a process whose disk has failed: an input or output error, as sysexits says. */
  private static final int DISK_FAILED = 74;

  private final Deque<Stop> stops = new ArrayDeque<>();
  private volatile int amqpPort = Config.NO_PORT;
  private volatile int amqpsPort = Config.NO_PORT;
  private volatile int httpPort = Config.NO_PORT;

  /** How to stop something that was started. */
  private interface Stop {
    void run() throws IOException, InterruptedException;
  }

  private Correio() {}

  /**
   * Starts a broker and returns when it accepts connections.
   *
   * @throws IOException when a port is taken, the folder is in use, or the store cannot be read;
   *     names the object and what to do
   */
  public static Correio start(CorreioOptions options) throws IOException {
    Correio correio = new Correio();
    try {
      correio.wire(options);
      return correio;
    } catch (IOException | RuntimeException | Error e) {
      correio.close();
      throw e;
    }
  }

  /** The whole of it, from the bottom up; {@link #close} takes it down in the opposite order. */
  private void wire(CorreioOptions options) throws IOException {
    Config config = options.config();

    Loops loops = config.loops() == 0 ? Loops.open() : Loops.open(config.loops(), true);
    stops.push(loops::close);

    QueueManager manager = QueueManager.open(managerOptions(options), loops::executor);
    stops.push(manager::close);

    Authenticator authenticator =
        new Authenticator(user -> manager.identities().user(user), config.logins());
    Hosts hosts = new ManagerHosts(manager, () -> httpPort);
    SaslMechanisms mechanisms =
        new SaslMechanisms(
            config.mechanisms(),
            manager::identities,
            options.keepsData() ? LoginSecret.of(config.data()) : LoginSecret.random());
    Front amqp = amqpFront(config.limits(), hosts, authenticator, mechanisms);

    stops.push(() -> loops.stopConnections(STOP_MILLIS));
    Front amqp10 = amqp10Front(config, hosts, authenticator, mechanisms);
    List<ListenerInfo> listeners = listen(options, loops, List.of(amqp, amqp10));

    if (config.listen().httpPort() != Config.NO_PORT) {
      serveHttp(
          options,
          new Administered(
              config.name(),
              VERSION,
              manager,
              loops::connectionInfos,
              listeners,
              config.passwordIterations(),
              config.mechanisms().storesSha512()),
          authenticator);
    }
  }

  private void serveHttp(CorreioOptions options, Administered broker, Authenticator authenticator)
      throws IOException {
    Config.Listen listen = options.config().listen();
    HttpApi http = HttpApi.start(listen.httpBind(), listen.httpPort(), broker, authenticator);
    stops.push(http::close);
    httpPort = http.port();
    options.announce().accept("HTTP on " + http.address());
  }

  private List<ListenerInfo> listen(CorreioOptions options, Loops loops, List<Front> fronts)
      throws IOException {
    List<ListenerInfo> listeners = new ArrayList<>();
    Config.Listen listen = options.config().listen();
    Listener amqp =
        Listener.bind(loops, listenerOptions(options.config(), listen.amqpPort(), fronts, null));
    stops.push(amqp::close);
    amqpPort = amqp.port();
    listeners.add(new ListenerInfo("amqp", listen.bind(), amqpPort));
    options.announce().accept("AMQP on " + amqp.address());

    Path certificate = listen.certificate();
    Path key = listen.key();
    if (listen.amqpsPort() != Config.NO_PORT && certificate != null && key != null) {
      Tls tls = Tls.read(certificate, key, listen.clientAuthorities(), listen.clientRequired());
      Listener amqps =
          Listener.bind(loops, listenerOptions(options.config(), listen.amqpsPort(), fronts, tls));
      stops.push(amqps::close);
      amqpsPort = amqps.port();
      listeners.add(new ListenerInfo("amqp/ssl", listen.bind(), amqpsPort));
      options.announce().accept("AMQP over TLS on " + amqps.address());
    }
    return listeners;
  }

  private static ListenerOptions listenerOptions(
      Config config, int port, List<Front> fronts, @Nullable Tls tls) {
    Config.Limits limits = config.limits();
    return new ListenerOptions(
        config.listen().bind(),
        port,
        config.listen().backlog(),
        limits.maxConnections(),
        limits.handshakeTimeoutMillis(),
        limits.closeTimeoutMillis(),
        fronts,
        tls);
  }

  private ManagerOptions managerOptions(CorreioOptions options) throws IOException {
    LogOptions log =
        options.keepsData()
            ? LogOptions.durable().withKeepFreeBytes(options.config().limits().diskFreeBytes())
            : LogOptions.memory();
    return new ManagerOptions(
        storages(options),
        log,
        log.withForced(false),
        new ShardOptions(
            WINDOW_BYTES,
            OUTBOX_BYTES,
            CHECKPOINT_BYTES,
            ContentFormats::headers,
            new ContentReader()),
        predeclared(),
        DEFAULT_VIRTUAL_HOST,
        firstIdentities(),
        (reason, cause) -> failed(options, reason, cause));
  }

  /** Locks the data folder as a whole, before anything in it is opened. */
  private ManagerOptions.StorageFactory storages(CorreioOptions options) throws IOException {
    if (!options.keepsData()) {
      long bytes = options.config().limits().memoryBytes();
      long capacity = bytes > 0 ? bytes : Runtime.getRuntime().maxMemory() / 2;
      AtomicLong free = new AtomicLong(capacity); // of all logs together
      return folder -> new MemoryStorage(free);
    }
    Path data = options.config().data();
    FileStorage whole = FileStorage.open(data);
    stops.push(whole::close);
    return folder -> FileStorage.open(data.resolve(folder));
  }

  private static void failed(CorreioOptions options, String reason, Throwable cause) {
    LOG.error("{}; nothing can be promised any more", reason, cause);
    CorreioOptions.FatalError fatal = options.fatal();
    if (fatal == null) {
      Runtime.getRuntime().halt(DISK_FAILED);
    } else {
      fatal.failed(reason, cause);
    }
  }

  private static List<ExchangeDefinition> predeclared() {
    List<ExchangeDefinition> exchanges = new ArrayList<>();
    for (ExchangeType type : ExchangeType.values()) {
      exchanges.add(predeclared("amq." + type.wireName(), type));
    }
    exchanges.add(predeclared("amq.match", ExchangeType.HEADERS));
    return exchanges;
  }

  private static ExchangeDefinition predeclared(String name, ExchangeType type) {
    return new ExchangeDefinition(name, type, true, false, false, Arguments.EMPTY);
  }

  private static List<Fact.Identity> firstIdentities() {
    return List.of(
        new Fact.UserPut(new User(FIRST_USER, FIRST_CREDENTIAL, Set.of("administrator"))),
        new Fact.PermissionPut(new Permission(FIRST_USER, DEFAULT_VIRTUAL_HOST, ".*", ".*", ".*")));
  }

  private static Front amqpFront(
      Config.Limits limits, Hosts hosts, Authenticator authenticator, SaslMechanisms mechanisms) {
    SessionLimits session =
        new SessionLimits(
            limits.channelsPerConnection(),
            limits.frameMaxBytes(),
            limits.heartbeatSeconds(),
            limits.consumersPerChannel(),
            limits.unsettledPerChannel(),
            limits.messageMaxBytes(),
            limits.transactionMaxBytes(),
            limits.transactionMaxOperations(),
            limits.refusalDelayMillis(),
            limits.closeTimeoutMillis());
    return new Amqp091Front(
        hosts,
        authenticator::authenticate,
        mechanisms,
        new BodyBudget(limits.bodiesBytes(), limits.transactionsBytes(), session),
        session,
        VERSION);
  }

  private static Front amqp10Front(
      Config config, Hosts hosts, Authenticator authenticator, SaslMechanisms mechanisms) {
    Config.Limits limits = config.limits();
    Amqp10Limits session =
        new Amqp10Limits(
            config.name(),
            Math.min(limits.channelsPerConnection(), Amqp10Limits.MAX_CHANNEL),
            limits.frameMaxBytes(),
            limits.idleTimeoutMillis(),
            limits.messageMaxBytes(),
            limits.linksPerConnection(),
            limits.unsettledPerChannel(),
            limits.bodiesBytes(),
            limits.transactionMaxBytes(),
            limits.transactionMaxOperations(),
            limits.allowAnonymous(),
            limits.createQueues(),
            limits.announcedVersion(),
            limits.closeTimeoutMillis());
    return new Amqp10Front(
        hosts,
        authenticator::authenticate,
        mechanisms,
        session,
        VERSION,
        new AtomicLong(),
        new LinkNames());
  }

  /** Port that speaks AMQP. */
  public int amqpPort() {
    return amqpPort;
  }

  /** Port that speaks AMQP over TLS, or {@link Config#NO_PORT}. */
  public int amqpsPort() {
    return amqpsPort;
  }

  /** Port of the HTTP API, or {@link Config#NO_PORT}. */
  public int httpPort() {
    return httpPort;
  }

  /**
   * A clean stop: no new connections, goodbye to those that are open, then the store. Returns when
   * everything has ended. Idempotent.
   */
  @Override
  public synchronized void close() {
    long start = System.nanoTime();
    boolean interrupted = false;
    while (!stops.isEmpty()) {
      try {
        stops.pop().run();
      } catch (InterruptedException e) {
        interrupted = true; // the rest is stopped all the same
      } catch (IOException | RuntimeException e) {
        LOG.error("A part of the server did not stop cleanly", e);
      }
    }
    LOG.debug("Stopped in {} ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
