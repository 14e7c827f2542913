package io.correio.server.front.content;

import io.correio.amqp.v10.FormatCode;
import io.correio.amqp.v10.MalformedValueException;
import io.correio.amqp.v10.ValueChecker;
import io.correio.amqp.v10.ValueReader;
import org.jspecify.annotations.Nullable;

/**
 * Goes from section to section, over values that are passed by their sizes and not decoded. Checks
 * the values or trusts them. Not thread-safe.
 */
final class SectionReader {
  private final byte[] bytes;
  private final int limit;
  private final @Nullable ValueChecker headChecker;
  private final @Nullable ValueChecker bodyChecker;

  private int start;
  private int value;
  private int end;
  private Section section = Section.HEADER;

  private SectionReader(
      byte[] bytes,
      int from,
      int limit,
      @Nullable ValueChecker headChecker,
      @Nullable ValueChecker bodyChecker) {
    this.bytes = bytes;
    this.limit = limit;
    this.end = from;
    this.headChecker = headChecker;
    this.bodyChecker = bodyChecker;
  }

  /** A reader of sections that were checked before. */
  static SectionReader trusting(byte[] bytes, int from, int limit) {
    return new SectionReader(bytes, from, limit, null, null);
  }

  /** A reader that throws {@link MalformedValueException} at what is no section. */
  static SectionReader checking(byte[] bytes, int from, int limit) {
    return new SectionReader(
        bytes,
        from,
        limit,
        new ValueChecker(bytes, limit, Amqp10Message.MAX_DEPTH),
        new ValueChecker(bytes, limit, Amqp10Message.MAX_BODY_DEPTH));
  }

  /** Goes to the next section; false at the end. */
  boolean next() {
    if (end == limit) {
      return false;
    }
    start = end;
    if (headChecker != null && bodyChecker != null) {
      check(headChecker, bodyChecker);
    } else {
      value = ValueReader.end(bytes, start + 1);
      section = known(start);
      end = ValueReader.end(bytes, value);
    }
    return true;
  }

  private void check(ValueChecker head, ValueChecker body) {
    if ((bytes[start] & 0xff) != FormatCode.DESCRIBED) {
      throw new MalformedValueException(
          start, "0x%02x stands where a section's descriptor must".formatted(bytes[start]));
    }
    value = head.end(start + 1);
    section = known(start);
    boolean inBody = section.isBody() || section == Section.FOOTER;
    end = inBody ? body.end(value) : head.end(value);
    if (!section.holds(bytes[value] & 0xff)) {
      throw new MalformedValueException(
          value, "a value of another type, constructor 0x%02x".formatted(bytes[value]));
    }
  }

  private Section known(int at) {
    Section found = Section.withDescriptor(bytes, at + 1);
    if (found == null) {
      throw new MalformedValueException(at, "an unknown descriptor");
    }
    return found;
  }

  /** The section. */
  Section section() {
    return section;
  }

  /** Where the section begins, with its descriptor. */
  int start() {
    return start;
  }

  /** Where the section's value begins. */
  int value() {
    return value;
  }

  /** Where the section ends. */
  int end() {
    return end;
  }
}
