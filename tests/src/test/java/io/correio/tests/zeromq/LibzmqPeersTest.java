package io.correio.tests.zeromq;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.zeromq.Context;
import io.correio.zeromq.Socket;
import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.model.SocketType;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every pair of socket types that may talk, over tcp and ipc, either side bound, with libzmq. */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
final class LibzmqPeersTest {
  private static final Path SCRIPT =
      Path.of("..").toAbsolutePath().normalize().resolve("tests/python/zmq_checks.py");
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int COUNT = 20;

  @TempDir Path folder;
  private final Context context = new Context();
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void leave_nothing_behind() {
    context.close();
    started.forEach(Process::destroyForcibly);
  }

  /** Starts the other side and joins it; the one of the two that is said to binds. */
  private Socket meet(Socket ours, String transport, boolean theyBind, String... roleAndMore)
      throws IOException {
    String any = transport.equals("tcp") ? "tcp://127.0.0.1:*" : "ipc://" + folder.resolve("s");
    String endpoint = theyBind ? any : ours.bind(any);
    List<String> command = new ArrayList<>();
    command.addAll(List.of("/usr/bin/python3", SCRIPT.toString(), roleAndMore[0], endpoint));
    command.add(roleAndMore[1] + (theyBind ? "-bind" : "-connect"));
    command.addAll(List.of(roleAndMore).subList(2, roleAndMore.length));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    started.add(process);
    if (theyBind) {
      ours.connect(Objects.requireNonNull(process.inputReader().readLine()));
    }
    return ours;
  }

  private List<String> output() throws InterruptedException {
    Process process = started.getLast();
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
    return lines;
  }

  private static Message receive(Socket socket) {
    return Objects.requireNonNull(socket.receive(SOON), "nothing came");
  }

  @ParameterizedTest
  @CsvSource({
    "REP, REQ, tcp, false",
    "REP, REQ, tcp, true",
    "REP, REQ, ipc, false",
    "REP, REQ, ipc, true",
    "REP, DEALER, tcp, false",
    "REP, DEALER, tcp, true",
    "REP, DEALER, ipc, true",
    "ROUTER, REQ, tcp, false",
    "ROUTER, REQ, tcp, true",
    "ROUTER, REQ, ipc, false",
    "ROUTER, DEALER, tcp, false",
    "ROUTER, DEALER, tcp, true",
    "ROUTER, DEALER, ipc, true",
    "DEALER, DEALER, tcp, false",
    "DEALER, DEALER, ipc, true",
    "PAIR, PAIR, tcp, false",
    "PAIR, PAIR, tcp, true",
    "PAIR, PAIR, ipc, false"
  })
  void ours_answers_theirs(SocketType ours, String theirs, String transport, boolean theyBind)
      throws Exception {
    Socket socket = context.socket(ours);
    meet(socket, transport, theyBind, "ask", theirs, "" + COUNT, "delimited");
    for (int i = 0; i < COUNT; i++) {
      socket.send(receive(socket));
    }
    output();
  }

  @ParameterizedTest
  @CsvSource({
    "REQ, REP, tcp, false",
    "REQ, REP, tcp, true",
    "REQ, REP, ipc, false",
    "REQ, REP, ipc, true",
    "REQ, ROUTER, tcp, false",
    "REQ, ROUTER, tcp, true",
    "REQ, ROUTER, ipc, true",
    "DEALER, ROUTER, tcp, false",
    "DEALER, ROUTER, tcp, true",
    "DEALER, ROUTER, ipc, false",
    "DEALER, REP, tcp, false",
    "DEALER, REP, tcp, true",
    "DEALER, DEALER, tcp, true",
    "PAIR, PAIR, tcp, true",
    "PAIR, PAIR, ipc, true"
  })
  void theirs_answers_ours(SocketType ours, String theirs, String transport, boolean theyBind)
      throws Exception {
    Socket socket = context.socket(ours);
    meet(socket, transport, theyBind, "echo", theirs, "" + COUNT);
    for (int i = 0; i < COUNT; i++) {
      Message body = Message.owned(new byte[0], ("" + i).getBytes(UTF_8), new byte[1000 * i]);
      socket.send(body);
      assertThat(receive(socket)).isEqualTo(body);
    }
    output();
  }

  @ParameterizedTest
  @CsvSource({"PULL, tcp, false", "PULL, tcp, true", "PULL, ipc, false", "PULL, ipc, true"})
  void theirs_collects_what_ours_pushes(String theirs, String transport, boolean theyBind)
      throws Exception {
    Socket push = context.socket(SocketType.PUSH);
    int[] sizes = {0, 1, 254, 255, 256, 8192, 65_536, 1 << 20, 64 << 20};
    meet(push, transport, theyBind, "sink", theirs, "" + sizes.length);
    List<String> expected = new ArrayList<>();
    for (int size : sizes) {
      byte[] body = pattern(size);
      push.send(Message.owned(new byte[0], body));
      expected.add("2 " + size + " " + digest(body));
    }
    assertThat(output()).isEqualTo(expected);
  }

  private static byte[] pattern(int size) {
    byte[] body = new byte[size];
    for (int i = 0; i < size; i++) {
      body[i] = (byte) (i * 31 + (i >> 10));
    }
    return body;
  }

  private static String digest(byte[] body) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
  }

  @ParameterizedTest
  @CsvSource({"tcp, false", "tcp, true", "ipc, false", "ipc, true"})
  void ours_collects_what_theirs_pushes(String transport, boolean theyBind) throws Exception {
    Socket pull = context.socket(SocketType.PULL);
    int[] sizes = {0, 255, 256, 65_536, 64 << 20, 3};
    meet(pull, transport, theyBind, "source", "PUSH", "0", "255", "256", "65536", "67108864", "3");
    for (int size : sizes) {
      Message message = receive(pull);
      assertThat(message.size()).isEqualTo(2);
      assertThat(message.frame(1)).hasSize(size);
    }
    output();
  }

  @ParameterizedTest
  @CsvSource({
    "SUB, tcp, false",
    "SUB, tcp, true",
    "SUB, ipc, false",
    "SUB, ipc, true",
    "XSUB, tcp, false",
    "XSUB, tcp, true"
  })
  void theirs_subscribes_to_ours(String theirs, String transport, boolean theyBind)
      throws Exception {
    Socket xpub = context.socket(SocketType.XPUB);
    meet(xpub, transport, theyBind, "subscribe", theirs, "3");
    assertThat(receive(xpub).text()).isEqualTo("\u0001go");
    for (String topic : List.of("no", "go", "gone", "g", "go2")) {
      xpub.send(topic, "body");
    }
    assertThat(receive(xpub).text()).isEqualTo("\u0000go");
    assertThat(output()).containsExactly("go body", "gone body", "go2 body");
  }

  @ParameterizedTest
  @CsvSource({"tcp, false", "tcp, true", "ipc, false", "ipc, true"})
  void ours_subscribes_to_theirs(String transport, boolean theyBind) throws Exception {
    Socket sub = context.socket(SocketType.SUB).subscribe("go");
    meet(sub, transport, theyBind, "publish", "XPUB", "3");
    for (int i = 0; i < 3; i++) {
      assertThat(receive(sub)).isEqualTo(Message.of("go", "" + i));
      assertThat(receive(sub)).isEqualTo(Message.of("gone", "" + i));
    }
    sub.unsubscribe("go");
    output();
  }

  @ParameterizedTest
  @CsvSource({"tcp", "ipc"})
  void ours_finds_theirs_again_when_it_comes_back(String transport) throws Exception {
    String endpoint = transport.equals("tcp") ? freePort() : "ipc://" + folder.resolve("again");
    Socket req = context.socket(SocketType.REQ);
    req.set(SocketOption.RECONNECT_INTERVAL, Duration.ofMillis(20));
    req.connect(endpoint);
    for (int i = 0; i < 3; i++) {
      Process rep =
          new ProcessBuilder(
                  "/usr/bin/python3", SCRIPT.toString(), "echo", endpoint, "REP-bind", "1")
              .redirectErrorStream(true)
              .start();
      started.add(rep);
      req.send("round" + i);
      assertThat(receive(req).text()).isEqualTo("round" + i);
      assertThat(rep.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(rep.exitValue()).isZero();
    }
  }

  private String freePort() {
    try (Socket probe = context.socket(SocketType.REP)) {
      return probe.bind("tcp://127.0.0.1:*");
    }
  }
}
