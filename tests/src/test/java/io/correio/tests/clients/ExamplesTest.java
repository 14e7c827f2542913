package io.correio.tests.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import io.correio.tests.broker.BrokerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The programs in {@code examples/} as their README shows them, in any mixture of languages. */
@ExtendWith(BrokerExtension.class)
final class ExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();
  private static final List<String> LETTERS =
      List.of(
          "mailbox-ana: Dear both, see you on Sunday.",
          "mailbox-rui: Dear both, see you on Sunday.");

  private static List<String> run(String program, Broker broker)
      throws IOException, InterruptedException {
    String interpreter = program.endsWith(".py") ? Program.PYTHON : "node";
    Program.Result result =
        Program.run("", List.of(interpreter, EXAMPLES.resolve(program).toString(), broker.url()));
    assertThat(result.status()).as("%s: %s", program, result.errors()).isZero();
    return result.lines();
  }

  @ParameterizedTest
  @CsvSource({
    "producer.py, consumer.py", "producer.py, consumer.js",
    "producer.js, consumer.py", "producer.js, consumer.js"
  })
  void what_one_program_publishes_the_other_prints_once(
      String producer, String consumer, Broker broker) throws Exception {
    assertThat(run(producer, broker)).isEmpty();
    assertThat(run(consumer, broker)).containsExactlyElementsOf(LETTERS);
    assertThat(run(consumer, broker)).isEmpty();
  }

  @Test
  void letters_outlive_a_killed_broker(@TempDir Path folder) throws Exception {
    try (BrokerProcess process = BrokerProcess.start(folder)) {
      run("producer.py", process.broker());
      process.kill();
      process.restart();
      assertThat(run("consumer.js", process.broker())).containsExactlyElementsOf(LETTERS);
    }
  }
}
