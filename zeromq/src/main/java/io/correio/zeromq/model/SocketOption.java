package io.correio.zeromq.model;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * An option of a socket: a name, a type, a default and what is valid. Set options before bind and
 * connect: what exists already keeps what it was made with, unless an option says otherwise.
 *
 * @param <T> the type of its values
 */
public final class SocketOption<T> {
  private static final Map<String, SocketOption<?>> ALL = new LinkedHashMap<>();
  private static final Duration NEVER = Duration.ofMillis(-1);

  /** How long {@link AutoCloseable#close} waits for unsent messages; negative: for ever. 1 s. */
  public static final SocketOption<Duration> LINGER = duration("linger", Duration.ofSeconds(1));

  /** The most messages that wait for one peer; 0: no limit. 1,000. */
  public static final SocketOption<Integer> SEND_HIGH_WATER_MARK =
      integer("sendHighWaterMark", 1000, 0, Integer.MAX_VALUE);

  /** The most messages of one peer that wait to be received; 0: no limit. 1,000. */
  public static final SocketOption<Integer> RECEIVE_HIGH_WATER_MARK =
      integer("receiveHighWaterMark", 1000, 0, Integer.MAX_VALUE);

  /** The most octets that wait for one peer; a message is taken while fewer wait. 64 MiB. */
  public static final SocketOption<Integer> SEND_BUFFER_BYTES =
      integer("sendBufferBytes", 64 << 20, 1, Integer.MAX_VALUE);

  /** The most octets of one peer that wait to be received, alike. 64 MiB. */
  public static final SocketOption<Integer> RECEIVE_BUFFER_BYTES =
      integer("receiveBufferBytes", 64 << 20, 1, Integer.MAX_VALUE);

  /**
   * How long a send without a timeout of its own waits; negative: for ever. −1. Applies at once.
   */
  public static final SocketOption<Duration> SEND_TIMEOUT = duration("sendTimeout", NEVER);

  /** How long a receive without a timeout of its own waits; negative: for ever. −1. At once. */
  public static final SocketOption<Duration> RECEIVE_TIMEOUT = duration("receiveTimeout", NEVER);

  /**
   * Under what name ROUTER peers know this socket: 0 to 255 octets, not beginning with 0. Empty.
   */
  public static final SocketOption<byte[]> ROUTING_ID =
      register(
          "routingId",
          byte[].class,
          new byte[0],
          id -> id.length <= 255 && (id.length == 0 || id[0] != 0),
          "use at most 255 octets, the first not 0");

  /** Under what name a ROUTER knows the next peer it connects to; used once. Empty. */
  public static final SocketOption<byte[]> CONNECT_ROUTING_ID =
      register(
          "connectRoutingId",
          byte[].class,
          new byte[0],
          id -> id.length <= 255,
          "use at most 255 octets");

  /** SO_SNDBUF of connections, in octets; −1: the system's. −1. */
  public static final SocketOption<Integer> KERNEL_SEND_BUFFER =
      integer("kernelSendBuffer", -1, -1, Integer.MAX_VALUE);

  /** SO_RCVBUF of connections, in octets; −1: the system's. −1. */
  public static final SocketOption<Integer> KERNEL_RECEIVE_BUFFER =
      integer("kernelReceiveBuffer", -1, -1, Integer.MAX_VALUE);

  /** How many connections may wait to be accepted. 100. */
  public static final SocketOption<Integer> BACKLOG = integer("backlog", 100, 1, 65_535);

  /** The longest frame to accept, in octets; a peer that sends a longer is cut off; −1: any. −1. */
  public static final SocketOption<Long> MAX_MESSAGE_SIZE =
      register("maxMessageSize", Long.class, -1L, size -> size >= -1, "use −1 or more");

  /** Whether messages are given only to peers whose handshake is done. False. */
  public static final SocketOption<Boolean> IMMEDIATE = flag("immediate");

  /** Whether only the newest message is kept, each way; no multipart. False. */
  public static final SocketOption<Boolean> CONFLATE = flag("conflate");

  /** Whether host names may give IPv6 addresses, and a wildcard is bound for both. False. */
  public static final SocketOption<Boolean> IPV6 = flag("ipv6");

  /** How long to wait before connecting again; up to twice as long, at random. 100 ms. */
  public static final SocketOption<Duration> RECONNECT_INTERVAL =
      duration("reconnectInterval", Duration.ofMillis(100));

  /** To what the wait doubles from attempt to attempt; 0: it does not. 0. */
  public static final SocketOption<Duration> RECONNECT_INTERVAL_MAX =
      duration("reconnectIntervalMax", Duration.ZERO);

  /** How long one attempt to connect may take; 0: as long as the system lets it. 0. */
  public static final SocketOption<Duration> CONNECT_TIMEOUT =
      duration("connectTimeout", Duration.ZERO);

  /** How long the handshake may take; 0: any time. 30 s. */
  public static final SocketOption<Duration> HANDSHAKE_TIMEOUT =
      duration("handshakeTimeout", Duration.ofSeconds(30));

  /** How often a 3.1 peer is pinged; 0: never. 0. */
  public static final SocketOption<Duration> HEARTBEAT_INTERVAL =
      duration("heartbeatInterval", Duration.ZERO);

  /** How long after a ping the peer hears nothing before it gives up; 0: not said. 0, ≤ 6,553 s. */
  public static final SocketOption<Duration> HEARTBEAT_TTL =
      register(
          "heartbeatTtl",
          Duration.class,
          Duration.ZERO,
          ttl -> !ttl.isNegative() && ttl.toMillis() <= 6_553_500,
          "use 0 to 6,553.5 seconds");

  /** How long a pinged peer may be silent; negative: the interval. −1. */
  public static final SocketOption<Duration> HEARTBEAT_TIMEOUT =
      duration("heartbeatTimeout", NEVER);

  /** SO_KEEPALIVE of TCP connections. False. */
  public static final SocketOption<Boolean> TCP_KEEPALIVE = flag("tcpKeepalive");

  /** Whether ROUTER throws for a routing id nobody has, and waits for a full peer. False. */
  public static final SocketOption<Boolean> ROUTER_MANDATORY = flag("routerMandatory");

  /** Whether a newcomer to a ROUTER takes over the routing id of another. False. At once. */
  public static final SocketOption<Boolean> ROUTER_HANDOVER = flag("routerHandover");

  /** Whether an empty message is sent to every new peer, so that a ROUTER knows of this. False. */
  public static final SocketOption<Boolean> PROBE_ROUTER = flag("probeRouter");

  /** Whether REQ may ask again before the answer came. False. At once. */
  public static final SocketOption<Boolean> REQ_RELAXED = flag("reqRelaxed");

  /** Whether REQ puts a number before each request and demands it back. False. At once. */
  public static final SocketOption<Boolean> REQ_CORRELATE = flag("reqCorrelate");

  /** Whether XPUB tells of repeated subscriptions too. False. At once. */
  public static final SocketOption<Boolean> XPUB_VERBOSE = flag("xpubVerbose");

  /** Whether XPUB tells of repeated subscriptions and cancellations too. False. At once. */
  public static final SocketOption<Boolean> XPUB_VERBOSER = flag("xpubVerboser");

  /** Whether PUB and XPUB wait for a full subscriber instead of dropping. False. At once. */
  public static final SocketOption<Boolean> XPUB_NO_DROP = flag("xpubNoDrop");

  /** What a new subscriber receives first, if it subscribed to it; empty: nothing. Empty. */
  public static final SocketOption<byte[]> XPUB_WELCOME_MESSAGE =
      register("xpubWelcomeMessage", byte[].class, new byte[0], any -> true, "");

  /** How long a call polls before it sleeps, at most; 0: not at all. 20 µs. */
  public static final SocketOption<Duration> SPIN = duration("spin", Duration.ofNanos(20_000));

  private final String name;
  private final Class<T> type;
  private final T defaultValue;
  private final Predicate<T> valid;
  private final String remedy;

  private SocketOption(
      String name, Class<T> type, T defaultValue, Predicate<T> valid, String remedy) {
    this.name = name;
    this.type = type;
    this.defaultValue = defaultValue;
    this.valid = valid;
    this.remedy = remedy;
  }

  private static <T> SocketOption<T> register(
      String name, Class<T> type, T defaultValue, Predicate<T> valid, String remedy) {
    SocketOption<T> option = new SocketOption<>(name, type, defaultValue, valid, remedy);
    ALL.put(name, option);
    return option;
  }

  private static SocketOption<Duration> duration(String name, Duration defaultValue) {
    boolean endless = defaultValue.isNegative() || name.equals("linger");
    return register(
        name,
        Duration.class,
        defaultValue,
        value -> (endless || !value.isNegative()) && value.toDays() < 36_500,
        "use " + (endless ? "any" : "no negative") + " time below 100 years");
  }

  private static SocketOption<Integer> integer(String name, int defaultValue, int from, int to) {
    return register(
        name,
        Integer.class,
        defaultValue,
        value -> value >= from && value <= to,
        "use %d to %d".formatted(from, to));
  }

  private static SocketOption<Boolean> flag(String name) {
    return register(name, Boolean.class, Boolean.FALSE, any -> true, "");
  }

  /** All options by name. */
  public static Map<String, SocketOption<?>> all() {
    return Collections.unmodifiableMap(ALL);
  }

  /**
   * The option of a name.
   *
   * @throws IllegalArgumentException naming it, if there is none
   */
  public static SocketOption<?> named(String name) {
    SocketOption<?> option = ALL.get(name);
    if (option == null) {
      throw new IllegalArgumentException(
          "there is no socket option '" + name + "'; there are " + String.join(", ", ALL.keySet()));
    }
    return option;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** The type of its values. */
  public Class<T> type() {
    return type;
  }

  /** The value that holds until another is set. */
  public T defaultValue() {
    return defaultValue;
  }

  void check(T value) {
    if (!valid.test(value)) {
      String shown = value instanceof byte[] octets ? octets.length + " octets" : value.toString();
      throw new IllegalArgumentException("option %s: %s; %s".formatted(name, shown, remedy));
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
