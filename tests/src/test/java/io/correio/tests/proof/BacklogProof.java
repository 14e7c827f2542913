package io.correio.tests.proof;

import static java.util.Objects.requireNonNull;

import io.correio.core.manager.ManagerOptions;
import io.correio.core.manager.QueueManager;
import io.correio.core.manager.VirtualHost;
import io.correio.core.message.Address;
import io.correio.core.message.Arguments;
import io.correio.core.message.Content;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.EffectSink;
import io.correio.core.queue.Settlement;
import io.correio.core.routing.HeaderSource;
import io.correio.core.routing.Targets;
import io.correio.core.shard.ShardOptions;
import io.correio.log.FileStorage;
import io.correio.log.LogOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A large backlog in a small heap: fill, restart, drain with settlements out of order, restarted
 * half way. Ends with an error when a message is missing, comes in the wrong order, or comes back
 * although it was settled.
 *
 * <p>Arguments: folder, messages, body bytes. Run with the heap that the launcher gives the server.
 */
public final class BacklogProof {

  private static final long CONNECTION = 1_000_000;
  private static final int CREDIT = 100_000;
  private static final int BATCH = 512;

  private final Path folder;
  private final int count;
  private final int size;
  private final BitSet settled = new BitSet();
  private int settledCount;

  private BacklogProof(Path folder, int count, int size) {
    this.folder = folder;
    this.count = count;
    this.size = size;
  }

  private static final class Sink implements EffectSink {
    private final BlockingQueue<Effect> effects = new LinkedBlockingQueue<>();

    @Override
    public void emit(Effect effect) {
      effects.add(effect);
    }

    Effect next() throws InterruptedException {
      return requireNonNull(effects.poll(60, TimeUnit.SECONDS), "nothing came for a minute");
    }
  }

  /** Runs the proof. */
  public static void main(String[] args) throws Exception {
    new BacklogProof(Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2])).run();
  }

  private void run() throws Exception {
    try (ExecutorService home = Executors.newSingleThreadExecutor()) {
      try (QueueManager manager = open(home)) {
        fill(host(manager));
      }
      drain(home, count / 2);
      drain(home, count);
    }
    say("all there, in order, nothing settled came back");
  }

  private void fill(VirtualHost host) throws InterruptedException {
    Sink sink = new Sink();
    host.submit(new Command.Connect(CONNECTION, sink));
    host.submit(
        new Command.DeclareQueue(CONNECTION, 1, "q", false, true, false, false, Arguments.EMPTY));
    sink.next();
    Envelope envelope = new Envelope(new Address("", "q"), true, 0, Envelope.NO_EXPIRY);
    Targets targets = new Targets();
    long start = System.nanoTime();
    long accepted = 0;
    for (int i = 0; i < count; i++) {
      byte[] body = new byte[size];
      ByteBuffer.wrap(body).putInt(i);
      Message message = new Message(envelope, new Content(1, new byte[0], body));
      host.submit(host.route(CONNECTION, message, HeaderSource.NONE, false, targets));
      while (i - accepted > BATCH) {
        if (sink.next() instanceof Effect.Accepted(long number)) {
          accepted = number;
        }
      }
    }
    while (accepted < count) {
      if (sink.next() instanceof Effect.Accepted(long number)) {
        accepted = number;
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    say("filled %,d messages of %d B in %.1f s, %,.0f/s", count, size, seconds, count / seconds);
  }

  private void drain(ExecutorService home, int until) throws Exception {
    long start = System.nanoTime();
    try (QueueManager manager = open(home)) {
      say("opened in %.0f ms", (System.nanoTime() - start) / 1e6);
      VirtualHost host = host(manager);
      Sink sink = new Sink();
      host.submit(new Command.Connect(CONNECTION, sink));
      host.submit(new Command.Subscribe(CONNECTION, 1, 1, "q", "c", false, false, CREDIT, true, 0));
      sink.next();
      receive(host, sink, until, start);
    }
  }

  private void receive(VirtualHost host, Sink sink, int until, long start)
      throws InterruptedException {
    long[] lanes = new long[CREDIT];
    long[] sequences = new long[CREDIT];
    int held = 0;
    int last = -1;
    boolean first = true;
    while (settledCount < until) {
      if (!(sink.next() instanceof Effect.Delivered delivered)) {
        continue;
      }
      if (first) {
        say("first delivery after %.0f ms", (System.nanoTime() - start) / 1e6);
        first = false;
      }
      int number = ByteBuffer.wrap(delivered.message().content().body()).getInt();
      if (number <= last || settled.get(number) || number != settled.nextClearBit(last + 1)) {
        throw new IllegalStateException("got " + number + " after " + last);
      }
      last = number;
      host.submit(new Command.Drained(CONNECTION, delivered.message().size()));
      if (Integer.hashCode(number * 0x9E3779B9) % 2 == 0) {
        settle(host, new long[] {delivered.lane()}, new long[] {delivered.sequence()}, 1);
        settled.set(number);
        settledCount++;
      } else {
        lanes[held] = delivered.lane();
        sequences[held++] = delivered.sequence();
        settled.set(number);
        settledCount++;
      }
      if (held == CREDIT / 4 || settledCount >= until) {
        settle(host, lanes.clone(), sequences.clone(), held);
        held = 0;
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    say("drained up to %,d in %.1f s", until, seconds);
  }

  private static void settle(VirtualHost host, long[] lanes, long[] sequences, int count) {
    host.submit(new Command.Settle(CONNECTION, lanes, sequences, count, Settlement.ACCEPTED));
  }

  private static VirtualHost host(QueueManager manager) {
    return requireNonNull(manager.virtualHost("/"));
  }

  private QueueManager open(ExecutorService home) throws Exception {
    return QueueManager.open(
        new ManagerOptions(
            name -> FileStorage.open(folder.resolve(name)),
            LogOptions.durable(),
            LogOptions.scratch(),
            new ShardOptions(32 << 20, 1 << 20, 128 << 20),
            List.of(),
            "/",
            List.of(),
            (reason, cause) -> {
              cause.printStackTrace();
              Runtime.getRuntime().halt(70);
            }),
        shard -> home);
  }

  private static void say(String format, Object... arguments) {
    Runtime runtime = Runtime.getRuntime();
    long heap = (runtime.totalMemory() - runtime.freeMemory()) >> 20;
    System.out.printf(format + " (heap in use %d MiB)%n", append(arguments, heap));
  }

  private static Object[] append(Object[] arguments, Object last) {
    Object[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = last;
    return all;
  }
}
