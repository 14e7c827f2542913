package io.correio.server.front.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.FieldValue;
import io.correio.amqp.v10.FormatCode;
import io.correio.amqp.v10.ValueReader;
import io.correio.core.message.Content;
import io.correio.core.message.Envelope;
import io.correio.core.routing.HeaderSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A message as a peer of AMQP 1.0 sent it (part 3, section 3.2): checked as a whole when it is
 * decoded, its fields decoded when they are asked for. To be used by one thread; its {@link
 * #content} is immutable.
 *
 * <p>Where the sender left durable out, it is false, as the specification has it. A message without
 * any body section, which the specification does not allow and some clients send, is accepted.
 */
public final class Amqp10Message {
  /** How deep values may be nested before the body: as deep as 0-9-1 can say it. */
  public static final int MAX_DEPTH = FieldTable.MAX_DEPTH;

  /** How deep values may be nested in body and footer. */
  public static final int MAX_BODY_DEPTH = 128;

  /** Octets that annotations, properties and application properties may have together. */
  public static final int MAX_HEAD_BYTES = 1 << 20;

  /** Priority of a message that says none (part 3, section 3.2.1). */
  public static final int DEFAULT_PRIORITY = 4;

  private static final byte[] X_CC = Text.ascii("x-cc");

  private final Amqp10Head head;
  private final byte[] body;
  private final List<String> furtherKeys;
  private final ListFields properties;
  private final boolean durable;
  private final long timeToLiveMillis;

  Amqp10Message(Amqp10Head head, byte[] body, ListFields header, List<String> furtherKeys) {
    this.head = head;
    this.furtherKeys = furtherKeys;
    this.body = body;
    this.properties = head.properties();
    this.durable = header.isTrue(ListFields.DURABLE);
    this.timeToLiveMillis = header.integer(ListFields.TTL, Envelope.NO_EXPIRY);
  }

  /**
   * Decodes a message from a part of an array, which is copied.
   *
   * @throws Amqp10FormatException if its sections are malformed, unknown, out of order, repeated or
   *     too large
   */
  public static Amqp10Message decode(byte[] encoded, int offset, int length)
      throws Amqp10FormatException {
    return new Amqp10Decoder(encoded, offset, length).decode();
  }

  /** The further keys in a head; null when the annotation is something else. */
  static @Nullable List<String> furtherKeys(Amqp10Head head) {
    ValueReader reader = head.annotation(X_CC);
    if (reader == null) {
      return List.of();
    }
    if (!(ValueConversion.read(reader) instanceof FieldValue.Array list)) {
      return null;
    }
    List<String> keys = new ArrayList<>();
    for (FieldValue key : list.values()) {
      if (!(key instanceof FieldValue.Text text)) {
        return null;
      }
      keys.add(text.toJava());
    }
    return List.copyOf(keys);
  }

  /** Whether the message is to survive a restart. */
  public boolean durable() {
    return durable;
  }

  /** The priority, {@link #DEFAULT_PRIORITY} when none was sent. */
  public int priority() {
    int sent = head.priority();
    return sent < 0 ? DEFAULT_PRIORITY : sent;
  }

  /** How long the message may wait, in milliseconds; {@link Envelope#NO_EXPIRY} for ever. */
  public long timeToLiveMillis() {
    return timeToLiveMillis;
  }

  /** Property message-id: a String, UUID, Long (a ulong) or byte[]; null when absent. */
  public @Nullable Object messageId() {
    return id(ListFields.MESSAGE_ID);
  }

  /** Property correlation-id, as {@link #messageId}. */
  public @Nullable Object correlationId() {
    return id(ListFields.CORRELATION_ID);
  }

  /** Property user-id; null when absent. */
  public byte @Nullable [] userId() {
    return properties.octets(ListFields.USER_ID);
  }

  /** Property to; null when absent. */
  public @Nullable String to() {
    return properties.text(ListFields.TO);
  }

  /** Property subject; null when absent. */
  public @Nullable String subject() {
    return properties.text(ListFields.SUBJECT);
  }

  /** Property reply-to; null when absent. */
  public @Nullable String replyTo() {
    return properties.text(ListFields.REPLY_TO);
  }

  /** Property group-id; null when absent. */
  public @Nullable String groupId() {
    return properties.text(ListFields.GROUP_ID);
  }

  /** Property absolute-expiry-time, milliseconds since 1970. */
  public OptionalLong absoluteExpiryTimeMillis() {
    return properties.has(ListFields.ABSOLUTE_EXPIRY_TIME)
        ? OptionalLong.of(properties.integer(ListFields.ABSOLUTE_EXPIRY_TIME, 0))
        : OptionalLong.empty();
  }

  /** Routing keys beside the address: strings in a list, the message annotation {@code x-cc}. */
  public List<String> furtherKeys() {
    return furtherKeys;
  }

  /**
   * A message annotation with a symbol for a key, in the core's value types: null, Boolean, Long,
   * Double, BigDecimal, String, byte[], Instant, a List or Arguments.
   */
  public @Nullable Object annotation(String name) {
    ValueReader reader = head.annotation(name.getBytes(UTF_8));
    return reader == null ? null : CoreValues.toCore(ValueConversion.read(reader));
  }

  /**
   * What headers exchanges compare: the application properties, and for names with {@code x-} the
   * message annotations before them.
   */
  public HeaderSource headers() {
    return headers(head);
  }

  static HeaderSource headers(Amqp10Head head) {
    if (head.annotations() < 0 && head.applicationProperties() < 0) {
      return HeaderSource.NONE;
    }
    return new Headers(head);
  }

  /** The content, of the format {@link ContentFormats#AMQP_1_0}. */
  public Content content() {
    return new Content(ContentFormats.AMQP_1_0, head.bytes(), body);
  }

  private @Nullable Object id(int field) {
    int code = properties.code(field);
    if (code == FormatCode.UUID) {
      return properties.uuid(field);
    } else if (FormatCode.isString(code)) {
      return properties.text(field);
    } else if (FormatCode.isBinary(code)) {
      return properties.octets(field);
    }
    return properties.has(field) ? (Object) properties.integer(field, 0) : null;
  }

  private record Headers(Amqp10Head head) implements HeaderSource {
    @Override
    public @Nullable Object header(String name) {
      ValueReader reader = find(name);
      if (reader == null) {
        return null;
      }
      try {
        return CoreValues.toCore(ValueConversion.read(reader));
      } catch (IllegalArgumentException e) {
        // More than arguments hold: such a header is there, and equals nothing.
        return null;
      }
    }

    @Override
    public boolean hasHeader(String name) {
      return find(name) != null;
    }

    private @Nullable ValueReader find(String name) {
      byte[] octets = name.getBytes(UTF_8);
      ValueReader annotation = name.startsWith("x-") ? head.annotation(octets) : null;
      return annotation == null ? head.applicationProperty(octets) : annotation;
    }
  }
}
