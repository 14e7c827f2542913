package io.correio.server.cli;

import io.correio.server.Correio;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The command line. Only the command that is run is loaded; all of them only to list them.
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

  private static final String NAME = "correio";

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
    Supplier<Object> only = arguments.length == 0 ? null : commands().get(arguments[0]);
    if (only == null) {
      return all().execute(arguments.length == 0 ? new String[] {"--help"} : arguments);
    }
    CommandLine command = new CommandLine(only.get());
    command.setCommandName(NAME + " " + arguments[0]);
    return command.execute(List.of(arguments).subList(1, arguments.length).toArray(String[]::new));
  }

  /** By name, in the order of the help; made when needed. */
  private static Map<String, Supplier<Object>> commands() {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("server", ServerCommand::new);
    commands.put("put", PutCommand::new);
    commands.put("get", GetCommand::new);
    commands.put("poll", PollCommand::new);
    commands.put("perf", PerfCommand::new);
    return commands;
  }

  private static CommandLine all() {
    CommandLine main = new CommandLine(new Main());
    commands().forEach((name, command) -> main.addSubcommand(name, command.get()));
    main.addSubcommand("help", new CommandLine.HelpCommand());
    return main;
  }
}
