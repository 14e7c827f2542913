package io.correio.server.cli;

import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.server.client.Amqp091Client;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code correio put}: appends a message to a queue. */
@Command(
    name = "put",
    description =
        "Appends a message to a queue and waits until the broker is sure to keep it. A queue that"
            + " does not exist is made, a durable one.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  correio put letters 'Dear Ana'",
      "  correio put letters < letter.txt",
      "",
      "Exit status: 0 kept, 2 wrong usage, 3 no broker there, or it refused."
    })
final class PutCommand extends ClientCommand {

  /** The largest body that is read from standard input. */
  private static final int MAX_BODY_BYTES = 16 << 20;

  @Parameters(index = "0", paramLabel = "QUEUE", description = "Name of the queue.")
  private String queue = "";

  @Parameters(
      index = "1",
      paramLabel = "BODY",
      arity = "0..1",
      description = "The message; without it, standard input to its end, as it is.")
  private @Nullable String body;

  PutCommand() {
    super("correio put");
  }

  /** The command with arguments that need no explaining; else null. */
  static @Nullable PutCommand plain(List<String> arguments) {
    PlainArguments plain = PlainArguments.read(arguments, Set.of(URL));
    if (plain == null || plain.positionals().isEmpty() || plain.positionals().size() > 2) {
      return null;
    }
    PutCommand command = new PutCommand();
    command.broker(plain);
    command.queue = plain.positionals().getFirst();
    command.body = plain.positionals().size() == 2 ? plain.positionals().get(1) : null;
    return command;
  }

  @Override
  @Nullable String mistake() {
    return mistake(queue);
  }

  @Override
  int run(Amqp091Client client) throws IOException {
    byte[] bytes = body();
    if (bytes.length > MAX_BODY_BYTES) {
      return fail(ExitStatus.REFUSED, "standard input has more than " + MAX_BODY_BYTES + " bytes");
    }
    if (client.queue(queue).isEmpty()) {
      client.declareQueue(queue, true, FieldTable.empty());
    }
    BasicProperties persistent =
        BasicProperties.builder().deliveryMode(BasicProperties.PERSISTENT).build();
    return switch (client.put("", queue, persistent, bytes)) {
      case ACCEPTED -> ExitStatus.OK;
      case UNROUTABLE ->
          fail(ExitStatus.REFUSED, "queue '" + queue + "' was deleted meanwhile; try again");
      case REJECTED ->
          fail(ExitStatus.REFUSED, "queue '" + queue + "' takes no more; empty it or wait");
    };
  }

  private byte[] body() throws IOException {
    if (body != null) {
      return body.getBytes(StandardCharsets.UTF_8);
    }
    return System.in.readNBytes(MAX_BODY_BYTES + 1);
  }
}
