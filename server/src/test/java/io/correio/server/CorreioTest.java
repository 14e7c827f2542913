package io.correio.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.server.client.Amqp091Client;
import io.correio.server.client.AmqpUrl;
import io.correio.server.client.ClientException;
import io.correio.server.client.Received;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CorreioTest {

  private static final String OURS = "(loop|log|reader|admin|link)-.*|cleaner|HTTP.*";

  private static Amqp091Client connect(Correio correio, String login) throws IOException {
    return Amqp091Client.connect(
        AmqpUrl.parse("amqp://" + login + "@127.0.0.1:" + correio.amqpPort() + "/%2f"), "test");
  }

  private static void put(Correio correio, String queue, String body) throws IOException {
    try (Amqp091Client client = connect(correio, "guest:guest")) {
      client.declareQueue(queue, true, FieldTable.empty());
      BasicProperties persistent =
          BasicProperties.builder().deliveryMode(BasicProperties.PERSISTENT).build();
      assertThat(client.put("", queue, persistent, body.getBytes(UTF_8)))
          .isEqualTo(Amqp091Client.Outcome.ACCEPTED);
    }
  }

  private static Optional<String> poll(Correio correio, String queue) throws IOException {
    try (Amqp091Client client = connect(correio, "guest:guest")) {
      return client.get(queue, true).map(Received::body).map(body -> new String(body, UTF_8));
    }
  }

  @Test
  void broker_in_memory_passes_messages_on_and_needs_no_folder() throws IOException {
    try (Correio correio = Correio.start(CorreioOptions.inMemory())) {
      put(correio, "letters", "dear Ana");
      assertThat(poll(correio, "letters")).contains("dear Ana");
      assertThat(poll(correio, "letters")).isEmpty();
    }
    assertThat(Path.of("data")).doesNotExist();
  }

  @Test
  void message_outlives_a_clean_stop(@TempDir Path folder) throws IOException {
    try (Correio correio = Correio.start(CorreioOptions.onFolder(folder))) {
      put(correio, "letters", "first");
      put(correio, "letters", "second");
      assertThat(poll(correio, "letters")).contains("first");
    }
    try (Correio correio = Correio.start(CorreioOptions.onFolder(folder))) {
      assertThat(poll(correio, "letters")).contains("second");
      assertThat(poll(correio, "letters")).isEmpty();
    }
  }

  @Test
  void second_broker_on_a_folder_is_refused_and_leaves_the_first_alone(@TempDir Path folder)
      throws IOException {
    try (Correio correio = Correio.start(CorreioOptions.onFolder(folder))) {
      assertThatThrownBy(() -> Correio.start(CorreioOptions.onFolder(folder)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(folder + " is in use by another process");
      put(correio, "letters", "still here");
    }
  }

  @Test
  void broker_whose_port_is_taken_lets_go_of_its_folder(@TempDir Path folder) throws IOException {
    try (Correio other = Correio.start(CorreioOptions.inMemory())) {
      Settings taken =
          Settings.DEFAULTS
              .with(Setting.DATA, folder.toString())
              .with(Setting.AMQP_PORT, other.amqpPort());
      assertThatThrownBy(() -> Correio.start(CorreioOptions.of(Config.of(taken))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("port " + other.amqpPort());
    }
    Correio.start(CorreioOptions.onFolder(folder)).close();
  }

  @Test
  void wrong_password_is_refused() throws IOException {
    try (Correio correio = Correio.start(CorreioOptions.inMemory())) {
      assertThatThrownBy(() -> connect(correio, "guest:wrong"))
          .isInstanceOf(ClientException.class)
          .hasMessageContaining("refused");
      assertThatThrownBy(() -> connect(correio, "nobody:guest"))
          .isInstanceOf(ClientException.class)
          .hasMessageContaining("refused");
    }
  }

  @Test
  void open_connections_are_told_when_the_broker_stops() throws IOException {
    Correio correio = Correio.start(CorreioOptions.inMemory());
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), correio.amqpPort())) {
      Thread stopping;
      try (Amqp091Client client = connect(correio, "guest:guest")) {
        client.declareQueue("q", true, FieldTable.empty());
        client.consume("q", true, 1);
        stopping = Thread.startVirtualThread(correio::close);
        assertThatThrownBy(() -> client.receive(null))
            .isInstanceOf(ClientException.class)
            .hasMessageContaining("CONNECTION_FORCED");
      }
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
      silent.shutdownOutput();
      join(stopping);
    }
    correio.close(); // again, for nothing
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void what_is_ready_is_announced_in_order() throws IOException {
    List<String> lines = new CopyOnWriteArrayList<>();
    try (Correio correio = Correio.start(CorreioOptions.inMemory().withAnnounce(lines::add))) {
      assertThat(lines.getFirst()).isEqualTo("AMQP on 127.0.0.1:" + correio.amqpPort());
    }
  }

  @Test
  void stopped_broker_leaves_no_thread_behind() throws IOException {
    Correio.start(CorreioOptions.inMemory()).close(); // what the JDK and Netty start once
    Correio.start(CorreioOptions.inMemory()).close();
    // A thread says that it has ended a moment before it has.
    await()
        .untilAsserted(() ->
            assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .filteredOn(name -> name.matches(OURS))
                .isEmpty());
  }
}
