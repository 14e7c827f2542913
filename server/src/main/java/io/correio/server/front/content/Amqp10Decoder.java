package io.correio.server.front.content;

import io.correio.amqp.v10.MalformedValueException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a message of AMQP 1.0 apart (part 3, section 3.2) and checks it:
 *
 * <pre>
 *  header
 *  delivery-annotations
 *  message-annotations        ┐
 *  properties                 ├ head ┐
 *  application-properties     ┘      ├ the bare message, from properties on
 *  one of: data, data …       ┐      │
 *          amqp-sequence …    ├ body ┘
 *          amqp-value         │
 *  footer                     ┘
 * </pre>
 *
 * <p>Each may be left out. Used once.
 */
final class Amqp10Decoder {
  private final byte[] encoded;
  private final int offset;
  private final int limit;

  private @Nullable Section last;
  private ListFields header = ListFields.NONE;
  private int headStart = -1;
  private int bodyStart = -1;

  Amqp10Decoder(byte[] encoded, int offset, int length) {
    this.encoded = encoded;
    this.offset = offset;
    this.limit = offset + length;
  }

  Amqp10Message decode() throws Amqp10FormatException {
    SectionReader sections = SectionReader.checking(encoded, offset, limit);
    try {
      while (sections.next()) {
        accept(sections, sections.section());
        last = sections.section();
      }
    } catch (MalformedValueException e) {
      throw new Amqp10FormatException(
          e.offset() - offset, sections.place(), String.valueOf(e.getMessage()));
    }
    return build();
  }

  private void accept(SectionReader sections, Section section) {
    checkOrder(sections, section);
    switch (section) {
      case HEADER -> header = ListFields.checked(encoded, sections.value(), ListFields.HEADER);
      case DELIVERY_ANNOTATIONS -> {}
      case MESSAGE_ANNOTATIONS, APPLICATION_PROPERTIES -> startHead(sections);
      case PROPERTIES -> {
        ListFields.checked(encoded, sections.value(), ListFields.PROPERTIES);
        startHead(sections);
      }
      default -> bodyStart = bodyStart < 0 ? sections.start() : bodyStart;
    }
    if (headStart >= 0
        && bodyStart < 0
        && sections.end() - headStart > Amqp10Message.MAX_HEAD_BYTES) {
      throw new MalformedValueException(
          sections.start(),
          "annotations and properties of more than %d octets; put large values into the body"
              .formatted(Amqp10Message.MAX_HEAD_BYTES));
    }
  }

  private void startHead(SectionReader sections) {
    headStart = headStart < 0 ? sections.start() : headStart;
  }

  private void checkOrder(SectionReader sections, Section section) {
    if (last == null || (section == last && section.isRepeatable())) {
      return;
    }
    String fault = null;
    if (section == last) {
      fault = "it comes twice";
    } else if (section.isBody() && last.isBody()) {
      fault = "a body of one kind goes on with another, after " + last.text;
    } else if (section.compareTo(last) < 0) {
      fault = "it stands out of order, behind " + last.text;
    }
    if (fault != null) {
      throw new MalformedValueException(sections.start(), fault);
    }
  }

  private Amqp10Message build() throws Amqp10FormatException {
    int bodyFrom = bodyStart < 0 ? limit : bodyStart;
    int headFrom = headStart < 0 ? bodyFrom : headStart;
    byte[] octets = new byte[Amqp10Head.FIXED_BYTES + bodyFrom - headFrom];
    System.arraycopy(encoded, headFrom, octets, Amqp10Head.FIXED_BYTES, bodyFrom - headFrom);
    Amqp10Head.writeFixed(octets, (int) header.integer(ListFields.PRIORITY, -1));
    Amqp10Head head = new Amqp10Head(octets);
    List<String> keys = Amqp10Message.furtherKeys(head);
    if (keys == null) {
      throw new Amqp10FormatException(
          headFrom - offset,
          "section " + Section.MESSAGE_ANNOTATIONS.text,
          "annotation x-cc must be a list of strings, each a routing key");
    }
    return new Amqp10Message(head, Arrays.copyOfRange(encoded, bodyFrom, limit), header, keys);
  }
}
