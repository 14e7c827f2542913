package io.correio.server.front.content;

import io.correio.amqp.v091.wire.FieldValue;
import io.correio.amqp.v091.wire.LongString;
import io.correio.amqp.v10.ValueReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Decimal numbers of AMQP 1.0 (part 1, sections 1.6.13 to 1.6.15: IEEE 754 with the coefficient in
 * binary) as those of 0-9-1, which have a scale of 0 to 255 and 32 bits.
 *
 * <pre>
 *          sign  exponent, biased   coefficient          or, when the exponent begins with 11
 *  32 bit  1     8, by 101          23                   1, 11, 8 exponent, 21 coefficient
 *  64 bit  1     10, by 398         53                   1, 11, 10 exponent, 51 coefficient
 * 128 bit  1     14, by 6176        113                  always no number that is canonical: 0
 * </pre>
 *
 * <p>In the second form the coefficient has the bits 100 before it. An exponent that begins with
 * 1111 is an infinity, one with 11111 no number.
 */
final class Decimals {
  private static final int BIAS_32 = 101;
  private static final int BIAS_64 = 398;
  private static final int BIAS_128 = 6176;
  private static final long MAX_32 = 9_999_999;
  private static final long MAX_64 = 9_999_999_999_999_999L;
  private static final BigInteger MAX_128 = BigInteger.TEN.pow(34).subtract(BigInteger.ONE);
  private static final int MAX_SCALE = 255;

  private Decimals() {}

  /** The bits of decimal64 for a number of 0-9-1; exact, for all there are. */
  static long toDecimal64(BigDecimal value) {
    long coefficient = value.unscaledValue().longValueExact();
    long sign = coefficient < 0 ? Long.MIN_VALUE : 0;
    return sign | ((long) (BIAS_64 - value.scale()) << 53) | Math.abs(coefficient);
  }

  static FieldValue read32(ValueReader reader) {
    int bits = reader.int32();
    String special = special((bits >>> 26) & 0x1f, bits < 0);
    if (special != null) {
      return text(special);
    }
    boolean large = (bits & 0x6000_0000) == 0x6000_0000;
    int exponent = large ? (bits >>> 21) & 0xff : (bits >>> 23) & 0xff;
    long coefficient = large ? 0x80_0000 | (bits & 0x1f_ffff) : bits & 0x7f_ffff;
    return finite(bits < 0, coefficient > MAX_32 ? 0 : coefficient, exponent - BIAS_32);
  }

  static FieldValue read64(ValueReader reader) {
    long bits = reader.int64();
    String special = special((int) (bits >>> 58) & 0x1f, bits < 0);
    if (special != null) {
      return text(special);
    }
    boolean large = (bits & 0x6000_0000_0000_0000L) == 0x6000_0000_0000_0000L;
    int exponent = (int) (large ? bits >>> 51 : bits >>> 53) & 0x3ff;
    long coefficient =
        large ? 0x20_0000_0000_0000L | (bits & 0x7_ffff_ffff_ffffL) : bits & 0x1f_ffff_ffff_ffffL;
    return finite(bits < 0, coefficient > MAX_64 ? 0 : coefficient, exponent - BIAS_64);
  }

  static FieldValue read128(ValueReader reader) {
    long high = reader.int64();
    long low = reader.int64();
    String special = special((int) (high >>> 58) & 0x1f, high < 0);
    if (special != null) {
      return text(special);
    }
    boolean large = (high & 0x6000_0000_0000_0000L) == 0x6000_0000_0000_0000L;
    int exponent = (int) (large ? high >>> 47 : high >>> 49) & 0x3fff;
    BigInteger coefficient =
        BigInteger.valueOf(high & 0x1_ffff_ffff_ffffL)
            .shiftLeft(Long.SIZE)
            .or(new BigInteger(Long.toUnsignedString(low)));
    if (large || coefficient.compareTo(MAX_128) > 0) {
      coefficient = BigInteger.ZERO;
    }
    return number(
        new BigDecimal(high < 0 ? coefficient.negate() : coefficient, BIAS_128 - exponent));
  }

  private static @Nullable String special(int leading, boolean negative) {
    if (leading == 0x1f) {
      return "NaN";
    }
    return leading == 0x1e ? (negative ? "-Infinity" : "Infinity") : null;
  }

  private static FieldValue finite(boolean negative, long coefficient, int exponent) {
    return number(BigDecimal.valueOf(negative ? -coefficient : coefficient, -exponent));
  }

  /** As a decimal where it fits, else as text, which says any. */
  private static FieldValue number(BigDecimal value) {
    boolean fits =
        value.scale() >= 0
            && value.scale() <= MAX_SCALE
            && value.unscaledValue().bitLength() < Integer.SIZE;
    return fits ? new FieldValue.Decimal(value) : text(value.toString());
  }

  private static FieldValue text(String value) {
    return new FieldValue.Text(LongString.of(value));
  }
}
