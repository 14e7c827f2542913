package io.correio.posix.benchmark;

import com.sun.management.OperatingSystemMXBean;
import io.correio.posix.Address;
import io.correio.posix.AddressFamily;
import io.correio.posix.PosixException;
import io.correio.posix.PosixSocket;
import io.correio.posix.SocketOption;
import io.correio.posix.SocketType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * One end of a ping-pong or a stream between two processes: {@code --role server|client --mode
 * pingpong|stream --family tcp|unix --wait block|spin --memory native|array --thread
 * platform|virtual --size N --count N --warmup N --port N --path P}. Prints one line of JSON with
 * the time, the process's CPU, and the median and 99th percentile of the round trips.
 */
public final class PairBenchmark {
  private final Map<String, String> flags = new HashMap<>();
  private final int size;
  private final int count;
  private final int warmup;
  private final boolean server;
  private final boolean array;
  private final byte[] bytes;
  private final MemorySegment memory;

  private PairBenchmark(String[] arguments) {
    for (int i = 0; i + 1 < arguments.length; i += 2) {
      flags.put(arguments[i].substring(2), arguments[i + 1]);
    }
    size = number("size", 1);
    count = number("count", 100_000);
    warmup = number("warmup", 10_000);
    server = text("role", "client").equals("server");
    array = text("memory", "native").equals("array");
    bytes = new byte[size];
    memory = Arena.global().allocate(size);
  }

  /** Runs one end. */
  public static void main(String[] arguments) throws Exception {
    PairBenchmark benchmark = new PairBenchmark(arguments);
    if (benchmark.text("thread", "platform").equals("virtual")) {
      Thread.startVirtualThread(benchmark::runUnchecked).join();
    } else {
      benchmark.run();
    }
  }

  private void runUnchecked() {
    try {
      run();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void run() throws IOException {
    try (PosixSocket socket = open()) {
      socket.setNonBlocking(text("wait", "block").equals("spin"));
      if (text("mode", "pingpong").equals("pingpong")) {
        pingPong(socket);
      } else {
        stream(socket);
      }
    }
  }

  private void pingPong(PosixSocket socket) throws IOException {
    long[] nanos = new long[count];
    double cpu = 0;
    double start = 0;
    for (int i = -warmup; i < count; i++) {
      if (i == 0) {
        cpu = cpuSeconds();
        start = seconds();
      }
      long before = System.nanoTime();
      if (server) {
        get(socket, size);
        put(socket, size);
      } else {
        put(socket, size);
        get(socket, size);
      }
      if (i >= 0) {
        nanos[i] = System.nanoTime() - before;
      }
    }
    double seconds = seconds() - start;
    double used = cpuSeconds() - cpu;
    Arrays.sort(nanos);
    print(
        seconds,
        used,
        "\"p50\":%.3f,\"p99\":%.3f"
            .formatted(nanos[count / 2] / 1_000.0, nanos[(int) (count * 0.99)] / 1_000.0));
  }

  private void stream(PosixSocket socket) throws IOException {
    double cpu = 0;
    double start = 0;
    for (int i = -warmup; i < count; i++) {
      if (i == 0) {
        cpu = cpuSeconds();
        start = seconds();
      }
      if (server) {
        get(socket, size);
      } else {
        put(socket, size);
      }
    }
    if (server) {
      put(socket, 1);
    } else {
      get(socket, 1);
    }
    double seconds = seconds() - start;
    print(
        seconds,
        cpuSeconds() - cpu,
        "\"gbs\":%.4f".formatted((double) count * size / seconds / 1e9));
  }

  private void print(double seconds, double cpu, String more) {
    System.out.printf(
        Locale.ROOT,
        "{\"impl\":\"correio\",\"role\":\"%s\",\"msgs\":%d,\"secs\":%.6f,\"cpu\":%.6f,%s}%n",
        server ? "server" : "client",
        count,
        seconds,
        cpu,
        more);
  }

  private void put(PosixSocket socket, int length) throws IOException {
    for (int done = 0; done < length; ) {
      int sent =
          array
              ? socket.send(bytes, done, length - done, 0)
              : (int) socket.send(part(done, length), 0);
      done += Math.max(0, sent);
    }
  }

  private void get(PosixSocket socket, int length) throws IOException {
    for (int done = 0; done < length; ) {
      int received =
          array
              ? socket.receive(bytes, done, length - done, 0)
              : (int) socket.receive(part(done, length), 0);
      if (received == 0) {
        throw new IOException("the other end has gone");
      }
      done += Math.max(0, received);
    }
  }

  private MemorySegment part(int from, int to) {
    return from == 0 && to == size ? memory : memory.asSlice(from, to - from);
  }

  private PosixSocket open() throws IOException {
    boolean tcp = text("family", "tcp").equals("tcp");
    Path path = Path.of(text("path", "limits.sock"));
    Address address =
        tcp
            ? Address.Inet4.loopback(number("port", 15_600))
            : Address.UnixPath.of(path.toAbsolutePath());
    AddressFamily family = address.family();
    PosixSocket socket;
    if (server) {
      try (PosixSocket listener = PosixSocket.socket(family, SocketType.STREAM)) {
        if (tcp) {
          listener.setsockopt(SocketOption.SO_REUSEADDR, true);
        } else {
          Files.deleteIfExists(path);
        }
        listener.bind(address);
        listener.listen(5);
        socket = listener.accept();
      }
    } else {
      socket = connect(address);
    }
    if (tcp) {
      socket.setsockopt(SocketOption.TCP_NODELAY, true);
    }
    return socket;
  }

  private static PosixSocket connect(Address address) throws IOException {
    for (int tries = 0; ; tries++) {
      PosixSocket socket = PosixSocket.socket(address.family(), SocketType.STREAM);
      try {
        socket.connect(address);
        return socket;
      } catch (PosixException e) {
        socket.close();
        if (tries > 1_000) {
          throw e;
        }
        LockSupport.parkNanos(5_000_000);
      }
    }
  }

  private String text(String name, String otherwise) {
    return flags.getOrDefault(name, otherwise);
  }

  private int number(String name, int otherwise) {
    return Integer.parseInt(text(name, Integer.toString(otherwise)));
  }

  private static double seconds() {
    return System.nanoTime() * 1e-9;
  }

  private static double cpuSeconds() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        * 1e-9;
  }
}
