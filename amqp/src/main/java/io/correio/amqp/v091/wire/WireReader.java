package io.correio.amqp.v091.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the elementary types (section 4.2.5) from a buffer, moving its position. Every read checks
 * that the bytes are there and raises 502 SYNTAX_ERROR, naming the method set by {@link #method},
 * when they are not. Not thread-safe; reusable through {@link #reset}.
 */
public final class WireReader {
  private ByteBuffer in;
  private int limit;
  private int classId;
  private int methodId;

  /** A reader of the buffer's remaining bytes. */
  public WireReader(ByteBuffer in) {
    this.in = in;
    reset(in);
  }

  /** Reads from the remaining bytes of this buffer from now on; its byte order becomes big. */
  public void reset(ByteBuffer buffer) {
    in = buffer.order(ByteOrder.BIG_ENDIAN);
    limit = buffer.limit();
    classId = 0;
    methodId = 0;
  }

  /** Names the method that is being read, for the errors. */
  public void method(int newClassId, int newMethodId) {
    classId = newClassId;
    methodId = newMethodId;
  }

  /** Bytes not read yet. */
  public int remaining() {
    return limit - in.position();
  }

  /** An unsigned octet. */
  public int octet() {
    require(1, "an octet");
    return in.get() & 0xff;
  }

  /** An unsigned short. */
  public int unsignedShort() {
    require(2, "a short");
    return in.getShort() & 0xffff;
  }

  /** An unsigned long, which is 32 bits in this protocol. */
  public long unsignedInt() {
    return signedInt() & 0xffff_ffffL;
  }

  /** A longlong, which is 64 bits; values of 2^63 and more come out negative. */
  public long longLong() {
    require(8, "a longlong");
    return in.getLong();
  }

  /** A short string; 502 when it is not UTF-8, as another string would be the alternative. */
  public String shortString() {
    int length = shortStringLength();
    byte[] bytes = new byte[length];
    in.get(bytes);
    return strictUtf8(bytes);
  }

  /** A short string; the cached String itself when the bytes are the cached ones. */
  public String shortString(ShortStringCache cache) {
    int length = shortStringLength();
    int end = in.position() + length;
    int oldLimit = in.limit();
    in.limit(end);
    String cached = cache.match(in);
    in.limit(oldLimit);
    if (cached != null) {
      in.position(end);
      return cached;
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    String text = strictUtf8(bytes);
    cache.remember(bytes, text);
    return text;
  }

  /** A long string. */
  public LongString longString() {
    int length = length("a long string");
    byte[] bytes = new byte[length];
    in.get(bytes);
    return LongString.owning(bytes);
  }

  /** A field table, nested at most {@link FieldTable#MAX_DEPTH} deep. */
  public FieldTable table() {
    return table(1);
  }

  /** A field table without its length, reaching up to the end of what can be read. */
  public FieldTable tableWithoutLength() {
    return tableUpToLimit(1);
  }

  /** Raises 502 when bytes are left. */
  public void end() {
    if (remaining() > 0) {
      throw syntaxError(remaining() + " bytes follow the last field");
    }
  }

  /** A 502 that names the current method. */
  public AmqpException syntaxError(String text) {
    return new AmqpException(ReplyCode.SYNTAX_ERROR, text, classId, methodId);
  }

  private int signedInt() {
    require(4, "a long");
    return in.getInt();
  }

  private FieldTable table(int depth) {
    int outerLimit = narrow("a table", depth);
    FieldTable table = tableUpToLimit(depth);
    limit = outerLimit;
    return table;
  }

  private FieldTable tableUpToLimit(int depth) {
    if (remaining() == 0) {
      return FieldTable.empty();
    }
    FieldTable.Builder builder = FieldTable.builder();
    while (remaining() > 0) {
      int length = shortStringLength();
      byte[] name = new byte[length];
      in.get(name);
      builder.put(new String(name, UTF_8), value(depth));
    }
    return builder.build();
  }

  private FieldValue.Array array(int depth) {
    int outerLimit = narrow("an array", depth);
    List<FieldValue> values = new ArrayList<>();
    while (remaining() > 0) {
      values.add(value(depth));
    }
    limit = outerLimit;
    return new FieldValue.Array(values);
  }

  private int narrow(String what, int depth) {
    if (depth > FieldTable.MAX_DEPTH) {
      throw syntaxError("tables and arrays are nested deeper than " + FieldTable.MAX_DEPTH);
    }
    int length = length(what);
    int outerLimit = limit;
    limit = in.position() + length;
    return outerLimit;
  }

  private FieldValue value(int depth) {
    int tag = octet();
    return switch (tag) {
      case 't' -> new FieldValue.Bool(octet() != 0);
      case 'b' -> new FieldValue.Int(FieldValue.IntType.INT8, (byte) octet());
      case 'B' -> new FieldValue.Int(FieldValue.IntType.UINT8, octet());
      case 's', 'U' -> new FieldValue.Int(FieldValue.IntType.INT16, (short) unsignedShort());
      case 'u' -> new FieldValue.Int(FieldValue.IntType.UINT16, unsignedShort());
      case 'I' -> new FieldValue.Int(FieldValue.IntType.INT32, signedInt());
      case 'i' -> new FieldValue.Int(FieldValue.IntType.UINT32, unsignedInt());
      case 'l', 'L' -> new FieldValue.Int(FieldValue.IntType.INT64, longLong());
      case 'f' -> new FieldValue.Float32(Float.intBitsToFloat(signedInt()));
      case 'd' -> new FieldValue.Float64(Double.longBitsToDouble(longLong()));
      case 'D' -> decimal();
      case 'S' -> new FieldValue.Text(longString());
      case 'x' -> new FieldValue.Binary(longString());
      case 'T' -> new FieldValue.Timestamp(longLong());
      case 'V' -> new FieldValue.NoValue();
      case 'A' -> array(depth + 1);
      case 'F' -> table(depth + 1);
      default -> throw syntaxError("unknown type 0x" + Integer.toHexString(tag) + " in a table");
    };
  }

  private FieldValue.Decimal decimal() {
    int scale = octet();
    return new FieldValue.Decimal(BigDecimal.valueOf(signedInt(), scale));
  }

  private int shortStringLength() {
    int length = octet();
    require(length, "a short string");
    return length;
  }

  private int length(String what) {
    long length = unsignedInt();
    if (length > remaining()) {
      throw syntaxError(what + " of " + length + " bytes where " + remaining() + " are left");
    }
    return (int) length;
  }

  private void require(int bytes, String what) {
    if (bytes > remaining()) {
      throw syntaxError(what + " where " + remaining() + " bytes are left");
    }
  }

  private String strictUtf8(byte[] bytes) {
    for (byte each : bytes) {
      if (each < 0) {
        try {
          return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
          throw syntaxError("a short string is not UTF-8");
        }
      }
    }
    return new String(bytes, UTF_8);
  }
}
