package io.correio.server.admin;

import io.correio.core.message.Arguments;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Reads and writes JSON, by Jackson's streams alone. */
final class Json {

  private static final int MAX_DEPTH = 32;

  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private Json() {}

  /**
   * Reads an object: strings, longs, doubles, booleans, nulls, lists and maps.
   *
   * @param body an empty one is an empty object
   */
  static Map<String, @Nullable Object> object(byte[] body) throws ApiException {
    if (body.length == 0) {
      return Map.of();
    }
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw ApiException.badRequest("the body is no JSON object: send {\"name\": value, ...}");
      }
      Map<String, @Nullable Object> object = map(parser);
      if (parser.nextToken() != null) {
        throw ApiException.badRequest("something follows the JSON object in the body");
      }
      return object;
    } catch (JacksonException e) {
      throw ApiException.badRequest("the body is no JSON: " + e.getOriginalMessage());
    }
  }

  private static Map<String, @Nullable Object> map(JsonParser parser) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      map.put(name, value(parser));
    }
    return map;
  }

  private static @Nullable Object value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> map(parser);
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> parser.getString();
    };
  }

  /** Writes arguments as an object under a name. */
  static void arguments(JsonGenerator json, String name, Arguments arguments) {
    json.writeName(name);
    write(json, arguments);
  }

  private static void write(JsonGenerator json, @Nullable Object value) {
    switch (value) {
      case null -> json.writeNull();
      case Arguments table -> {
        json.writeStartObject();
        table.forEach((key, each) -> {
          json.writeName(key);
          write(json, each);
        });
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        list.forEach(each -> write(json, each));
        json.writeEndArray();
      }
      case Boolean bool -> json.writeBoolean(bool);
      case Long number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      case BigDecimal number -> json.writeNumber(number);
      case Instant time -> json.writeNumber(time.getEpochSecond());
      case byte[] bytes -> json.writeBinary(bytes);
      default -> json.writeString(value.toString());
    }
  }
}
