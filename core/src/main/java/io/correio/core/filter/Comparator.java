package io.correio.core.filter;

/**
 * The comparison operators. Numbers are compared as Java compares them, so an exact one becomes
 * approximate beside an approximate one; strings and booleans are equal or not, and in no order;
 * unlike types compare to false (Jakarta Messaging 3.1, section 3.8.1.2).
 */
enum Comparator {
  EQUAL,
  UNEQUAL,
  LESS,
  NOT_GREATER,
  GREATER,
  NOT_LESS;

  boolean isOrder() {
    return this != EQUAL && this != UNEQUAL;
  }

  /** Whether two values that are there compare so. */
  boolean holds(Object a, Object b) {
    if (a instanceof Number n && b instanceof Number m) {
      boolean exact = n instanceof Long && m instanceof Long;
      return exact
          ? holds(Long.compare(n.longValue(), m.longValue()))
          : holds(n.doubleValue(), m.doubleValue());
    }
    boolean alike =
        (a instanceof String && b instanceof String)
            || (a instanceof Boolean && b instanceof Boolean);
    return switch (this) {
      case EQUAL -> alike && a.equals(b);
      case UNEQUAL -> alike && !a.equals(b);
      default -> false;
    };
  }

  private boolean holds(int order) {
    return switch (this) {
      case EQUAL -> order == 0;
      case UNEQUAL -> order != 0;
      case LESS -> order < 0;
      case NOT_GREATER -> order <= 0;
      case GREATER -> order > 0;
      case NOT_LESS -> order >= 0;
    };
  }

  // Not by Double.compare, for which NaN equals itself and the two zeros differ.
  private boolean holds(double a, double b) {
    return switch (this) {
      case EQUAL -> a == b;
      case UNEQUAL -> a != b;
      case LESS -> a < b;
      case NOT_GREATER -> a <= b;
      case GREATER -> a > b;
      case NOT_LESS -> a >= b;
    };
  }
}
