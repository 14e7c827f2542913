package io.correio.posix.descriptor;

import static io.correio.posix.libc.Layouts.POLLERR;
import static io.correio.posix.libc.Layouts.POLLHUP;

import io.correio.posix.libc.Libc;
import io.correio.posix.libc.ThreadSignals;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor whose number is not given back to the kernel while anybody uses it, so that no call
 * ever reaches a stranger's file under a reused number.
 *
 * <pre>
 *   enter ──> slot taken ──> one system call, which never blocks ──> leave
 *   await ──> waiter listed ──> parked, or in poll(2) ─────────────> unlisted
 *   enterBlocking ──> one system call, which may block ──> leaveBlocking
 *
 *   shut:   closing = true ──> waiters woken ──> none listed, nobody blocked, no slot taken
 *           ──> close(2), once
 * </pre>
 *
 * <p>A slot is taken by a compare-and-set and given back by an ordered store. Whoever takes one
 * looks at {@code closing} afterwards, and whoever closes sets {@code closing} before looking at
 * the slots: one of the two sees the other. Nobody blocks with a slot, so the closer waits for
 * microseconds. In each direction one platform thread may be blocked in the kernel, where a signal
 * reaches it ({@link InKernel}); further ones wait for events.
 *
 * <p>For any number of threads, platform and virtual. Closed by whoever opened it.
 */
public final class OpenDescriptor {

  /** Calls to one descriptor that can be in the kernel at the same time; more take turns. */
  public static final int SLOTS = 4;

  /** The slot that sending tries first, so that it does not meet receiving. */
  public static final int SENDING = 0;

  /** The slot that receiving tries first. */
  public static final int RECEIVING = 1;

  /** Where there is nothing to tell apart. */
  public static final int OTHER = 2;

  // A slot to each cache line.
  private static final int STRIDE = 16;
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(int[].class);

  private final int number;
  private final int[] slots = new int[SLOTS * STRIDE];
  private final MemorySegment[] errno = new MemorySegment[SLOTS];
  private volatile boolean closing;

  // Made by the first that blocks there.
  private volatile @Nullable InKernel sending;
  private volatile @Nullable InKernel receiving;

  // Guarded by this.
  private @Nullable Waiter waiters;
  private @Nullable Waiter spare;
  private boolean watched;
  private int holds;

  /** Takes over the descriptor with this number. */
  public OpenDescriptor(int number) {
    this.number = number;
    MemorySegment all = Arena.ofAuto().allocate(SLOTS * 64L, 64);
    for (int i = 0; i < SLOTS; i++) {
      errno[i] = all.asSlice(i * 64L, 64);
    }
  }

  /** The number, which means this descriptor only between {@link #enter} and {@link #leave}. */
  public int number() {
    return number;
  }

  /** Whether nobody has begun to close it. */
  public boolean isOpen() {
    return !closing;
  }

  /**
   * Takes a slot for one system call that does not block.
   *
   * @param preferred {@link #SENDING}, {@link #RECEIVING} or {@link #OTHER}
   * @return the slot, to be given back by {@link #leave}; negative if the descriptor is closed
   */
  public int enter(int preferred) {
    int slot = preferred;
    while (!SLOT.compareAndSet(slots, slot * STRIDE, 0, 1)) {
      slot = (slot + 1) % SLOTS;
      if (slot == preferred) {
        giveWay();
      }
    }
    if (closing) {
      leave(slot);
      return -1;
    }
    return slot;
  }

  /** Gives a slot back. */
  public void leave(int slot) {
    SLOT.setRelease(slots, slot * STRIDE, 0);
  }

  /** Where the call that has the slot has its errno captured. */
  public MemorySegment errno(int slot) {
    return errno[slot];
  }

  /** What {@link #enterBlocking} returns when the call may be made. */
  public static final int ENTERED = 0;

  /** What it returns when the thread cannot block in the kernel now, but can wait for events. */
  public static final int UNAVAILABLE = 1;

  /** What it returns when the thread was interrupted. */
  public static final int INTERRUPTED = 2;

  /** What it returns when the descriptor is closed. */
  public static final int SHUT = 3;

  /**
   * Announces one system call that may block in the kernel, and that ends with EINTR when the
   * descriptor is closed or the thread interrupted.
   *
   * @param direction {@link #SENDING} or {@link #RECEIVING}
   * @return {@link #ENTERED}, to be ended by {@link #leaveBlocking}, or what keeps it from it
   */
  public int enterBlocking(int direction) {
    if (Thread.currentThread().isVirtual()) {
      return UNAVAILABLE;
    }
    InKernel inKernel = direction == SENDING ? sending : receiving;
    if (inKernel == null) {
      if (!ThreadSignals.available()) {
        return UNAVAILABLE;
      }
      inKernel = makeInKernel(direction);
    }
    if (!inKernel.enter()) {
      return UNAVAILABLE;
    }
    if (closing) {
      inKernel.leave();
      return SHUT;
    }
    if (Thread.currentThread().isInterrupted()) {
      inKernel.leave();
      return INTERRUPTED;
    }
    return ENTERED;
  }

  private synchronized InKernel makeInKernel(int direction) {
    InKernel made = direction == SENDING ? sending : receiving;
    if (made == null) {
      made = new InKernel();
      if (direction == SENDING) {
        sending = made;
      } else {
        receiving = made;
      }
    }
    return made;
  }

  /** Ends what {@link #enterBlocking} has begun. */
  public void leaveBlocking(int direction) {
    inKernel(direction).leave();
  }

  /** Where the call that was announced by {@link #enterBlocking} has its errno captured. */
  public MemorySegment blockingErrno(int direction) {
    return inKernel(direction).errno();
  }

  private InKernel inKernel(int direction) {
    return Objects.requireNonNull(direction == SENDING ? sending : receiving);
  }

  private void bringOut() {
    // Whoever enters later sees that it is closing.
    InKernel sender = sending;
    if (sender != null) {
      sender.wake();
    }
    InKernel receiver = receiving;
    if (receiver != null) {
      receiver.wake();
    }
  }

  /**
   * Waits for events, or for time to pass. A virtual thread leaves its carrier.
   *
   * @param events POLLIN and the like; 0 waits for the deadline alone
   * @param deadline by {@link System#nanoTime}, or {@link Deadline#NEVER}
   * @return {@link Wait#READY}, also when the descriptor was closed, or another of its constants;
   *     or a negated error number
   */
  public int await(int events, long deadline) {
    return Thread.currentThread().isVirtual()
        ? awaitOnVirtualThread(events, deadline)
        : awaitOnPlatformThread(events, deadline);
  }

  private int awaitOnPlatformThread(int events, long deadline) {
    Waker waker = Waker.borrow();
    Waiter waiter = waker.waiter();
    waiter.prepare(events);
    try {
      if (list(waiter) < 0) {
        return Wait.READY;
      }
      try {
        return waker.poll(events == 0 ? -1 : number, events, deadline);
      } finally {
        unlist(waiter, false);
      }
    } finally {
      waker.giveBack();
    }
  }

  private int awaitOnVirtualThread(int events, long deadline) {
    Waiter waiter = virtualWaiter(events);
    int listed = list(waiter);
    if (listed != 0) {
      return listed == CLOSED ? Wait.READY : listed;
    }
    try {
      while (!waiter.woken()) {
        if (Thread.currentThread().isInterrupted()) {
          return Wait.INTERRUPTED;
        }
        if (deadline == Deadline.NEVER) {
          LockSupport.park(this);
          continue;
        }
        long remaining = deadline - System.nanoTime();
        if (remaining <= 0) {
          return Wait.TIMED_OUT;
        }
        LockSupport.parkNanos(this, remaining);
      }
      return Wait.READY;
    } finally {
      unlist(waiter, true);
    }
  }

  private synchronized Waiter virtualWaiter(int events) {
    Waiter waiter = spare == null ? new Waiter(null) : spare;
    spare = null;
    waiter.prepare(events);
    return waiter;
  }

  /** What {@link #list} returns when the descriptor is closed. */
  static final int CLOSED = Integer.MIN_VALUE;

  /**
   * Lists a waiter, who is woken by its events if it is a virtual thread, and by {@link #shut}
   * always.
   *
   * @return 0, a negated error number, or negative beyond all of them when the descriptor is closed
   */
  synchronized int list(Waiter waiter) {
    if (closing) {
      return CLOSED;
    }
    waiter.next = waiters;
    waiters = waiter;
    if (waiter.onVirtualThread() && waiter.events() != 0) {
      int armed = arm();
      if (armed < 0) {
        waiters = waiter.next;
        waiter.next = null;
        return armed;
      }
    }
    return 0;
  }

  /** Takes a waiter off the list; whoever closes may wait for that. */
  synchronized void unlist(Waiter waiter, boolean reusable) {
    Waiter before = null;
    for (Waiter each = waiters; each != null; before = each, each = each.next) {
      if (each == waiter) {
        if (before == null) {
          waiters = each.next;
        } else {
          before.next = each.next;
        }
        break;
      }
    }
    waiter.next = null;
    waiter.forget();
    if (reusable) {
      spare = waiter;
    }
    wakeCloser();
  }

  private void wakeCloser() {
    if (closing && waiters == null && holds == 0) {
      notifyAll();
    }
  }

  /**
   * Has the number mean this descriptor until {@link #unhold}, for calls that are about several
   * descriptors, or about one several times, where taking slots could wait for itself.
   *
   * @return false if it is closed
   */
  public synchronized boolean hold() {
    if (closing) {
      return false;
    }
    holds++;
    return true;
  }

  /** Ends a hold. */
  public synchronized void unhold() {
    holds--;
    wakeCloser();
  }

  /** Called by the readiness thread. */
  synchronized void fired(int events) {
    boolean others = false;
    for (Waiter each = waiters; each != null; each = each.next) {
      if (each.onVirtualThread() && !each.woken()) {
        if ((events & (each.events() | POLLERR | POLLHUP)) != 0) {
          each.wake();
        } else {
          others |= each.events() != 0;
        }
      }
    }
    if (others && !closing) {
      arm();
    }
  }

  /** One shot for all that wait: what any of them waits for. */
  private int arm() {
    int events = 0;
    for (Waiter each = waiters; each != null; each = each.next) {
      if (each.onVirtualThread() && !each.woken()) {
        events |= each.events();
      }
    }
    int result = Readiness.shared().watch(this, events, watched);
    watched |= result == 0;
    return result;
  }

  /**
   * Ends all use of it: whoever waits is woken and finds it closed. When this returns nobody uses
   * the number, which the caller gives to {@link #closeNumber} or to a new owner.
   *
   * @return false if somebody else did so before
   */
  public boolean shut() {
    synchronized (this) {
      if (closing) {
        return false;
      }
      closing = true;
      for (Waiter each = waiters; each != null; each = each.next) {
        each.wake();
      }
    }
    bringOut();
    boolean interrupted = awaitWaiters();
    for (int i = 0; i < SLOTS; i++) {
      while ((int) SLOT.getVolatile(slots, i * STRIDE) != 0) {
        giveWay();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  /** Returns whether the thread was interrupted meanwhile. */
  private synchronized boolean awaitWaiters() {
    boolean interrupted = false;
    while (waiters != null || holds > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (watched) {
      Readiness.shared().forget(this);
      watched = false;
    }
    return interrupted;
  }

  /**
   * Has the kernel close the number, once, after {@link #shut}.
   *
   * @return 0 or a negated error number; it is closed in any case
   */
  public int closeNumber() {
    return Libc.close(errno[OTHER], number);
  }

  /** Whoever has the slot is in the kernel for microseconds, or wants a processor. */
  @SuppressWarnings("ThreadPriorityCheck")
  private static void giveWay() {
    Thread.yield();
  }
}
