package io.correio.server.front.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldValue;
import io.correio.amqp.v10.ValueReader;
import io.correio.core.filter.MessageReader;
import io.correio.core.filter.PropertySource;
import io.correio.core.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * Looks into messages of all formats for the core. A selector finds in a message what a client of
 * Jakarta Messaging that receives it would; {@code docs/amqp-1-0.md} has the table. Stateless, for
 * any thread.
 */
public final class ContentReader implements MessageReader {

  /** The one property of 0-9-1 by which messages can say their group. */
  private static final String GROUP = "JMSXGroupID";

  /** What stands before the names of a message's fields that no client has another name for. */
  private static final String FIELD_PREFIX = "amqp.";

  /** There is nothing to configure. */
  public ContentReader() {}

  @Override
  public PropertySource properties(Message message) {
    return switch (message.content().format()) {
      case ContentFormats.AMQP_1_0 -> {
        Amqp10Head head = new Amqp10Head(message.content().head());
        Fields fields = new Fields10(message, head);
        yield name -> property(fields, name);
      }
      case ContentFormats.AMQP_0_9_1 -> {
        Fields fields = new Fields091(message, new BasicProperties(message.content().head()));
        yield name -> property(fields, name);
      }
      default -> name -> null;
    };
  }

  @Override
  public @Nullable String group(Message message) {
    return properties(message).property(GROUP) instanceof String group && !group.isEmpty()
        ? group
        : null;
  }

  private static @Nullable Object property(Fields fields, String name) {
    if (name.startsWith(FIELD_PREFIX)) {
      return fields.field(name.substring(FIELD_PREFIX.length()).replace('_', '-'));
    }
    return name.startsWith("JMS") ? header(fields, name) : fields.application(name);
  }

  /** The headers that Jakarta Messaging 3.1, section 3.8.1.1 allows, and those of clients. */
  private static @Nullable Object header(Fields fields, String name) {
    return switch (name) {
      case "JMSDeliveryMode" ->
          Boolean.TRUE.equals(fields.field("durable")) ? "PERSISTENT" : "NON_PERSISTENT";
      case "JMSPriority" -> fields.field("priority");
      case "JMSMessageID" -> MessageIds.ofMessage(fields.field("message-id"));
      case "JMSCorrelationID" -> MessageIds.ofCorrelation(fields.field("correlation-id"));
      case "JMSTimestamp" -> fields.field("creation-time");
      case "JMSExpiration" -> fields.field("absolute-expiry-time");
      case "JMSType" -> fields.field("subject");
      case "JMSXUserID" -> fields.field("user-id");
      case GROUP -> fields.field("group-id");
      case "JMSXGroupSeq" -> fields.field("group-sequence");
      default -> fields.application(name);
    };
  }

  /** The fields of a message by the names of AMQP 1.0 (part 3, sections 3.2.1 and 3.2.4). */
  private sealed interface Fields {

    /** A String, Boolean, Long, UUID, byte[] or null. */
    @Nullable Object field(String name);

    @Nullable Object application(String name);
  }

  private record Fields10(Message message, Amqp10Head head) implements Fields {

    @Override
    public @Nullable Object field(String name) {
      switch (name) {
        case "durable" -> {
          return message.envelope().durable();
        }
        case "priority" -> {
          int sent = head.priority();
          return (long) (sent < 0 ? Amqp10Message.DEFAULT_PRIORITY : sent);
        }
        default -> {}
      }
      ListFields fields = head.properties();
      for (int i = 0; i < ListFields.PROPERTIES.size(); i++) {
        if (ListFields.PROPERTIES.get(i).name().equals(name)) {
          return fields.has(i) ? value(fields, i) : null;
        }
      }
      return null;
    }

    private static @Nullable Object value(ListFields fields, int field) {
      return switch (ListFields.PROPERTIES.get(field).type()) {
        case TEXT -> fields.text(field);
        case BINARY -> text(fields.octets(field));
        case MESSAGE_ID -> {
          Object uuid = fields.uuid(field);
          Object text = uuid == null ? fields.text(field) : uuid;
          Object octets = text == null ? fields.octets(field) : text;
          yield octets == null ? (Object) fields.integer(field, 0) : octets;
        }
        default -> fields.integer(field, 0);
      };
    }

    private static @Nullable Object text(byte @Nullable [] octets) {
      return octets == null ? null : new String(octets, UTF_8);
    }

    @Override
    public @Nullable Object application(String name) {
      byte[] octets = name.getBytes(UTF_8);
      ValueReader reader = head.applicationProperty(octets);
      if (reader == null && name.startsWith(Names.X)) {
        reader = head.annotation(octets);
      }
      return reader == null ? null : plain(ValueConversion.read(reader));
    }
  }

  private record Fields091(Message message, BasicProperties properties) implements Fields {

    @Override
    public @Nullable Object field(String name) {
      return switch (name) {
        case "durable" -> message.envelope().durable();
        case "priority" -> {
          int sent = properties.priority();
          yield (long) (sent < 0 ? Amqp10Message.DEFAULT_PRIORITY : sent);
        }
        case "message-id" -> properties.messageId();
        case "correlation-id" -> properties.correlationId();
        case "user-id" -> properties.userId();
        case "reply-to" -> properties.replyTo();
        case "subject" -> properties.type();
        case "content-type" -> properties.contentType();
        case "content-encoding" -> properties.contentEncoding();
        case "creation-time" ->
            properties.timestamp().isPresent()
                ? (Object) ValueConversion.toMillis(properties.timestamp().getAsLong())
                : null;
        case "group-id" -> {
          Object group = application(GROUP);
          yield group == null ? properties.appId() : group;
        }
        default -> null;
      };
    }

    @Override
    public @Nullable Object application(String name) {
      FieldValue header = properties.header(name);
      return header == null ? null : plain(header);
    }
  }

  private static @Nullable Object plain(FieldValue value) {
    return switch (value) {
      case FieldValue.NoValue ignored -> null;
      case FieldValue.Text text -> text.value().toString();
      case FieldValue.Bool bool -> bool.value();
      case FieldValue.Int integer -> integer.value();
      case FieldValue.Float32 real -> real.value();
      case FieldValue.Float64 real -> real.value();
      case FieldValue.Decimal decimal -> decimal.value();
      case FieldValue.Timestamp timestamp -> ValueConversion.toMillis(timestamp.seconds());
      default -> value; // there, and like nothing that a selector can say
    };
  }
}
