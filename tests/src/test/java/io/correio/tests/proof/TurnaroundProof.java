package io.correio.tests.proof;

import static java.util.Objects.requireNonNull;

import io.correio.core.manager.ManagerOptions;
import io.correio.core.manager.QueueManager;
import io.correio.core.message.Arguments;
import io.correio.core.queue.Command;
import io.correio.core.shard.ShardOptions;
import io.correio.log.FileStorage;
import io.correio.log.LogOptions;
import io.correio.log.Storage;
import io.correio.log.StorageFile;
import io.correio.server.net.Listener;
import io.correio.server.net.ListenerOptions;
import io.correio.server.net.Loops;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;

/**
 * What a durable publish costs from socket to socket with the least possible protocol, and where
 * the time goes: real loops, real shard, real log, on a real folder. Beside it, on the same machine
 * in the same minutes, what nobody can do without: an echo over the same loops, and the same write
 * and force without a broker.
 *
 * <p>Arguments: an empty or missing folder, repetitions. Cases take turns in each repetition, so
 * that what else the machine does meets all alike; printed are medians over the repetitions. The
 * client is this process's main thread. {@code scripts/proof TurnaroundProof FOLDER 9} runs it with
 * the launcher's heap.
 */
public final class TurnaroundProof implements AutoCloseable {
  private static final int ONE_COUNT = 2_000;
  private static final int MANY_BYTES = 200 << 20;
  private static final int MANY_COUNT_MAX = 1_000_000;
  private static final int OUTSTANDING = 1_000;
  private static final String HOME = "publish on the home loop";
  private static final String OTHER = "publish on the other loop";
  private static final int[] SIZES = {12, 1_024};
  private static final int LOOPS = 2;
  private static final int RAW_FILE_BYTES = 64 << 20;

  private final Path folder;
  private final Stages stages = new Stages(ONE_COUNT);
  private final Loops loops = Loops.open(LOOPS, true);
  private final QueueManager manager;
  private final Listener listener;
  private final List<StagedStorage> storages = new ArrayList<>();

  /** What the log writes for one message, by the message's size. */
  private final Map<Integer, Integer> entryBytes = new HashMap<>();

  private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

  private interface Step {
    void run() throws IOException;
  }

  /** A way to measure: how many frames of which size, to where. */
  private record Case(String name, byte mode, boolean onHome, int size, int outstanding) {
    String title() {
      return "%s, %,d B, %,d outstanding".formatted(name, size, outstanding);
    }
  }

  /** What one repetition measured; CPU per frame in microseconds. */
  private record Sample(
      double p50Micros,
      double p99Micros,
      double rate,
      double loopMicros,
      double logMicros,
      double clientMicros,
      double othersMicros,
      List<Double> spans) {

    double brokerMicros() {
      return loopMicros + logMicros;
    }
  }

  private TurnaroundProof(Path folder) throws Exception {
    this.folder = folder;
    CompletableFuture<Thread> home = new CompletableFuture<>();
    loops.executor(0).execute(() -> home.complete(Thread.currentThread()));
    this.manager = QueueManager.open(options(), this::home);
    this.listener =
        Listener.bind(
            loops,
            new ListenerOptions(
                "127.0.0.1",
                0,
                128,
                64,
                10_000,
                1_000,
                List.of(new ToyFront(manager, home.get(), stages)),
                null));
    var _ =
        manager.ask(
            "/",
            (connection, request) ->
                new Command.DeclareQueue(
                    connection,
                    request,
                    ToyFront.QUEUE,
                    false,
                    true,
                    false,
                    false,
                    Arguments.EMPTY));
  }

  private Executor home(int shard) {
    Executor loop = loops.executor(shard);
    return task ->
        loop.execute(() -> {
          stages.mark(Stages.Place.DECIDING);
          task.run();
        });
  }

  private ManagerOptions options() {
    return new ManagerOptions(
        name -> {
          StagedStorage storage = new StagedStorage(FileStorage.open(folder.resolve(name)), stages);
          storages.add(storage);
          return storage;
        },
        LogOptions.durable(),
        LogOptions.scratch(),
        new ShardOptions(32 << 20, 1 << 20, 128 << 20),
        List.of(),
        "/",
        List.of(),
        (reason, cause) -> {
          cause.printStackTrace();
          Runtime.getRuntime().halt(70);
        });
  }

  /** Runs the proof. */
  public static void main(String[] args) throws Exception {
    int repetitions = Integer.parseInt(args[1]);
    try (TurnaroundProof proof = new TurnaroundProof(Path.of(args[0]))) {
      proof.round(false);
      proof.samples.clear(); // everything is compiled and the files have their length
      for (int i = 0; i < repetitions; i++) {
        proof.round(i % 2 == 1);
      }
      proof.report();
      proof.reportDifferences();
    }
  }

  /** Each case once; every second time backwards, lest one always pays for what went before. */
  private void round(boolean backwards) throws IOException {
    List<Step> steps = new ArrayList<>();
    for (int size : SIZES) {
      for (int outstanding : new int[] {1, OUTSTANDING}) {
        steps.add(() -> run(new Case("echo", ToyFront.ECHO, true, size, outstanding)));
        steps.add(() -> run(new Case(HOME, ToyFront.PUBLISH, true, size, outstanding)));
        steps.add(() -> run(new Case(OTHER, ToyFront.PUBLISH, false, size, outstanding)));
      }
      steps.add(() -> rawForces(size));
    }
    for (Step step : backwards ? steps.reversed() : steps) {
      step.run();
    }
  }

  private void run(Case measured) throws IOException {
    int many = Math.min(MANY_BYTES / measured.size(), MANY_COUNT_MAX);
    int count = measured.outstanding() == 1 ? ONE_COUNT : many;
    long[] nanos = {0};
    try (ToyClient client = ToyClient.open(listener.port(), measured.mode(), measured.onHome())) {
      ThreadCpu before = ThreadCpu.now();
      long start = System.nanoTime();
      if (measured.outstanding() == 1) {
        nanos = client.oneAtATime(count, measured.size(), stages);
      } else {
        client.manyAtATime(count, measured.size(), measured.outstanding());
      }
      long took = System.nanoTime() - start;
      if (measured.mode() == ToyFront.PUBLISH && measured.outstanding() == 1) {
        entryBytes.put(measured.size(), storages.getFirst().lastWriteBytes());
      }
      add(measured.title(), count, nanos, took, ThreadCpu.now().since(before), stages.medians());
    }
    var _ =
        manager.ask(
            "/",
            (connection, request) -> new Command.PurgeQueue(connection, request, ToyFront.QUEUE));
  }

  /** The log's write and force, by this thread alone, on a file that has its length already. */
  private void rawForces(int size) throws IOException {
    int bytes = requireNonNull(entryBytes.get(size));
    String title = "write and force alone, %,d B message, %,d B written".formatted(size, bytes);
    try (Storage storage = FileStorage.open(folder.resolve("raw"))) {
      boolean isNew = storage.list().isEmpty();
      try (StorageFile file = isNew ? storage.create("file") : storage.open("file")) {
        if (isNew) {
          file.allocate(0, RAW_FILE_BYTES);
          file.force();
        }
        ByteBuffer entry = ByteBuffer.allocateDirect(bytes);
        long[] nanos = new long[ONE_COUNT];
        ThreadCpu before = ThreadCpu.now();
        long begin = System.nanoTime();
        for (int i = 0; i < ONE_COUNT; i++) {
          long start = System.nanoTime();
          file.write(entry.clear(), (long) i * bytes);
          file.force();
          nanos[i] = System.nanoTime() - start;
        }
        long took = System.nanoTime() - begin;
        Arrays.sort(nanos);
        add(title, ONE_COUNT, nanos, took, ThreadCpu.now().since(before), List.of());
      }
    }
  }

  private void add(
      String title, int count, long[] nanos, long took, ThreadCpu cpu, List<Double> spans) {
    double perFrame = 1e3 * count;
    samples
        .computeIfAbsent(title, key -> new ArrayList<>())
        .add(
            new Sample(
                nanos[nanos.length / 2] / 1e3,
                nanos[nanos.length * 99 / 100] / 1e3,
                count * 1e9 / took,
                cpu.loop() / perFrame,
                cpu.log() / perFrame,
                cpu.client() / perFrame,
                cpu.others() / perFrame,
                spans));
  }

  private void report() {
    say(
        "%-58s %7s %15s %7s %10s   CPU µs: loop, log, client, others",
        "medians of the repetitions", "p50 µs", "(least, most)", "p99 µs", "1/s");
    samples.forEach((title, all) ->
        say(
            "%-58s %7.1f %15s %7.1f %,10.0f   %.2f %.2f %.2f %.2f",
            title,
            median(all, Sample::p50Micros),
            "(%.0f, %.0f)".formatted(edge(all, 0), edge(all, all.size() - 1)),
            median(all, Sample::p99Micros),
            median(all, Sample::rate),
            median(all, Sample::loopMicros),
            median(all, Sample::logMicros),
            median(all, Sample::clientMicros),
            median(all, Sample::othersMicros)));
    samples.forEach((title, all) -> {
      if (title.startsWith("publish") && title.endsWith(" 1 outstanding")) {
        say("%n%s, where the time goes (µs, medians)", title);
        for (int i = 0; i < Stages.SPANS.length; i++) {
          int span = i;
          say("  %-45s %8.1f", Stages.SPANS[i], median(all, sample -> sample.spans().get(span)));
        }
      }
    });
  }

  /** What the crossing to the home loop costs: the two cases of each repetition compared. */
  private void reportDifferences() {
    say("%nother loop less home loop, within each repetition: median (quartiles)");
    samples.forEach((title, home) -> {
      if (title.startsWith(HOME)) {
        String compared = title.substring(HOME.length() + 2);
        List<Sample> other = requireNonNull(samples.get(OTHER + title.substring(HOME.length())));
        say(
            "  %-30s p50 %s µs, broker CPU %s µs, CPU ratio %s",
            compared,
            quartiles(home, other, (a, b) -> b.p50Micros() - a.p50Micros()),
            quartiles(home, other, (a, b) -> b.brokerMicros() - a.brokerMicros()),
            quartiles(home, other, (a, b) -> b.brokerMicros() / a.brokerMicros()));
      }
    });
  }

  private static String quartiles(
      List<Sample> one, List<Sample> other, ToDoubleBiFunction<Sample, Sample> comparison) {
    double[] sorted = new double[one.size()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = comparison.applyAsDouble(one.get(i), other.get(i));
    }
    Arrays.sort(sorted);
    return "%.2f (%.2f, %.2f)"
        .formatted(
            sorted[sorted.length / 2], sorted[sorted.length / 4], sorted[sorted.length * 3 / 4]);
  }

  private static double median(List<Sample> all, ToDoubleFunction<Sample> figure) {
    double[] sorted = all.stream().mapToDouble(figure).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static double edge(List<Sample> all, int place) {
    return all.stream().mapToDouble(Sample::p50Micros).sorted().toArray()[place];
  }

  private static void say(String format, Object... arguments) {
    System.out.printf(format + "%n", arguments);
  }

  @Override
  public void close() {
    listener.close(); // all connections are closed by now
    manager.close();
    loops.close();
  }
}
