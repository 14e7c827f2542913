package io.correio.server.cli;

import io.correio.client.Message;
import io.correio.client.MessageQueue;
import io.correio.client.QueueManager;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code correio put}: appends messages to a queue. */
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
      "  correio put letters --file letter.pdf",
      "  correio get letters --count 10 --json | correio put copies --json",
      "",
      "Exit status: 0 kept, 2 wrong usage, 3 no broker there, or it refused."
    })
final class PutCommand extends ClientCommand {

  /** The largest body that is read from a file or from standard input. */
  private static final int MAX_BODY_BYTES = 16 << 20;

  /** Messages that are sent without waiting for each. */
  private static final int BATCH = 500;

  @Parameters(index = "0", paramLabel = "QUEUE", description = "Name of the queue.")
  private String queue = "";

  @Parameters(
      index = "1",
      paramLabel = "BODY",
      arity = "0..1",
      description = "The message; without it, standard input to its end, as it is.")
  private @Nullable String body;

  @Option(names = "--file", paramLabel = "FILE", description = "Read this, not standard input.")
  private @Nullable Path file;

  @Option(
      names = "--json",
      description =
          "What is read are messages as JSON objects, one after the other, with \"body\" or"
              + " \"base64\", \"id\", \"properties\" and so on; see docs/client.md.")
  private boolean json;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Put the message so many times. Not with --json.")
  private int count = 1;

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
    if (body != null && (file != null || json)) {
      return "BODY says it all; leave it out, or --file and --json";
    }
    if (json && count != 1) {
      return "--json reads as many messages as there are; leave --count out";
    }
    String wrong = mistake(count);
    return wrong == null ? mistake(queue) : wrong;
  }

  @Override
  int run(QueueManager manager) throws IOException {
    MessageQueue target = manager.queue(queue);
    try (InputStream in = input()) {
      return json ? putAll(target, in) : put(target, in);
    } catch (NoSuchFileException e) {
      return fail(ExitStatus.USAGE, "there is no file " + e.getFile());
    }
  }

  private InputStream input() throws IOException {
    return file == null ? new StandardInput() : Files.newInputStream(file);
  }

  private int put(MessageQueue target, InputStream in) throws IOException {
    if (body == null) {
      byte[] bytes = in.readNBytes(MAX_BODY_BYTES + 1);
      if (bytes.length > MAX_BODY_BYTES) {
        return fail(
            ExitStatus.REFUSED,
            (file == null ? "standard input" : file)
                + " has more than "
                + MAX_BODY_BYTES
                + " bytes");
      }
      return repeat(target, Message.of(bytes));
    }
    return repeat(target, Message.text(body));
  }

  private int repeat(MessageQueue target, Message message) {
    Progress progress = new Progress("put");
    for (int put = 0; put < count; ) {
      int next = Math.min(BATCH, count - put);
      target.putAll(Collections.nCopies(next, message));
      put += next;
      progress.at(put);
    }
    progress.end(count);
    return ExitStatus.OK;
  }

  private static int putAll(MessageQueue target, InputStream in) throws IOException {
    Progress progress = new Progress("put");
    long put = 0;
    List<Message> batch = new ArrayList<>();
    try (JsonMessages messages = new JsonMessages(in)) {
      for (Message next = messages.next(); next != null; next = messages.next()) {
        batch.add(next);
        if (batch.size() == BATCH || in.available() == 0) { // nobody waits for a full batch
          target.putAll(batch);
          put += batch.size();
          batch.clear();
          progress.at(put);
        }
      }
    } finally {
      target.putAll(batch); // what was right before a mistake
    }
    progress.end(put + batch.size());
    return ExitStatus.OK;
  }

  /** Standard input, which is not ours to close. */
  private static final class StandardInput extends java.io.FilterInputStream {
    StandardInput() {
      super(System.in);
    }

    @Override
    public void close() {}
  }
}
