package io.correio.server.cli;

import io.correio.client.Message;
import io.correio.client.MessageQueue;
import io.correio.client.QueueManager;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code correio get}: waits for messages and takes them. */
@Command(
    name = "get",
    description =
        "Takes the first message of a queue and prints its body, waiting until there is one. A"
            + " queue that does not exist is made, a durable one.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  correio get letters",
      "  correio get letters --wait 10 || echo nothing came",
      "  correio get letters --count 100 --json > letters.jsonl",
      "",
      "Exit status: 0 printed, 1 nothing (or fewer than --count) came in time, 2 wrong usage,"
          + " 3 no broker there, or it refused."
    })
final class GetCommand extends ClientCommand {

  @Parameters(index = "0", paramLabel = "QUEUE", description = "Name of the queue.")
  private String queue = "";

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "Give up after so long without a message, such as 0.5; without it, never.")
  private @Nullable Double seconds;

  @Option(names = "--count", paramLabel = "N", description = "Take so many messages.")
  private int count = 1;

  @Option(names = "--json", description = "Print messages as JSON, properties and all.")
  private boolean json;

  GetCommand() {
    super("correio get");
  }

  /** The command with arguments that need no explaining; else null. */
  static @Nullable GetCommand plain(List<String> arguments) {
    PlainArguments plain = PlainArguments.read(arguments, Set.of(URL, "--wait"));
    if (plain == null || plain.positionals().size() != 1) {
      return null;
    }
    GetCommand command = new GetCommand();
    command.broker(plain);
    command.queue = plain.positionals().getFirst();
    String wait = plain.option("--wait");
    command.seconds = wait == null ? null : Double.valueOf(wait);
    return command;
  }

  @Override
  @Nullable String mistake() {
    if (seconds != null && !(seconds >= 0)) {
      return "--wait is a number of seconds from 0 on, not " + seconds;
    }
    String wrong = mistake(count);
    return wrong == null ? mistake(queue) : wrong;
  }

  @Override
  int run(QueueManager manager) throws IOException {
    MessageQueue from = manager.queue(queue);
    Double wait = seconds;
    Duration patience = wait == null ? null : Duration.ofMillis((long) (wait * 1_000));
    for (int taken = 0; taken < count; taken++) {
      if (!takeOne(manager, from, patience)) {
        return ExitStatus.EMPTY;
      }
    }
    return ExitStatus.OK;
  }

  /** A message that cannot be printed stays in its queue. */
  private boolean takeOne(QueueManager manager, MessageQueue from, @Nullable Duration patience)
      throws IOException {
    return manager.<Boolean, IOException>transaction(transaction -> {
      Optional<Message> message =
          patience == null ? Optional.of(transaction.get(from)) : transaction.get(from, patience);
      if (message.isPresent()) {
        print(message.get(), json);
      }
      return message.isPresent();
    });
  }
}
