package io.correio.client.remote;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a queue manager is and who comes: {@code amqp://user:password@host:port/virtual-host}, or
 * {@code amqps://…} for TLS, every part but the scheme and the host optional and percent-encoded.
 * Printing it shows no password.
 */
public record ManagerAddress(
    boolean tls, String host, int port, String user, String password, String virtualHost) {

  /** The broker on this machine, as its first user. */
  public static final String DEFAULT = "amqp://guest:guest@127.0.0.1:5672/%2f";

  private static final int PORT = 5672;
  private static final int TLS_PORT = 5671;
  private static final String EXPECTED =
      "expected amqp://user:password@host:port/virtual-host, or amqps://";

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException when it is none, saying why
   */
  public static ManagerAddress parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "not a URL: " + e.getReason() + " at position " + e.getIndex() + "; " + EXPECTED, e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("amqp") && !scheme.equals("amqps")) {
      throw new IllegalArgumentException(
          "scheme '" + uri.getScheme() + "' is not supported; " + EXPECTED);
    }
    boolean tls = scheme.equals("amqps");
    String host = uri.getHost();
    if (host == null) {
      throw new IllegalArgumentException("no host in the URL; " + EXPECTED);
    }
    String login = uri.getRawUserInfo() == null ? "guest:guest" : uri.getRawUserInfo();
    int colon = login.indexOf(':');
    return new ManagerAddress(
        tls,
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        uri.getPort() >= 0 ? uri.getPort() : tls ? TLS_PORT : PORT,
        decode(colon < 0 ? login : login.substring(0, colon)),
        colon < 0 ? "" : decode(login.substring(colon + 1)),
        virtualHost(uri.getRawPath()));
  }

  private static String virtualHost(@Nullable String path) {
    return path == null || path.isEmpty() ? "/" : decode(path.substring(1));
  }

  private static String decode(String part) {
    // URLDecoder is for forms, where a plus is a space; in a URL it is a plus.
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return (tls ? "amqps://" : "amqp://")
        + user
        + "@"
        + host
        + ":"
        + port
        + " virtual host "
        + virtualHost;
  }
}
