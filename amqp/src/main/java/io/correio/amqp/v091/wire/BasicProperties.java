package io.correio.amqp.v091.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a content of class basic, kept as the bytes that were received: two octets of
 * flags and the list of those present (section 4.2.6.1). Each getter walks to its own property and
 * decodes nothing else; getters of numbers allocate nothing. Immutable as long as nobody changes
 * the array.
 *
 * <pre>
 *  bit 15 content-type    shortstr    bit 10 correlation-id shortstr    bit 5 type       shortstr
 *      14 content-encoding shortstr        9 reply-to       shortstr        4 user-id    shortstr
 *      13 headers         table            8 expiration     shortstr        3 app-id     shortstr
 *      12 delivery-mode   octet            7 message-id     shortstr        2 cluster-id shortstr
 *      11 priority        octet            6 timestamp      64 bits         1, 0         must be 0
 * </pre>
 */
public final class BasicProperties {
  /** The properties of a message that has none. */
  public static final BasicProperties NONE = new BasicProperties(new byte[2]);

  /** Delivery mode of a message that is not to survive a restart. */
  public static final int TRANSIENT = 1;

  /** Delivery mode of a message that is to survive a restart. */
  public static final int PERSISTENT = 2;

  static final int CONTENT_TYPE = 15;
  static final int CONTENT_ENCODING = 14;
  static final int HEADERS = 13;
  static final int DELIVERY_MODE = 12;
  static final int PRIORITY = 11;
  static final int CORRELATION_ID = 10;
  static final int REPLY_TO = 9;
  static final int EXPIRATION = 8;
  static final int MESSAGE_ID = 7;
  static final int TIMESTAMP = 6;
  static final int TYPE = 5;
  static final int USER_ID = 4;
  static final int APP_ID = 3;
  static final int CLUSTER_ID = 2;

  private static final int CLASS_BASIC = 60;
  private static final int UNDEFINED_FLAGS = 3;

  private final byte[] raw;

  /** Properties over bytes that {@link #validate} accepts; the array is kept, not copied. */
  public BasicProperties(byte[] raw) {
    this.raw = raw;
  }

  /** A builder, to be used by one thread. */
  public static BasicPropertiesBuilder builder() {
    return new BasicPropertiesBuilder();
  }

  /**
   * Checks, without allocating, that bytes are a well-formed property list: known flags, lengths
   * that fit, table structure and depth, nothing behind the end.
   *
   * @throws AmqpException 502 when they are not
   */
  public static void validate(byte[] raw) {
    if (raw.length < 2) {
      throw malformed("the property flags are missing");
    }
    int flags = flags(raw);
    if ((flags & UNDEFINED_FLAGS) != 0) {
      throw malformed("property flags that class basic does not define are set");
    }
    int at = 2;
    for (int property = CONTENT_TYPE; property >= CLUSTER_ID; property--) {
      if ((flags & (1 << property)) != 0) {
        at = TableScanner.checked(raw, at, property);
      }
    }
    if (at != raw.length) {
      throw malformed(raw.length - at + " bytes follow the last property");
    }
  }

  static AmqpException malformed(String text) {
    return new AmqpException(
        ReplyCode.SYNTAX_ERROR, "malformed content header: " + text, CLASS_BASIC, 0);
  }

  /** The bytes themselves, flags first; not to be changed. */
  public byte[] raw() {
    return raw;
  }

  /** MIME type of the body. */
  public @Nullable String contentType() {
    return string(CONTENT_TYPE);
  }

  /** MIME encoding of the body. */
  public @Nullable String contentEncoding() {
    return string(CONTENT_ENCODING);
  }

  /** Whether there is a headers table. */
  public boolean hasHeaders() {
    return find(HEADERS) >= 0;
  }

  /** The headers, decoded anew by each call; empty when absent. */
  public FieldTable headers() {
    int at = find(HEADERS);
    if (at < 0) {
      return FieldTable.empty();
    }
    WireReader reader = new WireReader(ByteBuffer.wrap(raw, at, raw.length - at));
    reader.method(CLASS_BASIC, 0);
    return reader.table();
  }

  /** One header, found without decoding the others; null when absent. */
  public @Nullable FieldValue header(String name) {
    int at = find(HEADERS);
    if (at < 0) {
      return null;
    }
    int field = TableScanner.findField(raw, at, name.getBytes(UTF_8));
    if (field < 0) {
      return null;
    }
    int end = TableScanner.endOfField(raw, field);
    WireReader reader = new WireReader(ByteBuffer.wrap(raw, field, end - field));
    return reader.tableWithoutLength().get(name);
  }

  /** The delivery mode, 0 when absent. */
  public int deliveryMode() {
    int at = find(DELIVERY_MODE);
    return at < 0 ? 0 : raw[at] & 0xff;
  }

  /** Whether the message is to survive a restart: delivery mode 2. */
  public boolean isPersistent() {
    return deliveryMode() == PERSISTENT;
  }

  /** The priority, -1 when absent. */
  public int priority() {
    int at = find(PRIORITY);
    return at < 0 ? -1 : raw[at] & 0xff;
  }

  /** Identifier of the request that this answers. */
  public @Nullable String correlationId() {
    return string(CORRELATION_ID);
  }

  /** Where answers should go. */
  public @Nullable String replyTo() {
    return string(REPLY_TO);
  }

  /** Milliseconds after which the message expires, as text: see {@link #expirationMillis}. */
  public @Nullable String expiration() {
    return string(EXPIRATION);
  }

  /**
   * The expiration as a number: -1 when absent, -2 when it is not a decimal number of at most 18
   * digits.
   */
  public long expirationMillis() {
    int at = find(EXPIRATION);
    if (at < 0) {
      return -1;
    }
    int length = raw[at] & 0xff;
    if (length == 0 || length > 18) {
      return -2;
    }
    long value = 0;
    for (int i = at + 1; i <= at + length; i++) {
      int digit = raw[i] - '0';
      if (digit < 0 || digit > 9) {
        return -2;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /** Identifier of the message, given by the application. */
  public @Nullable String messageId() {
    return string(MESSAGE_ID);
  }

  /** Seconds since 1970, given by the application. */
  public OptionalLong timestamp() {
    int at = find(TIMESTAMP);
    return at < 0 ? OptionalLong.empty() : OptionalLong.of(ByteBuffer.wrap(raw).getLong(at));
  }

  /** Type name of the message, given by the application. */
  public @Nullable String type() {
    return string(TYPE);
  }

  /** The user who published, which the broker verifies. */
  public @Nullable String userId() {
    return string(USER_ID);
  }

  /** Name of the publishing application. */
  public @Nullable String appId() {
    return string(APP_ID);
  }

  /** The last property: reserved by 0-9-1, the cluster id of earlier versions. */
  public @Nullable String clusterId() {
    return string(CLUSTER_ID);
  }

  /** A builder that starts with these properties. */
  public BasicPropertiesBuilder toBuilder() {
    return new BasicPropertiesBuilder(this);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BasicProperties that && Arrays.equals(raw, that.raw);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(raw);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("BasicProperties[");
    for (int property = CONTENT_TYPE; property >= CLUSTER_ID; property--) {
      if (find(property) >= 0) {
        text.append(text.charAt(text.length() - 1) == '[' ? "" : ", ");
        text.append(BasicPropertiesBuilder.name(property)).append('=').append(value(property));
      }
    }
    return text.append(']').toString();
  }

  private @Nullable Object value(int property) {
    return switch (property) {
      case HEADERS -> headers();
      case DELIVERY_MODE -> deliveryMode();
      case PRIORITY -> priority();
      case TIMESTAMP -> timestamp().orElseThrow();
      default -> string(property);
    };
  }

  @Nullable String string(int property) {
    int at = find(property);
    return at < 0 ? null : new String(raw, at + 1, raw[at] & 0xff, UTF_8);
  }

  private int find(int property) {
    int flags = flags(raw);
    if ((flags & (1 << property)) == 0) {
      return -1;
    }
    int at = 2;
    for (int each = CONTENT_TYPE; each > property; each--) {
      if ((flags & (1 << each)) != 0) {
        at = TableScanner.end(raw, at, each);
      }
    }
    return at;
  }

  private static int flags(byte[] raw) {
    return ((raw[0] & 0xff) << 8) | (raw[1] & 0xff);
  }
}
