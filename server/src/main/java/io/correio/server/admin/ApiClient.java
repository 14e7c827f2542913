package io.correio.server.admin;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** Asks a broker's HTTP API, for commands. Immutable and thread-safe; each call blocks. */
public final class ApiClient {

  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int MAX_ERROR_BYTES = 64 << 10;

  private final String base;
  private final String login;

  /**
   * A queue, as the API lists it.
   *
   * @param ready messages that wait for a taker
   * @param unsettled messages handed out and not settled
   */
  public record ListedQueue(
      String virtualHost, String name, long ready, long unsettled, long consumers) {}

  private ApiClient(String base, String login) {
    this.base = base;
    this.login = login;
  }

  /**
   * A client.
   *
   * @param user logs in, where the URL names nobody
   * @throws IllegalArgumentException when it is no HTTP URL
   */
  public static ApiClient of(String url, String user, String password) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a URL: " + e.getMessage(), e);
    }
    if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
      throw new IllegalArgumentException(
          "'%s' is no URL of an HTTP API; expected http://user:password@host:port".formatted(url));
    }
    int port = uri.getPort() < 0 ? 80 : uri.getPort();
    String named = uri.getRawUserInfo();
    return new ApiClient(
        "http://" + uri.getHost() + ":" + port,
        named == null
            ? user + ":" + password
            : URLDecoder.decode(named.replace("+", "%2B"), StandardCharsets.UTF_8));
  }

  /**
   * The queues of a virtual host.
   *
   * @param virtualHost null for all
   * @throws IOException when nobody answers, or the broker refuses; says why and what to do
   */
  public List<ListedQueue> queues(@Nullable String virtualHost) throws IOException {
    String path =
        virtualHost == null
            ? "/api/queues"
            : "/api/queues/"
                + URLEncoder.encode(virtualHost, StandardCharsets.UTF_8).replace("+", "%20");
    try (InputStream in = get(path);
        JsonParser json = Json.FACTORY.createParser(ObjectReadContext.empty(), in)) {
      List<ListedQueue> queues = new ArrayList<>();
      if (json.nextToken() != JsonToken.START_ARRAY) {
        throw new IOException(base + path + " gave no list");
      }
      while (json.nextToken() == JsonToken.START_OBJECT) {
        queues.add(queue(json));
      }
      return queues;
    } catch (JacksonException e) {
      throw new IOException(base + path + " gave no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static ListedQueue queue(JsonParser json) {
    String virtualHost = "";
    String name = "";
    long ready = 0;
    long unsettled = 0;
    long consumers = 0;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "vhost" -> virtualHost = json.getString();
        case "name" -> name = json.getString();
        case "messages_ready" -> ready = json.getLongValue();
        case "messages_unacknowledged" -> unsettled = json.getLongValue();
        case "consumers" -> consumers = json.getLongValue();
        default -> json.skipChildren();
      }
    }
    return new ListedQueue(virtualHost, name, ready, unsettled, consumers);
  }

  private InputStream get(String path) throws IOException {
    // The newer client of the JDK takes several times as long to load.
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(base + path).toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    byte[] credentials = login.getBytes(StandardCharsets.UTF_8);
    connection.setRequestProperty(
        "Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
    int status;
    try {
      status = connection.getResponseCode();
    } catch (ConnectException e) {
      throw new IOException(
          "no HTTP API at "
              + base
              + "; by default it is there for the server's own machine only (listen.http-bind)",
          e);
    }
    if (status == 200) {
      return connection.getInputStream();
    }
    throw new IOException("%s refused: %s".formatted(base, reason(connection, status)));
  }

  private static String reason(HttpURLConnection connection, int status) throws IOException {
    try (InputStream in = connection.getErrorStream()) {
      byte[] body = in == null ? new byte[0] : in.readNBytes(MAX_ERROR_BYTES);
      return String.valueOf(Json.object(body).getOrDefault("reason", "status " + status));
    } catch (ApiException e) {
      return "status " + status;
    }
  }
}
