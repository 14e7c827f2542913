package io.correio.server.front.content;

import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Identifiers of AMQP 1.0, which have four types, as the strings that clients of Jakarta Messaging
 * show, so that what a program got from a message it can ask for in a selector.
 */
final class MessageIds {

  private static final String ID = "ID:";
  private static final String UUID_PREFIX = "ID:AMQP_UUID:";
  private static final String ULONG_PREFIX = "ID:AMQP_ULONG:";
  private static final String BINARY_PREFIX = "ID:AMQP_BINARY:";
  private static final String NO_PREFIX = "ID:AMQP_NO_PREFIX:";

  private MessageIds() {}

  /** A message-id; null for none. */
  static @Nullable String ofMessage(@Nullable Object id) {
    return id instanceof String text && !text.startsWith(ID) ? NO_PREFIX + text : typed(id);
  }

  /** A correlation-id, which may be any string of the application's; null for none. */
  static @Nullable String ofCorrelation(@Nullable Object id) {
    return typed(id);
  }

  private static @Nullable String typed(@Nullable Object id) {
    return switch (id) {
      case String text -> text;
      case UUID uuid -> UUID_PREFIX + uuid;
      case Long number -> ULONG_PREFIX + Long.toUnsignedString(number);
      case byte[] octets -> BINARY_PREFIX + HexFormat.of().withUpperCase().formatHex(octets);
      case null, default -> null;
    };
  }
}
