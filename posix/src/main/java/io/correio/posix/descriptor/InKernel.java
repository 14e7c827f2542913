package io.correio.posix.descriptor;

import io.correio.posix.libc.Libc;
import io.correio.posix.libc.ThreadSignals;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * The one platform thread that is blocked inside a system call, in one direction of one descriptor,
 * and how it is brought out: by a signal to that thread, whose handler does nothing, so that the
 * call ends with EINTR.
 *
 * <pre>
 *            enter                 wake
 *   FREE ────────────> thread ───────────────> SIGNALLED ──┐
 *    ^                  │  ^     pthread_kill              │
 *    └──────────────────┘  └───────────────────────────────┘
 *     leave: turn ends
 * </pre>
 *
 * <p>A thread that leaves waits for the end of SIGNALLED, so that no signal is sent to a thread
 * that has ended. A signal that comes before the thread is in the kernel does nothing; so whoever
 * wakes sends further ones until the turn ends. Whoever enters looks whether the descriptor is
 * being closed, or the thread was interrupted, when others can see it here already.
 *
 * <p>{@link #wake} is for any thread, the rest for the one that enters. Owned by an {@link
 * OpenDescriptor}; there is nothing to close.
 */
final class InKernel {
  private static final long FREE = 0;
  private static final long SIGNALLED = -1;
  private static final long FIRST_PAUSE_NANOS = 10_000;
  private static final int PAUSE_DOUBLINGS_MAX = 6;
  private static final VarHandle HOLDER = holderHandle();

  private final MemorySegment errno = Arena.ofAuto().allocate(Libc.ERRNO_BYTES, 64);
  private final InterruptHook hook = new InterruptHook(this::wake);

  /** FREE, SIGNALLED, or the thread by its pthread_t. */
  @SuppressWarnings("UnusedVariable") // accessed by its handle
  private volatile long holder;

  /** Counts those that have left. */
  private volatile int turn;

  private static VarHandle holderHandle() {
    try {
      return MethodHandles.lookup().findVarHandle(InKernel.class, "holder", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * Announces that this thread, a platform thread, is about to block.
   *
   * @return false if another thread is there
   */
  boolean enter() {
    if (!HOLDER.compareAndSet(this, FREE, ThreadSignals.self())) {
      return false;
    }
    // From here on an interrupt wakes.
    hook.enter();
    return true;
  }

  /** Ends the turn. */
  void leave() {
    int present = turn; // the holder alone writes it
    turn = present + 1;
    long self = ThreadSignals.self();
    while (!HOLDER.compareAndSet(this, self, FREE)) {
      giveWay(); // somebody is about to signal
    }
    // After the turn, because whoever interrupts may keep this waiting until the turn has ended.
    hook.leave();
  }

  /** For the call that blocks. */
  MemorySegment errno() {
    return errno;
  }

  /** Brings out whoever is in the kernel, if anybody; returns when they are out. */
  void wake() {
    long self = ThreadSignals.self();
    int seen = turn;
    for (int tries = 0; turn == seen; tries++) {
      long thread = holder;
      if (thread == FREE || thread == self) {
        return;
      }
      if (thread != SIGNALLED && HOLDER.compareAndSet(this, thread, SIGNALLED)) {
        ThreadSignals.wake(thread);
        holder = thread;
      }
      pause(tries);
    }
  }

  private static void pause(int tries) {
    if (Thread.currentThread().isInterrupted()) {
      giveWay(); // parking would not wait
    } else {
      LockSupport.parkNanos(FIRST_PAUSE_NANOS << Math.min(tries, PAUSE_DOUBLINGS_MAX));
    }
  }

  @SuppressWarnings("ThreadPriorityCheck")
  private static void giveWay() {
    Thread.yield();
  }
}
