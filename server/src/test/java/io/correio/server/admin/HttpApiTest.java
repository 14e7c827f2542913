package io.correio.server.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.server.Config;
import io.correio.server.Correio;
import io.correio.server.CorreioOptions;
import io.correio.server.Setting;
import io.correio.server.Settings;
import io.correio.server.client.Amqp091Client;
import io.correio.server.client.AmqpUrl;
import io.correio.server.client.ClientException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class HttpApiTest {

  private static Correio correio;
  private static HttpClient http;

  @BeforeAll
  static void start() throws IOException {
    Settings settings =
        Settings.DEFAULTS
            .with(Setting.NAME, "lisbon")
            .with(Setting.AMQP_PORT, 0)
            .with(Setting.HTTP_PORT, 0)
            .with(Setting.PASSWORD_ITERATIONS, 1_000);
    correio = Correio.start(CorreioOptions.inMemory().withConfig(Config.of(settings)));
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    http.close();
    correio.close();
  }

  private static HttpResponse<String> send(
      String method, String path, String body, @Nullable String login) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + correio.httpPort() + path))
            .method(method, BodyPublishers.ofString(body));
    if (login != null) {
      request.header(
          "Authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes(UTF_8)));
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> send(String method, String path, String body)
      throws Exception {
    return send(method, path, body, "guest:guest");
  }

  private static int status(String method, String path, String body) throws Exception {
    return send(method, path, body).statusCode();
  }

  private static Map<String, @Nullable Object> get(String path) throws Exception {
    HttpResponse<String> response = send("GET", path, "");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return Json.object(response.body().getBytes(UTF_8));
  }

  private static List<Map<String, Object>> list(String path) throws Exception {
    HttpResponse<String> response = send("GET", path, "");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    Object list = Json.object(("{\"list\":" + response.body() + "}").getBytes(UTF_8)).get("list");
    @SuppressWarnings("unchecked") // every list of this API has objects in it
    List<Map<String, Object>> objects = (List<Map<String, Object>>) list;
    return java.util.Objects.requireNonNull(objects);
  }

  private static Amqp091Client connect(String login, String virtualHost) throws IOException {
    return Amqp091Client.connect(
        AmqpUrl.parse("amqp://" + login + "@127.0.0.1:" + correio.amqpPort() + "/" + virtualHost),
        "api test");
  }

  @Test
  void queue_is_shown_with_its_figures() throws Exception {
    try (Amqp091Client client = connect("guest:guest", "%2f")) {
      client.declareQueue("shown/here", true, FieldTable.of("note", "yes"));
      for (int i = 0; i < 3; i++) {
        client.put("", "shown/here", BasicProperties.NONE, new byte[] {1});
      }
      client.consume("shown/here", false, 1);
      client.receive(null);
      Map<String, @Nullable Object> queue = get("/api/queues/%2F/shown%2Fhere");
      assertThat(queue)
          .containsEntry("name", "shown/here")
          .containsEntry("vhost", "/")
          .containsEntry("durable", true)
          .containsEntry("exclusive", false)
          .containsEntry("messages", 3L)
          .containsEntry("messages_ready", 2L)
          .containsEntry("messages_unacknowledged", 1L)
          .containsEntry("consumers", 1L)
          .containsEntry("arguments", Map.of("note", "yes"));
      assertThat(list("/api/queues")).contains(queue);
      assertThat(list("/api/queues/%2F")).contains(queue);
    }
  }

  @Test
  void queue_is_made_purged_and_deleted() throws Exception {
    assertThat(status("PUT", "/api/queues/%2F/made", "{\"arguments\":{\"tag\":[1,true]}}"))
        .isEqualTo(201);
    assertThat(status("PUT", "/api/queues/%2F/made", "{\"arguments\":{\"tag\":[1,true]}}"))
        .isEqualTo(204);
    assertThat(status("PUT", "/api/queues/%2F/made", "{\"durable\":false}")).isEqualTo(409);
    try (Amqp091Client client = connect("guest:guest", "%2f")) {
      client.put("", "made", BasicProperties.NONE, new byte[] {1});
    }
    assertThat(status("DELETE", "/api/queues/%2F/made?if-empty=true", "")).isEqualTo(409);
    assertThat(status("DELETE", "/api/queues/%2F/made/contents", "")).isEqualTo(204);
    assertThat(get("/api/queues/%2F/made")).containsEntry("messages", 0L);
    assertThat(status("DELETE", "/api/queues/%2F/made?if-empty=true", "")).isEqualTo(204);
    assertThat(status("GET", "/api/queues/%2F/made", "")).isEqualTo(404);
    assertThat(status("DELETE", "/api/queues/%2F/made", "")).isEqualTo(404);
  }

  @Test
  void exchanges_and_bindings_are_listed() throws Exception {
    try (Amqp091Client client = connect("guest:guest", "%2f")) {
      client.declareExchange("news", "topic", true);
      client.declareQueue("reader", true, FieldTable.empty());
      client.bind("reader", "news", "a.*", FieldTable.empty());
    }
    assertThat(list("/api/exchanges"))
        .extracting(exchange -> exchange.get("name"))
        .contains("", "amq.direct", "amq.fanout", "amq.headers", "amq.match", "amq.topic", "news");
    assertThat(get("/api/exchanges/%2F/news"))
        .containsEntry("type", "topic")
        .containsEntry("durable", true);
    Map<String, Object> binding =
        Map.of(
            "source", "news",
            "vhost", "/",
            "destination", "reader",
            "destination_type", "queue",
            "routing_key", "a.*",
            "arguments", Map.of());
    assertThat(list("/api/bindings/%2F")).contains(binding);
    assertThat(list("/api/queues/%2F/reader/bindings")).contains(binding);
  }

  @Test
  void overview_and_connections_tell_who_is_there() throws Exception {
    try (Amqp091Client client = connect("guest:guest", "%2f")) {
      client.declareQueue("seen", true, FieldTable.empty());
      assertThat(get("/api/overview"))
          .containsEntry("product_name", "Correio")
          .containsEntry("cluster_name", "lisbon")
          .containsKeys("queue_totals", "object_totals", "listeners");
      assertThat(list("/api/connections"))
          .anySatisfy(connection ->
              assertThat(connection)
                  .containsEntry("user", "guest")
                  .containsEntry("vhost", "/")
                  .containsEntry("user_provided_name", "api test")
                  .containsEntry("protocol", "AMQP 0-9-1")
                  .containsEntry("channels", 1L)
                  .containsEntry("state", "running")
                  .containsEntry("ssl", false)
                  .containsEntry("peer_host", "127.0.0.1"));
    }
  }

  @Test
  void user_with_permissions_may_do_what_they_say_and_no_more() throws Exception {
    assertThat(status("PUT", "/api/vhosts/team%20a", "{\"description\":\"ours\"}")).isEqualTo(201);
    assertThat(get("/api/vhosts/team%20a")).containsEntry("description", "ours");
    assertThat(status("PUT", "/api/users/ana", "{\"password\":\"pão\",\"tags\":\"\"}"))
        .isEqualTo(201);
    assertThatThrownBy(() -> connect("ana:p%C3%A3o", "team%20a"))
        .isInstanceOf(ClientException.class)
        .hasMessageContaining("team a");
    String rule = "{\"configure\":\"^ana\\\\.\",\"write\":\".*\",\"read\":\"\"}";
    assertThat(status("PUT", "/api/permissions/team%20a/ana", rule)).isEqualTo(201);
    assertThat(list("/api/users/ana/permissions")).hasSize(1);
    try (Amqp091Client client = connect("ana:p%C3%A3o", "team%20a")) {
      client.declareQueue("ana.inbox", true, FieldTable.empty());
      assertThatThrownBy(() -> client.declareQueue("other", true, FieldTable.empty()))
          .isInstanceOf(ClientException.class)
          .hasMessageContaining("other");
    }
    assertThat(list("/api/queues/team%20a")).hasSize(1);
    assertThat(status("DELETE", "/api/permissions/team%20a/ana", "")).isEqualTo(204);
    assertThat(status("DELETE", "/api/users/ana", "")).isEqualTo(204);
    assertThatThrownBy(() -> connect("ana:p%C3%A3o", "team%20a"))
        .isInstanceOf(ClientException.class);
  }

  @Test
  void tags_decide_who_may_read_and_who_may_change() throws Exception {
    send("PUT", "/api/users/reader", "{\"password\":\"r\",\"tags\":[\"monitoring\"]}");
    send("PUT", "/api/users/nobody", "{\"password\":\"n\",\"tags\":[]}");
    assertThat(send("GET", "/api/whoami", "", "reader:r").body()).contains("monitoring");
    assertThat(send("PUT", "/api/vhosts/x", "", "reader:r").statusCode()).isEqualTo(403);
    HttpResponse<String> refused = send("GET", "/api/queues", "", "nobody:n");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("'nobody'", "monitoring");
  }

  @Test
  void nobody_gets_in_without_the_right_login() throws Exception {
    for (String login : new String[] {null, "guest:wrong", "guest", "no:one", ":"}) {
      HttpResponse<String> response = send("GET", "/api/queues", "", login);
      assertThat(response.statusCode()).isEqualTo(401);
      assertThat(response.headers().firstValue("WWW-Authenticate")).isPresent();
    }
  }

  @Test
  void health_needs_no_login() throws Exception {
    HttpResponse<String> response = send("GET", "/api/health", "", null);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("{\"status\":\"ok\"}");
  }

  @Test
  void last_administrator_stays() throws Exception {
    assertThat(status("DELETE", "/api/users/guest", "")).isEqualTo(409);
    assertThat(status("PUT", "/api/users/guest", "{\"tags\":\"\"}")).isEqualTo(409);
    assertThat(status("PUT", "/api/users/guest", "{\"tags\":\"administrator,monitoring\"}"))
        .isEqualTo(204);
    assertThat(status("GET", "/api/overview", "")).isEqualTo(200); // the password has stayed
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | /api/nothing | '' | 404 | /api/nothing",
        "GET | / | '' | 404 | /api/overview",
        "GET | /api/queues/none | '' | 404 | 'none'",
        "GET | /api/queues/%2F/none | '' | 404 | 'none'",
        "POST | /api/queues | '' | 405 | use GET",
        "PUT | /api/vhosts/%2F | [] | 400 | no JSON object",
        "PUT | /api/users/u | {\"password\": | 400 | no JSON",
        "PUT | /api/users/u | {\"tags\":\"\"} | 400 | password",
        "PUT | /api/users/u | {\"password\":7} | 400 | must be a string",
        "PUT | /api/permissions/%2F/guest | {\"configure\":\"(\",\"write\":\"\",\"read\":\"\"} |"
            + " 400 | '('",
        "PUT | /api/permissions/%2F/none | {} | 404 | 'none'",
        "PUT | /api/permissions/none/guest | {} | 404 | 'none'",
        "PUT | /api/queues/%2F/q | {\"durable\":\"yes\"} | 400 | durable",
        "PUT | /api/queues/%2F/q | {\"arguments\":7} | 400 | arguments",
        "PUT | /api/queues/%2F/q | {\"arguments\":{\"x-a\":1}} | 400 | 'x-a'",
        "DELETE | /api/users/none | '' | 404 | 'none'"
      })
  void mistake_is_told_with_object_and_remedy(
      String method, String path, String body, int status, String reason) throws Exception {
    HttpResponse<String> response = send(method, path, body == null ? "" : body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(String.valueOf(Json.object(response.body().getBytes(UTF_8)).get("reason")))
        .contains(reason);
  }

  @Test
  void body_without_end_is_refused() throws Exception {
    assertThat(status("PUT", "/api/users/u", " ".repeat(HttpApi.MAX_BODY_BYTES + 1)))
        .isEqualTo(413);
    String deep = "{\"a\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}";
    assertThat(status("PUT", "/api/users/u", deep)).isEqualTo(400);
  }

  @Test
  void client_lists_queues_and_says_why_not() throws Exception {
    send("PUT", "/api/queues/%2F/for-client", "");
    String url = "http://127.0.0.1:" + correio.httpPort();
    assertThat(ApiClient.of(url, "guest", "guest").queues("/"))
        .contains(new ApiClient.ListedQueue("/", "for-client", 0, 0, 0));
    assertThatThrownBy(() -> ApiClient.of(url, "guest", "wrong").queues(null))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another password");
    assertThatThrownBy(() -> ApiClient.of(url, "guest", "guest").queues("none"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("'none'");
  }
}
