package io.correio.server.cli;

import io.correio.server.client.Amqp091Client;
import io.correio.server.client.AmqpUrl;
import io.correio.server.client.ClientException;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What commands that talk to a broker have in common: where it is, and how failures are told. */
abstract class ClientCommand implements Callable<Integer> {

  private static final int ACCESS_REFUSED = 403;

  /** The option of all these commands, see its description. */
  static final String URL = "--url";

  private final String name;

  @Option(
      names = URL,
      paramLabel = "URL",
      description =
          "Broker: amqp://user:password@host:port/virtual-host; default $CORREIO_URL, else"
              + " amqp://guest:guest@127.0.0.1:5672/%%2f.")
  private @Nullable String url;

  /**
   * Creates a command.
   *
   * @param name as it is called, with the name of the program
   */
  ClientCommand(String name) {
    this.name = name;
  }

  /** Takes what the command line says about the broker. */
  final void broker(PlainArguments plain) {
    url = plain.option(URL);
  }

  /** What the command does, once connected; returns an exit status. */
  abstract int run(Amqp091Client client) throws IOException;

  @Override
  public final Integer call() {
    AmqpUrl broker;
    try {
      broker = AmqpUrl.orDefault(url);
    } catch (IllegalArgumentException e) {
      return fail(ExitStatus.USAGE, String.valueOf(e.getMessage()));
    }
    try (Amqp091Client client = Amqp091Client.connect(broker, name)) {
      return run(client);
    } catch (ClientException e) {
      String what = String.valueOf(e.getMessage());
      return fail(
          ExitStatus.REFUSED, e.replyCode() == ACCESS_REFUSED ? what + " (" + broker + ")" : what);
    } catch (IOException e) {
      return fail(ExitStatus.REFUSED, "the connection to " + broker + " broke: " + e.getMessage());
    }
  }

  final int fail(int status, String what) {
    System.err.println(name + ": " + what);
    return status;
  }

  /** Prints a body as it is, and ends the line. */
  static void print(byte[] body) {
    System.out.writeBytes(body);
    System.out.println();
    System.out.flush();
  }
}
