package io.correio.core.filter;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Numbers as selectors compute with them: Long and Double. */
final class Numbers {

  private Numbers() {}

  /** A number as Long or Double; anything else as it is. */
  static @Nullable Object widened(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Long n -> n;
      case Double d -> d;
      case Byte n -> n.longValue();
      case Short n -> n.longValue();
      case Integer n -> n.longValue();
      case Float f -> f.doubleValue();
      case BigInteger n -> n.bitLength() < Long.SIZE ? (Object) n.longValue() : n.doubleValue();
      case BigDecimal d -> d.doubleValue();
      default -> value;
    };
  }
}
