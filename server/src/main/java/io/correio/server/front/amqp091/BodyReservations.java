package io.correio.server.front.amqp091;

import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.ReplyCode;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the incomplete bodies of one connection hold of the {@link BodyBudget}. Small bodies need no
 * reservation as long as all incomplete ones of the connection together are small. Owned by the
 * connection's loop.
 */
final class BodyReservations {
  /** Incomplete bodies up to this sum are received without a reservation. */
  static final int FREE_BYTES = 256 << 10;

  /** How long others wait for memory that a peer has reserved and sends nothing for. */
  static final long PATIENCE_MILLIS = 5_000;

  /** How slowly a peer may send while others wait. */
  static final int MIN_BYTES_PER_SECOND = 256 << 10;

  private final BodyBudget budget;
  private final Runnable granted;
  private BodyBudget.@Nullable Waiter waiter;
  private int waitingBytes;
  private int incompleteReservations;
  private long incompleteBytes;
  private long freeBytes;
  private long tickMillis;
  private long blockingMillis;
  private @Nullable Method lastMethod;

  /** A body that is arriving. */
  static final class Body {
    private int size;
    private int reserved;
  }

  /**
   * Creates an empty account.
   *
   * @param granted run on any thread when what was waited for is reserved
   */
  BodyReservations(BodyBudget budget, Runnable granted) {
    this.budget = budget;
    this.granted = granted;
  }

  /**
   * Makes room for a body before its first byte. Returns false when it has to be waited for: until
   * then nothing more may be read.
   *
   * @throws AmqpException 311 when room is short and this connection is receiving a large body
   *     already: waiting for a second one could block both
   */
  boolean begin(Body body, int size, Method method) {
    body.size = size;
    body.reserved = 0;
    if (freeBytes + size <= FREE_BYTES) {
      freeBytes += size;
      return true;
    }
    boolean reserved = true;
    if (incompleteReservations == 0) {
      waiter = budget.reserve(size, granted);
      waitingBytes = size;
      reserved = waiter == null;
    } else if (!budget.tryReserve(size)) {
      body.size = 0;
      throw Errors.of(
          ReplyCode.CONTENT_TOO_LARGE,
          method,
          ("no memory for a body of %d bytes beside the large one that is arriving on another"
                  + " channel of this connection; publish large messages one after the other")
              .formatted(size));
    }
    body.reserved = size;
    lastMethod = method;
    incompleteReservations++;
    incompleteBytes += size;
    return reserved;
  }

  /** What was waited for is reserved. */
  void onGranted() {
    waiter = null;
  }

  /**
   * Time has passed: counts that in which others wait for what this peer does not fill.
   *
   * @param heldUp whether the server itself does not read the peer: that is not the peer's fault
   * @param storedBytes of incomplete bodies, as far as they have come
   * @throws AmqpException 506 when the others have waited long enough
   */
  void onTick(long nowMillis, boolean heldUp, LongSupplier storedBytes) {
    long passed = tickMillis == 0 ? 0 : nowMillis - tickMillis;
    tickMillis = nowMillis;
    Method method = lastMethod;
    if (incompleteReservations == 0 || method == null) {
      blockingMillis = 0;
      return;
    }
    if (heldUp || waiter != null || !budget.isWaitedFor()) {
      return;
    }
    blockingMillis += passed;
    if (blockingMillis > PATIENCE_MILLIS
        && blockingMillis
            > PATIENCE_MILLIS + storedBytes.getAsLong() * 1_000 / MIN_BYTES_PER_SECOND) {
      throw Errors.of(
          ReplyCode.RESOURCE_ERROR,
          method,
          ("a body of %d bytes is incomplete after %d s in which others waited for its memory; send"
                  + " a message without a pause, or in smaller parts")
              .formatted(incompleteBytes, blockingMillis / 1_000));
    }
  }

  /** The body is complete, or given up; returns what it holds, for the caller to release. */
  int end(Body body) {
    int reserved = body.reserved;
    if (reserved > 0) {
      incompleteReservations--;
      blockingMillis = 0;
      incompleteBytes -= reserved;
    } else {
      freeBytes -= body.size;
    }
    body.size = 0;
    body.reserved = 0;
    return reserved;
  }

  /** Gives back what incomplete bodies hold; the last call. */
  void close() {
    long bytes = incompleteBytes;
    if (waiter != null && budget.cancel(waiter)) {
      bytes -= waitingBytes;
    }
    waiter = null;
    incompleteBytes = 0;
    if (bytes > 0) {
      budget.release(bytes);
    }
  }
}
