package io.correio.amqp.v091.wire;

import java.util.Arrays;

/** Walks over encoded properties and tables in an array without decoding or allocating. */
final class TableScanner {
  private TableScanner() {}

  /** Where a property that begins at an offset ends; the list has been checked before. */
  static int end(byte[] raw, int at, int property) {
    return switch (property) {
      case BasicProperties.HEADERS -> at + 4 + intAt(raw, at);
      case BasicProperties.DELIVERY_MODE, BasicProperties.PRIORITY -> at + 1;
      case BasicProperties.TIMESTAMP -> at + 8;
      default -> at + 1 + (raw[at] & 0xff);
    };
  }

  /** Where a property ends, checking that it is well formed. */
  static int checked(byte[] raw, int at, int property) {
    return switch (property) {
      case BasicProperties.HEADERS -> checkedNest(raw, at, raw.length, true, 1);
      case BasicProperties.DELIVERY_MODE, BasicProperties.PRIORITY -> fits(at, 1, raw.length);
      case BasicProperties.TIMESTAMP -> fits(at, 8, raw.length);
      default -> checkedShortString(raw, at, raw.length);
    };
  }

  /** Offset of the field with a name, in the table whose length is at an offset; or -1. */
  static int findField(byte[] raw, int table, byte[] name) {
    int end = table + 4 + intAt(raw, table);
    int found = -1;
    for (int at = table + 4; at < end; at = endOfField(raw, at)) {
      int length = raw[at] & 0xff;
      if (Arrays.equals(raw, at + 1, at + 1 + length, name, 0, name.length)) {
        // The last of several counts, as in FieldTable.
        found = at;
      }
    }
    return found;
  }

  /** Where a field of a checked table ends that begins at an offset. */
  static int endOfField(byte[] raw, int at) {
    int value = at + 1 + (raw[at] & 0xff);
    int width = fixedWidth(raw[value]);
    return width >= 0 ? value + 1 + width : value + 5 + intAt(raw, value + 1);
  }

  private static int checkedNest(byte[] raw, int at, int limit, boolean named, int depth) {
    if (depth > FieldTable.MAX_DEPTH) {
      throw BasicProperties.malformed(
          "tables and arrays are nested deeper than " + FieldTable.MAX_DEPTH);
    }
    int end = checkedLongString(raw, at, limit);
    int next = at + 4;
    while (next < end) {
      int value = named ? checkedShortString(raw, next, end) : next;
      next = checkedValue(raw, value, end, depth);
    }
    return end;
  }

  private static int checkedValue(byte[] raw, int at, int limit, int depth) {
    fits(at, 1, limit);
    int width = fixedWidth(raw[at]);
    if (width >= 0) {
      return fits(at + 1, width, limit);
    }
    return switch (raw[at]) {
      case 'F' -> checkedNest(raw, at + 1, limit, true, depth + 1);
      case 'A' -> checkedNest(raw, at + 1, limit, false, depth + 1);
      case 'S', 'x' -> checkedLongString(raw, at + 1, limit);
      default ->
          throw BasicProperties.malformed(
              "unknown type 0x" + Integer.toHexString(raw[at] & 0xff) + " in a table");
    };
  }

  private static int fixedWidth(byte tag) {
    return switch (tag) {
      case 'V' -> 0;
      case 't', 'b', 'B' -> 1;
      case 's', 'U', 'u' -> 2;
      case 'I', 'i', 'f' -> 4;
      case 'D' -> 5;
      case 'l', 'L', 'd', 'T' -> 8;
      default -> -1;
    };
  }

  private static int checkedShortString(byte[] raw, int at, int limit) {
    fits(at, 1, limit);
    return fits(at + 1, raw[at] & 0xff, limit);
  }

  private static int checkedLongString(byte[] raw, int at, int limit) {
    int start = fits(at, 4, limit);
    int length = intAt(raw, at);
    if (length < 0) {
      throw BasicProperties.malformed("a length of more than 2 GiB");
    }
    return fits(start, length, limit);
  }

  private static int fits(int at, int length, int limit) {
    if (length > limit - at) {
      throw BasicProperties.malformed(
          length + " bytes expected where " + (limit - at) + " are left");
    }
    return at + length;
  }

  private static int intAt(byte[] raw, int at) {
    return ((raw[at] & 0xff) << 24)
        | ((raw[at + 1] & 0xff) << 16)
        | ((raw[at + 2] & 0xff) << 8)
        | (raw[at + 3] & 0xff);
  }
}
