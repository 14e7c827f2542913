package io.correio.posix;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sending and receiving allocate nothing, once they are compiled. */
@ExtendWith(NothingLeftOpen.class)
final class AllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int ROUND = 20_000;
  private static final int ROUNDS_MAX = 100;

  enum Memory {
    ARRAY,
    NATIVE,
    HEAP_BUFFER,
    DIRECT_BUFFER
  }

  private interface Transfers {
    long run() throws PosixException;
  }

  private static Transfers transfers(Memory memory, SocketPair pair, Arena arena) {
    PosixSocket from = pair.first();
    PosixSocket to = pair.second();
    byte[] array = new byte[10];
    MemorySegment segment = arena.allocate(10);
    ByteBuffer heap = ByteBuffer.allocate(10);
    ByteBuffer direct = ByteBuffer.allocateDirect(10);
    return switch (memory) {
      case ARRAY -> () -> from.send(array) + to.receive(array);
      case NATIVE -> () -> from.send(segment, 0) + to.receive(segment, 0);
      case HEAP_BUFFER -> () -> from.send(heap.clear(), 0) + to.receive(heap.clear(), 0);
      case DIRECT_BUFFER -> () -> from.send(direct.clear(), 0) + to.receive(direct.clear(), 0);
    };
  }

  @ParameterizedTest
  @EnumSource(Memory.class)
  void nothing_is_allocated(Memory memory) throws Exception {
    try (SocketPair pair = PosixSocket.socketpair(SocketType.STREAM);
        Arena arena = Arena.ofConfined()) {
      Transfers transfers = transfers(memory, pair, arena);
      long allocated = Long.MAX_VALUE;
      // How many rounds the compiler needs is its own affair.
      for (int i = 0; i < ROUNDS_MAX && allocated >= ROUND; i++) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        long bytes = 0;
        for (int j = 0; j < ROUND; j++) {
          bytes += transfers.run();
        }
        allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(bytes).isEqualTo(20L * ROUND);
      }
      assertThat(allocated).as("bytes in %d sends and receives", ROUND).isLessThan(ROUND);
    }
  }
}
