package io.correio.tests.broker;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A broker in a process of its own on a free port: started, killed and started again on the same
 * data. Whoever makes it closes it; should the test's JVM die first, a guard process ends the
 * broker. Not thread-safe.
 */
public final class BrokerProcess implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("AMQP on (\\S+):(\\d+)");
  private static final long START_SECONDS_MAX = 60;
  private static final int OUTPUT_LINES_KEPT = 200;

  private final Path data;
  private final List<String> prefix;
  private final List<String> flags;
  private Running running;

  private record Running(Process process, Process guard, Broker broker, Deque<String> output) {}

  private BrokerProcess(Path data, List<String> prefix, List<String> flags)
      throws IOException, InterruptedException {
    this.data = data;
    this.prefix = List.copyOf(prefix);
    this.flags = List.copyOf(flags);
    this.running = launch(0);
  }

  /** Starts a broker on the folder {@code data} and returns when it accepts connections. */
  public static BrokerProcess start(Path data) throws IOException, InterruptedException {
    return new BrokerProcess(data, List.of(), List.of());
  }

  /** The same, run by another program (a tracer) and with further JVM flags. */
  public static BrokerProcess start(Path data, List<String> prefix, List<String> flags)
      throws IOException, InterruptedException {
    return new BrokerProcess(data, prefix, flags);
  }

  /** Where it listens now; another port after each {@link #restart}. */
  public Broker broker() {
    return running.broker();
  }

  public long pid() {
    return running.process().pid();
  }

  /** Ends it as a power cut would, without any chance to finish what it does. */
  public void kill() throws InterruptedException {
    running.process().destroyForcibly().waitFor();
    running.guard().destroy();
  }

  /** Asks it to stop (SIGTERM), waits, and returns its exit status. */
  public int stop() throws InterruptedException {
    running.process().destroy();
    if (!running.process().waitFor(START_SECONDS_MAX, TimeUnit.SECONDS)) {
      kill();
      throw new IllegalStateException("broker ignored SIGTERM:\n" + output());
    }
    running.guard().destroy();
    return running.process().exitValue();
  }

  /** Starts it again on the same data, after {@link #kill} or {@link #stop}. */
  public void restart() throws IOException, InterruptedException {
    restart(0);
  }

  /** The same, and on the same port: its clients find it again. */
  public void restartOnSamePort() throws IOException, InterruptedException {
    restart(running.broker().amqpPort());
  }

  private void restart(int port) throws IOException, InterruptedException {
    if (running.process().isAlive()) {
      throw new IllegalStateException("still running: kill() or stop() it first");
    }
    running = launch(port);
  }

  public boolean isAlive() {
    return running.process().isAlive();
  }

  /** The last lines it printed, for messages of failed tests. */
  public String output() {
    synchronized (running.output()) {
      return String.join("\n", running.output());
    }
  }

  @Override
  public void close() {
    running.process().destroyForcibly();
    running.guard().destroy();
    boolean interrupted = false;
    while (true) {
      try {
        running.process().waitFor();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Running launch(int port) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command(port)).redirectErrorStream(true).start();
    Process guard = guard(process.pid());
    Deque<String> output = new ArrayDeque<>();
    CompletableFuture<Broker> listening = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("broker-output")
        .start(() -> follow(process, output, listening));
    try {
      Broker broker = listening.get(START_SECONDS_MAX, TimeUnit.SECONDS);
      return new Running(process, guard, broker, output);
    } catch (ExecutionException | TimeoutException e) {
      process.destroyForcibly();
      guard.destroy();
      synchronized (output) {
        throw new IOException("broker did not start:\n" + String.join("\n", output), e);
      }
    }
  }

  private List<String> command(int port) {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Collections.addAll(command, "-Xmx192m", "-XX:MaxDirectMemorySize=96m", "-XX:+UseSerialGC");
    Collections.addAll(
        command, "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(flags);
    Collections.addAll(command, "-cp", productClassPath(), "io.correio.server.cli.Main");
    Collections.addAll(command, "server", "--amqp-port", String.valueOf(port), "--http-port", "0");
    Collections.addAll(command, "--data", data.toString());
    return command;
  }

  /** The tests' class path without the tests. */
  private static String productClassPath() {
    String all = System.getProperty("java.class.path", "");
    return String.join(
        File.pathSeparator,
        Arrays.stream(all.split(Pattern.quote(File.pathSeparator), -1))
            .filter(entry -> !entry.contains("test-classes"))
            .toList());
  }

  /** Kills the broker when this JVM ends in any way, for then the guard's input ends. */
  private static Process guard(long pid) throws IOException {
    return new ProcessBuilder("/bin/sh", "-c", "read -r line; kill -9 " + pid)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void follow(
      Process process, Deque<String> output, CompletableFuture<Broker> listening) {
    try (BufferedReader reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (output) {
          if (output.size() == OUTPUT_LINES_KEPT) {
            output.removeFirst();
          }
          output.addLast(line);
        }
        Matcher matcher = LISTENING.matcher(line);
        if (matcher.find()) {
          int port = Integer.parseInt(matcher.group(2));
          listening.complete(new Broker("127.0.0.1", port));
        }
      }
    } catch (IOException e) {
      listening.completeExceptionally(e);
    }
    listening.completeExceptionally(new IOException("ended before it listened"));
  }
}
