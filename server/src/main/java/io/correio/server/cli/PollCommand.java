package io.correio.server.cli;

import io.correio.server.client.Amqp091Client;
import io.correio.server.client.Received;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code correio poll}: takes a message if there is one. */
@Command(
    name = "poll",
    description = "Takes the first message of a queue and prints its body; never waits.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  correio poll letters",
      "  while correio poll letters; do :; done",
      "",
      "Exit status: 0 printed, 1 nothing there, 2 wrong usage, 3 no broker there, or it refused."
    })
final class PollCommand extends ClientCommand {

  @Parameters(index = "0", paramLabel = "QUEUE", description = "Name of the queue.")
  private String queue = "";

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
    return mistake(queue);
  }

  @Override
  int run(Amqp091Client client) throws IOException {
    if (client.queue(queue).isEmpty()) {
      return fail(ExitStatus.EMPTY, "there is no queue '" + queue + "'");
    }
    Optional<Received> received = client.get(queue, false);
    if (received.isEmpty()) {
      return ExitStatus.EMPTY;
    }
    print(received.get().body());
    client.ack(received.get().deliveryTag(), false);
    client.barrier();
    return ExitStatus.OK;
  }
}
