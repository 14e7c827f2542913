package io.correio.server.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Where a broker is and who comes: {@code amqp://user:password@host:port/virtual-host}, every part
 * but the scheme optional and percent-encoded. Printing it shows no password.
 */
public record AmqpUrl(String host, int port, String user, String password, String virtualHost) {
  /** The broker on this machine, as its first user. */
  public static final String DEFAULT = "amqp://guest:guest@127.0.0.1:5672/%2f";

  /** The port registered for AMQP. */
  public static final int DEFAULT_PORT = 5672;

  private static final String EXPECTED = "expected amqp://user:password@host:port/virtual-host";

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException when it is none, saying why
   */
  public static AmqpUrl parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "not a URL: " + e.getReason() + " at position " + e.getIndex() + "; " + EXPECTED, e);
    }
    if (!"amqp".equalsIgnoreCase(uri.getScheme())) {
      throw new IllegalArgumentException(
          "scheme '" + uri.getScheme() + "' is not supported; " + EXPECTED);
    }
    String host = uri.getHost();
    if (host == null) {
      throw new IllegalArgumentException("no host in the URL; " + EXPECTED);
    }
    String login = uri.getRawUserInfo() == null ? "guest:guest" : uri.getRawUserInfo();
    int colon = login.indexOf(':');
    return new AmqpUrl(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
        decode(colon < 0 ? login : login.substring(0, colon)),
        colon < 0 ? "" : decode(login.substring(colon + 1)),
        virtualHost(uri.getRawPath()));
  }

  /** The URL to use: the one given, else the environment's CORREIO_URL, else {@link #DEFAULT}. */
  public static AmqpUrl orDefault(@Nullable String given) {
    if (given != null) {
      return parse(given);
    }
    String configured = System.getenv("CORREIO_URL");
    return parse(configured == null || configured.isBlank() ? DEFAULT : configured);
  }

  @Override
  public String toString() {
    return "amqp://" + user + "@" + host + ":" + port + " virtual host " + virtualHost;
  }

  private static String virtualHost(@Nullable String path) {
    if (path == null || path.isEmpty()) {
      return "/";
    }
    return decode(path.substring(1));
  }

  private static String decode(String part) {
    // URLDecoder is for forms, where a plus is a space; in a URL it is a plus.
    return URLDecoder.decode(part.replace("+", "%2B"), UTF_8);
  }
}
