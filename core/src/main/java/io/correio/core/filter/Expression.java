package io.correio.core.filter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A selector's expressions. A value is a String, a Boolean, a Long (exact), a Double (approximate),
 * another object (which is like nothing), or null: the unknown of three-valued logic, and the value
 * of a property that is not there. Immutable; any thread.
 */
sealed interface Expression {

  /** Its value for one message. */
  @Nullable Object value(PropertySource message);

  /** What a literal or an operator always gives; ANY for identifiers. */
  enum Sort {
    BOOLEAN("a condition"),
    NUMBER("a number"),
    STRING("a string"),
    ANY("an identifier");

    final String text;

    Sort(String text) {
      this.text = text;
    }
  }

  Sort sort();

  /** A value that is written down. */
  record Literal(Object literal) implements Expression {
    @Override
    public Object value(PropertySource message) {
      return literal;
    }

    @Override
    public Sort sort() {
      return switch (literal) {
        case String ignored -> Sort.STRING;
        case Boolean ignored -> Sort.BOOLEAN;
        default -> Sort.NUMBER;
      };
    }
  }

  /** A property or header of the message. */
  record Identifier(String name) implements Expression {
    @Override
    public @Nullable Object value(PropertySource message) {
      return Numbers.widened(message.property(name));
    }

    @Override
    public Sort sort() {
      return Sort.ANY;
    }
  }

  /** True when all are, false when one is, else unknown; or the same with the two exchanged. */
  record Junction(boolean and, List<Expression> operands) implements Expression {
    @Override
    public @Nullable Object value(PropertySource message) {
      boolean unknown = false;
      for (Expression operand : operands) {
        Object value = operand.value(message);
        if (!(value instanceof Boolean truth)) {
          unknown = true;
        } else if (truth != and) {
          return !and;
        }
      }
      return unknown ? null : (Object) and;
    }

    @Override
    public Sort sort() {
      return Sort.BOOLEAN;
    }
  }

  /** The contrary; of the unknown, the unknown. */
  record Not(Expression operand) implements Expression {
    @Override
    public @Nullable Object value(PropertySource message) {
      return operand.value(message) instanceof Boolean truth ? (Object) !truth : null;
    }

    @Override
    public Sort sort() {
      return Sort.BOOLEAN;
    }
  }

  /** Two values compared; values of unlike types are not equal, not unequal, not in order. */
  record Comparison(Comparator operator, Expression left, Expression right) implements Expression {
    @Override
    public @Nullable Object value(PropertySource message) {
      Object a = left.value(message);
      Object b = a == null ? null : right.value(message);
      return a == null || b == null ? null : (Object) operator.holds(a, b);
    }

    @Override
    public Sort sort() {
      return Sort.BOOLEAN;
    }
  }

  /** Whether a number lies between two others, these included. */
  record Between(Expression operand, Expression low, Expression high) implements Expression {
    @Override
    public @Nullable Object value(PropertySource message) {
      Object value = operand.value(message);
      if (value == null) {
        return null;
      }
      Boolean above = compared(Comparator.NOT_LESS, value, low.value(message));
      Boolean below = compared(Comparator.NOT_GREATER, value, high.value(message));
      if (Boolean.FALSE.equals(above) || Boolean.FALSE.equals(below)) {
        return false;
      }
      return above == null || below == null ? null : (Object) true;
    }

    private static @Nullable Boolean compared(
        Comparator operator, Object value, @Nullable Object bound) {
      return bound == null ? null : (Boolean) operator.holds(value, bound);
    }

    @Override
    public Sort sort() {
      return Sort.BOOLEAN;
    }
  }

  /** Whether a value is one of those written down. */
  record In(Expression operand, List<Object> literals) implements Expression {
    @Override
    public @Nullable Object value(PropertySource message) {
      Object value = operand.value(message);
      if (value == null) {
        return null;
      }
      for (Object literal : literals) {
        if (Comparator.EQUAL.holds(value, literal)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public Sort sort() {
      return Sort.BOOLEAN;
    }
  }

  /** Whether a string has the form of a pattern. */
  record Like(Expression operand, LikePattern pattern) implements Expression {
    @Override
    public @Nullable Object value(PropertySource message) {
      Object value = operand.value(message);
      if (value == null) {
        return null;
      }
      return value instanceof String text ? (Object) pattern.matches(text) : (Object) false;
    }

    @Override
    public Sort sort() {
      return Sort.BOOLEAN;
    }
  }

  /** Whether the message lacks a property. Never unknown. */
  record IsNull(Expression operand) implements Expression {
    @Override
    public Object value(PropertySource message) {
      return operand.value(message) == null;
    }

    @Override
    public Sort sort() {
      return Sort.BOOLEAN;
    }
  }

  /** Arithmetic with two numbers. */
  record Arithmetic(Operator operator, Expression left, Expression right) implements Expression {
    @Override
    public @Nullable Object value(PropertySource message) {
      return operator.apply(left.value(message), right.value(message));
    }

    @Override
    public Sort sort() {
      return Sort.NUMBER;
    }
  }
}
