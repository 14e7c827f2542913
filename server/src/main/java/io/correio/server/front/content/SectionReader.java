package io.correio.server.front.content;

import io.correio.amqp.v10.FormatCode;
import io.correio.amqp.v10.MalformedValueException;
import io.correio.amqp.v10.ValueChecker;
import io.correio.amqp.v10.ValueReader;
import java.util.Objects;
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
  private @Nullable Section section;

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
    section = null;
    if (headChecker != null && bodyChecker != null) {
      check(headChecker, bodyChecker);
    } else {
      value = ValueReader.end(bytes, start + 1);
      section = known();
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
    Section found = known();
    section = found;
    boolean inBody = found.isBody() || found == Section.FOOTER;
    end = inBody ? body.end(value) : head.end(value);
    if (!found.holds(bytes[value] & 0xff)) {
      throw new MalformedValueException(
          value, "a value of another type, constructor 0x%02x".formatted(bytes[value]));
    }
  }

  private Section known() {
    Section found = Section.withDescriptor(bytes, start + 1);
    if (found == null) {
      throw new MalformedValueException(start, "an unknown descriptor");
    }
    return found;
  }

  /** The section that {@link #next} went to. */
  Section section() {
    return Objects.requireNonNull(section, "section");
  }

  /** Where the reader is, in words. */
  String place() {
    return section == null ? "a section's descriptor" : "section " + section.text;
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
