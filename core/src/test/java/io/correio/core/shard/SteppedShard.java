package io.correio.core.shard;

import io.correio.core.message.Address;
import io.correio.core.message.Arguments;
import io.correio.core.message.Content;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.EffectSink;
import io.correio.core.queue.Settlement;
import io.correio.core.routing.RoutingTable;
import io.correio.log.LogOptions;
import io.correio.log.MemoryStorage;
import io.correio.log.Storage;
import io.correio.log.StorageFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** A whole shard with its logs in memory, stepped by one thread. */
final class SteppedShard {

  private static final LogOptions LOG =
      LogOptions.memory().withSegmentBytes(64 << 10).withMergeBytesPerSecond(Long.MAX_VALUE);

  final MemoryStorage storage;
  final MemoryStorage scratch;
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final ShardOptions options;
  private final LogOptions log;
  private ShardStore store;

  SteppedShard(ShardOptions options) throws IOException {
    this(options, LOG, new AtomicLong(Long.MAX_VALUE));
  }

  /**
   * On a disk with so many bytes left.
   *
   * @param freeBytes may change at any time
   */
  SteppedShard(ShardOptions options, LogOptions log, AtomicLong freeBytes) throws IOException {
    this(options, log, freeBytes, new AtomicLong(Long.MAX_VALUE));
  }

  /** On two disks, of which the second one takes what is transient. */
  SteppedShard(
      ShardOptions options, LogOptions log, AtomicLong freeBytes, AtomicLong scratchFreeBytes)
      throws IOException {
    this.options = options;
    this.log = log;
    this.storage = new MemoryStorage(freeBytes);
    this.scratch = new MemoryStorage(scratchFreeBytes);
    this.store = open();
  }

  private ShardStore open() throws IOException {
    ShardStore opened =
        ShardStore.open(
            "/",
            storage,
            scratch,
            log,
            log.withForced(false).withReserveBytes(0),
            RoutingTable.of(List.of()),
            options,
            tasks::add,
            tasks::add,
            (reason, cause) -> {
              throw new AssertionError(reason, cause);
            });
    opened.pauseWith(this::step);
    return opened;
  }

  /** The process is killed and started again; all that was written is still there. */
  void restart() throws IOException {
    tasks.clear();
    store = open();
  }

  ShardStore store() {
    return store;
  }

  /** Does what waits on any thread but the cleaner's; returns whether there was anything. */
  private boolean step() {
    Runnable task = tasks.poll();
    if (task != null) {
      task.run();
    }
    return store.stepLog() || task != null;
  }

  /** Does what waits on the shard's thread and leaves the log's alone. */
  void stepShard() {
    Runnable task;
    while ((task = tasks.poll()) != null) {
      task.run();
    }
  }

  /** Everything that waits is done, but for the house-keeping. */
  void settleDown() {
    while (step()) {}
  }

  /** Everything that waits is done. */
  void idle() {
    do {
      settleDown();
    } while (store.maintain());
    settleDown();
  }

  static long bytes(Storage storage) throws IOException {
    long bytes = 0;
    for (String name : storage.list()) {
      try (StorageFile file = storage.open(name)) {
        bytes += file.size();
      }
    }
    return bytes;
  }

  /** A connection that notes what it is told. */
  final class Peer implements EffectSink {
    final long id;
    final List<Effect> effects = new ArrayList<>();

    Peer(long id) {
      this.id = id;
      store.shard().submit(new Command.Connect(id, this));
    }

    @Override
    public void emit(Effect effect) {
      effects.add(effect);
    }

    <T extends Effect> List<T> take(Class<T> kind) {
      List<T> found = effects.stream().filter(kind::isInstance).map(kind::cast).toList();
      effects.removeAll(found);
      return found;
    }

    void declare(String queue) {
      store
          .shard()
          .submit(
              new Command.DeclareQueue(id, 1, queue, false, true, false, false, Arguments.EMPTY));
    }

    void publish(String queue, boolean durable, byte[] body) {
      Message message =
          new Message(
              new Envelope(new Address("", queue), durable, 0, Envelope.NO_EXPIRY),
              new Content(1, new byte[0], body));
      long target = Objects.requireNonNull(store.shard().routing().queue(queue)).id();
      store.shard().submit(new Command.Publish(id, message, new long[] {target}, false));
    }

    /** Publishes a transient message to all queues at once. */
    void publishToAll(byte[] body) {
      List<Long> queues = new ArrayList<>();
      store.shard().routing().forEachQueue(queue -> queues.add(queue.id()));
      long[] targets = queues.stream().mapToLong(Long::longValue).toArray();
      Message message =
          new Message(
              new Envelope(new Address("", ""), false, 0, Envelope.NO_EXPIRY),
              new Content(1, new byte[0], body));
      store.shard().submit(new Command.Publish(id, message, targets, false));
    }

    void subscribe(String queue, long consumer, int credit) {
      store
          .shard()
          .submit(
              new Command.Subscribe(id, 2, consumer, queue, "c", false, false, credit, true, 0));
    }

    void accept(Effect.Delivered delivered) {
      store
          .shard()
          .submit(
              new Command.Settle(
                  id,
                  new long[] {delivered.lane()},
                  new long[] {delivered.sequence()},
                  1,
                  Settlement.ACCEPTED));
      store.shard().submit(new Command.Drained(id, delivered.message().size()));
    }
  }

  static byte[] body(int number, int bytes) {
    return (number + ":" + "x".repeat(bytes)).getBytes(StandardCharsets.UTF_8);
  }

  static int number(Message message) {
    String text = new String(message.content().body(), StandardCharsets.UTF_8);
    return Integer.parseInt(text.substring(0, text.indexOf(':')));
  }
}
