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

  /** What is wrong with the arguments, or null. */
  abstract @Nullable String mistake();

  /** What the command does, once connected; returns an exit status. */
  abstract int run(Amqp091Client client) throws IOException;

  @Override
  public final Integer call() {
    String mistake = mistake();
    if (mistake != null) {
      return fail(ExitStatus.USAGE, mistake);
    }
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
    } catch (OutputException e) {
      return fail(ExitStatus.REFUSED, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return fail(ExitStatus.REFUSED, "the connection to " + broker + " broke: " + e.getMessage());
    }
  }

  final int fail(int status, String what) {
    System.err.println(name + ": " + what);
    return status;
  }

  /** What is wrong with the name of a queue, or null. An empty one would make a new queue. */
  static @Nullable String mistake(String queue) {
    return queue.isEmpty() ? "QUEUE is empty; say the name of a queue" : null;
  }

  /**
   * Prints a body as it is, and ends the line.
   *
   * @throws IOException when it could not be printed: the message is not to be settled then
   */
  static void print(byte[] body) throws IOException {
    System.out.writeBytes(body);
    System.out.println();
    if (System.out.checkError()) { // flushes as well
      throw new OutputException();
    }
  }

  /** Standard output takes nothing. */
  private static final class OutputException extends IOException {
    private static final long serialVersionUID = 1L;

    OutputException() {
      super("standard output cannot be written; the message stays in its queue");
    }
  }
}
