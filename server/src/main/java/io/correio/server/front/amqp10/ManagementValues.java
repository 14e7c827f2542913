package io.correio.server.front.amqp10;

import io.correio.core.message.Arguments;
import io.correio.server.front.content.Amqp10Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.buffer.ProtonBufferAllocator;
import org.apache.qpid.protonj2.codec.CodecFactory;
import org.apache.qpid.protonj2.codec.Decoder;
import org.apache.qpid.protonj2.codec.Encoder;
import org.apache.qpid.protonj2.codec.EncoderState;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.UnsignedLong;
import org.apache.qpid.protonj2.types.messaging.AmqpValue;
import org.apache.qpid.protonj2.types.messaging.ApplicationProperties;
import org.apache.qpid.protonj2.types.messaging.Properties;
import org.jspecify.annotations.Nullable;

/** Bodies of requests to the management node, and its answers, as bytes. Stateless. */
final class ManagementValues {

  private static final ProtonBufferAllocator BUFFERS = ProtonBufferAllocator.defaultAllocator();
  private static final Decoder DECODER = CodecFactory.getDecoder();
  private static final Encoder ENCODER = CodecFactory.getEncoder();

  private ManagementValues() {}

  /** The map that is a request's body, its values as the core's; empty when it is null. */
  static Map<String, @Nullable Object> body(Amqp10Message message) throws ManagementCall.Failure {
    byte[] encoded = message.content().body();
    if (encoded.length == 0) {
      return Map.of();
    }
    Object section;
    try {
      section = DECODER.readObject(BUFFERS.copy(encoded), DECODER.newDecoderState());
    } catch (RuntimeException e) { // the codec throws all kinds
      throw ManagementCall.bad("the body cannot be read: " + e.getMessage());
    }
    Object value = section instanceof AmqpValue<?> body ? body.getValue() : section;
    if (value == null) {
      return Map.of();
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw ManagementCall.bad("the body of a request is a value section with a map, or null");
    }
    try {
      return arguments(map).toMap();
    } catch (IllegalArgumentException e) {
      throw ManagementCall.bad("the body cannot be taken: " + e.getMessage());
    }
  }

  private static Arguments arguments(Map<?, ?> map) {
    Arguments.Builder arguments = Arguments.builder();
    map.forEach((key, value) -> {
      if (!(key instanceof String) && !(key instanceof Symbol)) {
        throw new IllegalArgumentException("names are strings or symbols");
      }
      arguments.put(key.toString(), toCore(value));
    });
    return arguments.build();
  }

  private static @Nullable Object toCore(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Map<?, ?> map -> arguments(map);
      case List<?> list -> {
        List<@Nullable Object> values = new ArrayList<>(list.size());
        list.forEach(element -> values.add(toCore(element)));
        yield values;
      }
      case Object[] array -> toCore(List.of(array));
      case Symbol symbol -> symbol.toString();
      case UnsignedLong number -> number.longValue();
      case Float number -> number.doubleValue();
      case Double number -> number;
      case Number number -> number.longValue();
      case Binary binary -> binary.asByteArray();
      case Date date -> date.toInstant();
      case Boolean flag -> flag;
      default -> value.toString();
    };
  }

  /** Arguments as values of AMQP 1.0. */
  static Map<String, @Nullable Object> map(Arguments arguments) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    arguments.forEach((name, value) -> map.put(name, fromCore(value)));
    return map;
  }

  private static @Nullable Object fromCore(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Arguments arguments -> map(arguments);
      case List<?> list -> {
        List<@Nullable Object> values = new ArrayList<>(list.size());
        list.forEach(element -> values.add(fromCore(element)));
        yield values;
      }
      case byte[] bytes -> new Binary(bytes);
      case Instant instant -> Date.from(instant);
      case java.math.BigDecimal decimal -> decimal.doubleValue();
      default -> value;
    };
  }

  /** An answer: its status as the subject, its body a value. */
  static ProtonBuffer answer(@Nullable Object id, int status, @Nullable Object body) {
    Properties properties = new Properties();
    properties.setSubject(String.valueOf(status));
    if (id != null) {
      properties.setCorrelationId(
          switch (id) {
            case Long number -> UnsignedLong.valueOf(number);
            case byte[] bytes -> new Binary(bytes);
            default -> id;
          });
    }
    ProtonBuffer buffer = BUFFERS.allocate();
    EncoderState state = ENCODER.newEncoderState();
    ENCODER.writeObject(buffer, state, properties);
    ENCODER.writeObject(buffer, state, new ApplicationProperties(Map.of("http:response", "1.1")));
    ENCODER.writeObject(buffer, state, new AmqpValue<>(body));
    return buffer;
  }
}
