package io.correio.amqp.v10;

/**
 * Checks that octets are well-formed values (part 1, section 1.2), to the last element, and finds
 * where they end. Decodes and allocates nothing. Once checked, values are walked over with {@link
 * ValueReader}, which trusts them.
 *
 * <p>What a value may cost whoever decodes it is bounded: nesting by a depth, elements by the
 * octets they take, and elements that take none, of which a few octets can claim billions, by
 * {@link #MAX_WIDTHLESS_ELEMENTS}. Not thread-safe.
 */
public final class ValueChecker {
  /** How many elements of arrays may take no octet, in all that one checker checks. */
  public static final int MAX_WIDTHLESS_ELEMENTS = 65_536;

  private final byte[] bytes;
  private final int limit;
  private final int maxDepth;
  private int widthlessLeft = MAX_WIDTHLESS_ELEMENTS;

  /**
   * A checker of values in an array.
   *
   * @param limit where the values end at the latest
   * @param maxDepth how deep lists, maps, arrays and described values may be nested
   */
  public ValueChecker(byte[] bytes, int limit, int maxDepth) {
    this.bytes = bytes;
    this.limit = limit;
    this.maxDepth = maxDepth;
  }

  /**
   * Returns where the value ends that begins at an offset.
   *
   * @throws MalformedValueException if it is none, does not end before the limit, or is nested too
   *     deep
   */
  public int end(int at) {
    return end(at, limit, 1);
  }

  private int end(int at, int bound, int depth) {
    need(at, 1, bound);
    int code = bytes[at] & 0xff;
    if (code != FormatCode.DESCRIBED) {
      return endOfData(known(code, at), at + 1, bound, depth);
    }
    checkDepth(at, depth);
    return end(end(at + 1, bound, depth + 1), bound, depth + 1);
  }

  private int endOfData(int code, int at, int bound, int depth) {
    int width = FormatCode.fixedWidth(code);
    if (width >= 0) {
      return need(at, width, bound);
    }
    return switch (code >> 4) {
      case 0xa -> need(at + 1, size8(at, bound), bound);
      case 0xb -> need(at + 4, size32(at, bound), bound);
      default -> endOfCompound(code, at, bound, depth);
    };
  }

  private int endOfCompound(int code, int at, int bound, int depth) {
    checkDepth(at, depth);
    boolean small = code >> 4 == 0xc || code >> 4 == 0xe;
    int width = small ? 1 : 4;
    int size = small ? size8(at, bound) : size32(at, bound);
    int end = need(at + width, size, bound);
    // The size counts the octets of the count.
    int count = small ? size8(at + width, end) : size32(at + width, end);
    int elements = at + 2 * width;
    int reached =
        FormatCode.isArray(code)
            ? endOfArray(elements, count, end, depth)
            : endOfElements(elements, count, end, depth);
    if (reached != end) {
      throw new MalformedValueException(
          reached, "the elements end %d octets before the value does".formatted(end - reached));
    }
    if (FormatCode.isMap(code) && count % 2 != 0) {
      throw new MalformedValueException(at, "a map with a key without a value");
    }
    return end;
  }

  private int endOfElements(int start, int count, int bound, int depth) {
    int at = start;
    // Each takes an octet at least, so a false count ends at the bound.
    for (int left = count; left > 0; left--) {
      at = end(at, bound, depth + 1);
    }
    return at;
  }

  private int endOfArray(int start, int count, int bound, int depth) {
    if (count == 0 && start == bound) {
      return bound;
    }
    int at = start;
    int level = depth;
    need(at, 1, bound);
    while ((bytes[at] & 0xff) == FormatCode.DESCRIBED) {
      checkDepth(at, ++level);
      at = end(at + 1, bound, level);
      need(at, 1, bound);
    }
    int code = known(bytes[at] & 0xff, at);
    at++;
    int width = FormatCode.fixedWidth(code);
    if (width == 0) {
      takeWidthless(at, count);
      return at;
    }
    if (width > 0) {
      if ((long) count * width > bound - at) {
        throw tooLong(at, (long) count * width, bound);
      }
      return at + count * width;
    }
    for (int left = count; left > 0; left--) {
      at = endOfData(code, at, bound, level + 1);
    }
    return at;
  }

  private void takeWidthless(int at, int count) {
    if (count > widthlessLeft) {
      throw new MalformedValueException(
          at, "arrays with more than %d elements of no octet".formatted(MAX_WIDTHLESS_ELEMENTS));
    }
    widthlessLeft -= count;
  }

  private void checkDepth(int at, int depth) {
    if (depth > maxDepth) {
      throw new MalformedValueException(
          at, "values nested deeper than %d levels".formatted(maxDepth));
    }
  }

  private int size8(int at, int bound) {
    need(at, 1, bound);
    return bytes[at] & 0xff;
  }

  private int size32(int at, int bound) {
    need(at, 4, bound);
    int size = ValueReader.int32(bytes, at);
    if (size < 0) {
      throw tooLong(at, Integer.toUnsignedLong(size), bound);
    }
    return size;
  }

  private int need(int at, int count, int bound) {
    if (count > bound - at) {
      throw tooLong(at, count, bound);
    }
    return at + count;
  }

  private static MalformedValueException tooLong(int at, long count, int bound) {
    return new MalformedValueException(
        at, "%d octets expected where %d are left".formatted(count, Math.max(0, bound - at)));
  }

  private static int known(int code, int at) {
    if (!FormatCode.isKnown(code)) {
      throw new MalformedValueException(at, "unknown constructor 0x%02x".formatted(code));
    }
    return code;
  }
}
