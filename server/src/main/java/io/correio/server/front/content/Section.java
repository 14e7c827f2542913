package io.correio.server.front.content;

import io.correio.amqp.v10.FormatCode;
import io.correio.amqp.v10.ValueReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sections of a message in their order (part 3, section 3.2). */
enum Section {
  HEADER(0x70, "header", "amqp:header:list"),
  DELIVERY_ANNOTATIONS(0x71, "delivery-annotations", "amqp:delivery-annotations:map"),
  MESSAGE_ANNOTATIONS(0x72, "message-annotations", "amqp:message-annotations:map"),
  PROPERTIES(0x73, "properties", "amqp:properties:list"),
  APPLICATION_PROPERTIES(0x74, "application-properties", "amqp:application-properties:map"),
  DATA(0x75, "data", "amqp:data:binary"),
  AMQP_SEQUENCE(0x76, "amqp-sequence", "amqp:amqp-sequence:list"),
  AMQP_VALUE(0x77, "amqp-value", "amqp:amqp-value:*"),
  FOOTER(0x78, "footer", "amqp:footer:map");

  private static final List<Section> ALL = List.of(values());

  /** Descriptor, a ulong. */
  final int code;

  /** Name in the specification. */
  final String text;

  private final String symbol;

  Section(int code, String text, String symbol) {
    this.code = code;
    this.text = text;
    this.symbol = symbol;
  }

  /** Whether this is one of the three kinds of body. */
  boolean isBody() {
    return this == DATA || this == AMQP_SEQUENCE || this == AMQP_VALUE;
  }

  /** Whether the section may come more than once. */
  boolean isRepeatable() {
    return this == DATA || this == AMQP_SEQUENCE;
  }

  /** Whether values with a constructor may stand in this section. */
  boolean holds(int constructor) {
    return switch (this) {
      case HEADER, PROPERTIES, AMQP_SEQUENCE -> FormatCode.isList(constructor);
      case DATA -> FormatCode.isBinary(constructor);
      case AMQP_VALUE -> true;
      default -> FormatCode.isMap(constructor);
    };
  }

  /** The section with the descriptor, a checked value, that begins at an offset; or null. */
  static @Nullable Section withDescriptor(byte[] bytes, int at) {
    ValueReader reader = new ValueReader(bytes, at);
    int constructor = bytes[at] & 0xff;
    if (FormatCode.isSymbol(constructor)) {
      for (Section section : ALL) {
        reader.position(at);
        if (reader.textEquals(Text.ascii(section.symbol))) {
          return section;
        }
      }
      return null;
    }
    reader.constructor();
    long code =
        switch (constructor) {
          case FormatCode.SMALL_ULONG -> reader.uint8();
          case FormatCode.ULONG -> reader.int64();
          default -> -1;
        };
    long place = code - HEADER.code;
    return place >= 0 && place < ALL.size() ? ALL.get((int) place) : null;
  }
}
