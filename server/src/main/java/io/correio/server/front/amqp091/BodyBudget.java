package io.correio.server.front.amqp091;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Heap for large bodies and for open transactions, shared by all connections.
 *
 * <p>Whoever receives a large body reserves all of it before the first byte and gives it back when
 * the publish is settled. So any number of clients that send large messages at once take turns,
 * instead of the heap. Nobody waits while holding an unfinished reservation, and the budget holds
 * the largest body, so whoever waits is served, in the order of asking; one who lets the others
 * wait for a body that does not come is cut off (see {@link BodyReservations}).
 *
 * <p>Transactions, which a client may leave open for ever, have a budget of their own and never
 * wait: what does not fit is refused.
 *
 * <p>Thread-safe; created by the server, closed by nobody.
 */
public final class BodyBudget {
  /** For bodies, where nothing else is configured. */
  public static final long DEFAULT_BODY_BYTES = 48L << 20;

  /** For transactions, where nothing else is configured. */
  public static final long DEFAULT_TRANSACTION_BYTES = 32L << 20;

  private final long maxBodyBytes;
  private final long maxTransactionBytes;
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private long bodyBytes;
  private long transactionBytes;

  /** Someone who waits for a reservation. */
  static final class Waiter {
    private final int bytes;
    private final Runnable granted;

    Waiter(int bytes, Runnable granted) {
      this.bytes = bytes;
      this.granted = granted;
    }
  }

  /**
   * Creates a budget.
   *
   * @param maxBodyBytes all that may be reserved for bodies at once
   * @param maxTransactionBytes all that open transactions may hold at once
   * @throws IllegalArgumentException if the largest body or transaction does not fit
   */
  public BodyBudget(long maxBodyBytes, long maxTransactionBytes, SessionLimits limits) {
    if (maxBodyBytes < limits.bodyBytes() || maxTransactionBytes < limits.transactionBytes()) {
      throw new IllegalArgumentException(
          "a body may have %d bytes and all bodies %d, a transaction %d and all of them %d: raise the budgets"
              .formatted(
                  limits.bodyBytes(),
                  maxBodyBytes,
                  limits.transactionBytes(),
                  maxTransactionBytes));
    }
    this.maxBodyBytes = maxBodyBytes;
    this.maxTransactionBytes = maxTransactionBytes;
  }

  /** Reserves at once or not at all, ahead of those who wait. */
  synchronized boolean tryReserve(int bytes) {
    if (maxBodyBytes - bodyBytes < bytes) {
      return false;
    }
    bodyBytes += bytes;
    return true;
  }

  /**
   * Reserves at once, or in turn.
   *
   * @param granted run, on whatever thread releases, when the bytes are reserved; must not block
   * @return null when the bytes are reserved already; else what {@link #cancel} takes
   */
  synchronized @Nullable Waiter reserve(int bytes, Runnable granted) {
    if (waiters.isEmpty() && tryReserve(bytes)) {
      return null;
    }
    Waiter waiter = new Waiter(bytes, granted);
    waiters.add(waiter);
    return waiter;
  }

  /**
   * Stops waiting. Returns false when the bytes were granted already: then they are to be released.
   */
  boolean cancel(Waiter waiter) {
    boolean waited;
    List<Runnable> next;
    synchronized (this) {
      waited = waiters.remove(waiter);
      next = grantInTurn();
    }
    next.forEach(Runnable::run);
    return waited;
  }

  /** Whether anybody waits for a reservation. */
  synchronized boolean isWaitedFor() {
    return !waiters.isEmpty();
  }

  /** Gives reserved bytes back. */
  void release(long bytes) {
    List<Runnable> next;
    synchronized (this) {
      bodyBytes -= bytes;
      assert bodyBytes >= 0 : "more released than reserved";
      next = grantInTurn();
    }
    next.forEach(Runnable::run);
  }

  /** Adds to what transactions hold, or refuses. */
  synchronized boolean tryReserveTransaction(long bytes) {
    if (maxTransactionBytes - transactionBytes < bytes) {
      return false;
    }
    transactionBytes += bytes;
    return true;
  }

  /** Takes from what transactions hold. */
  synchronized void releaseTransaction(long bytes) {
    transactionBytes -= bytes;
    assert transactionBytes >= 0 : "more released than reserved";
  }

  /** Bytes that bodies have reserved now. */
  public synchronized long reservedBodyBytes() {
    return bodyBytes;
  }

  /** Bytes that transactions hold now. */
  public synchronized long reservedTransactionBytes() {
    return transactionBytes;
  }

  private List<Runnable> grantInTurn() {
    List<Runnable> next = List.of();
    Waiter first = waiters.peek();
    while (first != null && tryReserve(first.bytes)) {
      if (next.isEmpty()) {
        next = new ArrayList<>();
      }
      next.add(first.granted);
      waiters.remove();
      first = waiters.peek();
    }
    return next;
  }
}
