package io.correio.server.front.amqp091;

import io.correio.amqp.v091.FrameEncoder;

/** A consumer of a channel. Owned by the connection's loop. */
final class ConsumerEntry {
  /** What the core knows it by. */
  final int number;

  final Amqp091Channel channel;
  final String tag;

  /** The tag as deliveries carry it. */
  final byte[] encodedTag;

  final boolean noAck;

  /** Whether the client still expects deliveries. */
  boolean receiving = true;

  /** Whether the core was asked to end it; its number is free when that is answered. */
  boolean cancelling;

  /**
   * Whether deliveries go to the client: also those that were on their way when it cancelled
   * without waiting, when nobody would have them otherwise.
   */
  boolean takesDeliveries() {
    return receiving || noAck;
  }

  ConsumerEntry(int number, Amqp091Channel channel, String tag, boolean noAck) {
    this.number = number;
    this.channel = channel;
    this.tag = tag;
    this.encodedTag = FrameEncoder.shortString(tag);
    this.noAck = noAck;
  }
}
