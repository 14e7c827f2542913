package io.correio.amqp.v10;

/**
 * The constructors of primitive types (OASIS AMQP 1.0 part 1, section 1.6) and the one octet before
 * a described type's descriptor (section 1.2). The upper four bits say how wide the data is:
 *
 * <pre>
 *  0x4x  nothing      0x8x   8 octets     0xAx  size in 1 octet,  data
 *  0x5x  1 octet      0x9x  16 octets     0xBx  size in 4 octets, data
 *  0x6x  2 octets                         0xCx  size and count in 1 octet each,  elements
 *  0x7x  4 octets                         0xDx  size and count in 4 octets each, elements
 *                                         0xEx  as 0xCx, one constructor, elements without theirs
 *                                         0xFx  as 0xDx, likewise
 * </pre>
 */
public final class FormatCode {
  /** A descriptor and a value follow. */
  public static final int DESCRIBED = 0x00;

  /** null. */
  public static final int NULL = 0x40;

  /** boolean true. */
  public static final int TRUE = 0x41;

  /** boolean false. */
  public static final int FALSE = 0x42;

  /** uint 0. */
  public static final int UINT_0 = 0x43;

  /** ulong 0. */
  public static final int ULONG_0 = 0x44;

  /** A list without elements. */
  public static final int LIST_0 = 0x45;

  /** ubyte. */
  public static final int UBYTE = 0x50;

  /** byte. */
  public static final int BYTE = 0x51;

  /** uint below 256. */
  public static final int SMALL_UINT = 0x52;

  /** ulong below 256. */
  public static final int SMALL_ULONG = 0x53;

  /** int of one octet. */
  public static final int SMALL_INT = 0x54;

  /** long of one octet. */
  public static final int SMALL_LONG = 0x55;

  /** boolean in an octet. */
  public static final int BOOLEAN = 0x56;

  /** ushort. */
  public static final int USHORT = 0x60;

  /** short. */
  public static final int SHORT = 0x61;

  /** uint. */
  public static final int UINT = 0x70;

  /** int. */
  public static final int INT = 0x71;

  /** float. */
  public static final int FLOAT = 0x72;

  /** char: a code point in UTF-32. */
  public static final int CHAR = 0x73;

  /** decimal32. */
  public static final int DECIMAL_32 = 0x74;

  /** ulong. */
  public static final int ULONG = 0x80;

  /** long. */
  public static final int LONG = 0x81;

  /** double. */
  public static final int DOUBLE = 0x82;

  /** timestamp: milliseconds since 1970. */
  public static final int TIMESTAMP = 0x83;

  /** decimal64. */
  public static final int DECIMAL_64 = 0x84;

  /** decimal128. */
  public static final int DECIMAL_128 = 0x94;

  /** uuid. */
  public static final int UUID = 0x98;

  /** binary below 256 octets. */
  public static final int BINARY_8 = 0xa0;

  /** string below 256 octets. */
  public static final int STRING_8 = 0xa1;

  /** symbol below 256 octets. */
  public static final int SYMBOL_8 = 0xa3;

  /** binary. */
  public static final int BINARY_32 = 0xb0;

  /** string. */
  public static final int STRING_32 = 0xb1;

  /** symbol. */
  public static final int SYMBOL_32 = 0xb3;

  /** A list below 256 octets and elements. */
  public static final int LIST_8 = 0xc0;

  /** A map below 256 octets and elements. */
  public static final int MAP_8 = 0xc1;

  /** list. */
  public static final int LIST_32 = 0xd0;

  /** map. */
  public static final int MAP_32 = 0xd1;

  /** An array below 256 octets and elements. */
  public static final int ARRAY_8 = 0xe0;

  /** array. */
  public static final int ARRAY_32 = 0xf0;

  private FormatCode() {}

  /** Whether values of this constructor are strings. */
  public static boolean isString(int code) {
    return code == STRING_8 || code == STRING_32;
  }

  /** Whether values of this constructor are symbols. */
  public static boolean isSymbol(int code) {
    return code == SYMBOL_8 || code == SYMBOL_32;
  }

  /** Whether values of this constructor are binary. */
  public static boolean isBinary(int code) {
    return code == BINARY_8 || code == BINARY_32;
  }

  /** Whether values of this constructor are lists. */
  public static boolean isList(int code) {
    return code == LIST_0 || code == LIST_8 || code == LIST_32;
  }

  /** Whether values of this constructor are maps. */
  public static boolean isMap(int code) {
    return code == MAP_8 || code == MAP_32;
  }

  /** Whether values of this constructor are arrays. */
  public static boolean isArray(int code) {
    return code == ARRAY_8 || code == ARRAY_32;
  }

  /** Octets that the data of a constructor takes; -1 where the data says so itself. */
  static int fixedWidth(int code) {
    return switch (code >> 4) {
      case 4 -> 0;
      case 5 -> 1;
      case 6 -> 2;
      case 7 -> 4;
      case 8 -> 8;
      case 9 -> 16;
      default -> -1;
    };
  }

  /** Whether the specification defines this constructor. */
  static boolean isKnown(int code) {
    return switch (code >> 4) {
      case 4 -> code <= LIST_0;
      case 5 -> code <= BOOLEAN;
      case 6 -> code <= SHORT;
      case 7 -> code <= DECIMAL_32;
      case 8 -> code <= DECIMAL_64;
      case 9 -> code == DECIMAL_128 || code == UUID;
      case 0xa -> code == BINARY_8 || code == STRING_8 || code == SYMBOL_8;
      case 0xb -> code == BINARY_32 || code == STRING_32 || code == SYMBOL_32;
      case 0xc -> code == LIST_8 || code == MAP_8;
      case 0xd -> code == LIST_32 || code == MAP_32;
      case 0xe -> code == ARRAY_8;
      case 0xf -> code == ARRAY_32;
      default -> false;
    };
  }
}
