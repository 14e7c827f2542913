package io.correio.client.remote;

import io.correio.client.Message;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.buffer.ProtonBufferAllocator;
import org.apache.qpid.protonj2.codec.Decoder;
import org.apache.qpid.protonj2.codec.Encoder;
import org.apache.qpid.protonj2.codec.decoders.ProtonDecoderFactory;
import org.apache.qpid.protonj2.codec.encoders.ProtonEncoderFactory;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.UnsignedByte;
import org.apache.qpid.protonj2.types.UnsignedInteger;
import org.apache.qpid.protonj2.types.UnsignedLong;
import org.apache.qpid.protonj2.types.UnsignedShort;
import org.apache.qpid.protonj2.types.messaging.AmqpSequence;
import org.apache.qpid.protonj2.types.messaging.AmqpValue;
import org.apache.qpid.protonj2.types.messaging.ApplicationProperties;
import org.apache.qpid.protonj2.types.messaging.Data;
import org.apache.qpid.protonj2.types.messaging.Header;
import org.apache.qpid.protonj2.types.messaging.MessageAnnotations;
import org.apache.qpid.protonj2.types.messaging.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Messages as octets of AMQP 1.0 (part 3, section 3.2) and back. The body goes as one data section;
 * a body that comes as a value is read as its text, or its octets. Guarded by the manager's lock,
 * but for {@link #join}.
 */
final class MessageCodec {

  /** Annotation that names a put: the same 16 octets each time it is sent. */
  static final Symbol PUT_ID = Symbol.valueOf("x-opt-put-id");

  /** Annotation for a delay, in milliseconds, as ActiveMQ Artemis and others know it. */
  static final Symbol DELAY = Symbol.valueOf("x-opt-delivery-delay");

  private static final long MAX_TTL_MILLIS = 0xFFFF_FFFFL;
  private static final int SHORT_BINARY_MAX = 255;
  private static final byte DESCRIBED = 0;
  private static final byte SMALL_ULONG = 0x53;
  private static final byte DATA = 0x75;
  private static final byte BINARY_8 = (byte) 0xA0;
  private static final byte BINARY_32 = (byte) 0xB0;
  private static final int DATA_HEADER_BYTES = 8;
  private static final int HEAD_BYTES = 128;

  private final Encoder encoder = ProtonEncoderFactory.create();
  private final Decoder decoder = ProtonDecoderFactory.create();

  // ---- to octets -----------------------------------------------------------------------------

  /** All sections but the body's. */
  byte[] encodeHead(Message message, byte[] putId) {
    ProtonBuffer buffer = ProtonBufferAllocator.defaultAllocator().allocate(HEAD_BYTES);
    write(buffer, header(message));
    Map<Symbol, Object> annotations = new LinkedHashMap<>();
    annotations.put(PUT_ID, new Binary(putId));
    Duration delay = message.delay();
    if (delay != null) {
      annotations.put(DELAY, delay.toMillis());
    }
    write(buffer, new MessageAnnotations(annotations));
    Properties properties = properties(message);
    if (properties != null) {
      write(buffer, properties);
    }
    if (!message.properties().isEmpty()) {
      Map<String, Object> values = new LinkedHashMap<>();
      message.properties().forEach((name, value) -> values.put(name, toWire(value)));
      write(buffer, new ApplicationProperties(values));
    }
    byte[] head = new byte[buffer.getReadableBytes()];
    buffer.readBytes(head, 0, head.length);
    return head;
  }

  /** The whole message. Needs no lock. */
  static byte[] join(byte[] head, byte[] body) {
    ByteBuffer all = ByteBuffer.allocate(head.length + DATA_HEADER_BYTES + body.length);
    all.put(head).put(DESCRIBED).put(SMALL_ULONG).put(DATA);
    if (body.length <= SHORT_BINARY_MAX) {
      all.put(BINARY_8).put((byte) body.length);
    } else {
      all.put(BINARY_32).putInt(body.length);
    }
    all.put(body);
    byte[] joined = new byte[all.position()];
    all.flip().get(joined);
    return joined;
  }

  private void write(ProtonBuffer buffer, Object section) {
    encoder.writeObject(buffer, encoder.newEncoderState(), section);
  }

  private static Header header(Message message) {
    Header header = new Header();
    header.setDurable(message.durable());
    if (message.priority() != Message.DEFAULT_PRIORITY) {
      header.setPriority((byte) message.priority());
    }
    Duration timeToLive = message.timeToLive();
    if (timeToLive != null) {
      header.setTimeToLive(Math.min(MAX_TTL_MILLIS, timeToLive.toMillis()));
    }
    return header;
  }

  private static @Nullable Properties properties(Message message) {
    Properties properties = new Properties();
    boolean any = false;
    if (message.id() != null) {
      properties.setMessageId(message.id());
      any = true;
    }
    if (message.correlationId() != null) {
      properties.setCorrelationId(message.correlationId());
      any = true;
    }
    if (message.replyTo() != null) {
      properties.setReplyTo(message.replyTo());
      any = true;
    }
    if (message.subject() != null) {
      properties.setSubject(message.subject());
      any = true;
    }
    if (message.contentType() != null) {
      properties.setContentType(message.contentType());
      any = true;
    }
    return any ? properties : null;
  }

  private static Object toWire(Object value) {
    return switch (value) {
      case Instant instant -> Date.from(instant);
      case byte[] bytes -> new Binary(bytes);
      default -> value;
    };
  }

  // ---- from octets ---------------------------------------------------------------------------

  /** Reads a message. Throws what the decoder throws when it is none. */
  Message decode(byte[] octets) {
    ProtonBuffer buffer = ProtonBufferAllocator.defaultAllocator().copy(octets);
    List<Object> sections = new ArrayList<>();
    while (buffer.isReadable()) {
      sections.add(decoder.readObject(buffer, decoder.newDecoderState()));
    }
    Message.Builder builder = Message.builder(body(sections)).durable(false);
    for (Object section : sections) {
      switch (section) {
        case Header header -> {
          builder.durable(header.isDurable());
          builder.priority(Byte.toUnsignedInt(header.getPriority()));
          builder.deliveryCount((int) Math.min(Integer.MAX_VALUE, header.getDeliveryCount()));
          if (header.hasTimeToLive()) {
            builder.timeToLive(Duration.ofMillis(header.getTimeToLive()));
          }
        }
        case MessageAnnotations annotations -> each(annotations.getValue(), builder::annotation);
        case Properties properties -> read(properties, builder);
        case ApplicationProperties properties ->
            each(properties.getValue(), (name, value) -> property(builder, name, value));
        default -> {} // the body was read, the rest is for the way
      }
    }
    return builder.build();
  }

  private static void read(Properties properties, Message.Builder builder) {
    builder
        .id(text(properties.getMessageId()))
        .correlationId(text(properties.getCorrelationId()))
        .replyTo(properties.getReplyTo())
        .subject(properties.getSubject())
        .contentType(properties.getContentType());
  }

  private static @Nullable String text(@Nullable Object id) {
    return switch (id) {
      case null -> null;
      case Binary binary -> new String(binary.asByteArray(), StandardCharsets.ISO_8859_1);
      default -> id.toString();
    };
  }

  private interface Taker {
    void take(String name, Object value);
  }

  private static void each(@Nullable Map<?, ?> values, Taker taker) {
    if (values != null) {
      values.forEach((name, value) -> {
        if (value != null) {
          taker.take(String.valueOf(name), fromWire(value));
        }
      });
    }
  }

  private static void property(Message.Builder builder, String name, Object value) {
    try {
      builder.property(name, value);
    } catch (IllegalArgumentException e) {
      builder.property(name, value.toString()); // a type that programs have no use for
    }
  }

  private static Object fromWire(Object value) {
    return switch (value) {
      case Symbol symbol -> symbol.toString();
      case Binary binary -> binary.asByteArray();
      case UnsignedByte number -> number.intValue();
      case UnsignedShort number -> number.intValue();
      case UnsignedInteger number -> number.longValue();
      case UnsignedLong number -> number.longValue();
      default -> value;
    };
  }

  private static byte[] body(List<Object> sections) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (Object section : sections) {
      switch (section) {
        case Data data -> body.writeBytes(data.getValue() == null ? new byte[0] : data.getValue());
        case AmqpValue<?> value -> body.writeBytes(octets(value.getValue()));
        case AmqpSequence<?> sequence -> body.writeBytes(octets(sequence.getValue()));
        default -> {}
      }
    }
    return body.toByteArray();
  }

  private static byte[] octets(@Nullable Object value) {
    return switch (value) {
      case null -> new byte[0];
      case Binary binary -> binary.asByteArray();
      default -> value.toString().getBytes(StandardCharsets.UTF_8);
    };
  }
}
