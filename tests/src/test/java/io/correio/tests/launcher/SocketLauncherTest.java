package io.correio.tests.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.posix.Address;
import io.correio.posix.AddressFamily;
import io.correio.posix.PosixSocket;
import io.correio.posix.SocketType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** {@code ./correio socket} as a user runs it. */
@EnabledIfSystemProperty(named = "correio.launcher", matches = ".+")
@EnabledOnOs(OS.LINUX)
@Timeout(180)
final class SocketLauncherTest {
  private static final String LAUNCHER = System.getProperty("correio.launcher", "");

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void leave_no_process_behind() {
    started.forEach(Process::destroyForcibly);
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(LAUNCHER, "socket"));
    command.addAll(Arrays.asList(arguments));
    Process process = new ProcessBuilder(command).start();
    started.add(process);
    return process;
  }

  /** Starts a listener, and finds its port; it says nothing else, not even the virtual machine. */
  private static int port(Process listener) throws IOException {
    String line = listener.errorReader().readLine();
    assertThat(line).matches("correio socket: listening on 127\\.0\\.0\\.1:\\d+");
    return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
  }

  private static void write(Process process, String text) throws IOException {
    process.getOutputStream().write(text.getBytes(UTF_8));
    process.getOutputStream().flush();
  }

  private static String rest(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  private static int status(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Test
  void two_of_them_talk_and_end_together() throws Exception {
    Process listener = start("listen", "0");
    Process client = start("connect", "127.0.0.1", Integer.toString(port(listener)));
    write(client, "question\n");
    assertThat(listener.getInputStream().readNBytes(9)).isEqualTo("question\n".getBytes(UTF_8));
    write(listener, "answer\n");
    assertThat(client.getInputStream().readNBytes(7)).isEqualTo("answer\n".getBytes(UTF_8));
    client.getOutputStream().close();
    assertThat(status(listener)).isZero();
    assertThat(status(client)).isZero();
    assertThat(rest(listener)).isEmpty();
    assertThat(client.errorReader().readLine()).isNull();
  }

  @Test
  void what_the_other_side_sends_after_the_end_of_input_is_printed() throws Exception {
    try (PosixSocket listener = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM)) {
      listener.bind(Address.Inet4.loopback(0));
      listener.listen(1);
      int port = ((Address.Inet4) listener.getsockname()).port();
      Process client = start("connect", "localhost", Integer.toString(port));
      write(client, "all");
      client.getOutputStream().close();
      try (PosixSocket connection = listener.accept()) {
        byte[] buffer = new byte[100];
        assertThat(connection.receive(buffer)).isEqualTo(3);
        assertThat(connection.receive(buffer)).isZero();
        connection.sendAll("late".getBytes(UTF_8));
      }
      assertThat(rest(client)).isEqualTo("late");
      assertThat(status(client)).isZero();
    }
  }

  @Test
  void the_end_of_the_other_side_ends_it_although_standard_input_is_open() throws Exception {
    Process listener = start("listen", "--host", "127.0.0.1", "0");
    try (PosixSocket client = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM)) {
      client.connect(Address.Inet4.loopback(port(listener)));
      client.sendAll("bye".getBytes(UTF_8));
    }
    assertThat(rest(listener)).isEqualTo("bye");
    assertThat(status(listener)).isZero();
  }

  @Test
  void nobody_there_and_wrong_usage_are_told() throws Exception {
    int unused;
    try (PosixSocket bound = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM)) {
      bound.bind(Address.Inet4.loopback(0));
      unused = ((Address.Inet4) bound.getsockname()).port();
      Process client = start("connect", "127.0.0.1", Integer.toString(unused));
      assertThat(status(client)).isEqualTo(3);
      assertThat(client.errorReader().readLine()).contains("ECONNREFUSED");
    }
    assertThat(status(start("listen"))).isEqualTo(2);
    assertThat(status(start("listen", "70000"))).isEqualTo(2);
    assertThat(status(start("hear", "0"))).isEqualTo(2);
    assertThat(status(start())).isEqualTo(2);
    Process help = start("connect", "--help");
    assertThat(rest(help)).contains("HOST", "PORT");
    assertThat(status(help)).isZero();
  }
}
