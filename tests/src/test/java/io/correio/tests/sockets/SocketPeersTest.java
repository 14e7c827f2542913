package io.correio.tests.sockets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.posix.Address;
import io.correio.posix.Descriptor;
import io.correio.posix.Message;
import io.correio.posix.PosixException;
import io.correio.posix.PosixSocket;
import io.correio.posix.SocketType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The echo server and client in Python, and those in {@code examples/sockets}, in any mixture. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
final class SocketPeersTest {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final String PYTHON = "/usr/bin/python3";

  @TempDir Path folder;

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void leave_no_process_behind() {
    started.forEach(Process::destroyForcibly);
  }

  private Process python(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(PYTHON);
    command.add(PROJECT.resolve("tests/python/socket_checks.py").toString());
    command.addAll(List.of(arguments));
    return start(command);
  }

  private Process java(String example, String... arguments) throws Exception {
    Path classes =
        Path.of(PosixSocket.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", classes.toString()));
    command.add(PROJECT.resolve("examples/sockets/" + example + ".java").toString());
    command.addAll(List.of(arguments));
    return start(command);
  }

  private Process start(List<String> command) throws IOException {
    // What a program says beside its output, such as a warning of the virtual machine, counts.
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    started.add(process);
    return process;
  }

  private static String line(Process process) throws IOException {
    return process.inputReader().readLine();
  }

  private static void assertEnded(Process process) throws Exception {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue())
        .as(String.join("\n", process.inputReader().lines().toList()))
        .isZero();
  }

  private static String askEcho(Address server) throws PosixException {
    try (PosixSocket socket = PosixSocket.socket(server.family(), SocketType.STREAM)) {
      socket.connect(server);
      socket.sendAll("Hello, world".getBytes(UTF_8));
      byte[] buffer = new byte[1024];
      return new String(buffer, 0, socket.receive(buffer), UTF_8);
    }
  }

  private static void serveEcho(PosixSocket listener) throws PosixException {
    try (PosixSocket connection = listener.accept()) {
      byte[] buffer = new byte[1024];
      for (int n = connection.receive(buffer); n > 0; n = connection.receive(buffer)) {
        connection.sendAll((new String(buffer, 0, n, UTF_8) + " *").getBytes(UTF_8));
      }
    }
  }

  private static PosixSocket listener(Address address, SocketType type) throws PosixException {
    PosixSocket listener = PosixSocket.socket(address.family(), type);
    listener.bind(address);
    listener.listen(1);
    return listener;
  }

  @Test
  void our_client_asks_their_server() throws Exception {
    Process server = python("server", "0");
    int port = Integer.parseInt(line(server));
    assertThat(askEcho(Address.Inet4.loopback(port))).isEqualTo("Hello, world *");
    assertEnded(server);
  }

  @Test
  void their_client_asks_our_server() throws Exception {
    try (PosixSocket listener = listener(Address.Inet4.loopback(0), SocketType.STREAM)) {
      Process client = python("client", port(listener));
      serveEcho(listener);
      assertThat(line(client)).isEqualTo("b'Hello, world *'");
      assertEnded(client);
    }
  }

  @Test
  void our_client_asks_their_server_at_a_path_and_at_an_abstract_name() throws Exception {
    Path path = folder.resolve("echo");
    String name = "@correio-test-" + ProcessHandle.current().pid();
    for (String text : List.of(path.toString(), name)) {
      Process server = python("unix-server", text);
      assertThat(line(server)).isEqualTo("listening");
      Address address =
          text.startsWith("@")
              ? Address.UnixAbstract.of(text.substring(1))
              : new Address.UnixPath(text);
      assertThat(askEcho(address)).isEqualTo("Hello, world *");
      assertEnded(server);
    }
  }

  @Test
  void another_program_takes_a_descriptor_from_us() throws Exception {
    Path letter = Files.writeString(folder.resolve("letter"), "Dear Ana");
    Path path = folder.resolve("hand-over");
    try (PosixSocket listener = listener(Address.UnixPath.of(path), SocketType.SEQPACKET)) {
      Process receiver = python("receive-descriptor", path.toString());
      try (PosixSocket connection = listener.accept();
          Descriptor file = Descriptor.open(letter, false)) {
        ByteBuffer text = ByteBuffer.wrap("it says:".getBytes(UTF_8));
        assertThat(connection.sendmsg(Message.of(text).with(file), 0)).isEqualTo(8);
        assertThat(line(receiver)).isEqualTo("it says: Dear Ana");
      }
      assertEnded(receiver);
    }
  }

  @Test
  void the_examples_talk_to_each_other_and_say_nothing_else() throws Exception {
    Process server = java("EchoServer");
    Process client = java("EchoClient", listeningPort(server));
    assertThat(client.inputReader().lines().toList()).containsExactly("Hello, world *");
    assertEnded(client);
    assertEnded(server);
  }

  @Test
  void the_example_of_the_backlog_shows_what_the_documentation_says() throws Exception {
    Process backlog = java("Backlog", "2");
    assertThat(backlog.inputReader().lines().toList())
        .containsExactly(
            "backlog 2: 3 connections stand, none accepted",
            "the next client gets no answer, and is not refused",
            "all accepted: the next client's request, when repeated, goes through",
            "connected: true");
    assertEnded(backlog);
  }

  @Test
  void the_examples_talk_to_another_language() throws Exception {
    Process theirs = python("server", "0");
    Process client = java("EchoClient", line(theirs));
    assertThat(line(client)).isEqualTo("Hello, world *");
    assertEnded(theirs);
    Process server = java("EchoServer");
    assertThat(line(python("client", listeningPort(server)))).isEqualTo("b'Hello, world *'");
    assertEnded(server);
  }

  private static String listeningPort(Process server) throws IOException {
    String line = line(server);
    assertThat(line).startsWith("listening on 127.0.0.1:");
    return line.substring(line.lastIndexOf(':') + 1);
  }

  private static String port(PosixSocket listener) throws PosixException {
    return Integer.toString(((Address.Inet4) listener.getsockname()).port());
  }
}
