package io.correio.server.front.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.correio.amqp.v10.FormatCode;
import io.correio.amqp.v10.MalformedValueException;
import io.correio.amqp.v10.ValueReader;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a composite type in a checked list (part 1, section 1.4): where each begins,
 * decoded when it is asked for. Those that are null or left out behind the last are absent.
 */
final class ListFields {
  /** A field's name and type. */
  record Field(String name, Type type) {}

  /** What a field may be. */
  enum Type {
    BOOLEAN,
    UBYTE,
    UINT,
    /** A string or a symbol: many peers take one for the other. */
    TEXT,
    BINARY,
    TIMESTAMP,
    MESSAGE_ID;

    boolean holds(int code) {
      return switch (this) {
        case BOOLEAN ->
            code == FormatCode.TRUE || code == FormatCode.FALSE || code == FormatCode.BOOLEAN;
        case UBYTE -> code == FormatCode.UBYTE;
        case UINT ->
            code == FormatCode.UINT_0 || code == FormatCode.SMALL_UINT || code == FormatCode.UINT;
        case TEXT -> FormatCode.isString(code) || FormatCode.isSymbol(code);
        case BINARY -> FormatCode.isBinary(code);
        case TIMESTAMP -> code == FormatCode.TIMESTAMP;
        case MESSAGE_ID -> isMessageId(code);
      };
    }

    private static boolean isMessageId(int code) {
      return switch (code) {
        case FormatCode.ULONG_0, FormatCode.SMALL_ULONG, FormatCode.ULONG, FormatCode.UUID -> true;
        default -> FormatCode.isString(code) || FormatCode.isBinary(code);
      };
    }
  }

  /** The header section (part 3, section 3.2.1). */
  static final List<Field> HEADER =
      List.of(
          new Field("durable", Type.BOOLEAN),
          new Field("priority", Type.UBYTE),
          new Field("ttl", Type.UINT),
          new Field("first-acquirer", Type.BOOLEAN),
          new Field("delivery-count", Type.UINT));

  static final int DURABLE = 0;
  static final int PRIORITY = 1;
  static final int TTL = 2;

  /** The properties section (part 3, section 3.2.4). */
  static final List<Field> PROPERTIES =
      List.of(
          new Field("message-id", Type.MESSAGE_ID),
          new Field("user-id", Type.BINARY),
          new Field("to", Type.TEXT),
          new Field("subject", Type.TEXT),
          new Field("reply-to", Type.TEXT),
          new Field("correlation-id", Type.MESSAGE_ID),
          new Field("content-type", Type.TEXT),
          new Field("content-encoding", Type.TEXT),
          new Field("absolute-expiry-time", Type.TIMESTAMP),
          new Field("creation-time", Type.TIMESTAMP),
          new Field("group-id", Type.TEXT),
          new Field("group-sequence", Type.UINT),
          new Field("reply-to-group-id", Type.TEXT));

  static final int MESSAGE_ID = 0;
  static final int USER_ID = 1;
  static final int TO = 2;
  static final int SUBJECT = 3;
  static final int REPLY_TO = 4;
  static final int CORRELATION_ID = 5;
  static final int CONTENT_TYPE = 6;
  static final int CONTENT_ENCODING = 7;
  static final int ABSOLUTE_EXPIRY_TIME = 8;
  static final int CREATION_TIME = 9;
  static final int GROUP_ID = 10;

  /** No field at all. */
  static final ListFields NONE = new ListFields(new ValueReader(new byte[0], 0), new int[0]);

  private final ValueReader reader;
  private final int[] places;

  private ListFields(ValueReader reader, int[] places) {
    this.reader = reader;
    this.places = places;
  }

  /** The fields of the checked list that begins at an offset. */
  static ListFields of(byte[] bytes, int at) {
    ValueReader reader = new ValueReader(bytes, at);
    int[] places = new int[Math.min(reader.count(reader.constructor()), PROPERTIES.size())];
    for (int i = 0; i < places.length; i++) {
      places[i] = reader.position();
      reader.skip();
    }
    return new ListFields(reader, places);
  }

  /**
   * The fields of a list, once their types were compared with what they must be.
   *
   * @throws MalformedValueException if one is of another type, or there are too many
   */
  static ListFields checked(byte[] bytes, int at, List<Field> fields) {
    ValueReader reader = new ValueReader(bytes, at);
    int count = reader.count(reader.constructor());
    if (count > fields.size()) {
      throw new MalformedValueException(
          at, "%d fields where %d are defined".formatted(count, fields.size()));
    }
    ListFields list = of(bytes, at);
    for (int i = 0; i < count; i++) {
      int code = bytes[list.places[i]] & 0xff;
      if (code != FormatCode.NULL && !fields.get(i).type().holds(code)) {
        throw new MalformedValueException(
            list.places[i],
            "field %s has another type, constructor 0x%02x".formatted(fields.get(i).name(), code));
      }
    }
    return list;
  }

  /** Whether a field is there. */
  boolean has(int field) {
    return code(field) != FormatCode.NULL;
  }

  /** A field's constructor, null's when it is absent. */
  int code(int field) {
    return field < places.length ? reader.array()[places[field]] & 0xff : FormatCode.NULL;
  }

  /** A boolean, false when absent. */
  boolean isTrue(int field) {
    int code = open(field);
    return code == FormatCode.TRUE || (code == FormatCode.BOOLEAN && reader.uint8() != 0);
  }

  /** Any integer or timestamp, or a default when absent. */
  long integer(int field, long absent) {
    int code = open(field);
    return switch (code) {
      case FormatCode.UINT_0, FormatCode.ULONG_0 -> 0;
      case FormatCode.UBYTE, FormatCode.SMALL_UINT, FormatCode.SMALL_ULONG -> reader.uint8();
      case FormatCode.UINT -> Integer.toUnsignedLong(reader.int32());
      case FormatCode.ULONG, FormatCode.TIMESTAMP -> reader.int64();
      default -> absent;
    };
  }

  /** A string or symbol; null when absent. */
  @Nullable String text(int field) {
    byte[] octets = Type.TEXT.holds(code(field)) ? octets(field) : null;
    return octets == null ? null : new String(octets, UTF_8);
  }

  /** The octets of a binary, string or symbol; null when absent or something else. */
  byte @Nullable [] octets(int field) {
    int code = open(field);
    boolean variable = FormatCode.isBinary(code) || Type.TEXT.holds(code);
    return variable ? reader.octets(code) : null;
  }

  /** A UUID; null when absent or something else. */
  @Nullable UUID uuid(int field) {
    return open(field) == FormatCode.UUID ? new UUID(reader.int64(), reader.int64()) : null;
  }

  private int open(int field) {
    if (field >= places.length) {
      return FormatCode.NULL;
    }
    reader.position(places[field]);
    return reader.constructor();
  }
}
