package io.correio.server.front.amqp091;

import io.correio.amqp.v091.FrameEncoder;

/**
 * Publisher confirms of one channel: numbers its publishes and gathers outcomes into one {@code
 * basic.ack} for all that are settled. Owned by the connection's loop.
 */
final class ChannelConfirms {
  private final int channel;
  private boolean selected;
  private long published;
  private long acknowledgeUpTo;
  private int gathered;

  ChannelConfirms(int channel) {
    this.channel = channel;
  }

  /** From now on publishes are numbered, starting with 1. */
  void select() {
    selected = true;
  }

  boolean isSelected() {
    return selected;
  }

  /** The delivery tag of the next publish; 0 while confirms are not selected. */
  long nextTag() {
    return selected ? ++published : 0;
  }

  /**
   * A publish is safe, and so are all before it that were not rejected. Returns whether {@link
   * #flush} is to be called.
   */
  boolean gather(long tag) {
    acknowledgeUpTo = tag;
    return gathered++ == 0;
  }

  /** Tells the client what was gathered. */
  void flush(FrameEncoder encoder) {
    if (gathered > 0) {
      encoder.ack(channel, acknowledgeUpTo, gathered > 1);
      gathered = 0;
    }
  }

  /** Tells the client at once that a publish failed. */
  void reject(long tag, FrameEncoder encoder) {
    encoder.nack(channel, tag, false, false);
  }
}
