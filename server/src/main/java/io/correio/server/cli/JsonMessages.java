package io.correio.server.cli;

import io.correio.client.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Messages as JSON, one object each:
 *
 * <pre>{@code
 * {"body": "Dear Ana", "id": "l-17", "correlationId": "c", "replyTo": "answers", "subject": "s",
 *  "contentType": "text/plain", "priority": 7, "timeToLiveMillis": 60000, "delayMillis": 1000,
 *  "durable": true, "properties": {"city": "Recife", "copies": 2, "urgent": false}}
 * }</pre>
 *
 * <p>A body that is no UTF-8 is {@code base64} instead; what is missing has its default. What is
 * printed says {@code deliveryCount} as well, which is ignored when it is read.
 */
final class JsonMessages implements AutoCloseable {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final JsonParser parser;

  /** Reads from a stream, which is not closed. */
  JsonMessages(InputStream in) {
    parser = FACTORY.createParser(ObjectReadContext.empty(), in);
  }

  /**
   * The next message, or null at the end.
   *
   * @throws IOException when it is none, saying where and why
   */
  @Nullable Message next() throws IOException {
    try {
      JsonToken token = parser.nextToken();
      if (token == null) {
        return null;
      }
      if (token != JsonToken.START_OBJECT) {
        throw wrong("a message is an object: {\"body\": \"...\"}");
      }
      return message();
    } catch (JacksonException e) {
      throw wrong(e.getOriginalMessage());
    }
  }

  private IOException wrong(String what) {
    return new IOException(
        "line %d of the input: %s".formatted(parser.currentTokenLocation().getLineNr(), what));
  }

  private Message message() throws IOException {
    Message.Builder fields = Message.builder("");
    byte[] body = new byte[0];
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if (token == JsonToken.VALUE_NULL) {
        continue;
      }
      try {
        switch (name) {
          case "body" -> body = parser.getString().getBytes(StandardCharsets.UTF_8);
          case "base64" -> body = Base64.getDecoder().decode(parser.getString());
          case "properties" -> properties(fields);
          default -> field(fields, name);
        }
      } catch (IllegalArgumentException e) {
        throw wrong(String.valueOf(e.getMessage()));
      }
    }
    return fields.body(body).build();
  }

  private void field(Message.Builder fields, String name) throws IOException {
    switch (name) {
      case "id" -> fields.id(parser.getString());
      case "correlationId" -> fields.correlationId(parser.getString());
      case "replyTo" -> fields.replyTo(parser.getString());
      case "subject" -> fields.subject(parser.getString());
      case "contentType" -> fields.contentType(parser.getString());
      case "priority" -> fields.priority(parser.getIntValue());
      case "timeToLiveMillis" -> fields.timeToLive(Duration.ofMillis(parser.getLongValue()));
      case "delayMillis" -> fields.delay(Duration.ofMillis(parser.getLongValue()));
      case "durable" -> fields.durable(parser.getBooleanValue());
      case "deliveryCount" -> {}
      default ->
          throw wrong(
              "a message has no '%s'; it has body, base64, id, correlationId, replyTo, subject,"
                      .formatted(name)
                  + " contentType, priority, timeToLiveMillis, delayMillis, durable, properties");
    }
  }

  private void properties(Message.Builder fields) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw wrong("properties are an object: {\"name\": value}");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      switch (parser.nextToken()) {
        case VALUE_STRING -> fields.property(name, parser.getString());
        case VALUE_NUMBER_INT -> fields.property(name, parser.getLongValue());
        case VALUE_NUMBER_FLOAT -> fields.property(name, parser.getDoubleValue());
        case VALUE_TRUE -> fields.property(name, true);
        case VALUE_FALSE -> fields.property(name, false);
        default -> throw wrong("property '" + name + "' is no string, number or boolean");
      }
    }
  }

  /** One line, without its end. */
  static byte[] write(Message message) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), line)) {
      json.writeStartObject();
      String text = text(message.body());
      if (text != null) {
        json.writeStringProperty("body", text);
      } else {
        json.writeStringProperty("base64", Base64.getEncoder().encodeToString(message.body()));
      }
      string(json, "id", message.id());
      string(json, "correlationId", message.correlationId());
      string(json, "replyTo", message.replyTo());
      string(json, "subject", message.subject());
      string(json, "contentType", message.contentType());
      json.writeNumberProperty("priority", message.priority());
      Duration timeToLive = message.timeToLive();
      if (timeToLive != null) {
        json.writeNumberProperty("timeToLiveMillis", timeToLive.toMillis());
      }
      json.writeBooleanProperty("durable", message.durable());
      json.writeNumberProperty("deliveryCount", message.deliveryCount());
      if (!message.properties().isEmpty()) {
        json.writeName("properties");
        json.writeStartObject();
        for (Map.Entry<String, Object> property : message.properties().entrySet()) {
          json.writeName(property.getKey());
          value(json, property.getValue());
        }
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    return line.toByteArray();
  }

  private static void string(JsonGenerator json, String name, @Nullable String value) {
    if (value != null) {
      json.writeStringProperty(name, value);
    }
  }

  private static void value(JsonGenerator json, Object value) {
    switch (value) {
      case Boolean bool -> json.writeBoolean(bool);
      case Double number -> json.writeNumber(number);
      case Float number -> json.writeNumber(number);
      case Number number -> json.writeNumber(number.longValue());
      case byte[] bytes -> json.writeBinary(bytes);
      default -> json.writeString(value.toString());
    }
  }

  private static @Nullable String text(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  @Override
  public void close() {
    parser.close();
  }
}
