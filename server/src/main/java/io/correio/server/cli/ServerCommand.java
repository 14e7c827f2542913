package io.correio.server.cli;

import io.correio.server.Config;
import io.correio.server.ConfigException;
import io.correio.server.Correio;
import io.correio.server.CorreioOptions;
import io.correio.server.Setting;
import io.correio.server.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code correio server}: runs a broker until it is told to stop. */
@Command(
    name = "server",
    description = "Runs a broker until it is told to stop (SIGTERM or Ctrl-C).",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  correio server",
      "  correio server --data /var/lib/correio --bind 0.0.0.0",
      "  correio server --config correio.toml --amqp-port 0",
      "",
      "All other settings: docs/configuration.md.",
      "Exit status: 0 stopped when told to, 2 wrong usage or configuration,",
      "3 not started: port taken, folder in use or not readable; 74 the disk failed."
    })
final class ServerCommand implements Callable<Integer> {

  @Option(names = "--config", paramLabel = "FILE", description = "Configuration file (TOML).")
  private @Nullable Path config;

  @Option(names = "--data", paramLabel = "DIR", description = "Folder of the store; ./data.")
  private @Nullable Path data;

  @Option(names = "--name", paramLabel = "MANAGER", description = "Name of this queue manager.")
  private @Nullable String name;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      description = "Address of the message ports; 127.0.0.1. 0.0.0.0 for all.")
  private @Nullable String bind;

  @Option(
      names = "--amqp-port",
      paramLabel = "N",
      description = "AMQP port; 5672. 0 for any free one, printed at start.")
  private @Nullable Integer amqpPort;

  @Option(
      names = "--http-port",
      paramLabel = "N",
      description = "HTTP port; 15672. 0 for any free one, -1 for none.")
  private @Nullable Integer httpPort;

  @Option(
      names = "--allow-anonymous",
      description = "Let AMQP 1.0 programs on this machine in without a login, as guest.")
  private boolean allowAnonymous;

  /** The command with arguments that need no explaining; else null. */
  static @Nullable ServerCommand plain(List<String> arguments) {
    PlainArguments plain =
        PlainArguments.read(
            arguments,
            Set.of("--config", "--data", "--name", "--bind", "--amqp-port", "--http-port"));
    if (plain == null || !plain.positionals().isEmpty()) {
      return null;
    }
    ServerCommand command = new ServerCommand();
    command.config = path(plain.option("--config"));
    command.data = path(plain.option("--data"));
    command.name = plain.option("--name");
    command.bind = plain.option("--bind");
    command.amqpPort = plain.integer("--amqp-port");
    command.httpPort = plain.integer("--http-port");
    return command;
  }

  private static @Nullable Path path(@Nullable String text) {
    return text == null ? null : Path.of(text);
  }

  @Override
  public Integer call() throws InterruptedException {
    CommandLog.ofServer();
    PrintStream out = System.out;
    Correio correio;
    try {
      Config configuration = Config.of(settings());
      correio = Correio.start(CorreioOptions.of(configuration).withAnnounce(out::println));
    } catch (ConfigException e) {
      System.err.println("correio server: " + e.getMessage());
      return ExitStatus.USAGE;
    } catch (IOException e) {
      System.err.println("correio server: " + e.getMessage());
      return ExitStatus.REFUSED;
    }
    // The JVM's own status after a signal would be 143: a stop that was asked for is no failure.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  correio.close();
                  out.println("Correio stopped");
                  Runtime.getRuntime().halt(ExitStatus.OK);
                },
                "stop"));
    out.println("Correio ready in " + ManagementFactory.getRuntimeMXBean().getUptime() + " ms");
    new CountDownLatch(1).await();
    return ExitStatus.OK;
  }

  private Settings settings() {
    Settings settings = config == null ? Settings.DEFAULTS : Settings.read(config);
    settings = data == null ? settings : settings.with(Setting.DATA, data.toString());
    settings = name == null ? settings : settings.with(Setting.NAME, name);
    settings = bind == null ? settings : settings.with(Setting.BIND, bind);
    settings = amqpPort == null ? settings : settings.with(Setting.AMQP_PORT, amqpPort);
    settings = allowAnonymous ? settings.with(Setting.ALLOW_ANONYMOUS, 1) : settings;
    return httpPort == null ? settings : settings.with(Setting.HTTP_PORT, httpPort);
  }
}
