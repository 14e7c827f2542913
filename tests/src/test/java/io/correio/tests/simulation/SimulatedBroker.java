package io.correio.tests.simulation;

import io.correio.core.identity.Identities;
import io.correio.core.identity.Permission;
import io.correio.core.identity.User;
import io.correio.core.identity.VirtualHostDefinition;
import io.correio.core.manager.VirtualHost;
import io.correio.core.queue.Command;
import io.correio.core.queue.EffectSink;
import io.correio.core.queue.Fact;
import io.correio.core.routing.RoutingTable;
import io.correio.core.shard.ShardOptions;
import io.correio.core.shard.ShardStore;
import io.correio.log.LogOptions;
import io.correio.log.LogStatistics;
import io.correio.log.Storage;
import io.correio.server.auth.AuthResult;
import io.correio.server.auth.SaslMechanisms;
import io.correio.server.front.Hosts;
import io.correio.server.front.Session;
import io.correio.server.front.Wire;
import io.correio.server.front.amqp091.Amqp091Front;
import io.correio.server.front.amqp091.BodyBudget;
import io.correio.server.front.amqp091.SessionLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One life of the broker's process: shard, log and sessions, and no thread of its own. */
final class SimulatedBroker implements Hosts {
  private static final int SEGMENT_BYTES = 256 << 10;
  private static final int BODY_BYTES = 32 << 10;
  private static final int TRANSACTION_OPERATIONS = 1_000;
  private static final int LOOPS = 2;
  private static final String VIRTUAL_HOST = "/";
  static final String USER = "guest";

  private static final SessionLimits LIMITS =
      new SessionLimits(
          SessionLimits.DEFAULT.channelMax(),
          SessionLimits.DEFAULT.frameMaxBytes(),
          0,
          SessionLimits.DEFAULT.consumersPerChannel(),
          SessionLimits.DEFAULT.unsettledPerChannel(),
          BODY_BYTES,
          BODY_BYTES,
          TRANSACTION_OPERATIONS,
          SessionLimits.DEFAULT.refusalDelayMillis(),
          SessionLimits.DEFAULT.closeMillis());

  /**
   * What a process is given.
   *
   * @param scratch where transient messages are spilled to
   * @param windowBytes memory for the heads of queues
   * @param checkpointBytes log between two checkpoints
   * @param segmentKeys messages in a segment
   * @param halts whether the process ends at once when its disk fails; else it lives on for a
   *     while, as one that is embedded does
   */
  record Setup(
      Storage storage,
      Storage scratch,
      long windowBytes,
      long checkpointBytes,
      int segmentKeys,
      boolean halts) {}

  private final TaskQueues tasks;
  private final List<Executor> loops = new ArrayList<>();
  private final boolean halts;
  private final ShardStore store;
  private final VirtualHost host;
  private final Amqp091Front front;
  private long pages;
  private long connectionIds;
  private int nextLoop;
  private @Nullable Throwable failure;

  SimulatedBroker(Setup setup, SplittableRandom random) throws IOException {
    tasks = new TaskQueues(random);
    halts = setup.halts();
    for (int i = 0; i < LOOPS; i++) {
      loops.add(tasks.add());
    }
    Executor readers = tasks.add();
    Executor work = tasks.add();
    LogOptions log =
        LogOptions.durable()
            .withSegmentBytes(SEGMENT_BYTES)
            .withKeepFreeBytes(0)
            .withMergeBytesPerSecond(Long.MAX_VALUE)
            .withMaxSegmentKeys(setup.segmentKeys());
    store =
        ShardStore.open(
            VIRTUAL_HOST,
            setup.storage(),
            setup.scratch(),
            log,
            log.withForced(false).withReserveBytes(0),
            RoutingTable.of(List.of()),
            new ShardOptions(
                setup.windowBytes(), VirtualHost.OUTBOX_BYTES, setup.checkpointBytes()),
            loops.getFirst(),
            page -> {
              pages++;
              readers.execute(page);
            },
            this::failed);
    host = new VirtualHost(VIRTUAL_HOST, store.shard());
    front =
        new Amqp091Front(
            this,
            (user, password, loopback, decided) ->
                work.execute(() -> decided.accept(AuthResult.ACCEPTED)),
            SaslMechanisms.ofPasswords(),
            new BodyBudget(BODY_BYTES * 4, BODY_BYTES * 4, LIMITS),
            LIMITS,
            "simulated");
  }

  private void failed(String reason, Throwable cause) {
    if (cause instanceof ProcessEnded ended) {
      throw ended; // while one thread was waiting for the others
    }
    if (failure == null) {
      failure = new IOException(reason, cause);
    }
    if (halts) {
      throw new ProcessEnded();
    }
  }

  /** Why the process ends; null while it does not. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** What is done while house-keeping waits for the shard or the log. */
  void pauseWith(Runnable brief) {
    store.pauseWith(brief);
  }

  /** Users and permissions, in a manager that was never started before. */
  void introduce(Runnable introduced) {
    if (identities().virtualHost(VIRTUAL_HOST) != null) {
      introduced.run();
      return;
    }
    long connection = newConnectionId();
    EffectSink sink =
        reply ->
            loops
                .getFirst()
                .execute(() -> {
                  host.submit(new Command.Disconnect(connection));
                  introduced.run();
                });
    host.submit(new Command.Connect(connection, sink));
    host.submit(
        new Command.ChangeIdentities(
            connection,
            1,
            List.of(
                new Fact.VirtualHostPut(new VirtualHostDefinition(VIRTUAL_HOST, 0)),
                new Fact.UserPut(new User(USER, "", Set.of())),
                new Fact.PermissionPut(new Permission(USER, VIRTUAL_HOST, ".*", ".*", ".*")))));
  }

  Executor nextLoop() {
    return loops.get(nextLoop++ % LOOPS);
  }

  Session accept(Wire wire) {
    return front.open(wire);
  }

  boolean stepTask() {
    return tasks.step();
  }

  boolean stepLog() {
    return store.stepLog();
  }

  boolean maintain() {
    return store.maintain();
  }

  /** A clean stop. */
  void close() throws IOException {
    store.close();
  }

  RoutingTable routing() {
    return host.routing();
  }

  /** Pages of cold messages that were read. */
  long pages() {
    return pages;
  }

  LogStatistics statistics() {
    return store.statistics();
  }

  @Override
  public @Nullable VirtualHost virtualHost(String name) {
    return name.equals(VIRTUAL_HOST) ? host : null;
  }

  @Override
  public Identities identities() {
    return store.shard().identities();
  }

  @Override
  public long newConnectionId() {
    return ++connectionIds;
  }
}
