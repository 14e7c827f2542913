package io.correio.server.cli;

import io.correio.client.Message;
import io.correio.client.MessageHandler;
import io.correio.client.NotifyOptions;
import io.correio.client.QueueManager;
import io.correio.client.Subscription;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code correio notify}: runs a command for each message. */
@Command(
    name = "notify",
    description =
        "Runs a command for every message of a queue, from now on: the body on its standard input,"
            + " the rest in its environment. Exit status 0: the message is done. 65: it is"
            + " rejected. Anything else: it is back in its queue, to come again. Without a command,"
            + " messages are printed. Goes on when the broker is back after it was away.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Environment of the command: CORREIO_QUEUE, CORREIO_DELIVERY_COUNT, and where the message"
          + " has them CORREIO_ID, CORREIO_CORRELATION_ID, CORREIO_REPLY_TO, CORREIO_SUBJECT,"
          + " CORREIO_CONTENT_TYPE; CORREIO_PROPERTY_name for each property whose name is of"
          + " letters, digits and underscores.",
      "",
      "Examples:",
      "  correio notify letters -- sh -c 'lpr -T \"$CORREIO_SUBJECT\"'",
      "  correio notify jobs --parallel 4 -- ./work",
      "  correio notify letters --count 10",
      "",
      "Exit status: 0 --count messages are done, 2 wrong usage, 3 no broker there, or it refused."
    })
final class NotifyCommand extends ClientCommand {

  /** What a command exits with to reject its message: wrong data, as sysexits says. */
  private static final int REJECTED = 65;

  private static final Duration RETRY_DELAY = Duration.ofMillis(100);

  @Parameters(index = "0", paramLabel = "QUEUE", description = "Name of the queue.")
  private String queue = "";

  @Parameters(
      index = "1..*",
      paramLabel = "COMMAND",
      description = "Behind --: a program and its arguments.")
  private List<String> command = List.of();

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "Commands that may run at once (default: ${DEFAULT-VALUE}).")
  private int parallel = 1;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "End when so many are done; with --parallel, a few more may be.")
  private @Nullable Integer count;

  @Option(names = "--json", description = "Print, or hand to the command, messages as JSON.")
  private boolean json;

  NotifyCommand() {
    super("correio notify");
  }

  @Override
  @Nullable String mistake() {
    if (parallel < 1 || parallel > NotifyOptions.MAX_PARALLEL) {
      return "--parallel is 1 to " + NotifyOptions.MAX_PARALLEL + ", not " + parallel;
    }
    String wrong = count == null ? null : mistake((int) count);
    return wrong == null ? mistake(queue) : wrong;
  }

  @Override
  int run(QueueManager manager) throws IOException {
    AtomicLong done = new AtomicLong();
    CompletableFuture<Subscription> self = new CompletableFuture<>();
    CompletableFuture<IOException> unprintable = new CompletableFuture<>();
    Subscription subscription =
        manager
            .queue(queue)
            .notify(
                message -> {
                  try {
                    handle(message);
                  } catch (IOException e) {
                    unprintable.complete(e);
                    self.join().close();
                    throw e;
                  }
                  if (count != null && done.incrementAndGet() >= count) {
                    self.join().close();
                  }
                },
                // Others are to see what this one does not work on.
                new NotifyOptions(parallel, 0, RETRY_DELAY));
    self.complete(subscription);
    subscription.await();
    IOException broken = unprintable.getNow(null);
    if (broken != null) {
      throw broken;
    }
    return ExitStatus.OK;
  }

  private void handle(Message message) throws IOException, InterruptedException {
    if (command.isEmpty()) {
      print(message, json);
      return;
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    describe(message, builder.environment());
    Process process = builder.start();
    try (OutputStream input = process.getOutputStream()) {
      input.write(json ? JsonMessages.write(message) : message.body());
    } catch (IOException e) {
      // It need not read what it does not want; its exit status says what came of it.
    }
    int status = process.waitFor();
    if (status == REJECTED) {
      throw new MessageHandler.Rejection("the command exited with " + REJECTED);
    }
    if (status != 0) {
      throw new CommandFailed(status);
    }
  }

  private void describe(Message message, Map<String, String> environment) {
    environment.put("CORREIO_QUEUE", queue);
    environment.put("CORREIO_DELIVERY_COUNT", String.valueOf(message.deliveryCount()));
    put(environment, "CORREIO_ID", message.id());
    put(environment, "CORREIO_CORRELATION_ID", message.correlationId());
    put(environment, "CORREIO_REPLY_TO", message.replyTo());
    put(environment, "CORREIO_SUBJECT", message.subject());
    put(environment, "CORREIO_CONTENT_TYPE", message.contentType());
    message
        .properties()
        .forEach((name, value) -> {
          if (name.matches("\\w+")) {
            put(environment, "CORREIO_PROPERTY_" + name, value.toString());
          }
        });
  }

  /** The system's environment holds no zero characters. */
  private static void put(Map<String, String> environment, String name, @Nullable String value) {
    if (value != null && value.indexOf('\0') < 0) {
      environment.put(name, value);
    }
  }

  /** The command did not do it. */
  private static final class CommandFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandFailed(int status) {
      super("the command exited with " + status, null, false, false);
    }
  }
}
