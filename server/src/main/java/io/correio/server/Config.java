package io.correio.server;

import io.correio.server.auth.Authenticator;
import io.correio.server.auth.CertificateUser;
import io.correio.server.auth.SaslMechanisms;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a server: read once, then handed down. {@link Setting} says what each value
 * means. Immutable.
 *
 * @param name the queue manager's name
 * @param data folder of the store
 * @param listen where it listens
 * @param loops event loops; 0 for one per core
 * @param limits what peers are held to
 * @param logins how passwords are checked
 * @param mechanisms ways to log in
 * @param passwordIterations rounds of the hash of passwords set from now on
 */
public record Config(
    String name,
    Path data,
    Listen listen,
    int loops,
    Limits limits,
    Authenticator.Options logins,
    SaslMechanisms.Options mechanisms,
    int passwordIterations) {

  /** No such port. */
  public static final int NO_PORT = -1;

  /** Where to listen. A port of 0 is any free one, {@link #NO_PORT} none. */
  public record Listen(
      String bind,
      int amqpPort,
      int amqpsPort,
      @Nullable Path certificate,
      @Nullable Path key,
      @Nullable Path clientAuthorities,
      boolean clientRequired,
      String httpBind,
      int httpPort,
      int backlog) {}

  /** What peers are held to. */
  public record Limits(
      int maxConnections,
      int handshakeTimeoutMillis,
      int closeTimeoutMillis,
      int channelsPerConnection,
      int frameMaxBytes,
      int heartbeatSeconds,
      int consumersPerChannel,
      int unsettledPerChannel,
      int messageMaxBytes,
      int transactionMaxBytes,
      int transactionMaxOperations,
      long bodiesBytes,
      long transactionsBytes,
      long diskFreeBytes,
      long memoryBytes,
      int idleTimeoutMillis,
      int linksPerConnection,
      boolean allowAnonymous,
      boolean createQueues,
      String announcedVersion,
      int refusalDelayMillis) {}

  /**
   * The configuration that settings make.
   *
   * @throws ConfigException when they contradict each other
   */
  public static Config of(Settings settings) {
    int iterations = settings.integer(Setting.PASSWORD_ITERATIONS);
    return new Config(
        settings.text(Setting.NAME),
        Path.of(settings.text(Setting.DATA)),
        listen(settings),
        settings.integer(Setting.LOOPS),
        limits(settings),
        new Authenticator.Options(
            names(settings.text(Setting.LOOPBACK_USERS)),
            iterations,
            settings.integer(Setting.PARALLEL_LOGINS),
            settings.integer(Setting.WAITING_LOGINS),
            settings.integer(Setting.REMEMBERED_LOGINS)),
        mechanisms(settings, iterations),
        iterations);
  }

  private static SaslMechanisms.Options mechanisms(Settings settings, int iterations) {
    List<String> mechanisms =
        Stream.of(settings.text(Setting.MECHANISMS).split(",", -1)).map(String::strip).toList();
    for (String mechanism : mechanisms) {
      if (!SaslMechanisms.KNOWN.contains(mechanism)) {
        throw new ConfigException(
            "%s has '%s', which is none of %s"
                .formatted(
                    Setting.MECHANISMS.key(), mechanism, String.join(", ", SaslMechanisms.KNOWN)));
      }
    }
    String word = settings.text(Setting.CERTIFICATE_USER);
    CertificateUser rule = CertificateUser.of(word);
    if (rule == null) {
      throw new ConfigException(
          "%s is '%s'; use common-name, distinguished-name or dns-name"
              .formatted(Setting.CERTIFICATE_USER.key(), word));
    }
    return new SaslMechanisms.Options(
        mechanisms, names(settings.text(Setting.LOOPBACK_USERS)), iterations, rule);
  }

  private static Listen listen(Settings settings) {
    int tlsPort = settings.integer(Setting.AMQPS_PORT);
    Path certificate = path(settings.text(Setting.TLS_CERTIFICATE));
    Path key = path(settings.text(Setting.TLS_KEY));
    if (tlsPort != NO_PORT && (certificate == null || key == null)) {
      throw new ConfigException(
          "%s is set, and TLS needs %s and %s as well"
              .formatted(
                  Setting.AMQPS_PORT.key(), Setting.TLS_CERTIFICATE.key(), Setting.TLS_KEY.key()));
    }
    return new Listen(
        settings.text(Setting.BIND),
        settings.integer(Setting.AMQP_PORT),
        tlsPort,
        certificate,
        key,
        path(settings.text(Setting.TLS_CLIENT_AUTHORITIES)),
        settings.integer(Setting.TLS_CLIENT_REQUIRED) == 1,
        settings.text(Setting.HTTP_BIND),
        settings.integer(Setting.HTTP_PORT),
        settings.integer(Setting.BACKLOG));
  }

  private static Limits limits(Settings settings) {
    return new Limits(
        settings.integer(Setting.MAX_CONNECTIONS),
        settings.integer(Setting.HANDSHAKE_TIMEOUT_MILLIS),
        settings.integer(Setting.CLOSE_TIMEOUT_MILLIS),
        settings.integer(Setting.CHANNELS_PER_CONNECTION),
        settings.integer(Setting.FRAME_MAX_BYTES),
        settings.integer(Setting.HEARTBEAT_SECONDS),
        settings.integer(Setting.CONSUMERS_PER_CHANNEL),
        settings.integer(Setting.UNSETTLED_PER_CHANNEL),
        settings.integer(Setting.MESSAGE_MAX_BYTES),
        settings.integer(Setting.TRANSACTION_MAX_BYTES),
        settings.integer(Setting.TRANSACTION_MAX_OPERATIONS),
        settings.number(Setting.BODIES_BYTES),
        settings.number(Setting.TRANSACTIONS_BYTES),
        settings.number(Setting.DISK_FREE_BYTES),
        settings.number(Setting.MEMORY_BYTES),
        settings.integer(Setting.IDLE_TIMEOUT_MILLIS),
        settings.integer(Setting.LINKS_PER_CONNECTION),
        settings.integer(Setting.ALLOW_ANONYMOUS) == 1,
        settings.integer(Setting.CREATE_QUEUES) == 1,
        settings.text(Setting.ANNOUNCED_VERSION),
        settings.integer(Setting.REFUSAL_DELAY_MILLIS));
  }

  private static @Nullable Path path(String text) {
    return text.isEmpty() ? null : Path.of(text);
  }

  private static Set<String> names(String text) {
    return Stream.of(text.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }
}
