package io.correio.server.front.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v10.FormatCode;
import io.correio.amqp.v10.ValueReader;
import io.correio.amqp.v10.ValueWriter;
import io.correio.core.message.Address;
import io.correio.core.message.Content;
import io.correio.core.message.Envelope;
import io.correio.core.message.History;
import io.correio.core.message.Message;

/**
 * Any message's content as a peer of AMQP 1.0 gets it (part 3, section 3.2): a header for this hop,
 * message annotations with {@code x-exchange} and {@code x-routing-key} set, and the bare message:
 * octet for octet as it came from a peer of this protocol, or converted; {@code
 * docs/amqp-conversion.md} has the tables. Stateless, for any thread.
 */
public final class Amqp10Encoding {
  private static final byte[] X_EXCHANGE = Text.ascii(Names.X_EXCHANGE);
  private static final byte[] X_ROUTING_KEY = Text.ascii(Names.X_ROUTING_KEY);
  private static final long MAX_UINT = 0xffff_ffffL;
  private static final int SMALL = 256;

  private Amqp10Encoding() {}

  /**
   * A message's sections.
   *
   * @param deliveryCount deliveries before this one that failed (part 3, section 3.2.1)
   * @param firstAcquirer whether nobody has acquired the message before
   */
  public static byte[] encode(Message message, long deliveryCount, boolean firstAcquirer) {
    Content content = message.content();
    ValueWriter out = new ValueWriter(SMALL);
    return switch (content.format()) {
      case ContentFormats.AMQP_1_0 -> {
        Amqp10Head head = new Amqp10Head(content.head());
        writeHeader(out, message, head.priority(), deliveryCount, firstAcquirer);
        writeAnnotations(out, head, message);
        int bare = head.bareMessage();
        out.raw(content.head(), bare, content.head().length - bare);
        yield followed(out, content.body());
      }
      case ContentFormats.AMQP_0_9_1 -> {
        BasicProperties properties = new BasicProperties(content.head());
        writeHeader(out, message, properties.priority(), deliveryCount, firstAcquirer);
        boolean sections = new From091(message, properties, out).write();
        yield sections ? followed(out, content.body()) : withData(out, content.body());
      }
      default -> {
        writeHeader(out, message, -1, deliveryCount, firstAcquirer);
        out.descriptor(Section.MESSAGE_ANNOTATIONS.code);
        int map = out.open();
        writeAddress(out, message.envelope().address());
        out.closeMap(map, 2 + Deaths.writeAnnotations(message.history(), out));
        yield withData(out, content.body());
      }
    };
  }

  private static void writeHeader(
      ValueWriter out, Message message, int priority, long deliveryCount, boolean firstAcquirer) {
    Envelope envelope = message.envelope();
    boolean expires = envelope.timeToLiveMillis() != Envelope.NO_EXPIRY;
    int fields = envelope.durable() ? 1 : 0;
    fields = priority >= 0 ? 2 : fields;
    fields = expires ? 3 : fields;
    fields = firstAcquirer ? 4 : fields;
    fields = deliveryCount > 0 ? 5 : fields;
    if (fields == 0) {
      return;
    }
    out.descriptor(Section.HEADER.code);
    int list = out.open();
    for (int field = 0; field < fields; field++) {
      boolean written =
          switch (field) {
            case 0 -> envelope.durable();
            case 1 -> priority >= 0;
            case 2 -> expires;
            case 3 -> firstAcquirer;
            default -> true;
          };
      if (!written) {
        out.nullValue();
        continue;
      }
      switch (field) {
        case 0, 3 -> out.bool(true);
        case 1 -> out.ubyteValue(priority);
        case 2 -> out.uintValue(Math.min(envelope.timeToLiveMillis(), MAX_UINT));
        default -> out.uintValue(Math.min(deliveryCount, MAX_UINT));
      }
    }
    out.closeList(list, fields);
  }

  /** The annotations as received, but for those that this broker sets. */
  private static void writeAnnotations(ValueWriter out, Amqp10Head head, Message message) {
    out.descriptor(Section.MESSAGE_ANNOTATIONS.code);
    int map = out.open();
    int entries = 2;
    if (head.annotations() >= 0) {
      byte[] bytes = head.bytes();
      ValueReader reader = new ValueReader(bytes, head.annotations());
      for (int left = reader.count(reader.constructor()); left > 0; left -= 2) {
        int key = reader.position();
        int end = ValueReader.end(bytes, ValueReader.end(bytes, key));
        if (!isAddress(reader, key) && !isAboutDeath(reader, key, message.history())) {
          out.raw(bytes, key, end - key);
          entries++;
        }
        reader.position(end);
      }
    }
    writeAddress(out, message.envelope().address());
    out.closeMap(map, entries + Deaths.writeAnnotations(message.history(), out));
  }

  private static boolean isAboutDeath(ValueReader reader, int key, History history) {
    if (history.deaths().isEmpty() || !FormatCode.isSymbol(reader.array()[key] & 0xff)) {
      return false;
    }
    reader.position(key);
    return Deaths.isAbout(ValueConversion.read(reader).toString());
  }

  private static boolean isAddress(ValueReader reader, int key) {
    if (!FormatCode.isSymbol(reader.array()[key] & 0xff)) {
      return false;
    }
    reader.position(key);
    boolean exchange = reader.textEquals(X_EXCHANGE);
    reader.position(key);
    return exchange || reader.textEquals(X_ROUTING_KEY);
  }

  /** Two entries of a map. */
  static void writeAddress(ValueWriter out, Address address) {
    out.symbol(X_EXCHANGE).string(address.exchange().getBytes(UTF_8));
    out.symbol(X_ROUTING_KEY).string(address.key().getBytes(UTF_8));
  }

  private static byte[] withData(ValueWriter out, byte[] body) {
    out.descriptor(Section.DATA.code).binaryHeader(body.length);
    return followed(out, body);
  }

  private static byte[] followed(ValueWriter out, byte[] body) {
    byte[] encoded = out.toByteArray(body.length);
    System.arraycopy(body, 0, encoded, out.length(), body.length);
    return encoded;
  }
}
