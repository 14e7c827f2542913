package io.correio.server.cli;

import io.correio.server.client.Amqp091Client;
import io.correio.server.client.Received;
import java.io.IOException;
import java.util.Optional;
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
