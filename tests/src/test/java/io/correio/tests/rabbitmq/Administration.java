package io.correio.tests.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.correio.tests.broker.Broker;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeoutException;

/**
 * The broker's HTTP API as an administrator uses it, for tests that need users. A test opens and
 * closes it; not thread-safe.
 */
final class Administration implements AutoCloseable {

  /** Where RabbitMQ has it; brokers that listen elsewhere say so among their properties. */
  private static final int DEFAULT_PORT = 15_672;

  private static final String LOGIN =
      "Basic "
          + Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.US_ASCII));

  private final HttpClient http = HttpClient.newHttpClient();
  private final Broker broker;
  private final int port;

  private Administration(Broker broker, int port) {
    this.broker = broker;
    this.port = port;
  }

  static Administration of(Broker broker) throws IOException, TimeoutException {
    try (Connection connection = Client.factory(broker).newConnection()) {
      Object port = connection.getServerProperties().get("http_port");
      return new Administration(broker, port instanceof Integer number ? number : DEFAULT_PORT);
    }
  }

  /** Makes a user who may do nothing yet; the password is the name. */
  String newUser() throws IOException, InterruptedException {
    String user = Broker.unique("user");
    setPassword(user, user);
    return user;
  }

  void setPassword(String user, String password) throws IOException, InterruptedException {
    send("PUT", "users/" + user, "{\"password\": \"%s\", \"tags\": \"\"}".formatted(password));
  }

  void deleteUser(String user) throws IOException, InterruptedException {
    send("DELETE", "users/" + user, "");
  }

  void permit(String user, String configure, String write, String read)
      throws IOException, InterruptedException {
    permit("/", user, configure, write, read);
  }

  void permit(String virtualHost, String user, String configure, String write, String read)
      throws IOException, InterruptedException {
    String body =
        "{\"configure\": \"%s\", \"write\": \"%s\", \"read\": \"%s\"}"
            .formatted(json(configure), json(write), json(read));
    send("PUT", permission(virtualHost, user), body);
  }

  void forbid(String user) throws IOException, InterruptedException {
    send("DELETE", permission("/", user), "");
  }

  void newVirtualHost(String name) throws IOException, InterruptedException {
    send("PUT", "vhosts/" + name, "{}");
  }

  /** A factory for connections of a user whose password is the name. */
  ConnectionFactory factory(String user) {
    ConnectionFactory factory = Client.factory(broker);
    factory.setUsername(user);
    factory.setPassword(user);
    return factory;
  }

  private static String permission(String virtualHost, String user) {
    String host = URLEncoder.encode(virtualHost, StandardCharsets.UTF_8);
    return "permissions/" + host + "/" + user;
  }

  private static String json(String text) {
    return text.replace("\\", "\\\\");
  }

  private void send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://%s:%d/api/%s".formatted(broker.host(), port, path)))
            .header("Authorization", LOGIN)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .timeout(Deliveries.PATIENCE)
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode())
        .as("%s %s: %s", method, path, response.body())
        .isBetween(200, 299);
  }

  @Override
  public void close() {
    http.close();
  }
}
