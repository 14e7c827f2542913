package io.correio.server.cli;

import io.correio.server.Correio;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The command line. Only the command that is run is loaded, all of them only to list them, and
 * picocli only where there is something to explain.
 *
 * <p>Exit status: 0 done, 1 nothing there, 2 wrong usage, 3 no broker or refused.
 */
@Command(
    name = "correio",
    description = "One runtime for every way programs on different machines talk.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    version = "Correio " + Correio.VERSION,
    footer = {
      "",
      "Examples:",
      "  correio server                          a broker, with its data in ./data",
      "  correio put letters 'Dear Ana'          put a message into a queue",
      "  correio get letters                     wait for it, take it, print it",
      "",
      "Each command has its own help: correio put --help",
      "Exit status: 0 done, 1 nothing there, 2 wrong usage, 3 no broker or refused."
    })
public final class Main {

  private Main() {}

  /** Runs a command and exits with its status. */
  public static void main(String[] arguments) {
    int status = run(arguments);
    System.out.flush();
    System.err.flush();
    // No command leaves anything to a shutdown hook by the time it returns, and exit() would load
    // the logging library to ask whether exits are to be logged.
    Runtime.getRuntime().halt(status);
  }

  static int run(String... arguments) {
    List<String> rest = List.of(arguments).subList(Math.min(1, arguments.length), arguments.length);
    String name = arguments.length == 0 ? "" : arguments[0];
    Callable<Integer> plain = plain(name, rest);
    if (plain != null) {
      try {
        return plain.call();
      } catch (Exception e) {
        System.err.println("correio " + name + ": " + e);
        return ExitStatus.REFUSED;
      }
    }
    Supplier<Object> only = commands().get(name);
    if (only == null) {
      return execute(all(), arguments.length == 0 ? List.of("--help") : List.of(arguments));
    }
    return execute(new CommandLine(only.get()).setCommandName("correio " + name), rest);
  }

  private static int execute(CommandLine command, List<String> arguments) {
    // A body that begins with @ is a body, not a file of arguments.
    return command.setExpandAtFiles(false).execute(arguments.toArray(String[]::new));
  }

  /** A command whose arguments need no explaining, without picocli; else null. */
  private static @Nullable Callable<Integer> plain(String name, List<String> arguments) {
    try {
      return switch (name) {
        case "server" -> ServerCommand.plain(arguments);
        case "put" -> PutCommand.plain(arguments);
        case "get" -> GetCommand.plain(arguments);
        case "poll" -> PollCommand.plain(arguments);
        case "socket" -> SocketCommand.plain(arguments);
        default -> null;
      };
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** By name, in the order of the help; made when needed. */
  private static Map<String, Supplier<Object>> commands() {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("server", ServerCommand::new);
    commands.put("put", PutCommand::new);
    commands.put("get", GetCommand::new);
    commands.put("poll", PollCommand::new);
    commands.put("notify", NotifyCommand::new);
    commands.put("browse", BrowseCommand::new);
    commands.put("queues", QueuesCommand::new);
    commands.put("perf", PerfCommand::new);
    commands.put("socket", SocketCommand::new);
    return commands;
  }

  private static CommandLine all() {
    CommandLine main = new CommandLine(new Main());
    commands().forEach((name, command) -> main.addSubcommand(name, command.get()));
    main.addSubcommand("help", new CommandLine.HelpCommand());
    return main;
  }
}
