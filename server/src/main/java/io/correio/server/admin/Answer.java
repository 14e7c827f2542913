package io.correio.server.admin;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * What a client is answered.
 *
 * @param status of HTTP
 * @param body writes the JSON value; null for none
 */
record Answer(int status, @Nullable Body body) {

  /** Writes a JSON value. Everything that can be refused has been checked before. */
  @FunctionalInterface
  interface Body {
    /** Writes one value. */
    void write(JsonGenerator json);
  }

  static final Answer CREATED = new Answer(201, null);
  static final Answer DONE = new Answer(204, null);

  static Answer of(Body body) {
    return new Answer(200, body);
  }

  /** Writes an array of values. */
  static <T> Answer list(Iterable<T> values, java.util.function.BiConsumer<JsonGenerator, T> one) {
    return of(json -> {
      json.writeStartArray();
      values.forEach(value -> one.accept(json, value));
      json.writeEndArray();
    });
  }
}
