package io.correio.server.cli;

import io.correio.posix.Address;
import io.correio.posix.PosixException;
import io.correio.posix.PosixSocket;
import io.correio.posix.SocketOption;
import io.correio.posix.SocketType;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code correio socket}: the two ends of a bare TCP connection, as POSIX sockets. */
@Command(
    name = "socket",
    description =
        "Listens for one TCP connection, or makes one: what comes on standard input is sent, what"
            + " is received goes to standard output.",
    subcommands = {SocketCommand.Listen.class, SocketCommand.Connect.class},
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  correio socket listen 12345 > received",
      "  correio socket connect 127.0.0.1 12345 < letter",
      "",
      "When standard input ends, the other side is told, and what it still sends is printed; when"
          + " the other side ends, the command ends.",
      "Exit status: 0 done, 2 wrong usage, 3 no connection, or it broke."
    })
final class SocketCommand implements Runnable {
  private static final String HOST = "--host";
  private static final String LOOPBACK = "127.0.0.1";

  @Spec private @Nullable CommandSpec spec;

  /** The command with arguments that need no explaining; else null. */
  static @Nullable Callable<Integer> plain(List<String> arguments) {
    PlainArguments plain = PlainArguments.read(arguments, Set.of(HOST));
    if (plain == null || plain.positionals().isEmpty()) {
      return null;
    }
    List<String> words = plain.positionals();
    String host = plain.option(HOST);
    return switch (words.getFirst() + " " + words.size()) {
      case "listen 2" -> new Listen(Integer.parseInt(words.get(1)), host == null ? LOOPBACK : host);
      case "connect 3" ->
          host == null ? new Connect(words.get(1), Integer.parseInt(words.get(2))) : null;
      default -> null;
    };
  }

  @Override
  public void run() {
    CommandSpec own = java.util.Objects.requireNonNull(spec);
    throw new ParameterException(own.commandLine(), "Say listen or connect.");
  }

  private static int failed(Exception e) {
    String what =
        e instanceof UnknownHostException ? "there is no host " + e.getMessage() : e.getMessage();
    System.err.println("correio socket: " + what);
    return e instanceof IllegalArgumentException ? ExitStatus.USAGE : ExitStatus.REFUSED;
  }

  /** {@code correio socket listen}: one connection from whoever comes first. */
  @Command(
      name = "listen",
      description = "Waits for a connection.",
      mixinStandardHelpOptions = true)
  static final class Listen implements Callable<Integer> {
    @Parameters(
        index = "0",
        paramLabel = "PORT",
        description = "Where to listen; 0 is any free one, told on standard error.")
    private int port;

    @Option(
        names = HOST,
        paramLabel = "ADDRESS",
        description = "The own address to listen on; default ${DEFAULT-VALUE}.")
    private String host = LOOPBACK;

    Listen() {}

    Listen(int port, String host) {
      this.port = port;
      this.host = host;
    }

    @Override
    public Integer call() {
      try (PosixSocket connection = accept()) {
        SocketStreams.join(connection);
        return ExitStatus.OK;
      } catch (IOException | IllegalArgumentException | UnsupportedOperationException e) {
        return failed(e);
      }
    }

    private PosixSocket accept() throws IOException {
      Address address = Address.getaddrinfo(host, port).getFirst();
      try (PosixSocket listener = PosixSocket.socket(address.family(), SocketType.STREAM)) {
        listener.setsockopt(SocketOption.SO_REUSEADDR, true);
        listener.bind(address);
        listener.listen(1);
        System.err.println("correio socket: listening on " + listener.getsockname());
        return listener.accept();
      }
    }
  }

  /** {@code correio socket connect}: a connection to whoever listens. */
  @Command(name = "connect", description = "Makes a connection.", mixinStandardHelpOptions = true)
  static final class Connect implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "HOST", description = "Name or address.")
    private String host = "";

    @Parameters(index = "1", paramLabel = "PORT", description = "Where it listens.")
    private int port;

    Connect() {}

    Connect(String host, int port) {
      this.host = host;
      this.port = port;
    }

    @Override
    public Integer call() {
      try (PosixSocket connection = connect()) {
        SocketStreams.join(connection);
        return ExitStatus.OK;
      } catch (IOException | IllegalArgumentException | UnsupportedOperationException e) {
        return failed(e);
      }
    }

    /** The first of the host's addresses that answers. */
    private PosixSocket connect() throws IOException {
      PosixException failure = null;
      for (Address address : Address.getaddrinfo(host, port)) {
        PosixSocket socket = PosixSocket.socket(address.family(), SocketType.STREAM);
        try {
          socket.connect(address);
          return socket;
        } catch (PosixException e) {
          socket.close();
          failure = e;
        }
      }
      throw failure == null ? new UnknownHostException(host) : failure;
    }
  }
}
