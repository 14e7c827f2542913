package io.correio.server.cli;

import io.correio.client.Message;
import io.correio.client.MessageQueue;
import io.correio.client.MessagingException;
import io.correio.client.QueueManager;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code correio poll}: takes messages if there are any. */
@Command(
    name = "poll",
    description = "Takes the first message of a queue and prints its body; never waits.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  correio poll letters",
      "  correio poll letters --count 100 --json",
      "",
      "Exit status: 0 printed, 1 nothing there, 2 wrong usage, 3 no broker there, or it refused."
    })
final class PollCommand extends ClientCommand {

  @Parameters(index = "0", paramLabel = "QUEUE", description = "Name of the queue.")
  private String queue = "";

  @Option(names = "--count", paramLabel = "N", description = "Take up to so many messages.")
  private int count = 1;

  @Option(names = "--json", description = "Print messages as JSON, properties and all.")
  private boolean json;

  PollCommand() {
    super("correio poll");
  }

  /** The command with arguments that need no explaining; else null. */
  static @Nullable PollCommand plain(List<String> arguments) {
    PlainArguments plain = PlainArguments.read(arguments, Set.of(URL));
    if (plain == null || plain.positionals().size() != 1) {
      return null;
    }
    PollCommand command = new PollCommand();
    command.broker(plain);
    command.queue = plain.positionals().getFirst();
    return command;
  }

  @Override
  @Nullable String mistake() {
    String wrong = mistake(count);
    return wrong == null ? mistake(queue) : wrong;
  }

  @Override
  int run(QueueManager manager) throws IOException {
    MessageQueue from = manager.existingQueue(queue);
    int taken = 0;
    try {
      while (taken < count && takeOne(manager, from)) {
        taken++;
      }
    } catch (MessagingException.NoSuchQueue e) {
      return fail(ExitStatus.EMPTY, "there is no queue '" + queue + "'");
    }
    return taken == 0 ? ExitStatus.EMPTY : ExitStatus.OK;
  }

  /** A message that cannot be printed stays in its queue. */
  private boolean takeOne(QueueManager manager, MessageQueue from) throws IOException {
    return manager.<Boolean, IOException>transaction(transaction -> {
      Optional<Message> message = transaction.poll(from);
      if (message.isPresent()) {
        print(message.get(), json);
      }
      return message.isPresent();
    });
  }
}
