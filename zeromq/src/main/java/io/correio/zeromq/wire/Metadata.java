package io.correio.zeromq.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Properties of a connection as the peers tell each other at the end of the handshake (RFC 37,
 * "Connection Metadata"). Names are compared without regard to case; of properties of one name the
 * first counts; what nobody asks for is ignored. Immutable.
 *
 * <pre>
 *   +--------+------+-------------+-------+
 *   | length | name | length      | value |   any number of times
 *   | 1      | 1-255| 4, < 2^31   | 0-…   |
 *   +--------+------+-------------+-------+
 * </pre>
 */
public final class Metadata {
  /** The sender's socket type. */
  public static final String SOCKET_TYPE = "Socket-Type";

  /** The routing id that the sender wants to have. */
  public static final String IDENTITY = "Identity";

  /** The resource that the sender asks for. */
  public static final String RESOURCE = "Resource";

  /** The most properties that a peer may send. */
  public static final int PROPERTIES_MAX = 256;

  /** No properties. */
  public static final Metadata EMPTY = new Metadata(List.of());

  private static final int NAME_LENGTH_MAX = 255;

  private final List<Property> properties;

  private Metadata(List<Property> properties) {
    this.properties = properties;
  }

  private static final class Property {
    private final String name;
    private final byte[] value;

    Property(String name, byte[] value) {
      this.name = name;
      this.value = value;
    }
  }

  /** A copy with one more property, at the end. */
  public Metadata with(String name, byte[] value) {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "metadata name '%s': use 1 to 255 letters, digits, '-', '_', '.' and '+'"
              .formatted(name));
    }
    List<Property> more = new ArrayList<>(properties);
    more.add(new Property(name, value.clone()));
    return new Metadata(List.copyOf(more));
  }

  /** A copy with one more property, at the end, whose value is text in UTF-8. */
  public Metadata with(String name, String value) {
    return with(name, value.getBytes(StandardCharsets.UTF_8));
  }

  /** What a peer of this socket type and identity has to say at least. */
  public static Metadata of(String socketType, byte[] identity) {
    Metadata metadata = EMPTY.with(SOCKET_TYPE, socketType);
    return switch (socketType) {
      case "REQ", "DEALER", "ROUTER" -> metadata.with(IDENTITY, identity);
      default -> metadata;
    };
  }

  /** The value of a property, as a copy. */
  public Optional<byte[]> get(String name) {
    for (Property property : properties) {
      if (property.name.equalsIgnoreCase(name)) {
        return Optional.of(property.value.clone());
      }
    }
    return Optional.empty();
  }

  /** The value of a property as text in UTF-8. */
  public Optional<String> text(String name) {
    return get(name).map(value -> new String(value, StandardCharsets.UTF_8));
  }

  /** The names, as the peer wrote them and in its order. */
  public List<String> names() {
    return properties.stream().map(property -> property.name).toList();
  }

  /** How many octets {@link #encode} writes. */
  public int encodedLength() {
    int length = 0;
    for (Property property : properties) {
      length += 1 + property.name.length() + 4 + property.value.length;
    }
    return length;
  }

  /** The octets on the wire. */
  public byte[] encode() {
    byte[] target = new byte[encodedLength()];
    int at = 0;
    for (Property property : properties) {
      byte[] name = property.name.getBytes(StandardCharsets.US_ASCII);
      target[at] = (byte) name.length;
      System.arraycopy(name, 0, target, at + 1, name.length);
      at += 1 + name.length;
      int length = property.value.length;
      target[at] = (byte) (length >>> 24);
      target[at + 1] = (byte) (length >>> 16);
      target[at + 2] = (byte) (length >>> 8);
      target[at + 3] = (byte) length;
      System.arraycopy(property.value, 0, target, at + 4, length);
      at += 4 + length;
    }
    return target;
  }

  /**
   * Reads properties up to the end of a range.
   *
   * @throws ZmtpException if they are cut off, have a name that is none, or are too many
   */
  public static Metadata decode(byte[] source, int offset, int length) throws ZmtpException {
    List<Property> properties = new ArrayList<>();
    int at = offset;
    int end = offset + length;
    while (at < end) {
      if (properties.size() == PROPERTIES_MAX) {
        throw new ZmtpException(
            ZmtpException.Kind.TOO_LARGE,
            "the peer's metadata has more than " + PROPERTIES_MAX + " properties");
      }
      int nameLength = source[at] & 0xff;
      if (end - at < 1 + nameLength + 4) {
        throw cutOff();
      }
      String name = new String(source, at + 1, nameLength, StandardCharsets.ISO_8859_1);
      if (!isName(name)) {
        throw new ZmtpException(
            ZmtpException.Kind.MALFORMED, "the peer's metadata has a name that is none");
      }
      at += 1 + nameLength;
      int valueLength = ByteBuffer.wrap(source).getInt(at);
      at += 4;
      if (valueLength < 0 || valueLength > end - at) {
        throw cutOff();
      }
      properties.add(new Property(name, Arrays.copyOfRange(source, at, at + valueLength)));
      at += valueLength;
    }
    return properties.isEmpty() ? EMPTY : new Metadata(List.copyOf(properties));
  }

  private static ZmtpException cutOff() {
    return new ZmtpException(
        ZmtpException.Kind.MALFORMED, "the peer's metadata ends within a property");
  }

  private static boolean isName(String name) {
    if (name.isEmpty() || name.length() > NAME_LENGTH_MAX) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letterOrDigit && "-_.+".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Metadata that && Arrays.equals(encode(), that.encode());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encode());
  }

  /** Names and lengths of values; a value may be anything. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Metadata[");
    for (Property property : properties) {
      text.append(property.name.toLowerCase(Locale.ROOT));
      text.append(':').append(property.value.length).append(' ');
    }
    return text.toString().stripTrailing() + "]";
  }
}
