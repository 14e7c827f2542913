package io.correio.zeromq.pipe;

import io.correio.zeromq.model.Message;
import org.jspecify.annotations.Nullable;

/**
 * The way to one peer and back, as a pattern sees it. Everything is called under the lock of the
 * socket that owns this end.
 */
public abstract class Pipe {
  private static final byte[] NO_ID = {};

  private byte[] routingId = NO_ID;
  private boolean queued;
  private boolean starved;
  private long mark;

  /** An end without a routing id. */
  protected Pipe() {}

  /** Whether a message may be written, by the high-water mark. May write out what waits. */
  public abstract boolean hasRoom();

  /**
   * Takes a message, whether there is room or not.
   *
   * @param owned whether the message's arrays will not change; otherwise they are copied
   */
  public abstract void write(Message message, boolean owned);

  /** Tells a publisher of a subscription or its end; neither counts towards the high-water mark. */
  public abstract void writeSubscription(boolean subscribe, byte[] prefix);

  /** The next whole message, or null. */
  public abstract @Nullable Message read();

  /** Whether what is written may still reach the peer. */
  public abstract boolean isOpen();

  /** Ends the connection to the peer. */
  public abstract void close();

  /** The peer's name for ROUTER. */
  public final byte[] routingId() {
    return routingId;
  }

  /** Sets the peer's name for ROUTER. */
  public final void routingId(byte[] id) {
    routingId = id;
  }

  /** Whether the pipe is among those that a fair queue asks; kept for the queue. */
  public final boolean queued() {
    return queued;
  }

  /** Sets {@link #queued}. */
  public final void queued(boolean value) {
    queued = value;
  }

  /** Whether a sender found no room here and waits. */
  public final boolean starved() {
    return starved;
  }

  /** Sets {@link #starved}. */
  public final void starved(boolean value) {
    starved = value;
  }

  /** The number of the last message that matched this pipe; kept for the subscriptions. */
  public final long mark() {
    return mark;
  }

  /** Sets {@link #mark}. */
  public final void mark(long value) {
    mark = value;
  }
}
