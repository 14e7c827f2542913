package io.correio.server.cli;

import io.correio.server.client.AmqpUrl;
import io.correio.server.client.ClientException;
import io.correio.server.perf.PerfInterval;
import io.correio.server.perf.PerfOptions;
import io.correio.server.perf.PerfResult;
import io.correio.server.perf.PerfRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code correio perf}: puts a load on a broker of AMQP 0-9-1 and measures. */
@Command(
    name = "perf",
    description = "Puts load on a broker over AMQP 0-9-1; prints rates and latencies.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    sortOptions = false,
    footer = {
      "",
      "Keys may contain {q}, {p}, {k}: the number of the queue, the producer, and of one of"
          + " --keys.",
      "  correio perf --confirm 1000 --prefetch 500 --size 1024 --durable --persistent",
      "  correio perf --exchange news --type topic --routing-key 'a.{k}' \\",
      "               --keys 10 --queues 2 --binding-key 'a.*' --binding-key 'a.1'",
      "",
      "Exit status: 0 done, 1 messages were lost, 2 wrong usage, 3 no broker there, or it refused."
    })
public final class PerfCommand implements Callable<Integer> {
  private static final int LOST = 1;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Broker; default $CORREIO_URL, else amqp://guest:guest@127.0.0.1:5672/%%2f")
  private @Nullable String url;

  @Option(names = "--producers", paramLabel = "N", description = "Publishing connections")
  private int producers = 1;

  @Option(names = "--consumers", paramLabel = "N", description = "Consuming connections")
  private int consumers = 1;

  @Option(names = "--queue", paramLabel = "NAME", description = "Queue; of several, -1, -2 ...")
  private String queue = "perf";

  @Option(names = "--queues", paramLabel = "N", description = "Number of queues")
  private int queues = 1;

  @Option(names = "--size", paramLabel = "BYTES", description = "Size of a body")
  private int size = 24;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Messages per second in all; 0: as many as possible")
  private long rate;

  @Option(
      names = "--confirm",
      paramLabel = "N",
      description = "Unconfirmed publishes of a producer; 0: no confirms")
  private int confirm;

  @Option(
      names = "--prefetch",
      paramLabel = "N",
      description = "Unacknowledged deliveries of a consumer; 0: any number")
  private int prefetch;

  @Option(names = "--auto-ack", description = "Consume without acknowledgements")
  private boolean autoAck;

  @Option(names = "--multi-ack", paramLabel = "N", description = "Acknowledge so many at once")
  private int multiAck = 1;

  @Option(names = "--persistent", description = "Messages survive a restart")
  private boolean persistent;

  @Option(names = "--durable", description = "Queues and exchange survive a restart")
  private boolean durable;

  @Option(names = "--time", paramLabel = "SECONDS", description = "How long, warm-up included")
  private int seconds = 10;

  @Option(names = "--skip", paramLabel = "SECONDS", description = "Warm-up, not measured")
  private int skip;

  @Option(
      names = "--messages",
      paramLabel = "N",
      description = "Stop after so many in all; 0: when the time is over")
  private long messages;

  @Option(
      names = "--exchange",
      paramLabel = "NAME",
      showDefaultValue = Visibility.NEVER,
      description = "Exchange to publish to; default: the default exchange")
  private String exchange = "";

  @Option(names = "--type", paramLabel = "TYPE", description = "Type of the exchange")
  private String type = "direct";

  @Option(
      names = "--routing-key",
      paramLabel = "KEY",
      showDefaultValue = Visibility.NEVER,
      description = "Key of the messages")
  private String routingKey = "";

  @Option(
      names = "--binding-key",
      paramLabel = "KEY",
      showDefaultValue = Visibility.NEVER,
      description = "Keys of the queues in turn; default: the routing key")
  private List<String> bindingKeys = new ArrayList<>();

  @Option(names = "--keys", paramLabel = "N", description = "Values that {k} goes through")
  private int keys = 1;

  @Option(names = "--keep", description = "Leave queues and exchange in place")
  private boolean keep;

  @Option(names = "--json", description = "Print one JSON object, and the progress to stderr")
  private boolean json;

  /** Created by the command line. */
  public PerfCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    CommandLog.ofClient();
    CommandSpec command = Objects.requireNonNull(spec);
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    PerfOptions options;
    try {
      options = options();
    } catch (IllegalArgumentException e) {
      err.println("correio perf: " + e.getMessage() + "; see correio perf --help");
      err.flush();
      return ExitStatus.USAGE;
    }
    PrintWriter progress = json ? err : out;
    try {
      PerfResult result =
          new PerfRun(options, (second, interval) -> print(progress, second, interval)).run();
      out.print(json ? result.toJson() + System.lineSeparator() : result.toText());
      out.flush();
      return result.lost().orElse(0) > 0 ? LOST : 0;
    } catch (ClientException e) {
      err.println("correio perf: " + e.getMessage());
    } catch (IOException e) {
      err.println("correio perf: the connection to " + options.url() + " broke: " + e.getMessage());
    }
    err.flush();
    return ExitStatus.REFUSED;
  }

  private PerfOptions options() {
    return new PerfOptions(
        AmqpUrl.orDefault(url),
        producers,
        consumers,
        queue,
        queues,
        size,
        rate,
        confirm,
        prefetch,
        autoAck,
        multiAck,
        persistent,
        durable,
        seconds,
        skip,
        messages,
        exchange,
        type,
        routingKey,
        bindingKeys,
        keys,
        keep);
  }

  private static void print(PrintWriter out, int second, PerfInterval interval) {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%4d s  sent %,9.0f/s  received %,9.0f/s",
                second,
                interval.sentRate(),
                interval.receivedRate()));
    if (interval.hasDeliveries()) {
      line.append(
          String.format(
              Locale.ROOT,
              "  receive p50 %.2f p99 %.2f ms",
              interval.receiveMillis(0.5),
              interval.receiveMillis(0.99)));
    }
    if (interval.hasConfirms()) {
      line.append(
          String.format(
              Locale.ROOT,
              "  confirm p50 %.2f p99 %.2f ms",
              interval.confirmMillis(0.5),
              interval.confirmMillis(0.99)));
    }
    out.println(line);
    out.flush();
  }
}
