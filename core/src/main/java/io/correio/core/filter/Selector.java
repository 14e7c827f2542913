package io.correio.core.filter;

import org.jspecify.annotations.Nullable;

/**
 * A condition on a message's headers and properties, in the subset of SQL-92 that Jakarta Messaging
 * 3.1, section 3.8 describes. Immutable, for any thread; two are equal when their texts are.
 *
 * <pre>
 *   condition  = conjunction { OR conjunction }
 *   conjunction= negation { AND negation }
 *   negation   = [ NOT ] negation | predicate
 *   predicate  = sum [ ( = | &lt;&gt; | != | &lt; | &lt;= | &gt; | &gt;= ) sum
 *                    | [ NOT ] BETWEEN sum AND sum
 *                    | [ NOT ] IN ( literal { , literal } )
 *                    | [ NOT ] LIKE string [ ESCAPE string ]
 *                    | IS [ NOT ] NULL ]
 *   sum        = product { ( + | - ) product }
 *   product    = sign { ( * | / ) sign }
 *   sign       = ( + | - ) sign | literal | identifier | ( condition )
 * </pre>
 *
 * <p>Beyond the standard, as other brokers have it: {@code !=}, dots in identifiers, identifiers in
 * double quotes, numbers and booleans in IN.
 */
public final class Selector {

  /** Characters that a selector may have. */
  public static final int MAX_LENGTH = 8192;

  /** How deep parentheses, signs and NOT may be nested, and how long a chain of arithmetic is. */
  public static final int MAX_DEPTH = 100;

  private final String text;
  private final Expression condition;

  private Selector(String text, Expression condition) {
    this.text = text;
    this.condition = condition;
  }

  /**
   * Reads a selector.
   *
   * @throws SelectorSyntaxException if it is none; names position, what was found, and what was
   *     expected
   */
  public static Selector parse(String text) throws SelectorSyntaxException {
    return new Selector(text, new SelectorParser(text).parse());
  }

  /** Whether the condition is true of the message; neither false nor unknown. */
  public boolean matches(PropertySource message) {
    return Boolean.TRUE.equals(condition.value(message));
  }

  /** True, false, or null for unknown. */
  @Nullable Object value(PropertySource message) {
    return condition.value(message) instanceof Boolean truth ? truth : null;
  }

  /** The text it was read from. */
  public String text() {
    return text;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Selector that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
