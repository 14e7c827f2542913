package io.correio.server.cli;

import io.correio.client.Message;
import io.correio.client.MessagingException;
import io.correio.client.QueueManager;
import io.correio.client.remote.ConnectOptions;
import io.correio.client.remote.ManagerAddress;
import io.correio.client.remote.RemoteQueueManager;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What commands that use queues have in common: where the broker is, by AMQP 1.0, and how failures
 * are told.
 */
abstract class ClientCommand implements Callable<Integer> {

  /** The option of all these commands, see its description. */
  static final String URL = "--url";

  private static final String ENVIRONMENT = "CORREIO_URL";

  private final String name;

  @Option(
      names = URL,
      paramLabel = "URL",
      description =
          "Broker: amqp://user:password@host:port/virtual-host, or amqps; default $CORREIO_URL,"
              + " else amqp://guest:guest@127.0.0.1:5672/%%2f.")
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
  abstract int run(QueueManager manager) throws IOException;

  @Override
  public final Integer call() {
    String mistake = mistake();
    if (mistake != null) {
      return fail(ExitStatus.USAGE, mistake);
    }
    ManagerAddress broker;
    try {
      broker = ManagerAddress.parse(urlOrDefault());
    } catch (IllegalArgumentException e) {
      return fail(ExitStatus.USAGE, String.valueOf(e.getMessage()));
    }
    CommandLog.ofClient();
    try (QueueManager manager =
        RemoteQueueManager.connect(broker, ConnectOptions.defaults().withName(name))) {
      return run(manager);
    } catch (MessagingException | IOException e) {
      return fail(ExitStatus.REFUSED, String.valueOf(e.getMessage()));
    }
  }

  private String urlOrDefault() {
    if (url != null) {
      return url;
    }
    String configured = System.getenv(ENVIRONMENT);
    return configured == null || configured.isBlank() ? ManagerAddress.DEFAULT : configured;
  }

  final int fail(int status, String what) {
    System.err.println(name + ": " + what);
    return status;
  }

  /** What is wrong with the name of a queue, or null. An empty one would make a new queue. */
  static @Nullable String mistake(String queue) {
    return queue.isEmpty() ? "QUEUE is empty; say the name of a queue" : null;
  }

  /** What is wrong with a number of messages, or null. */
  static @Nullable String mistake(int count) {
    return count < 1 ? "--count is a number of messages from 1 on, not " + count : null;
  }

  /**
   * Prints a message: its body as it is, or all of it as JSON; and ends the line.
   *
   * @throws IOException when it could not be printed: the message is not to be settled then
   */
  static void print(Message message, boolean json) throws IOException {
    System.out.writeBytes(json ? JsonMessages.write(message) : message.body());
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
