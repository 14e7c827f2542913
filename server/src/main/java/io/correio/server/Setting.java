package io.correio.server;

import org.jspecify.annotations.Nullable;

/**
 * Everything that can be configured: its key in the configuration file, default, bounds and
 * meaning. {@code docs/configuration.md} lists the same, and a test compares.
 */
public enum Setting {
  NAME("name", "correio", "Name of this queue manager, by which others route to it."),
  DATA("data", "data", "Folder of everything that must survive a restart; made when missing."),

  BIND("listen.bind", "127.0.0.1", "Address of the message ports; `0.0.0.0` for all interfaces."),
  AMQP_PORT("listen.amqp-port", 5672, 0, 65_535, "AMQP port; 0 for any free one."),
  AMQPS_PORT("listen.amqps-port", -1, -1, 65_535, "AMQP port that speaks TLS only; -1 for none."),
  HTTP_BIND("listen.http-bind", "127.0.0.1", "Address of the HTTP port, which speaks no TLS."),
  HTTP_PORT("listen.http-port", 15_672, -1, 65_535, "HTTP port; 0 for any free one, -1 for none."),
  BACKLOG(
      "listen.backlog",
      1_024,
      1,
      65_535,
      "Connections that the operating system completes ahead of us."),

  TLS_CERTIFICATE("tls.certificate", "", "PEM file with the server's certificate, then its chain."),
  TLS_KEY("tls.key", "", "PEM file with the certificate's key: PKCS #8, without a password."),

  TLS_CLIENT_AUTHORITIES(
      "tls.client-authorities",
      "",
      "PEM file with the certificates of those who sign clients' certificates; none are asked for"
          + " without."),
  TLS_CLIENT_REQUIRED(
      "tls.client-required",
      0,
      0,
      1,
      "1 to turn away clients without a certificate, where `tls.client-authorities` is set."),

  LOOPS("threads.loops", 0, 0, 16, "Event loops; 0 for one per core, at most 16."),

  MAX_CONNECTIONS(
      "limits.max-connections",
      10_000,
      1,
      1_000_000,
      "Connections open at once; more are closed as they come. Each needs a file descriptor."),
  HANDSHAKE_TIMEOUT_MILLIS(
      "limits.handshake-timeout-millis",
      10_000,
      1,
      600_000,
      "From connecting to an open connection, TLS and login included."),
  CLOSE_TIMEOUT_MILLIS(
      "limits.close-timeout-millis",
      5_000,
      1,
      600_000,
      "For a peer to answer a close, and to read what was written before it."),
  CHANNELS_PER_CONNECTION(
      "limits.channels-per-connection", 2_047, 1, 65_535, "AMQP 0-9-1 `channel-max`."),
  FRAME_MAX_BYTES("limits.frame-max-bytes", 131_072, 4_096, 1 << 20, "AMQP 0-9-1 `frame-max`."),
  IDLE_TIMEOUT_MILLIS(
      "limits.idle-timeout-millis",
      60_000,
      0,
      3_600_000,
      "AMQP 1.0: a peer that sends nothing for so long is cut off; 0 for never."),
  LINKS_PER_CONNECTION(
      "limits.links-per-connection", 10_000, 1, 1_000_000, "AMQP 1.0: links of a connection."),
  HEARTBEAT_SECONDS(
      "limits.heartbeat-seconds",
      60,
      0,
      65_535,
      "AMQP 0-9-1 heartbeat, proposed to clients; 0 for none."),
  CONSUMERS_PER_CHANNEL("limits.consumers-per-channel", 10_000, 1, 1_000_000, "Consumers."),
  UNSETTLED_PER_CHANNEL(
      "limits.unsettled-per-channel",
      131_072,
      1,
      10_000_000,
      "Deliveries that may wait for an acknowledgement; further ones wait in their queues."),
  MESSAGE_MAX_BYTES(
      "limits.message-max-bytes",
      (16 << 20) - (256 << 10),
      1_024,
      (16 << 20) - (256 << 10),
      "Largest body of a message."),
  TRANSACTION_MAX_BYTES(
      "limits.transaction-max-bytes",
      (16 << 20) - (256 << 10),
      1_024,
      (16 << 20) - (256 << 10),
      "Messages that one transaction may hold."),
  TRANSACTION_MAX_OPERATIONS(
      "limits.transaction-max-operations",
      100_000,
      1,
      10_000_000,
      "Publishes and settlements that one transaction may hold."),
  BODIES_BYTES(
      "limits.bodies-bytes",
      48 << 20,
      16 << 20,
      Integer.MAX_VALUE,
      "Heap for large bodies that are coming in, over all connections."),
  TRANSACTIONS_BYTES(
      "limits.transactions-bytes",
      32 << 20,
      16 << 20,
      Integer.MAX_VALUE,
      "Heap for open transactions, over all connections."),
  DISK_FREE_BYTES(
      "limits.disk-free-bytes",
      64 << 20,
      0,
      Long.MAX_VALUE,
      "Of the disk, what the log leaves to others; publishers wait when less is left."),
  MEMORY_BYTES(
      "limits.memory-bytes",
      0,
      0,
      Long.MAX_VALUE,
      "Messages of a broker without a disk; publishers wait beyond. 0 for half of the heap."),

  CREATE_QUEUES(
      "amqp10.create-queues",
      1,
      0,
      1,
      "AMQP 1.0: 1 to make a durable queue of a plain address that names none; 0 to refuse it."),
  ANNOUNCED_VERSION(
      "amqp10.announced-version",
      "4.0.0",
      "AMQP 1.0: `version` among the properties of a connection. RabbitMQ's clients turn away from"
          + " less than 4.0, whose addresses and management node these are."),
  ALLOW_ANONYMOUS(
      "security.allow-anonymous",
      0,
      0,
      1,
      "AMQP 1.0: 1 to let programs on this machine in without a login, as `guest`."),
  MECHANISMS(
      "security.mechanisms",
      "PLAIN, AMQPLAIN, SCRAM-SHA-256, EXTERNAL",
      "Ways to log in, separated by commas, in the order in which peers are told; SCRAM-SHA-512 is"
          + " another."),
  CERTIFICATE_USER(
      "security.certificate-user",
      "common-name",
      "EXTERNAL: what names the user in a client's certificate: `common-name`, `distinguished-name`"
          + " or `dns-name`."),
  LOOPBACK_USERS(
      "security.loopback-users",
      "guest",
      "Users, separated by commas, who may log in from this machine only."),
  PASSWORD_ITERATIONS(
      "security.password-iterations",
      600_000,
      1_000,
      10_000_000,
      "Rounds of PBKDF2 for passwords that are set from now on; a client that logs in by SCRAM runs"
          + " them, too."),
  PARALLEL_LOGINS(
      "security.parallel-logins",
      1,
      1,
      64,
      "Passwords that are checked at once, each on a core of its own."),
  WAITING_LOGINS(
      "security.waiting-logins",
      1_000,
      1,
      100_000,
      "Logins that may wait for their check; further ones are refused."),
  REMEMBERED_LOGINS(
      "security.remembered-logins",
      1_000,
      0,
      100_000,
      "Right logins that are recognized without another slow check."),
  REFUSAL_DELAY_MILLIS(
      "security.refusal-delay-millis",
      3_000,
      0,
      60_000,
      "After a wrong login, until a client that understands no refusal is disconnected.");

  private final String key;
  private final @Nullable String text;
  private final long integer;
  private final long min;
  private final long max;
  private final String description;

  Setting(String key, String text, String description) {
    this.key = key;
    this.text = text;
    this.integer = 0;
    this.min = 0;
    this.max = 0;
    this.description = description;
  }

  Setting(String key, long integer, long min, long max, String description) {
    this.key = key;
    this.text = null;
    this.integer = integer;
    this.min = min;
    this.max = max;
    this.description = description;
  }

  /** Its key in the configuration file, with its table before a dot. */
  public String key() {
    return key;
  }

  /** What it means, in a sentence. */
  public String description() {
    return description;
  }

  /** Whether it is a text; else it is a whole number. */
  public boolean isText() {
    return text != null;
  }

  /** The least that it may be, of a number. */
  public long min() {
    return min;
  }

  /** The most that it may be, of a number. */
  public long max() {
    return max;
  }

  /** What it is when nobody says anything: a {@link String} or a {@link Long}. */
  Object defaultValue() {
    return text != null ? text : integer;
  }
}
