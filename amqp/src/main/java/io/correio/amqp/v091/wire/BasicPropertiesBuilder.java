package io.correio.amqp.v091.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encodes {@link BasicProperties}. Null removes a property. To be used by one thread. */
public final class BasicPropertiesBuilder {
  private static final List<String> NAMES =
      List.of(
          "cluster-id",
          "app-id",
          "user-id",
          "type",
          "timestamp",
          "message-id",
          "expiration",
          "reply-to",
          "correlation-id",
          "priority",
          "delivery-mode",
          "headers",
          "content-encoding",
          "content-type");

  private final @Nullable Object[] values = new @Nullable Object[16];

  BasicPropertiesBuilder() {}

  BasicPropertiesBuilder(BasicProperties start) {
    for (int property = BasicProperties.CONTENT_TYPE; property > 1; property--) {
      values[property] =
          switch (property) {
            case BasicProperties.HEADERS -> start.hasHeaders() ? start.headers() : null;
            case BasicProperties.DELIVERY_MODE ->
                start.deliveryMode() == 0 ? null : start.deliveryMode();
            case BasicProperties.PRIORITY -> start.priority() < 0 ? null : start.priority();
            case BasicProperties.TIMESTAMP ->
                start.timestamp().isPresent() ? start.timestamp().getAsLong() : null;
            default -> start.string(property);
          };
    }
  }

  static String name(int property) {
    return NAMES.get(property - BasicProperties.CLUSTER_ID);
  }

  /** Sets content-type. */
  public BasicPropertiesBuilder contentType(@Nullable String value) {
    return set(BasicProperties.CONTENT_TYPE, value);
  }

  /** Sets content-encoding. */
  public BasicPropertiesBuilder contentEncoding(@Nullable String value) {
    return set(BasicProperties.CONTENT_ENCODING, value);
  }

  /** Sets headers. */
  public BasicPropertiesBuilder headers(@Nullable FieldTable value) {
    return set(BasicProperties.HEADERS, value);
  }

  /** Sets delivery-mode. */
  public BasicPropertiesBuilder deliveryMode(int value) {
    return set(BasicProperties.DELIVERY_MODE, value);
  }

  /** Sets delivery-mode to persistent. */
  public BasicPropertiesBuilder persistent() {
    return deliveryMode(BasicProperties.PERSISTENT);
  }

  /** Sets priority. */
  public BasicPropertiesBuilder priority(int value) {
    return set(BasicProperties.PRIORITY, value);
  }

  /** Sets correlation-id. */
  public BasicPropertiesBuilder correlationId(@Nullable String value) {
    return set(BasicProperties.CORRELATION_ID, value);
  }

  /** Sets reply-to. */
  public BasicPropertiesBuilder replyTo(@Nullable String value) {
    return set(BasicProperties.REPLY_TO, value);
  }

  /** Sets expiration, in milliseconds as text. */
  public BasicPropertiesBuilder expiration(@Nullable String value) {
    return set(BasicProperties.EXPIRATION, value);
  }

  /** Sets message-id. */
  public BasicPropertiesBuilder messageId(@Nullable String value) {
    return set(BasicProperties.MESSAGE_ID, value);
  }

  /** Sets timestamp, in seconds since 1970. */
  public BasicPropertiesBuilder timestamp(long seconds) {
    return set(BasicProperties.TIMESTAMP, seconds);
  }

  /** Sets type. */
  public BasicPropertiesBuilder type(@Nullable String value) {
    return set(BasicProperties.TYPE, value);
  }

  /** Sets user-id. */
  public BasicPropertiesBuilder userId(@Nullable String value) {
    return set(BasicProperties.USER_ID, value);
  }

  /** Sets app-id. */
  public BasicPropertiesBuilder appId(@Nullable String value) {
    return set(BasicProperties.APP_ID, value);
  }

  /** Sets the reserved last property. */
  public BasicPropertiesBuilder clusterId(@Nullable String value) {
    return set(BasicProperties.CLUSTER_ID, value);
  }

  /** Encodes what was set. */
  public BasicProperties build() {
    int flags = 0;
    for (int property = 0; property < values.length; property++) {
      if (values[property] != null) {
        flags |= 1 << property;
      }
    }
    WireWriter out = new WireWriter();
    out.shortInt(flags);
    for (int property = values.length - 1; property >= 0; property--) {
      switch (values[property]) {
        case null -> {}
        case String text -> out.shortString(text);
        case FieldTable table -> out.table(table);
        case Integer octet -> out.octet(octet);
        case Long seconds -> out.longLong(seconds);
        default -> throw new AssertionError("property " + name(property));
      }
    }
    return new BasicProperties(out.toByteArray());
  }

  private BasicPropertiesBuilder set(int property, @Nullable Object value) {
    values[property] = value;
    return this;
  }
}
