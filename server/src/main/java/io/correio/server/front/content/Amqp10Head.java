package io.correio.server.front.content;

import io.correio.amqp.v10.FormatCode;
import io.correio.amqp.v10.ValueReader;
import org.jspecify.annotations.Nullable;

/**
 * The head of a content of AMQP 1.0, and where its sections lie: what stands before the body, but
 * for what is a matter of each hop. Of the header section durable and ttl are in the envelope;
 * priority is there too, but not whether it was sent.
 *
 * <pre>
 *  offset size
 *  0      1    flags: 1 the header had a priority; all others 0
 *  1      1    that priority
 *  2      ..   sections message-annotations, properties, application-properties, octet for octet
 *              as received; each may be missing
 * </pre>
 *
 * <p>The body is the body's sections and the footer, likewise. Sections begin with their descriptor
 * (part 1, section 1.2): {@code 00 53 73} and a list, for properties. Not thread-safe.
 */
final class Amqp10Head {
  /** Octets before the sections. */
  static final int FIXED_BYTES = 2;

  private static final int WITH_PRIORITY = 1;

  private final byte[] head;
  private int annotations = -1;
  private int properties = -1;
  private int applicationProperties = -1;
  private int bare = FIXED_BYTES;

  /** The sections of a head. */
  Amqp10Head(byte[] head) {
    this.head = head;
    SectionReader sections = SectionReader.trusting(head, FIXED_BYTES, head.length);
    while (sections.next()) {
      switch (sections.section()) {
        case MESSAGE_ANNOTATIONS -> {
          annotations = sections.value();
          bare = sections.end();
        }
        case PROPERTIES -> properties = sections.value();
        default -> applicationProperties = sections.value();
      }
    }
  }

  /** Writes a head before sections that are there; a negative priority is none. */
  static void writeFixed(byte[] head, int priority) {
    if (priority >= 0) {
      head[0] = WITH_PRIORITY;
      head[1] = (byte) priority;
    }
  }

  byte[] bytes() {
    return head;
  }

  /** The priority in the header as sent; -1 for none. */
  int priority() {
    return (head[0] & WITH_PRIORITY) == 0 ? -1 : head[1] & 0xff;
  }

  /** Where the bare message begins, which nobody may alter. */
  int bareMessage() {
    return bare;
  }

  /** Where the map of message annotations begins; -1 without. */
  int annotations() {
    return annotations;
  }

  /** Where the map of application properties begins; -1 without. */
  int applicationProperties() {
    return applicationProperties;
  }

  /** The properties. */
  ListFields properties() {
    return properties < 0 ? ListFields.NONE : ListFields.of(head, properties);
  }

  /** A message annotation's value, before its constructor; null without. */
  @Nullable ValueReader annotation(byte[] name) {
    return find(annotations, name, true);
  }

  /** An application property's value, before its constructor; null without. */
  @Nullable ValueReader applicationProperty(byte[] name) {
    return find(applicationProperties, name, false);
  }

  private @Nullable ValueReader find(int map, byte[] name, boolean symbols) {
    if (map < 0) {
      return null;
    }
    ValueReader reader = new ValueReader(head, map);
    int found = -1;
    for (int left = reader.count(reader.constructor()); left > 0; left -= 2) {
      int code = head[reader.position()] & 0xff;
      boolean named = symbols ? FormatCode.isSymbol(code) : FormatCode.isString(code);
      if (reader.textEquals(name) && named) {
        // The last of several counts, as in the tables of 0-9-1.
        found = reader.position();
      }
      reader.skip();
    }
    if (found < 0) {
      return null;
    }
    reader.position(found);
    return reader;
  }
}
