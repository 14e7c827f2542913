package io.correio.core.filter;

import io.correio.core.filter.Expression.Sort;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a selector by recursive descent: one method for each rule of the grammar that {@link
 * Selector} shows. To be used once, by one thread.
 */
final class SelectorParser {

  private final String text;
  private final SelectorLexer lexer;
  private Token token = new Token(Token.Kind.END, "", null, 0);
  private int depth;

  SelectorParser(String text) {
    this.text = text;
    this.lexer = new SelectorLexer(text);
  }

  Expression parse() throws SelectorSyntaxException {
    if (text.length() > Selector.MAX_LENGTH) {
      throw new SelectorSyntaxException(
          Selector.MAX_LENGTH,
          text.length() + " characters",
          "at most " + Selector.MAX_LENGTH + " characters");
    }
    advance();
    Token start = token;
    Expression condition = condition();
    if (token.kind() != Token.Kind.END) {
      throw expected("AND, OR or the end");
    }
    return require(condition, start, Sort.BOOLEAN);
  }

  // ---- conditions ----------------------------------------------------------------------------

  private Expression condition() throws SelectorSyntaxException {
    Token start = token;
    Expression first = conjunction();
    if (!token.is("OR")) {
      return first;
    }
    List<Expression> operands = new ArrayList<>();
    operands.add(require(first, start, Sort.BOOLEAN));
    while (accept("OR")) {
      Token next = token;
      operands.add(require(conjunction(), next, Sort.BOOLEAN));
    }
    return new Expression.Junction(false, List.copyOf(operands));
  }

  private Expression conjunction() throws SelectorSyntaxException {
    Token start = token;
    Expression first = negation();
    if (!token.is("AND")) {
      return first;
    }
    List<Expression> operands = new ArrayList<>();
    operands.add(require(first, start, Sort.BOOLEAN));
    while (accept("AND")) {
      Token next = token;
      operands.add(require(negation(), next, Sort.BOOLEAN));
    }
    return new Expression.Junction(true, List.copyOf(operands));
  }

  private Expression negation() throws SelectorSyntaxException {
    if (!accept("NOT")) {
      return predicate();
    }
    descend();
    Token start = token;
    Expression negated = new Expression.Not(require(negation(), start, Sort.BOOLEAN));
    depth--;
    return negated;
  }

  private Expression predicate() throws SelectorSyntaxException {
    Token start = token;
    Expression left = sum();
    Comparator operator = comparator();
    if (operator != null) {
      advance();
      return comparison(operator, left, start);
    }
    if (accept("IS")) {
      boolean not = accept("NOT");
      expect("NULL", not ? "NULL" : "NULL or NOT NULL");
      Expression isNull = new Expression.IsNull(require(left, start, Sort.ANY));
      return not ? new Expression.Not(isNull) : isNull;
    }
    boolean not = accept("NOT");
    Expression found;
    if (accept("BETWEEN")) {
      found = between(left, start);
    } else if (accept("IN")) {
      found = in(require(left, start, Sort.ANY));
    } else if (accept("LIKE")) {
      found = like(require(left, start, Sort.ANY));
    } else if (not) {
      throw expected("BETWEEN, IN or LIKE");
    } else {
      return left;
    }
    return not ? new Expression.Not(found) : found;
  }

  private @Nullable Comparator comparator() {
    if (token.kind() != Token.Kind.SYMBOL) {
      return null;
    }
    return switch (token.text()) {
      case "=" -> Comparator.EQUAL;
      case "<>", "!=" -> Comparator.UNEQUAL;
      case "<" -> Comparator.LESS;
      case "<=" -> Comparator.NOT_GREATER;
      case ">" -> Comparator.GREATER;
      case ">=" -> Comparator.NOT_LESS;
      default -> null;
    };
  }

  private Expression comparison(Comparator operator, Expression left, Token start)
      throws SelectorSyntaxException {
    Token next = token;
    Expression right = sum();
    if (operator.isOrder()) {
      require(left, start, Sort.NUMBER);
      require(right, next, Sort.NUMBER);
    }
    return new Expression.Comparison(operator, left, right);
  }

  private Expression between(Expression operand, Token start) throws SelectorSyntaxException {
    require(operand, start, Sort.NUMBER);
    Token next = token;
    Expression low = require(sum(), next, Sort.NUMBER);
    expect("AND", "AND and the upper bound");
    next = token;
    return new Expression.Between(operand, low, require(sum(), next, Sort.NUMBER));
  }

  private Expression in(Expression operand) throws SelectorSyntaxException {
    expect("(", "'(' and the values");
    List<Object> literals = new ArrayList<>();
    do {
      boolean negative = token.is("-") && accept("-");
      Object value = token.kind() == Token.Kind.LITERAL ? token.value() : null;
      if (value == null || (negative && !(value instanceof Number))) {
        throw expected("a string, a number, TRUE or FALSE");
      }
      literals.add(negative ? negated(value) : value);
      advance();
    } while (accept(","));
    expect(")", "',' or ')'");
    return new Expression.In(operand, List.copyOf(literals));
  }

  private static Object negated(Object number) {
    return number instanceof Long n ? (Object) (-n) : (Object) (-((Number) number).doubleValue());
  }

  private Expression like(Expression operand) throws SelectorSyntaxException {
    Token at = token;
    String pattern = string("a pattern between quotes");
    Character escape = null;
    if (accept("ESCAPE")) {
      Token escapeAt = token;
      String character = string("one character between quotes");
      if (character.length() != 1) {
        throw new SelectorSyntaxException(
            escapeAt.position(), escapeAt.found(), "one character between quotes");
      }
      escape = character.charAt(0);
    }
    LikePattern parsed = LikePattern.of(pattern, escape);
    if (parsed == null) {
      throw new SelectorSyntaxException(
          at.position(), at.found(), "a character behind the last escape character");
    }
    return new Expression.Like(operand, parsed);
  }

  private String string(String expected) throws SelectorSyntaxException {
    if (!(token.value() instanceof String value) || token.kind() != Token.Kind.LITERAL) {
      throw expected(expected);
    }
    advance();
    return value;
  }

  // ---- values --------------------------------------------------------------------------------

  private Expression sum() throws SelectorSyntaxException {
    Token start = token;
    Expression left = product();
    int length = 0;
    while (token.is("+") || token.is("-")) {
      left = arithmetic(left, start, ++length, false);
    }
    return left;
  }

  private Expression product() throws SelectorSyntaxException {
    Token start = token;
    Expression left = sign();
    int length = 0;
    while (token.is("*") || token.is("/")) {
      left = arithmetic(left, start, ++length, true);
    }
    return left;
  }

  private Expression arithmetic(Expression left, Token start, int length, boolean product)
      throws SelectorSyntaxException {
    if (length > Selector.MAX_DEPTH) {
      throw tooDeep();
    }
    require(left, start, Sort.NUMBER);
    Operator operator =
        switch (token.text()) {
          case "+" -> Operator.ADD;
          case "-" -> Operator.SUBTRACT;
          case "*" -> Operator.MULTIPLY;
          default -> Operator.DIVIDE;
        };
    advance();
    Token next = token;
    Expression right = require(product ? sign() : product(), next, Sort.NUMBER);
    return new Expression.Arithmetic(operator, left, right);
  }

  private Expression sign() throws SelectorSyntaxException {
    boolean minus = token.is("-");
    if (!minus && !token.is("+")) {
      return primary();
    }
    advance();
    descend();
    Token start = token;
    Expression operand = require(sign(), start, Sort.NUMBER);
    depth--;
    if (operand instanceof Expression.Literal(Object literal)) {
      return minus ? new Expression.Literal(negated(literal)) : operand;
    }
    Expression factor = new Expression.Literal(minus ? -1L : 1L); // 0 - x is no -0.0 for 0.0
    return new Expression.Arithmetic(Operator.MULTIPLY, factor, operand);
  }

  private Expression primary() throws SelectorSyntaxException {
    Token word = token;
    Object value = word.value();
    if (value != null && word.kind() == Token.Kind.LITERAL) {
      advance();
      return new Expression.Literal(value);
    } else if (value != null && word.kind() == Token.Kind.IDENTIFIER) {
      advance();
      return new Expression.Identifier(value.toString());
    } else if (accept("(")) {
      descend();
      Expression inner = condition();
      depth--;
      expect(")", "')' or an operator");
      return inner;
    }
    throw expected("a literal, a name or '('");
  }

  // ---- words ---------------------------------------------------------------------------------

  /** An expression that has to be of a type; ANY means a name of the message's. */
  private static Expression require(Expression expression, Token start, Sort sort)
      throws SelectorSyntaxException {
    if (expression.sort() == sort || expression.sort() == Sort.ANY) {
      return expression;
    }
    throw new SelectorSyntaxException(
        start.position(), expression.sort().text + " at " + start.found(), sort.text);
  }

  private void descend() throws SelectorSyntaxException {
    if (++depth > Selector.MAX_DEPTH) {
      throw tooDeep();
    }
  }

  private SelectorSyntaxException tooDeep() {
    return new SelectorSyntaxException(
        token.position(), token.found(), "nothing nested deeper than " + Selector.MAX_DEPTH);
  }

  private boolean accept(String word) throws SelectorSyntaxException {
    if (token.is(word)) {
      advance();
      return true;
    }
    return false;
  }

  private void expect(String word, String expected) throws SelectorSyntaxException {
    if (!accept(word)) {
      throw expected(expected);
    }
  }

  private SelectorSyntaxException expected(String expected) {
    return new SelectorSyntaxException(token.position(), token.found(), expected);
  }

  private void advance() throws SelectorSyntaxException {
    token = lexer.next();
  }
}
