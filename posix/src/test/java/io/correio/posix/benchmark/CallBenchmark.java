package io.correio.posix.benchmark;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.correio.posix.MessageFlags;
import io.correio.posix.PosixException;
import io.correio.posix.PosixSocket;
import io.correio.posix.SocketPair;
import io.correio.posix.SocketType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What a call costs above the C library's own, and what it allocates. {@code bare} is recv(2) by a
 * foreign call without errno, which costs 2 ns more than C's; the system call is the same in all:
 * peeking at one byte, and one byte sent and received over a pair.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class CallBenchmark {
  private static final int PEEK_DONTWAIT = MessageFlags.PEEK | MessageFlags.DONTWAIT;
  private static final MethodHandle RECV = recv();

  private final MemorySegment memory = Arena.global().allocate(64);
  private final byte[] array = new byte[1];
  private final ByteBuffer heap = ByteBuffer.allocate(1);
  private final ByteBuffer direct = ByteBuffer.allocateDirect(1);
  private SocketPair peeked;
  private SocketPair pair;
  private int number;
  private PosixSocket reader;

  /** With one byte to peek at. */
  public CallBenchmark() {
    try {
      peeked = PosixSocket.socketpair(SocketType.STREAM);
      pair = PosixSocket.socketpair(SocketType.STREAM);
      reader = peeked.second();
      number = reader.duplicate().release();
    } catch (PosixException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Puts the byte there. */
  @Setup
  public void send() throws PosixException {
    peeked.first().sendAll(new byte[1]);
  }

  /** Closes all. */
  @TearDown
  public void close() throws PosixException {
    peeked.close();
    pair.close();
    PosixSocket.adopt(number).close();
  }

  @SuppressWarnings("restricted")
  private static MethodHandle recv() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("recv"),
        FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  }

  /** recv(2) and nothing else. */
  @Benchmark
  public long peekBare() throws Throwable {
    return (long) RECV.invokeExact(number, memory, 1L, PEEK_DONTWAIT);
  }

  /** The same through the socket, into native memory. */
  @Benchmark
  public long peekNative() throws PosixException {
    return reader.receive(memory, PEEK_DONTWAIT);
  }

  /** The same into an array. */
  @Benchmark
  public int peekArray() throws PosixException {
    return reader.receive(array, 0, 1, PEEK_DONTWAIT);
  }

  /** One byte there, in native memory. */
  @Benchmark
  public long sendAndReceiveNative() throws PosixException {
    return pair.first().send(memory, 0) + pair.second().receive(memory, 0);
  }

  /** One byte there, in arrays. */
  @Benchmark
  public int sendAndReceiveArray() throws PosixException {
    return pair.first().send(array) + pair.second().receive(array);
  }

  /** One byte there, in a buffer over an array. */
  @Benchmark
  public int sendAndReceiveHeapBuffer() throws PosixException {
    return pair.first().send(heap.clear(), 0) + pair.second().receive(heap.clear(), 0);
  }

  /** One byte there, in a direct buffer. */
  @Benchmark
  public int sendAndReceiveDirectBuffer() throws PosixException {
    return pair.first().send(direct.clear(), 0) + pair.second().receive(direct.clear(), 0);
  }

  /** Runs with the allocation profiler; arguments are patterns of benchmarks' names. */
  public static void main(String[] arguments) throws RunnerException {
    Options options =
        new OptionsBuilder()
            .include(
                CallBenchmark.class.getSimpleName()
                    + "."
                    + (arguments.length == 0 ? "" : arguments[0]))
            .addProfiler(GCProfiler.class)
            .build();
    new Runner(options).run();
  }
}
