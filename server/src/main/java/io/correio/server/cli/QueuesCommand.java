package io.correio.server.cli;

import io.correio.server.admin.ApiClient;
import io.correio.server.admin.ApiClient.ListedQueue;
import io.correio.server.client.Amqp091Connection;
import io.correio.server.client.AmqpUrl;
import io.correio.server.client.ClientException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code correio queues}: lists queues with their figures. */
@Command(
    name = "queues",
    description =
        "Lists the queues of a virtual host: name, ready messages, messages handed out and not"
            + " settled, consumers.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  correio queues",
      "  correio queues --url amqp://ana:secret@broker/%%2f",
      "  correio queues --http http://ana:secret@broker:15672",
      "",
      "Exit status: 0 listed, 2 wrong usage, 3 no broker there, or it refused."
    })
final class QueuesCommand implements Callable<Integer> {

  private static final String[] HEADINGS = {"name", "ready", "unsettled", "consumers"};

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "Broker and virtual host; default $CORREIO_URL, else"
              + " amqp://guest:guest@127.0.0.1:5672/%%2f. Asked for its HTTP port, unless --http"
              + " is given.")
  private @Nullable String url;

  @Option(
      names = "--http",
      paramLabel = "URL",
      description =
          "HTTP API: http://user:password@host:port; default $CORREIO_HTTP. Lists all virtual"
              + " hosts, unless --url is given as well.")
  private @Nullable String http;

  @Override
  public Integer call() {
    CommandLog.ofClient();
    try {
      list();
      return ExitStatus.OK;
    } catch (IllegalArgumentException e) {
      System.err.println("correio queues: " + e.getMessage());
      return ExitStatus.USAGE;
    } catch (IOException e) {
      System.err.println("correio queues: " + e.getMessage());
      return ExitStatus.REFUSED;
    }
  }

  private void list() throws IOException {
    String api = http == null ? System.getenv("CORREIO_HTTP") : http;
    AmqpUrl broker = AmqpUrl.orDefault(url);
    boolean all = api != null && url == null;
    ApiClient client =
        ApiClient.of(
            api == null ? "http://" + bracketed(broker.host()) + ":" + askPort(broker) : api,
            broker.user(),
            broker.password());
    List<ListedQueue> queues = new ArrayList<>(client.queues(all ? null : broker.virtualHost()));
    queues.sort(Comparator.comparing(ListedQueue::virtualHost).thenComparing(ListedQueue::name));
    print(queues, queues.stream().map(ListedQueue::virtualHost).distinct().count() > 1);
  }

  private static String bracketed(String host) {
    return host.contains(":") ? "[" + host + "]" : host;
  }

  /** The broker says in its greeting where its HTTP API is. */
  private static long askPort(AmqpUrl broker) throws IOException {
    try (Amqp091Connection connection = Amqp091Connection.open(broker, "correio queues")) {
      OptionalLong port = connection.serverProperties().getLong("http_port");
      if (port.isEmpty()) {
        throw new ClientException(
            broker + " has no HTTP port; say where it is with --http, or start it with one", null);
      }
      return port.getAsLong();
    }
  }

  private static void print(List<ListedQueue> queues, boolean withHosts) {
    List<String[]> rows = new ArrayList<>();
    rows.add(HEADINGS);
    for (ListedQueue queue : queues) {
      rows.add(
          new String[] {
            printable(withHosts ? queue.virtualHost() + " " + queue.name() : queue.name()),
            String.valueOf(queue.ready()),
            String.valueOf(queue.unsettled()),
            String.valueOf(queue.consumers())
          });
    }
    int[] widths = new int[HEADINGS.length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      text.append(row[0]).repeat(' ', widths[0] - row[0].length());
      for (int i = 1; i < row.length; i++) {
        text.append("  ").repeat(' ', widths[i] - row[i].length()).append(row[i]);
      }
      text.append(System.lineSeparator());
    }
    System.out.print(text);
    System.out.flush();
  }

  /** A name may hold what a terminal would obey. */
  private static String printable(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }
}
