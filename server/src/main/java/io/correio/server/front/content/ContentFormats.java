package io.correio.server.front.content;

import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldValue;
import io.correio.core.message.Content;
import io.correio.core.message.Message;
import io.correio.core.routing.HeaderSource;
import org.jspecify.annotations.Nullable;

/** The numbers of the formats in {@link Content#format}. They are stored with the messages. */
public final class ContentFormats {
  /** The head is a content header's flags and properties (AMQP 0-9-1, section 4.2.6.1). */
  public static final int AMQP_0_9_1 = 1;

  /**
   * Head and body are sections (AMQP 1.0 part 3, section 3.2), as {@link Amqp10Head} draws them.
   */
  public static final int AMQP_1_0 = 2;

  private ContentFormats() {}

  /** What headers exchanges compare of a message, whatever its format. */
  public static HeaderSource headers(Message message) {
    byte[] head = message.content().head();
    return switch (message.content().format()) {
      case AMQP_0_9_1 -> headers(new BasicProperties(head));
      case AMQP_1_0 -> Amqp10Message.headers(new Amqp10Head(head));
      default -> HeaderSource.NONE;
    };
  }

  /** The headers in properties of 0-9-1, each decoded when it is asked for. */
  public static HeaderSource headers(BasicProperties properties) {
    return properties.hasHeaders() ? new Headers(properties) : HeaderSource.NONE;
  }

  private record Headers(BasicProperties properties) implements HeaderSource {
    @Override
    public @Nullable Object header(String name) {
      FieldValue value = properties.header(name);
      return value == null ? null : CoreValues.toCore(value);
    }

    @Override
    public boolean hasHeader(String name) {
      return properties.header(name) != null;
    }
  }
}
