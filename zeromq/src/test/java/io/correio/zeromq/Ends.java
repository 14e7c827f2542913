package io.correio.zeromq;

import io.correio.zeromq.model.Message;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/** What the tests of sockets share. */
final class Ends {
  /** Long enough for a busy machine; nothing is measured by it. */
  static final Duration SOON = Duration.ofSeconds(20);

  /** Long enough to see that nothing comes. */
  static final Duration A_MOMENT = Duration.ofMillis(150);

  static final Charset UTF = StandardCharsets.UTF_8;

  private Ends() {}

  /** An endpoint of a transport that is free. */
  static String endpoint(String transport, Path folder) {
    return switch (transport) {
      case "tcp" -> "tcp://127.0.0.1:*";
      case "ipc" -> "ipc://" + folder.resolve("s" + System.nanoTime());
      default -> "inproc://" + System.nanoTime();
    };
  }

  static Message receive(Socket socket) {
    return Objects.requireNonNull(socket.receive(SOON), "nothing came");
  }

  static String text(Socket socket) {
    return receive(socket).text();
  }
}
