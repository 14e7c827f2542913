package io.correio.tests.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./correio} as a user runs it: one server, and the client commands against it. Runs where
 * {@code ./verify} names the launcher, which has built by then; a build inside a build would
 * overwrite what is being tested.
 */
@EnabledIfSystemProperty(named = "correio.launcher", matches = ".+")
final class LauncherTest {
  private static final String LAUNCHER = System.getProperty("correio.launcher", "");
  private static final long SECONDS_MAX = 60;

  @TempDir static Path folder;

  private static Process server;
  private static String url;

  private record Result(int status, String output) {}

  @BeforeAll
  static void start() throws IOException {
    server =
        new ProcessBuilder(
                LAUNCHER, "server", "--amqp-port", "0", "--http-port", "0", "--data", data())
            .redirectErrorStream(true)
            .start();
    Pattern listening = Pattern.compile("AMQP on \\S+:(\\d+)");
    BufferedReader reader = server.inputReader();
    List<String> printed = new ArrayList<>();
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      printed.add(line);
      Matcher matcher = listening.matcher(line);
      if (matcher.find()) {
        url = "amqp://guest:guest@127.0.0.1:" + matcher.group(1) + "/%2f";
        Thread.ofPlatform().daemon().start(() -> reader.lines().forEach(ignored -> {}));
        return;
      }
    }
    throw new IOException("server did not start: " + printed);
  }

  @AfterAll
  static void stops_cleanly_on_sigterm() throws InterruptedException {
    server.destroy();
    boolean ended = server.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
    server.destroyForcibly();
    assertThat(ended).isTrue();
    assertThat(server.exitValue()).isIn(0, 143);
  }

  private static String data() {
    return folder.resolve("data").toString();
  }

  private static Result run(String input, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(LAUNCHER));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CORREIO_URL", url);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return new Result(process.exitValue(), output);
  }

  @Test
  void put_and_get_pass_a_message_on() throws Exception {
    assertThat(run("", "put", "letters", "hello").status()).isZero();
    assertThat(run("", "get", "letters")).isEqualTo(new Result(0, "hello\n"));
  }

  @Test
  void put_takes_its_body_from_standard_input() throws Exception {
    assertThat(run("from stdin", "put", "piped").status()).isZero();
    assertThat(run("", "poll", "piped").output()).isEqualTo("from stdin\n");
  }

  @Test
  void poll_of_an_empty_queue_says_nothing_and_fails() throws Exception {
    assertThat(run("", "put", "once", "1").status()).isZero();
    assertThat(run("", "poll", "once")).isEqualTo(new Result(0, "1\n"));
    assertThat(run("", "poll", "once")).isEqualTo(new Result(1, ""));
  }

  @Test
  void get_gives_up_when_it_was_told_how_long_to_wait() throws Exception {
    assertThat(run("", "put", "waited", "1").status()).isZero();
    assertThat(run("", "get", "--wait", "5", "waited")).isEqualTo(new Result(0, "1\n"));
    Result nothing = run("", "get", "--wait", "1", "waited");
    assertThat(nothing.status()).isEqualTo(1);
    assertThat(nothing.output()).isEmpty();
  }

  @Test
  void queues_lists_names_and_counts() throws Exception {
    assertThat(run("", "put", "listed", "1").status()).isZero();
    assertThat(run("", "put", "listed", "2").status()).isZero();
    assertThat(run("", "queues").output()).containsPattern("listed\\s+.*2");
  }

  @Test
  void perf_moves_messages() throws Exception {
    Result result = run("", "perf", "--time", "2");
    assertThat(result.status()).as(result.output()).isZero();
  }

  @Test
  void unknown_command_is_told_with_a_status() throws Exception {
    assertThat(run("", "no-such-command").status()).isEqualTo(2);
  }

  @Test
  void help_names_the_commands() throws Exception {
    assertThat(run("", "--help").output())
        .contains("server", "put", "get", "poll", "queues", "perf", "socket");
  }
}
