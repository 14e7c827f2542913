package io.correio.core.manager;

import io.correio.core.identity.Identities;
import io.correio.core.identity.VirtualHostDefinition;
import io.correio.core.message.Arguments;
import io.correio.core.queue.Command;
import io.correio.core.queue.Fact;
import io.correio.core.queue.QueueStatistics;
import io.correio.core.queue.Refusal;
import io.correio.core.queue.Reply;
import io.correio.core.routing.RoutingTable;
import io.correio.core.shard.Cleaner;
import io.correio.core.shard.ShardStore;
import io.correio.log.LogStatistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The virtual hosts of this process, each with its shard, log and folder. Thread-safe but for
 * {@link #open} and {@link #close}; methods that wait for an answer must not be called on a loop.
 */
public final class QueueManager implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(QueueManager.class.getName());
  private static final int READERS = 2;
  private static final long ANSWER_TIMEOUT_SECONDS = 30;

  private record Host(VirtualHost host, ShardStore store, Requests requests) {}

  private final ManagerOptions options;
  private final IntFunction<Executor> homes;
  private final Map<String, Host> hosts = new ConcurrentHashMap<>();
  private final Cleaner cleaner = new Cleaner();
  private final ExecutorService readers =
      Executors.newFixedThreadPool(
          READERS, Thread.ofPlatform().daemon().name("reader-", 0).factory());
  private final AtomicLong connectionIds = new AtomicLong();

  private QueueManager(ManagerOptions options, IntFunction<Executor> homes) {
    this.options = options;
    this.homes = homes;
  }

  /**
   * Opens all virtual hosts and recovers what is in them.
   *
   * @param homes the loop that is home to a shard, by the shard's number; it must be running
   * @throws IOException when a log cannot be read; the message names file and remedy
   */
  public static QueueManager open(ManagerOptions options, IntFunction<Executor> homes)
      throws IOException {
    QueueManager manager = new QueueManager(options, homes);
    try {
      manager.openHost(new VirtualHostDefinition(options.defaultVirtualHost(), 0));
      manager.cleaner.start();
      if (manager.identities().virtualHost(options.defaultVirtualHost()) == null) {
        manager.introduce();
      }
      List<VirtualHostDefinition> others = new ArrayList<>();
      manager.identities().forEachVirtualHost(others::add);
      for (VirtualHostDefinition other : others) {
        if (other.shard() != 0) {
          manager.openHost(other);
        }
      }
      return manager;
    } catch (IOException | RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  private void introduce() throws IOException {
    List<Fact.Identity> facts = new ArrayList<>();
    facts.add(new Fact.VirtualHostPut(new VirtualHostDefinition(options.defaultVirtualHost(), 0)));
    facts.addAll(options.firstIdentities());
    change(facts);
  }

  private void openHost(VirtualHostDefinition definition) throws IOException {
    String folder = folder(definition.shard());
    ShardStore store =
        ShardStore.open(
            definition.name(),
            options.storages().open(folder),
            options.storages().open(folder + "-scratch"),
            options.log(),
            options.scratch(),
            RoutingTable.of(options.predeclared()),
            options.shard(),
            homes.apply(definition.shard()),
            readers,
            options.fatal());
    store.start(definition.shard());
    cleaner.add(store);
    hosts.put(
        definition.name(),
        new Host(
            new VirtualHost(definition.name(), store.shard()),
            store,
            new Requests(store.shard(), newConnectionId())));
  }

  private static String folder(int shard) {
    return "shard-" + shard;
  }

  /** A virtual host, or null when there is none of that name. */
  public @Nullable VirtualHost virtualHost(String name) {
    Host host = hosts.get(name);
    return host == null ? null : host.host();
  }

  /** All virtual hosts, sorted by name. */
  public List<VirtualHost> virtualHosts() {
    return hosts.values().stream()
        .map(Host::host)
        .sorted(Comparator.comparing(VirtualHost::name))
        .toList();
  }

  /** Users, permissions and virtual hosts as they are now. */
  public Identities identities() {
    return defaultHost().store().shard().identities();
  }

  /** A number that no connection of this process had before. Never 0. */
  public long newConnectionId() {
    return connectionIds.incrementAndGet();
  }

  private Host defaultHost() {
    Host host = hosts.get(options.defaultVirtualHost());
    if (host == null) {
      throw new IllegalStateException("the queue manager is not open");
    }
    return host;
  }

  /**
   * Changes users, permissions or virtual hosts' definitions; returns when that is durable.
   *
   * @throws IllegalArgumentException when one of them names what does not exist; then none happens
   */
  public void change(List<Fact.Identity> changes) throws IOException {
    Reply reply =
        await(
            defaultHost()
                .requests()
                .ask((connection, request) ->
                    new Command.ChangeIdentities(connection, request, changes)));
    if (reply instanceof Reply.Refused(Refusal refusal)) {
      throw new IllegalArgumentException(refusal.text());
    }
  }

  /** Creates a virtual host, if it is not there yet; returns when it is durable and open. */
  public synchronized VirtualHost createVirtualHost(String name, Arguments arguments)
      throws IOException {
    VirtualHost existing = virtualHost(name);
    if (existing != null) {
      return existing;
    }
    int[] highest = {0};
    identities().forEachVirtualHost(h -> highest[0] = Math.max(highest[0], h.shard()));
    VirtualHostDefinition definition = new VirtualHostDefinition(name, highest[0] + 1, arguments);
    change(List.of(new Fact.VirtualHostPut(definition)));
    openHost(definition);
    VirtualHost created = virtualHost(name);
    if (created == null) {
      throw new IOException("virtual host '" + name + "' was not opened");
    }
    return created;
  }

  /** What is in the queues of a virtual host, by ascending queue id. */
  public List<QueueStatistics> queues(String virtualHost) throws IOException {
    Host host = hosts.get(virtualHost);
    if (host == null) {
      return List.of();
    }
    List<Long> ids = new ArrayList<>();
    host.host().routing().forEachQueue(queue -> ids.add(queue.id()));
    long[] sorted = ids.stream().mapToLong(Long::longValue).sorted().toArray();
    List<QueueStatistics> found = new ArrayList<>(sorted.length);
    for (int from = 0; from < sorted.length; from += Command.Inspect.MAX_INSPECTED) {
      long[] page =
          Arrays.copyOfRange(
              sorted, from, Math.min(sorted.length, from + Command.Inspect.MAX_INSPECTED));
      Reply reply =
          await(
              host.requests()
                  .ask((connection, request) -> new Command.Inspect(connection, request, page)));
      if (reply instanceof Reply.Queues(List<QueueStatistics> queues)) {
        found.addAll(queues);
      }
    }
    return found;
  }

  /** Asks a virtual host's shard something and waits for the answer. */
  public Reply ask(String virtualHost, Requests.CommandFactory command) throws IOException {
    Host host = hosts.get(virtualHost);
    if (host == null) {
      throw new IOException("no virtual host '" + virtualHost + "'; create it first");
    }
    return await(host.requests().ask(command));
  }

  /** What the log of a virtual host holds, or null when there is no such virtual host. */
  public @Nullable LogStatistics statistics(String virtualHost) {
    Host host = hosts.get(virtualHost);
    return host == null ? null : host.store().statistics();
  }

  private static Reply await(CompletableFuture<Reply> answer) throws IOException {
    try {
      return answer.get(ANSWER_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the shard", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the shard does not answer", e);
    }
  }

  /**
   * A clean stop, after the front ends have stopped: what was handed out is written down exactly,
   * then a checkpoint of every shard. The homes must still be running.
   */
  @Override
  public void close() {
    cleaner.close();
    for (Host host : hosts.values()) {
      host.requests().close();
      try {
        host.store().close();
      } catch (IOException e) {
        LOGGER.log(
            System.Logger.Level.ERROR,
            "virtual host '"
                + host.host().name()
                + "' was not closed cleanly; what was confirmed is safe",
            e);
      }
    }
    hosts.clear();
    readers.shutdown();
  }
}
