package io.correio.server.front.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.BasicPropertiesBuilder;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.FieldValue;
import io.correio.amqp.v091.wire.LongString;
import io.correio.amqp.v10.FormatCode;
import io.correio.amqp.v10.ValueReader;
import io.correio.core.message.Content;
import io.correio.core.message.Envelope;
import io.correio.core.message.History;
import io.correio.core.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * Any message's content as a peer of AMQP 0-9-1 gets it; {@code docs/amqp-conversion.md} has the
 * tables. A content of that protocol is handed out as it is. Stateless, for any thread.
 */
public final class Amqp091Encoding {
  private static final byte[] NO_BODY = {};

  private Amqp091Encoding() {}

  /** Property flags and list (AMQP 0-9-1, section 4.2.6.1); not to be changed. */
  public static byte[] properties(Message message) {
    return properties(message, 0);
  }

  /**
   * As {@link #properties(Message)}, with the number of failures where there are any.
   *
   * @param failures what to tell the receiver about how often processing the message failed
   */
  public static byte[] properties(Message message, int failures) {
    Content content = message.content();
    byte[] properties =
        switch (content.format()) {
          case ContentFormats.AMQP_0_9_1 -> content.head();
          case ContentFormats.AMQP_1_0 -> converted(message);
          default -> BasicProperties.NONE.raw();
        };
    return message.history().deaths().isEmpty() && failures == 0
        ? properties
        : withHistory(new BasicProperties(properties), message.history(), failures);
  }

  /** A message that died has no expiration any more, and says where it died. */
  private static byte[] withHistory(BasicProperties sent, History history, int failures) {
    FieldTable.Builder headers = FieldTable.builder();
    boolean died = !history.deaths().isEmpty();
    sent.headers()
        .fields()
        .forEach((name, value) -> {
          if (!(died && Deaths.isAbout(name)) && !name.equals(Names.X_DELIVERY_COUNT)) {
            headers.put(name, value);
          }
        });
    BasicPropertiesBuilder builder = sent.toBuilder();
    if (died) {
      Deaths.addHeaders(history, headers);
      builder.expiration(null);
    }
    if (failures > 0) {
      headers.put(Names.X_DELIVERY_COUNT, (long) failures);
    }
    return builder.headers(headers.build()).build().raw();
  }

  /** The body's octets; not to be changed. */
  public static byte[] body(Message message) {
    Content content = message.content();
    return content.format() == ContentFormats.AMQP_1_0 ? data(content.body()) : content.body();
  }

  /** Data sections one after the other; sections of other kinds as they are encoded. */
  private static byte[] data(byte[] sections) {
    int length = 0;
    SectionReader reader = SectionReader.trusting(sections, 0, sections.length);
    while (reader.next() && reader.section() != Section.FOOTER) {
      if (reader.section() != Section.DATA) {
        return sections;
      }
      length += reader.end() - startOfData(sections, reader);
    }
    byte[] data = length == 0 ? NO_BODY : new byte[length];
    int at = 0;
    reader = SectionReader.trusting(sections, 0, sections.length);
    while (at < length && reader.next()) {
      int start = startOfData(sections, reader);
      System.arraycopy(sections, start, data, at, reader.end() - start);
      at += reader.end() - start;
    }
    return data;
  }

  private static int startOfData(byte[] sections, SectionReader reader) {
    ValueReader value = new ValueReader(sections, reader.value());
    value.length(value.constructor());
    return value.position();
  }

  private static byte[] converted(Message message) {
    Envelope envelope = message.envelope();
    Amqp10Head head = new Amqp10Head(message.content().head());
    ListFields properties = head.properties();
    FieldTable.Builder headers = FieldTable.builder();
    addApplicationProperties(head, headers);
    addAnnotations(head, headers);
    BasicPropertiesBuilder builder =
        BasicProperties.builder()
            .contentType(shortText(properties, ListFields.CONTENT_TYPE))
            .contentEncoding(shortText(properties, ListFields.CONTENT_ENCODING))
            .deliveryMode(
                envelope.durable() ? BasicProperties.PERSISTENT : BasicProperties.TRANSIENT)
            .correlationId(
                id(properties, ListFields.CORRELATION_ID, Names.X_CORRELATION_ID, headers))
            .replyTo(shortText(properties, ListFields.REPLY_TO))
            .messageId(id(properties, ListFields.MESSAGE_ID, Names.X_MESSAGE_ID, headers))
            .type(type(head, message.content().body()))
            .userId(userId(properties))
            .appId(shortText(properties, ListFields.GROUP_ID));
    if (head.priority() >= 0) {
      builder.priority(head.priority());
    }
    if (envelope.timeToLiveMillis() != Envelope.NO_EXPIRY) {
      builder.expiration(Long.toString(envelope.timeToLiveMillis()));
    }
    if (properties.has(ListFields.CREATION_TIME)) {
      long millis = properties.integer(ListFields.CREATION_TIME, 0);
      builder.timestamp(ValueConversion.toSeconds(millis));
    }
    FieldTable table = headers.build();
    return builder.headers(table.isEmpty() ? null : table).build().raw();
  }

  private static void addApplicationProperties(Amqp10Head head, FieldTable.Builder headers) {
    if (head.applicationProperties() < 0) {
      return;
    }
    ValueReader reader = new ValueReader(head.bytes(), head.applicationProperties());
    for (int left = reader.count(reader.constructor()); left > 0; left -= 2) {
      boolean named = FormatCode.isString(head.bytes()[reader.position()] & 0xff);
      String name = ValueConversion.read(reader).toString();
      if (named && ValueConversion.isShortString(name)) {
        headers.put(name, ValueConversion.read(reader));
      } else {
        reader.skip();
      }
    }
  }

  private static void addAnnotations(Amqp10Head head, FieldTable.Builder headers) {
    if (head.annotations() < 0) {
      return;
    }
    ValueReader reader = new ValueReader(head.bytes(), head.annotations());
    for (int left = reader.count(reader.constructor()); left > 0; left -= 2) {
      boolean named = FormatCode.isSymbol(head.bytes()[reader.position()] & 0xff);
      String name = ValueConversion.read(reader).toString();
      if (named && isHeader(name)) {
        headers.put(name.equals(Names.X_CC) ? Names.CC : name, ValueConversion.read(reader));
      } else {
        reader.skip();
      }
    }
  }

  /** Whether an annotation becomes a header: those of applications, not those brokers add. */
  private static boolean isHeader(String name) {
    return name.startsWith(Names.X)
        && !name.startsWith(Names.X_BASIC)
        && !name.equals(Names.X_EXCHANGE)
        && !name.equals(Names.X_ROUTING_KEY)
        && !name.equals(Names.X_DEATH)
        && ValueConversion.isShortString(name);
  }

  /** A message identifier as text; what no short string holds becomes a header instead. */
  private static @Nullable String id(
      ListFields properties, int field, String header, FieldTable.Builder headers) {
    int code = properties.code(field);
    if (code == FormatCode.UUID) {
      return ValueConversion.UUID_PREFIX + properties.uuid(field);
    }
    byte[] octets = properties.octets(field);
    if (octets == null) {
      return properties.has(field) ? Long.toUnsignedString(properties.integer(field, 0)) : null;
    }
    LongString string = LongString.of(octets);
    if (FormatCode.isBinary(code)) {
      headers.put(header, new FieldValue.Binary(string));
      return null;
    }
    String text = string.toString();
    if (ValueConversion.isShortString(text)) {
      return text;
    }
    headers.put(header, string);
    return null;
  }

  private static @Nullable String type(Amqp10Head head, byte[] sections) {
    SectionReader reader = SectionReader.trusting(sections, 0, sections.length);
    if (reader.next()
        && (reader.section() == Section.AMQP_VALUE || reader.section() == Section.AMQP_SEQUENCE)) {
      return Names.AMQP_1_0;
    }
    ValueReader annotation = head.annotation(Names.X_BASIC_TYPE.getBytes(UTF_8));
    if (annotation == null || !(ValueConversion.read(annotation) instanceof FieldValue.Text type)) {
      return null;
    }
    String text = type.toString();
    return ValueConversion.isShortString(text) ? text : null;
  }

  private static @Nullable String userId(ListFields properties) {
    byte[] octets = properties.octets(ListFields.USER_ID);
    if (octets == null || !Text.isUtf8(octets)) {
      return null;
    }
    String text = new String(octets, UTF_8);
    return ValueConversion.isShortString(text) ? text : null;
  }

  private static @Nullable String shortText(ListFields properties, int field) {
    String text = properties.text(field);
    return text == null || !ValueConversion.isShortString(text) ? null : text;
  }
}
