package io.correio.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.correio.server.Correio;
import io.correio.server.CorreioOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Commands as a user types them, but in this process and against a broker in it. */
@Isolated("standard streams belong to the process")
@Timeout(60)
class CommandsTest {

  private static Correio correio;

  private record Result(int status, String out, String err) {}

  @BeforeAll
  static void start() throws IOException {
    correio = Correio.start(CorreioOptions.inMemory());
  }

  @AfterAll
  static void stop() {
    correio.close();
  }

  private static String url() {
    return "amqp://guest:guest@127.0.0.1:" + correio.amqpPort() + "/%2f";
  }

  private static Result run(String input, String... arguments) {
    InputStream in = System.in;
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ByteArrayOutputStream complained = new ByteArrayOutputStream();
    System.setIn(new ByteArrayInputStream(input.getBytes(UTF_8)));
    System.setOut(new PrintStream(printed, true, UTF_8));
    System.setErr(new PrintStream(complained, true, UTF_8));
    try {
      int status = Main.run(arguments);
      return new Result(status, printed.toString(UTF_8), complained.toString(UTF_8));
    } finally {
      System.setIn(in);
      System.setOut(out);
      System.setErr(err);
      // Commands set up the log of the whole process.
      rootLogger().setLevel(Level.ERROR);
    }
  }

  private static Logger rootLogger() {
    return (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  }

  private static Result client(String command, String... arguments) {
    List<String> all = new ArrayList<>(List.of(command, "--url", url()));
    all.addAll(List.of(arguments));
    return run("", all.toArray(String[]::new));
  }

  @Test
  void what_is_put_is_got_in_order() {
    assertThat(client("put", "order", "first")).isEqualTo(new Result(0, "", ""));
    assertThat(client("put", "order", "@second")).isEqualTo(new Result(0, "", ""));
    assertThat(client("get", "order")).isEqualTo(new Result(0, "first\n", ""));
    assertThat(client("get", "order", "--wait", "20")).isEqualTo(new Result(0, "@second\n", ""));
    assertThat(client("get", "order", "--wait=0.01")).isEqualTo(new Result(1, "", ""));
  }

  @Test
  void body_comes_from_standard_input_as_it_is() {
    Result put = run("two\nlines\n", "put", "--url=" + url(), "piped");
    assertThat(put).isEqualTo(new Result(0, "", ""));
    assertThat(client("poll", "piped")).isEqualTo(new Result(0, "two\nlines\n\n", ""));
  }

  @Test
  void poll_of_an_empty_queue_prints_nothing_and_fails() {
    client("put", "once", "1");
    assertThat(client("poll", "once").out()).isEqualTo("1\n");
    assertThat(client("poll", "once")).isEqualTo(new Result(1, "", ""));
  }

  @Test
  void poll_of_a_missing_queue_fails_with_its_name() {
    Result result = client("poll", "missing");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).endsWith("correio poll: there is no queue 'missing'\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"get", "poll"})
  void message_that_cannot_be_printed_stays_in_its_queue(String command) {
    String queue = "unprinted " + command;
    client("put", queue, "precious");
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream complained = new ByteArrayOutputStream();
    System.setOut(new PrintStream(new FullOutput(), false, UTF_8));
    System.setErr(new PrintStream(complained, true, UTF_8));
    try {
      assertThat(Main.run(command, "--url", url(), queue)).isEqualTo(3);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    assertThat(complained.toString(UTF_8)).contains("the message stays in its queue");
    assertThat(client("poll", queue)).isEqualTo(new Result(0, "precious\n", ""));
  }

  /** Like /dev/full. */
  private static final class FullOutput extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      throw new IOException("No space left on device");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"put", "get", "poll"})
  void empty_name_of_a_queue_is_wrong_usage_and_makes_none(String command) {
    String before = client("queues").out();
    Result result = client(command, "");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("QUEUE is empty");
    assertThat(client("queues").out()).isEqualTo(before);
  }

  @Test
  void body_that_is_too_long_is_told_as_such() {
    Result result = run("x".repeat((16 << 20) + 1), "put", "--url=" + url(), "long");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err())
        .isEqualTo("correio put: standard input has more than 16777216 bytes\n");
  }

  @Test
  void messages_go_through_json_with_all_that_is_said_about_them() {
    String letters =
        "{\"body\": \"one\", \"id\": \"l-1\", \"properties\": {\"city\": \"Recife\", \"n\": 2}}"
            + "\n{\"base64\": \"/wA=\", \"priority\": 7}\n";
    assertThat(run(letters, "put", "--url", url(), "json", "--json"))
        .isEqualTo(new Result(0, "", ""));
    Result got = client("get", "json", "--json", "--count", "2");
    assertThat(got.out().lines())
        .containsExactly(
            "{\"body\":\"one\",\"id\":\"l-1\",\"priority\":4,\"durable\":true,\"deliveryCount\":0,"
                + "\"properties\":{\"city\":\"Recife\",\"n\":2}}",
            "{\"base64\":\"/wA=\",\"priority\":7,\"durable\":true,\"deliveryCount\":0}");
  }

  @Test
  void json_that_is_no_message_is_told_with_its_line_and_what_was_before_is_put() {
    Result put = run("{\"body\": \"1\"}\n{\"boddy\": 2}", "put", "--url", url(), "typo", "--json");
    assertThat(put.status()).isEqualTo(3);
    assertThat(put.err()).contains("line 2", "'boddy'");
    assertThat(client("poll", "typo")).isEqualTo(new Result(0, "1\n", ""));
  }

  @Test
  void count_puts_and_takes_several() {
    assertThat(client("put", "several", "x", "--count", "3").status()).isZero();
    assertThat(client("get", "several", "--count", "2").out()).isEqualTo("x\nx\n");
    assertThat(client("get", "several", "--count", "2", "--wait", "0.01"))
        .isEqualTo(new Result(1, "x\n", ""));
    assertThat(client("poll", "several", "--count", "5").status()).isEqualTo(1);
  }

  @Test
  void file_is_put_as_it_is(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("letter"), "from a file");
    assertThat(client("put", "filed", "--file", file.toString()).status()).isZero();
    assertThat(client("poll", "filed").out()).isEqualTo("from a file\n");
    assertThat(client("put", "filed", "--file", file + "2").err()).contains("letter2");
  }

  @Test
  void notify_runs_a_command_for_each_message_and_acknowledges_by_its_status(@TempDir Path folder)
      throws IOException {
    Path log = folder.resolve("log");
    String script =
        "read -r body; echo \"$body $CORREIO_ID\" >> "
            + log
            + "; case $body in bad) exit 65 ;; again) test \"$CORREIO_DELIVERY_COUNT\" = 1 ;; esac";
    String messages =
        "{\"body\": \"bad\\n\"} {\"body\": \"again\\n\", \"id\": \"7\"} {\"body\": \"good\\n\"}";
    run(messages, "put", "--url", url(), "jobs", "--json");
    Result result = client("notify", "jobs", "--count", "2", "--", "sh", "-c", script);
    assertThat(result.status()).isZero();
    assertThat(Files.readAllLines(log)).containsExactly("bad ", "again 7", "again 7", "good ");
    assertThat(client("poll", "jobs").status()).isEqualTo(1);
  }

  @Test
  void notify_without_a_command_prints() {
    client("put", "printed", "1");
    assertThat(client("notify", "printed", "--count", "1").out()).isEqualTo("1\n");
    assertThat(client("poll", "printed").status()).isEqualTo(1);
  }

  @Test
  void perf_tells_wrong_usage_and_a_missing_broker_apart() {
    Result usage = client("perf", "--time", "0");
    assertThat(usage.status()).isEqualTo(2);
    assertThat(usage.err()).startsWith("correio perf: --time");
    Result missing = run("", "perf", "--url", "amqp://127.0.0.1:1", "--time", "1");
    assertThat(missing.status()).isEqualTo(3);
    assertThat(missing.err()).contains("./correio server");
  }

  @Test
  void what_peers_name_makes_no_lines_and_no_colours_in_the_log() {
    PrintStream err = System.err;
    ByteArrayOutputStream logged = new ByteArrayOutputStream();
    System.setErr(new PrintStream(logged, true, UTF_8));
    try {
      CommandLog.ofServer();
      LoggerFactory.getLogger(CommandsTest.class)
          .warn("no queue '{}'", "a\r\nb\u001b[31m\u2028ção");
    } finally {
      System.setErr(err);
      rootLogger().setLevel(Level.ERROR);
    }
    assertThat(logged.toString(UTF_8)).endsWith("CommandsTest: no queue 'a??b?[31m?ção'\n");
  }

  @Test
  void queues_are_listed_with_their_figures_by_either_url() {
    client("put", "listed", "1");
    client("put", "listed", "2");
    rootLogger().setLevel(Level.TRACE); // as loud as it is where nothing is set up
    Result byBroker = client("queues");
    assertThat(byBroker.err()).isEmpty();
    assertThat(byBroker.out()).containsPattern("name +ready +unsettled +consumers\n");
    assertThat(byBroker.out()).containsPattern("listed +2 +0 +0\n");
    Result byHttp =
        run("", "queues", "--http", "http://guest:guest@127.0.0.1:" + correio.httpPort());
    assertThat(byHttp).isEqualTo(byBroker);
  }

  @Test
  void broker_that_is_not_there_is_named_with_what_to_do() {
    Result result = run("", "poll", "q", "--url", "amqp://127.0.0.1:1");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).contains("127.0.0.1:1", "./correio server");
  }

  @Test
  void wrong_password_is_told_with_the_broker() {
    Result result =
        run("", "poll", "q", "--url", "amqp://guest:wrong@127.0.0.1:" + correio.amqpPort());
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).contains("efused").doesNotContain("wrong@");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--url",
        "q --wait soon",
        "q --wait -1",
        "q --wait NaN",
        "q --no-such",
        "q 1 2 3",
        "q --url http://x"
      })
  void wrong_usage_is_explained(String arguments) {
    List<String> command = new ArrayList<>(List.of("get"));
    if (!arguments.isEmpty()) {
      command.addAll(List.of(arguments.split(" ", -1)));
    }
    Result result = run("", command.toArray(String[]::new));
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).isNotEmpty();
    assertThat(result.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "put", "get", "poll", "notify", "browse", "queues", "perf"})
  void every_command_has_help_with_examples(String command) {
    Result result = run("", command, "--help");
    assertThat(result.status()).isZero();
    assertThat(result.out()).contains("Usage: correio " + command, "\n  correio " + command);
  }

  @Test
  void help_names_the_commands() {
    for (Result result : List.of(run("", "--help"), run("", "help"), run(""))) {
      assertThat(result.status()).isZero();
      assertThat(result.out()).contains("server", "put", "get", "poll", "queues", "perf");
    }
  }

  @Test
  void version_is_told() {
    assertThat(run("", "--version")).isEqualTo(new Result(0, "Correio 0.1.0\n", ""));
  }

  @Test
  void unknown_command_is_wrong_usage() {
    assertThat(run("", "srever").status()).isEqualTo(2);
  }

  @Test
  void server_names_what_is_wrong_with_its_configuration(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("c.toml"), "listen.amqp-prot = 1\n");
    Result result = run("", "server", "--config", file.toString());
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains(file + ", line 1", "did you mean listen.amqp-port?");
  }

  @Test
  void server_whose_port_is_taken_says_so_in_one_sentence(@TempDir Path folder) {
    Result result =
        run(
            "",
            "server",
            "--data",
            folder.toString(),
            "--amqp-port",
            String.valueOf(correio.amqpPort()));
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).contains("port " + correio.amqpPort());
    assertThat(result.err().lines().filter(line -> line.startsWith("correio server:"))).hasSize(1);
  }
}
