package io.correio.posix.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings a thread out of a system call by a signal with a handler that does nothing. The signal is
 * the one that the JDK's own channels use for this, and with the same effect, so that it does not
 * matter who installs the handler first. Ours is the C library's {@code abs}: a function of an int
 * that touches nothing.
 *
 * <p>Stateless, for any thread; load it after {@link Platform#require} alone.
 */
public final class ThreadSignals {

  /** SIGRTMAX - 2, the JDK's. */
  static final int WAKE_SIGNAL = 62;

  private static final int SIG_BLOCK = 0;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final @Nullable MethodHandle PTHREAD_KILL =
      function("pthread_kill", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));
  // Reads a register, and the transition of an ordinary call would be most of its cost.
  private static final @Nullable MethodHandle PTHREAD_SELF =
      function("pthread_self", FunctionDescriptor.of(JAVA_LONG), Linker.Option.critical(false));
  private static final boolean AVAILABLE = install();

  private ThreadSignals() {}

  /**
   * Whether threads can be woken: the C library has the calls, the signal is free or the JDK's, and
   * threads do not block it.
   */
  public static boolean available() {
    return AVAILABLE;
  }

  /** pthread_self(3). */
  public static long self() {
    try {
      return (long) required(PTHREAD_SELF).invokeExact();
    } catch (Throwable thrown) {
      throw Libc.unchecked(thrown);
    }
  }

  /** pthread_kill(3) of a thread that has not ended. */
  public static void wake(long thread) {
    try {
      // Fails where too many signals are queued already, which wake as well.
      int ignored = (int) required(PTHREAD_KILL).invokeExact(thread, WAKE_SIGNAL);
    } catch (Throwable thrown) {
      throw Libc.unchecked(thrown);
    }
  }

  private static MethodHandle required(@Nullable MethodHandle function) {
    if (function == null) {
      throw new UnsupportedOperationException("the C library cannot signal threads");
    }
    return function;
  }

  private static boolean install() {
    MethodHandle action =
        function("sigaction", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    MethodHandle mask =
        function("pthread_sigmask", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    Optional<MemorySegment> handler = LINKER.defaultLookup().find("abs");
    if (PTHREAD_KILL == null
        || PTHREAD_SELF == null
        || action == null
        || mask == null
        || handler.isEmpty()) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment blocked = arena.allocate(Layouts.SIGSET_BYTES, 8);
      if ((int) mask.invokeExact(SIG_BLOCK, MemorySegment.NULL, blocked) != 0
          || (blocked.get(JAVA_LONG, 0) & (1L << (WAKE_SIGNAL - 1))) != 0) {
        return false;
      }
      MemorySegment present = arena.allocate(Layouts.SIGACTION_BYTES, 8);
      if ((int) action.invokeExact(WAKE_SIGNAL, MemorySegment.NULL, present) != 0) {
        return false;
      }
      if (present.get(JAVA_LONG, 0) != 0) {
        // The JDK's, or one like it: what matters is that calls are not taken up again.
        return (present.get(JAVA_INT, Layouts.SIGACTION_FLAGS) & Layouts.SA_RESTART) == 0;
      }
      MemorySegment ours = arena.allocate(Layouts.SIGACTION_BYTES, 8);
      ours.set(ADDRESS, 0, handler.get());
      return (int) action.invokeExact(WAKE_SIGNAL, ours, MemorySegment.NULL) == 0;
    } catch (Throwable thrown) {
      throw Libc.unchecked(thrown);
    }
  }

  /** Null where the C library has it elsewhere, as those before 2.34 have threads. */
  @SuppressWarnings("restricted")
  private static @Nullable MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    return LINKER
        .defaultLookup()
        .find(name)
        .map(symbol -> LINKER.downcallHandle(symbol, descriptor, options))
        .orElse(null);
  }
}
