package io.correio.core.identity;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A compiled regular expression on resource names, which remembers its last decisions. An
 * expression that takes too many steps on a name denies it, so none can hold up a thread.
 *
 * <p>Safe to share between threads: a decision is an immutable record, and a lost or repeated write
 * of one only costs the evaluation.
 */
final class AccessRule {
  /** Longer names are denied. */
  static final int MAX_RESOURCE_LENGTH = 255;

  /** Longer expressions are refused. */
  static final int MAX_EXPRESSION_LENGTH = 1_024;

  /** The product of all counts in braces; a higher one is refused. */
  static final int MAX_REPETITIONS = 10_000;

  /** How many characters an evaluation may look at. */
  static final int MAX_STEPS = 100_000;

  /** How many decisions are remembered; a power of two. */
  private static final int REMEMBERED = 64;

  private static final Pattern COUNT = Pattern.compile("\\{(\\d+)(?:,(\\d*))?\\}");

  private final Pattern pattern;
  private final @Nullable Decision[] decisions = new Decision[REMEMBERED];

  /**
   * Compiles an expression.
   *
   * @throws IllegalArgumentException if it is no regular expression, too long or too costly
   */
  AccessRule(String expression) {
    if (expression.length() > MAX_EXPRESSION_LENGTH) {
      throw new IllegalArgumentException(
          "the expression has %d characters, at most %d are allowed"
              .formatted(expression.length(), MAX_EXPRESSION_LENGTH));
    }
    checkRepetitions(expression);
    try {
      pattern = Pattern.compile(expression.isEmpty() ? "^$" : expression);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "'%s' is no regular expression: %s".formatted(expression, e.getDescription()), e);
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException("'%s' is nested too deep".formatted(expression), e);
    }
  }

  private static void checkRepetitions(String expression) {
    Matcher counts = COUNT.matcher(expression);
    long product = 1;
    while (counts.find()) {
      String max = counts.group(2);
      String count = max == null || max.isEmpty() ? counts.group(1) : max;
      product *= count.length() > 5 ? MAX_REPETITIONS + 1 : Math.max(1, Integer.parseInt(count));
      if (product > MAX_REPETITIONS) {
        throw new IllegalArgumentException(
            "'%s' repeats too much: the product of its counts may be at most %d"
                .formatted(expression, MAX_REPETITIONS));
      }
    }
  }

  /** Returns whether the expression is found in {@code resource}. */
  boolean allows(String resource) {
    if (resource.length() > MAX_RESOURCE_LENGTH) {
      return false;
    }
    int hash = resource.hashCode();
    int place = (hash ^ (hash >>> 16)) & (REMEMBERED - 1);
    Decision last = decisions[place];
    if (last != null && last.resource.equals(resource)) {
      return last.allowed;
    }
    boolean allowed = evaluate(resource);
    decisions[place] = new Decision(resource, allowed);
    return allowed;
  }

  private boolean evaluate(String resource) {
    try {
      return pattern.matcher(new Counted(resource)).find();
    } catch (TooManyStepsException | StackOverflowError e) {
      return false;
    }
  }

  private record Decision(String resource, boolean allowed) {}

  private static final class TooManyStepsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyStepsException() {
      super("too many steps", null, false, false);
    }
  }

  /** A name that counts how often the matcher looks at it. */
  private static final class Counted implements CharSequence {
    private final String text;
    private int steps;

    Counted(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (++steps > MAX_STEPS) {
        throw new TooManyStepsException();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
