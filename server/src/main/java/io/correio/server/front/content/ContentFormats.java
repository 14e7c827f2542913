package io.correio.server.front.content;

import io.correio.core.message.Content;

/** The numbers of the formats in {@link Content#format}. They are stored with the messages. */
public final class ContentFormats {
  /** The head is a content header's flags and properties (AMQP 0-9-1, section 4.2.6.1). */
  public static final int AMQP_0_9_1 = 1;

  /**
   * Head and body are sections (AMQP 1.0 part 3, section 3.2), as {@link Amqp10Head} draws them.
   */
  public static final int AMQP_1_0 = 2;

  private ContentFormats() {}
}
