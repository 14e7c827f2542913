package io.correio.server.cli;

import io.correio.client.Message;
import io.correio.client.MessageQueue;
import io.correio.client.MessagingException;
import io.correio.client.QueueManager;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code correio browse}: shows messages and leaves them. */
@Command(
    name = "browse",
    description = "Prints the first messages of a queue that are ready, and leaves them there.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  correio browse letters",
      "  correio browse letters --count 1000 --json",
      "",
      "Exit status: 0 printed, 1 nothing there, 2 wrong usage, 3 no broker there, or it refused."
    })
final class BrowseCommand extends ClientCommand {

  @Parameters(index = "0", paramLabel = "QUEUE", description = "Name of the queue.")
  private String queue = "";

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "So many messages at most (default: ${DEFAULT-VALUE}).")
  private int count = 100;

  @Option(names = "--json", description = "Print messages as JSON, properties and all.")
  private boolean json;

  BrowseCommand() {
    super("correio browse");
  }

  @Override
  @Nullable String mistake() {
    if (count > MessageQueue.MAX_BATCH) {
      return "--count is at most " + MessageQueue.MAX_BATCH;
    }
    String wrong = mistake(count);
    return wrong == null ? mistake(queue) : wrong;
  }

  @Override
  int run(QueueManager manager) throws IOException {
    List<Message> messages;
    try {
      messages = manager.existingQueue(queue).browse(count);
    } catch (MessagingException.NoSuchQueue e) {
      return fail(ExitStatus.EMPTY, "there is no queue '" + queue + "'");
    }
    for (Message message : messages) {
      print(message, json);
    }
    return messages.isEmpty() ? ExitStatus.EMPTY : ExitStatus.OK;
  }
}
