package io.correio.server.front.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.FieldValue;
import io.correio.amqp.v10.MalformedValueException;
import io.correio.amqp.v10.ValueWriter;
import io.correio.core.message.Message;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the sections between header and body that a message of AMQP 0-9-1 has in AMQP 1.0. Used
 * once.
 */
final class From091 {
  private final Message message;
  private final BasicProperties properties;
  private final ValueWriter out;
  private final Map<String, FieldValue> headers;
  private final @Nullable String type;

  /** Whether the body is sections of AMQP 1.0, as the type says. */
  private final boolean bodyIsSections;

  From091(Message message, BasicProperties properties, ValueWriter out) {
    this.message = message;
    this.properties = properties;
    this.out = out;
    this.headers = properties.headers().fields();
    this.type = properties.type();
    this.bodyIsSections = Names.AMQP_1_0.equals(type) && isBodyOfSections(message.content().body());
  }

  /** Writes them; returns whether the body is sections already. */
  boolean write() {
    writeAnnotations();
    writeProperties();
    writeApplicationProperties();
    return bodyIsSections;
  }

  private void writeAnnotations() {
    out.descriptor(Section.MESSAGE_ANNOTATIONS.code);
    int map = out.open();
    int entries = 2;
    for (Map.Entry<String, FieldValue> header : headers.entrySet()) {
      String name = annotation(header.getKey(), header.getValue());
      if (name != null) {
        out.symbol(Text.ascii(name));
        ValueConversion.write(header.getValue(), out);
        entries++;
      }
    }
    if (hasTypeAnnotation()) {
      out.symbol(Text.ascii(Names.X_BASIC_TYPE));
      out.string(String.valueOf(type).getBytes(UTF_8));
      entries++;
    }
    Amqp10Encoding.writeAddress(out, message.envelope().address());
    out.closeMap(map, entries + Deaths.writeAnnotations(message.history(), out));
  }

  private boolean hasTypeAnnotation() {
    return type != null && !bodyIsSections;
  }

  /** The annotation that a header becomes; null when it becomes none. */
  private @Nullable String annotation(String name, FieldValue value) {
    if (name.equals(Names.CC)) {
      return value instanceof FieldValue.Array ? Names.X_CC : null;
    }
    if (!name.startsWith(Names.X) || !Text.isAscii(name)) {
      return null;
    }
    if (!message.history().deaths().isEmpty() && Deaths.isAbout(name)) {
      return null;
    }
    boolean replaced =
        switch (name) {
          case Names.X_EXCHANGE, Names.X_ROUTING_KEY -> true;
          case Names.X_BASIC_TYPE -> hasTypeAnnotation();
          case Names.X_CC -> headers.get(Names.CC) instanceof FieldValue.Array;
          case Names.X_MESSAGE_ID -> properties.messageId() == null && isLongId(value);
          case Names.X_CORRELATION_ID -> properties.correlationId() == null && isLongId(value);
          default -> false;
        };
    return replaced ? null : name;
  }

  /** Whether a header holds an identifier that a conversion to 0-9-1 has put there. */
  private static boolean isLongId(@Nullable FieldValue value) {
    return value instanceof FieldValue.Binary
        || (value instanceof FieldValue.Text text
            && !ValueConversion.isShortString(text.toString()));
  }

  private void writeProperties() {
    int count = fieldsOfProperties();
    if (count == 0) {
      return;
    }
    out.descriptor(Section.PROPERTIES.code);
    int list = out.open();
    for (int field = 0; field < count; field++) {
      switch (field) {
        case ListFields.MESSAGE_ID -> id(properties.messageId(), Names.X_MESSAGE_ID);
        case ListFields.USER_ID -> binary(properties.userId());
        case ListFields.REPLY_TO -> string(properties.replyTo());
        case ListFields.CORRELATION_ID -> id(properties.correlationId(), Names.X_CORRELATION_ID);
        case ListFields.CONTENT_TYPE -> symbol(properties.contentType());
        case ListFields.CONTENT_ENCODING -> symbol(properties.contentEncoding());
        case ListFields.CREATION_TIME -> creationTime();
        case ListFields.GROUP_ID -> string(properties.appId());
        default -> out.nullValue();
      }
    }
    out.closeList(list, count);
  }

  /** One more than the last field that is there. */
  private int fieldsOfProperties() {
    if (properties.appId() != null) {
      return ListFields.GROUP_ID + 1;
    } else if (properties.timestamp().isPresent()) {
      return ListFields.CREATION_TIME + 1;
    } else if (properties.contentEncoding() != null) {
      return ListFields.CONTENT_ENCODING + 1;
    } else if (properties.contentType() != null) {
      return ListFields.CONTENT_TYPE + 1;
    } else if (properties.correlationId() != null
        || isLongId(headers.get(Names.X_CORRELATION_ID))) {
      return ListFields.CORRELATION_ID + 1;
    } else if (properties.replyTo() != null) {
      return ListFields.REPLY_TO + 1;
    } else if (properties.userId() != null) {
      return ListFields.USER_ID + 1;
    }
    boolean id = properties.messageId() != null || isLongId(headers.get(Names.X_MESSAGE_ID));
    return id ? ListFields.MESSAGE_ID + 1 : 0;
  }

  private void id(@Nullable String value, String header) {
    FieldValue elsewhere = headers.get(header);
    if (value != null) {
      ValueConversion.writeId(value, out);
    } else if (elsewhere != null && isLongId(elsewhere)) {
      ValueConversion.write(elsewhere, out);
    } else {
      out.nullValue();
    }
  }

  private void string(@Nullable String value) {
    if (value == null) {
      out.nullValue();
    } else {
      out.string(value.getBytes(UTF_8));
    }
  }

  private void symbol(@Nullable String value) {
    if (value == null) {
      out.nullValue();
    } else {
      out.symbol(Text.ascii(value));
    }
  }

  private void binary(@Nullable String value) {
    if (value == null) {
      out.nullValue();
    } else {
      out.binary(value.getBytes(UTF_8));
    }
  }

  private void creationTime() {
    if (properties.timestamp().isPresent()) {
      out.timestamp(ValueConversion.toMillis(properties.timestamp().getAsLong()));
    } else {
      out.nullValue();
    }
  }

  private void writeApplicationProperties() {
    int length = out.length();
    out.descriptor(Section.APPLICATION_PROPERTIES.code);
    int map = out.open();
    int entries = 0;
    for (Map.Entry<String, FieldValue> header : headers.entrySet()) {
      if (isApplicationProperty(header.getKey(), header.getValue())) {
        out.string(header.getKey().getBytes(UTF_8));
        ValueConversion.write(header.getValue(), out);
        entries++;
      }
    }
    if (entries == 0) {
      out.truncate(length);
    } else {
      out.closeMap(map, entries);
    }
  }

  /** Lists and maps must not stand among application properties (part 3, section 3.2.5). */
  private static boolean isApplicationProperty(String name, FieldValue value) {
    boolean simple = !(value instanceof FieldValue.Array) && !(value instanceof FieldTable);
    return simple && (!name.startsWith(Names.X) || !Text.isAscii(name));
  }

  private static boolean isBodyOfSections(byte[] body) {
    if (body.length == 0) {
      return false;
    }
    SectionReader reader = SectionReader.checking(body, 0, body.length);
    Section last = null;
    try {
      while (reader.next()) {
        Section section = reader.section();
        boolean follows =
            last == null
                ? section.isBody()
                : section == Section.FOOTER
                    ? last.isBody()
                    : section == last && section.isRepeatable();
        if (!follows) {
          return false;
        }
        last = section;
      }
      return true;
    } catch (MalformedValueException e) {
      return false;
    }
  }
}
