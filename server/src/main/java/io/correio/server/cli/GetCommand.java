package io.correio.server.cli;

import io.correio.amqp.v091.wire.FieldTable;
import io.correio.server.client.Amqp091Client;
import io.correio.server.client.Received;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code correio get}: waits for a message and takes it. */
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
      "",
      "Exit status: 0 printed, 1 nothing came in time, 2 wrong usage, 3 no broker there, or it"
          + " refused."
    })
final class GetCommand extends ClientCommand {

  @Parameters(index = "0", paramLabel = "QUEUE", description = "Name of the queue.")
  private String queue = "";

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "Give up after so long, such as 0.5; without it, never.")
  private @Nullable Double seconds;

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
    return seconds != null && !(seconds >= 0)
        ? "--wait is a number of seconds from 0 on, not " + seconds
        : mistake(queue);
  }

  @Override
  int run(Amqp091Client client) throws IOException {
    if (client.queue(queue).isEmpty()) {
      client.declareQueue(queue, true, FieldTable.empty());
    }
    String consumer = client.consume(queue, false, 1);
    Duration wait = seconds == null ? null : Duration.ofMillis((long) (seconds * 1_000));
    Optional<Received> received = client.receive(wait);
    if (received.isEmpty()) {
      client.cancel(consumer); // what came in this moment goes back to its place
      return ExitStatus.EMPTY;
    }
    print(received.get().body());
    client.ack(received.get().deliveryTag(), false);
    client.barrier();
    return ExitStatus.OK;
  }
}
