package io.correio.tests.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The command-line tools of librabbitmq, the C client, as a shell script would use them. */
@ExtendWith(BrokerExtension.class)
final class AmqpToolsTest {
  private final Broker broker;
  private final String queue = Broker.unique("tools");

  AmqpToolsTest(Broker broker) {
    this.broker = broker;
  }

  private Program.Result run(String input, String tool, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(tool, "--url", broker.url()));
    Collections.addAll(command, arguments);
    return Program.run(input, command);
  }

  private void succeeds(String tool, String... arguments) throws IOException, InterruptedException {
    Program.Result result = run("", tool, arguments);
    assertThat(result.status()).as(result.errors()).isZero();
  }

  @BeforeEach
  void declare() throws Exception {
    succeeds("amqp-declare-queue", "--queue", queue, "--durable");
  }

  @AfterEach
  void delete() throws Exception {
    succeeds("amqp-delete-queue", "--queue", queue);
  }

  @Test
  void published_body_is_got_and_then_the_queue_is_empty() throws Exception {
    succeeds("amqp-publish", "--routing-key", queue, "--body", "hello", "--persistent");
    Program.Result got = run("", "amqp-get", "--queue", queue);
    assertThat(got.output()).isEqualTo("hello");
    assertThat(run("", "amqp-get", "--queue", queue).status()).as("empty").isEqualTo(2);
  }

  @Test
  void lines_of_standard_input_become_messages() throws Exception {
    Program.Result published =
        run("one\ntwo\n", "amqp-publish", "--routing-key", queue, "--line-buffered");
    assertThat(published.status()).as(published.errors()).isZero();
    assertThat(run("", "amqp-get", "--queue", queue).output()).startsWith("one");
    assertThat(run("", "amqp-get", "--queue", queue).output()).startsWith("two");
  }

  @Test
  void consumer_runs_a_command_for_each_message() throws Exception {
    succeeds("amqp-publish", "--routing-key", queue, "--body", "a");
    succeeds("amqp-publish", "--routing-key", queue, "--body", "b");
    Program.Result consumed = run("", "amqp-consume", "--queue", queue, "--count", "2", "cat");
    assertThat(consumed.output()).as(consumed.errors()).isEqualTo("ab");
    assertThat(run("", "amqp-get", "--queue", queue).status()).as("acknowledged").isEqualTo(2);
  }

  @Test
  void binding_to_a_missing_exchange_is_told() throws Exception {
    String own = Broker.unique("own");
    Program.Result missing =
        run("", "amqp-consume", "--queue", own, "--exchange", "none", "--routing-key", "k", "cat");
    assertThat(missing.status()).isNotZero();
    assertThat(missing.errors()).contains("404");
  }

  @Test
  void wrong_password_is_told() throws Exception {
    Program.Result result =
        Program.run(
            "",
            List.of(
                "amqp-get",
                "--url",
                broker.url().replace("guest:guest", "guest:wrong"),
                "--queue",
                queue));
    assertThat(result.status()).isNotZero();
    assertThat(result.errors()).contains("403");
  }
}
