package io.correio.tests.amqp10;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.amqp.AmqpException;
import com.rabbitmq.client.amqp.Connection;
import com.rabbitmq.client.amqp.Consumer;
import com.rabbitmq.client.amqp.Environment;
import com.rabbitmq.client.amqp.Management;
import com.rabbitmq.client.amqp.Publisher;
import com.rabbitmq.client.amqp.impl.AmqpEnvironmentBuilder;
import io.correio.server.Config;
import io.correio.server.Correio;
import io.correio.server.CorreioOptions;
import io.correio.server.Setting;
import io.correio.server.Settings;
import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** RabbitMQ's own client for AMQP 1.0, which declares what it uses by the management node. */
@ExtendWith(BrokerExtension.class)
class ManagementTest {

  private static final int PATIENCE_SECONDS = 20;

  private final Broker broker;
  private Environment environment;
  private Connection connection;
  private Management management;

  ManagementTest(Broker broker) {
    this.broker = broker;
  }

  @BeforeEach
  void connect() {
    environment = new AmqpEnvironmentBuilder().build();
    connection = connection(broker.host(), broker.amqpPort(), "guest");
    management = connection.management();
  }

  private Connection connection(String host, int port, String user) {
    return environment
        .connectionBuilder()
        .host(host)
        .port(port)
        .username(user)
        .password(user)
        .virtualHost("/")
        .recovery()
        .activated(false)
        .connectionBuilder()
        .build();
  }

  @AfterEach
  void close() {
    connection.close();
    environment.close();
  }

  private Publisher.Status publish(Publisher publisher, String body) throws InterruptedException {
    BlockingQueue<Publisher.Status> outcome = new LinkedBlockingQueue<>();
    publisher.publish(publisher.message(body.getBytes(UTF_8)), told -> outcome.add(told.status()));
    Publisher.Status status = outcome.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(status).isNotNull();
    return status;
  }

  @Test
  void what_the_client_declares_and_binds_carries_its_messages() throws Exception {
    String exchange = Broker.unique("exchange");
    String queue = Broker.unique("a queue/with %2F");
    management.exchange(exchange).type(Management.ExchangeType.TOPIC).declare();
    management.queue(queue).declare();
    management.binding().sourceExchange(exchange).destinationQueue(queue).key("a.*").bind();
    List<String> got = new ArrayList<>();
    BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
    try (Publisher publisher = connection.publisherBuilder().exchange(exchange).key("a.b").build();
        Publisher nowhere = connection.publisherBuilder().exchange(exchange).key("z").build();
        Consumer consumer =
            connection
                .consumerBuilder()
                .queue(queue)
                .messageHandler((context, message) -> {
                  arrived.add(new String(message.body(), UTF_8));
                  context.accept();
                })
                .build()) {
      for (int i = 0; i < 10; i++) {
        assertThat(publish(publisher, "message " + i)).isEqualTo(Publisher.Status.ACCEPTED);
      }
      assertThat(publish(nowhere, "lost")).isEqualTo(Publisher.Status.RELEASED);
      for (int i = 0; i < 10; i++) {
        got.add(String.valueOf(arrived.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)));
        assertThat(got.getLast()).isEqualTo("message " + i);
      }
      assertThat(management.queueInfo(queue).consumerCount()).isEqualTo(1);
      assertThat(consumer.unsettledMessageCount()).isZero();
    }
    management.unbind().sourceExchange(exchange).destinationQueue(queue).key("a.*").unbind();
    management.queueDelete(queue);
    management.exchangeDelete(exchange);
    assertThatThrownBy(() -> management.queueInfo(queue)).isInstanceOf(AmqpException.class);
  }

  @Test
  void queue_tells_what_it_is_and_what_is_in_it() throws Exception {
    String queue = Broker.unique("queue");
    Management.QueueInfo made =
        management.queue(queue).exclusive(true).argument("mine", "kept").declare();
    assertThat(made.name()).isEqualTo(queue);
    assertThat(made.exclusive()).isTrue();
    assertThat(made.arguments()).containsEntry("mine", "kept");
    try (Publisher publisher = connection.publisherBuilder().queue(queue).build()) {
      publish(publisher, "one");
      publish(publisher, "two");
    }
    assertThat(management.queueInfo(queue).messageCount()).isEqualTo(2);
    assertThat(management.queuePurge(queue).messageCount()).isEqualTo(2);
    assertThat(management.queueInfo(queue).messageCount()).isZero();
    management.queueDelete(queue);
  }

  @Test
  void queue_that_is_there_otherwise_is_a_conflict() {
    String queue = Broker.unique("queue");
    management.queue(queue).declare();
    management.queue(queue).declare();
    assertThatThrownBy(() -> management.queue(queue).autoDelete(true).declare())
        .isInstanceOf(AmqpException.class)
        .hasMessageContaining("409");
    management.queueDelete(queue);
    management.queueDelete(queue); // as in AMQP 0-9-1
  }

  @Test
  void binding_with_arguments_is_found_by_them_and_removed() throws Exception {
    String exchange = Broker.unique("exchange");
    String queue = Broker.unique("queue");
    management.exchange(exchange).type(Management.ExchangeType.HEADERS).declare();
    management.queue(queue).declare();
    management
        .binding()
        .sourceExchange(exchange)
        .destinationQueue(queue)
        .argument("colour", "red")
        .argument("x-match", "all")
        .bind();
    try (Publisher publisher = connection.publisherBuilder().exchange(exchange).build()) {
      BlockingQueue<Publisher.Status> outcome = new LinkedBlockingQueue<>();
      publisher.publish(
          publisher.message(new byte[] {1}).property("colour", "red"),
          told -> outcome.add(told.status()));
      assertThat(outcome.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .isEqualTo(Publisher.Status.ACCEPTED);
      management
          .unbind()
          .sourceExchange(exchange)
          .destinationQueue(queue)
          .argument("colour", "red")
          .argument("x-match", "all")
          .unbind();
      publisher.publish(
          publisher.message(new byte[] {1}).property("colour", "red"),
          told -> outcome.add(told.status()));
      assertThat(outcome.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .isEqualTo(Publisher.Status.RELEASED);
    }
    management.queueDelete(queue);
    management.exchangeDelete(exchange);
  }

  @Test
  void exchanges_are_bound_to_exchanges() throws Exception {
    String first = Broker.unique("exchange");
    String second = Broker.unique("exchange");
    String queue = Broker.unique("queue");
    management.exchange(first).type(Management.ExchangeType.FANOUT).declare();
    management.exchange(second).type(Management.ExchangeType.FANOUT).declare();
    management.queue(queue).declare();
    management.binding().sourceExchange(first).destinationExchange(second).key("").bind();
    management.binding().sourceExchange(second).destinationQueue(queue).key("").bind();
    try (Publisher publisher = connection.publisherBuilder().exchange(first).build()) {
      assertThat(publish(publisher, "through both")).isEqualTo(Publisher.Status.ACCEPTED);
    }
    assertThat(management.queueInfo(queue).messageCount()).isEqualTo(1);
    management.queueDelete(queue);
    management.exchangeDelete(second);
    management.exchangeDelete(first);
  }

  @Test
  void permissions_are_those_of_amqp_0_9_1() throws Exception {
    Settings settings =
        Settings.DEFAULTS
            .with(Setting.AMQP_PORT, 0)
            .with(Setting.HTTP_PORT, 0)
            .with(Setting.PASSWORD_ITERATIONS, 1_000);
    CorreioOptions options = CorreioOptions.inMemory().withConfig(Config.of(settings));
    try (Correio correio = Correio.start(options);
        HttpClient http = HttpClient.newHttpClient()) {
      put(http, correio, "users/ana", "{\"password\": \"ana\", \"tags\": \"\"}");
      put(
          http,
          correio,
          "permissions/%2F/ana",
          "{\"configure\": \"^mine$\", \"write\": \"^mine$\", \"read\": \"^$\"}");
      try (Connection hers = connection("127.0.0.1", correio.amqpPort(), "ana")) {
        Management hersToManage = hers.management();
        hersToManage.queue("mine").declare();
        assertForbidden(() -> hersToManage.queue("yours").declare());
        assertForbidden(() -> hersToManage.queueDelete("yours"));
        assertForbidden(() -> hersToManage.queuePurge("mine"));
        assertForbidden(() -> hersToManage.exchange("yours").declare());
        assertForbidden(() ->
            hersToManage
                .binding()
                .sourceExchange("amq.topic")
                .destinationQueue("mine")
                .key("k")
                .bind());
        hersToManage.queueDelete("mine");
      }
    }
  }

  private static void assertForbidden(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(AmqpException.class).hasMessageContaining("403");
  }

  private static void put(HttpClient http, Correio correio, String path, String body)
      throws Exception {
    String login = Base64.getEncoder().encodeToString("guest:guest".getBytes(UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d/api/%s".formatted(correio.httpPort(), path)))
            .header("Authorization", "Basic " + login)
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(body))
            .build();
    assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isBetween(200, 299);
  }
}
