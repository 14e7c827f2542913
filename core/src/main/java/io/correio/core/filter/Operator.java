package io.correio.core.filter;

import org.jspecify.annotations.Nullable;

/** The operators of arithmetic, with Java's promotion of numbers and its overflow. */
enum Operator {
  ADD,
  SUBTRACT,
  MULTIPLY,
  DIVIDE;

  /** The result; unknown where an operand is, is no number, or divides exactly by zero. */
  @Nullable Object apply(@Nullable Object a, @Nullable Object b) {
    if (a instanceof Long x && b instanceof Long y) {
      return this == DIVIDE && y == 0 ? null : (Object) exact(x, y);
    }
    return a instanceof Number n && b instanceof Number m
        ? (Object) approximate(n.doubleValue(), m.doubleValue())
        : null;
  }

  private long exact(long a, long b) {
    return switch (this) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
    };
  }

  private double approximate(double a, double b) {
    return switch (this) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
    };
  }
}
