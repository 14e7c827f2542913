package io.correio.server.front.amqp091;

import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.FieldValue;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.core.message.Content;
import io.correio.core.routing.HeaderSource;
import io.correio.server.front.content.ContentFormats;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages as AMQP 0-9-1 writes them: the head is a content header's property flags and list
 * (section 4.2.6.1), the body is the application's bytes.
 */
public final class MessageFormat {
  /** Number of this format in {@link Content#format}. */
  public static final int AMQP_0_9_1 = ContentFormats.AMQP_0_9_1;

  private static final String CC = "CC";
  private static final String BCC = "BCC";

  private MessageFormat() {}

  /** A content from what a peer published. */
  static Content toContent(byte[] properties, byte[] body) {
    return new Content(AMQP_0_9_1, properties, body);
  }

  /** The headers for headers exchanges, each decoded when it is asked for. */
  static HeaderSource headersOf(BasicProperties properties) {
    return ContentFormats.headers(properties);
  }

  /**
   * Further routing keys, which a publisher gives in the headers CC and BCC.
   *
   * @throws AmqpException 406 when they are no arrays of strings
   */
  static List<String> furtherKeys(BasicProperties properties, Method method) {
    if (!properties.hasHeaders()) {
      return List.of();
    }
    FieldValue cc = properties.header(CC);
    FieldValue bcc = properties.header(BCC);
    if (cc == null && bcc == null) {
      return List.of();
    }
    List<String> keys = new ArrayList<>();
    addKeys(CC, cc, keys, method);
    addKeys(BCC, bcc, keys, method);
    return keys;
  }

  /** The properties without the header BCC, which receivers must not see. */
  static byte[] withoutBcc(BasicProperties properties) {
    if (!properties.hasHeaders() || properties.header(BCC) == null) {
      return properties.raw();
    }
    FieldTable.Builder rest = FieldTable.builder();
    properties
        .headers()
        .fields()
        .forEach((name, value) -> {
          if (!name.equals(BCC)) {
            rest.put(name, value);
          }
        });
    return properties.toBuilder().headers(rest.build()).build().raw();
  }

  private static void addKeys(
      String header, @Nullable FieldValue value, List<String> keys, Method method) {
    if (value == null) {
      return;
    }
    if (!(value instanceof FieldValue.Array array)) {
      throw unacceptable(header, method);
    }
    for (FieldValue element : array.values()) {
      if (!(element instanceof FieldValue.Text text)) {
        throw unacceptable(header, method);
      }
      keys.add(text.toJava());
    }
  }

  private static AmqpException unacceptable(String header, Method method) {
    return Errors.of(
        ReplyCode.PRECONDITION_FAILED,
        method,
        "header '%s' must be an array of strings, each a routing key".formatted(header));
  }
}
