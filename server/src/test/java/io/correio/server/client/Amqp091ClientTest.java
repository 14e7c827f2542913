package io.correio.server.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.server.client.Amqp091Client.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client against a broker that does as it is told. */
final class Amqp091ClientTest {
  private static final byte[] BODY = {1, 2, 3};

  private ScriptedBroker broker;
  private Amqp091Client client;

  @BeforeEach
  void connect() throws IOException {
    broker = new ScriptedBroker();
    client = Amqp091Client.connect(broker.url(), "test");
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    broker.close();
  }

  @Test
  void message_that_was_put_can_be_got_and_is_gone_when_acknowledged() throws IOException {
    client.declareQueue("q", true, FieldTable.empty());
    BasicProperties properties = BasicProperties.builder().messageId("m1").build();
    assertThat(client.put("", "q", properties, BODY)).isEqualTo(Outcome.ACCEPTED);
    assertThat(client.queue("q")).contains(new QueueStatus("q", 1, 0));

    Received received = client.get("q", false).orElseThrow();
    assertThat(received.body()).isEqualTo(BODY);
    assertThat(received.properties()).isEqualTo(properties);
    assertThat(received.routingKey()).isEqualTo("q");
    client.ack(received.deliveryTag(), false);
    client.barrier();
    assertThat(client.get("q", false)).isEmpty();
    assertThat(broker.depth("q")).isZero();
  }

  @Test
  void large_body_arrives_whole() throws IOException {
    client.declareQueue("q", true, FieldTable.empty());
    byte[] body = new byte[1_000_000];
    new Random(1).nextBytes(body);
    client.put("", "q", BasicProperties.NONE, body);
    assertThat(client.get("q", true).orElseThrow().body()).isEqualTo(body);
  }

  @Test
  void put_says_what_became_of_the_message() throws IOException {
    assertThat(client.put("", "nowhere", BasicProperties.NONE, BODY)).isEqualTo(Outcome.UNROUTABLE);
    client.declareQueue("q", true, FieldTable.empty());
    broker.rejectEvery = 1;
    assertThat(client.put("", "q", BasicProperties.NONE, BODY)).isEqualTo(Outcome.REJECTED);
    broker.rejectEvery = 0;
    assertThat(client.put("", "q", BasicProperties.NONE, BODY)).isEqualTo(Outcome.ACCEPTED);
  }

  @Test
  void refusal_carries_the_reply_code_and_leaves_the_client_usable() throws IOException {
    assertThat(client.queue("missing")).isEmpty();
    assertThatThrownBy(() -> client.put("missing", "k", BasicProperties.NONE, BODY))
        .isInstanceOfSatisfying(
            ClientException.class, e -> assertThat(e.replyCode()).isEqualTo(404))
        .hasMessageContaining("no exchange 'missing'");
    client.declareQueue("q", true, FieldTable.empty());
    assertThat(client.put("", "q", BasicProperties.NONE, BODY)).isEqualTo(Outcome.ACCEPTED);
  }

  @Test
  void consumer_gets_messages_as_they_come_and_nothing_when_there_are_none() throws IOException {
    client.declareQueue("q", true, FieldTable.empty());
    broker.put("q", BODY);
    String tag = client.consume("q", false, 10);
    Received first = client.receive(Duration.ofSeconds(30)).orElseThrow();
    assertThat(first.body()).isEqualTo(BODY);
    assertThat(client.receive(Duration.ofMillis(20))).isEmpty();
    assertThat(client.receive(Duration.ZERO)).isEmpty();

    client.nack(first.deliveryTag(), true);
    assertThat(client.receive(null).orElseThrow().body()).isEqualTo(BODY);
    client.cancel(tag);
    client.put("", "q", BasicProperties.NONE, BODY);
    assertThat(client.receive(Duration.ofMillis(20))).isEmpty();
    assertThat(broker.depth("q")).isEqualTo(1);
  }

  @Test
  void consumer_hears_that_its_queue_was_deleted() throws IOException {
    client.declareQueue("q", true, FieldTable.empty());
    client.consume("q", true, 0);
    try (Amqp091Client other = Amqp091Client.connect(broker.url(), "other")) {
      other.deleteQueue("q");
    }
    assertThatThrownBy(() -> client.receive(Duration.ofSeconds(30)))
        .isInstanceOf(ClientException.class)
        .hasMessageContaining("queue is gone");
  }

  @Test
  void queue_can_be_purged_and_deleted() throws IOException {
    client.declareQueue("q", true, FieldTable.empty());
    broker.put("q", BODY);
    broker.put("q", BODY);
    assertThat(client.purge("q")).isEqualTo(2);
    broker.put("q", BODY);
    assertThat(client.deleteQueue("q")).isEqualTo(1);
    assertThat(client.queue("q")).isEmpty();
  }

  @Test
  void closed_connection_is_reported_with_the_brokers_words() throws IOException {
    client.declareQueue("q", true, FieldTable.empty());
    broker.closeAt = 1;
    assertThatThrownBy(() -> client.put("", "q", BasicProperties.NONE, BODY))
        .isInstanceOfSatisfying(
            ClientException.class, e -> assertThat(e.replyCode()).isEqualTo(320))
        .hasMessageContaining("CONNECTION_FORCED - script");
  }

  @Test
  void wrong_password_is_refused_by_name() {
    AmqpUrl url = broker.url();
    AmqpUrl wrong = new AmqpUrl(url.host(), url.port(), "guest", "wrong", "/");
    assertThatThrownBy(() -> Amqp091Client.connect(wrong, "test"))
        .isInstanceOfSatisfying(
            ClientException.class, e -> assertThat(e.replyCode()).isEqualTo(403))
        .hasMessageContaining("ACCESS_REFUSED");
  }

  @Test
  void nobody_listening_and_something_else_listening_are_told_apart() throws Exception {
    int port;
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = other.getLocalPort();
      Thread answering =
          Thread.ofPlatform()
              .start(() -> {
                try (Socket socket = other.accept()) {
                  socket.getOutputStream().write("AMQP\0\1\0\0".getBytes(US_ASCII));
                  socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                  // The client has seen enough.
                }
              });
      assertThatThrownBy(() -> Amqp091Client.connect(url(port), "test"))
          .isInstanceOf(ClientException.class)
          .hasMessageContaining("does not speak AMQP 0-9-1");
      answering.join();
    }
    assertThatThrownBy(() -> Amqp091Client.connect(url(port), "test"))
        .isInstanceOf(ClientException.class)
        .hasMessageContaining("no broker listens on 127.0.0.1:" + port);
  }

  private static AmqpUrl url(int port) {
    return AmqpUrl.parse("amqp://127.0.0.1:" + port);
  }
}
