package io.correio.server.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.correio.core.identity.User;
import io.correio.server.auth.AuthResult;
import io.correio.server.auth.Authenticator;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/**
 * The HTTP API, with the paths and field names of RabbitMQ's where it has them. A request runs on a
 * virtual thread {@code admin-…}; at most {@value #MAX_REQUESTS} at once. Thread-safe; closed by
 * whoever started it.
 *
 * <p>Users are those of the message ports, by HTTP Basic (RFC 7617): tag {@code monitoring} may
 * read, {@code administrator} may change. {@code /api/health} asks for no login.
 */
public final class HttpApi implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

  /** Requests that are answered at once; others wait. */
  static final int MAX_REQUESTS = 32;

  /** Longer request bodies are refused. */
  static final int MAX_BODY_BYTES = 64 << 10;

  private static final String PREFIX = "/api/";
  private static final int BACKLOG = 64;
  private static final Set<String> READERS = Set.of(IdentitiesResource.ADMINISTRATOR, "monitoring");

  private final HttpServer server;
  private final ExecutorService threads;
  private final Semaphore requests = new Semaphore(MAX_REQUESTS);
  private final Administered broker;
  private final Authenticator authenticator;
  private final QueuesResource queues;
  private final RoutingResource routing;
  private final OverviewResource overview;
  private final IdentitiesResource identities;

  private HttpApi(HttpServer server, Administered broker, Authenticator authenticator) {
    this.server = server;
    this.broker = broker;
    this.authenticator = authenticator;
    this.threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("admin-", 0).factory());
    this.queues = new QueuesResource(broker);
    this.routing = new RoutingResource(broker);
    this.overview = new OverviewResource(broker);
    this.identities = new IdentitiesResource(broker);
  }

  /**
   * Starts the API.
   *
   * @param port 0 for any free one
   * @throws IOException when the port is taken or the address is not this machine's
   */
  public static HttpApi start(
      String host, int port, Administered broker, Authenticator authenticator) throws IOException {
    limitHttpServer();
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(host, port), BACKLOG);
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          "cannot listen on %s port %d for HTTP: %s; is another server running there?"
              .formatted(host, port, e.getMessage()),
          e);
    }
    HttpApi api = new HttpApi(server, broker, authenticator);
    server.createContext("/", api::handle);
    server.setExecutor(api.threads);
    server.start();
    return api;
  }

  /** The JDK's server reads these once; what the command line says goes first. */
  private static void limitHttpServer() {
    setDefault("jdk.httpserver.maxConnections", "256");
    setDefault("sun.net.httpserver.maxReqTime", "30");
    setDefault("sun.net.httpserver.maxRspTime", "120");
    setDefault("sun.net.httpserver.maxReqHeaders", "64");
    setDefault("sun.net.httpserver.nodelay", "true");
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** The port, also where any free one was asked for. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Address and port, such as {@code 127.0.0.1:15672}. */
  public String address() {
    String host = server.getAddress().getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
  }

  /** Stops; requests that are being answered are cut off. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    requests.acquireUninterruptibly();
    try (exchange) {
      Answer answer;
      try {
        answer = answer(exchange);
      } catch (ApiException e) {
        answer = error(e);
      } catch (IOException | RuntimeException e) {
        LOG.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI(), e);
        answer = error(new ApiException(500, "internal_error", "the log of the server says why"));
      }
      send(exchange, answer);
    } finally {
      requests.release();
    }
  }

  private Answer answer(HttpExchange exchange) throws ApiException, IOException {
    String path = exchange.getRequestURI().getRawPath();
    if (path == null || !path.startsWith(PREFIX)) {
      throw ApiException.notFound("there is nothing here; the API is at /api/overview");
    }
    List<String> parts = Request.parts(path.substring(PREFIX.length()));
    if (parts.equals(List.of("health"))) {
      return overview.health();
    }
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      throw new ApiException(
          413, "content_too_large", "a body has at most " + MAX_BODY_BYTES + " bytes");
    }
    boolean head = exchange.getRequestMethod().equals("HEAD"); // a GET, but for its body
    String method = head ? "GET" : exchange.getRequestMethod();
    String query = exchange.getRequestURI().getRawQuery();
    String user = login(exchange, method);
    Answer answer = route(new Request(method, parts, query == null ? "" : query, user, body));
    if (!method.equals("GET")) {
      // As it came, percent-encoded: no name can forge a line.
      LOG.info(
          "{}: user '{}' changed by HTTP: {} {}",
          exchange.getRemoteAddress(),
          user,
          method,
          exchange.getRequestURI().getRawPath());
    }
    return answer;
  }

  private Answer route(Request request) throws ApiException, IOException {
    return switch (request.part(0)) {
      case "overview" -> overview.overview(request);
      case "connections" -> overview.connections(request);
      case "queues" -> queues.answer(request);
      case "exchanges" -> routing.exchanges(request);
      case "bindings" -> routing.bindings(request);
      case "vhosts" -> identities.virtualHosts(request);
      case "users" -> identities.users(request);
      case "permissions" -> identities.permissions(request);
      case "whoami" -> identities.whoAmI(request);
      default -> throw ApiException.notFound("there is nothing at " + request.text());
    };
  }

  /** Returns the user's name, when the user may do what is asked. */
  private String login(HttpExchange exchange, String method) throws ApiException {
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    String login = basic(header);
    int colon = login == null ? -1 : login.indexOf(':');
    if (login == null || colon < 0) {
      throw unauthorized("log in with the user and password of the message ports");
    }
    String name = login.substring(0, colon);
    CompletableFuture<AuthResult> result = new CompletableFuture<>();
    authenticator.authenticate(
        name,
        login.substring(colon + 1).getBytes(StandardCharsets.UTF_8),
        exchange.getRemoteAddress().getAddress().isLoopbackAddress(),
        result::complete);
    switch (result.join()) {
      case ACCEPTED -> {}
      case WRONG -> throw unauthorized("no such user, or another password");
      case LOOPBACK_ONLY ->
          throw unauthorized(
              "user '%s' may log in from the server's own machine only".formatted(name));
      case BUSY ->
          throw new ApiException(
              503, "busy", "too many logins are being checked, so try again later");
    }
    User user = broker.manager().identities().user(name);
    Set<String> tags = user == null ? Set.of() : user.tags();
    boolean reads = method.equals("GET");
    if (reads ? tags.stream().noneMatch(READERS::contains) : !isAdministrator(tags)) {
      throw new ApiException(
          403,
          "forbidden",
          "user '%s' needs the tag %s"
              .formatted(name, reads ? "monitoring or administrator" : "administrator"));
    }
    return name;
  }

  private static boolean isAdministrator(Set<String> tags) {
    return tags.contains(IdentitiesResource.ADMINISTRATOR);
  }

  private static ApiException unauthorized(String reason) {
    return new ApiException(401, "not_authorised", reason);
  }

  private static @Nullable String basic(@Nullable String header) {
    if (header == null || !header.regionMatches(true, 0, "Basic ", 0, 6)) {
      return null;
    }
    try {
      byte[] decoded = Base64.getDecoder().decode(header.substring(6).strip());
      return new String(decoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Answer error(ApiException e) {
    return new Answer(
        e.status(),
        json -> {
          json.writeStartObject();
          json.writeStringProperty("error", e.error());
          json.writeStringProperty("reason", e.getMessage());
          json.writeEndObject();
        });
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    Answer.Body body = answer.body();
    if (answer.status() == 401) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"Correio\"");
    }
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    if (body == null || exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(answer.status(), 0); // in chunks: lists may be long
    try (OutputStream out = new BufferedOutputStream(exchange.getResponseBody());
        JsonGenerator json = Json.FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      body.write(json);
    } catch (JacksonException e) {
      throw new IOException("the client did not read its answer: " + e.getMessage(), e);
    }
  }
}
