package io.correio.core.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Selectors made at random, against an oracle that evaluates while it writes them. */
class SelectorFuzzTest {

  private static final long SEED = 20_261_124;
  private static final int SELECTORS = 30_000;
  private static final String[] NUMBERS = {"n1", "n2", "nd", "nothing"};
  private static final String[] TEXTS = {"s1", "s2", "nothing"};

  /** Text, and its value: for conditions 1 true, 0 false, -1 unknown; for numbers any or null. */
  private record Made(String text, @Nullable Number value) {
    int truth() {
      return value == null ? -1 : value.intValue();
    }
  }

  private final Map<String, @Nullable Object> message = new HashMap<>();
  private Random random = new Random(0);

  @Test
  void random_conditions_have_the_value_that_the_oracle_gives() throws SelectorSyntaxException {
    int[] seen = new int[3];
    for (int i = 0; i < SELECTORS; i++) {
      random = new Random(SEED + i);
      message.put("n1", random.nextInt(7) - 3);
      message.put("n2", (long) random.nextInt(7) - 3);
      message.put("nd", (random.nextInt(13) - 6) / 2.0);
      message.put("s1", text());
      message.put("s2", text());
      message.put("b", random.nextBoolean());
      Made made = condition(4);
      seen[made.truth() + 1]++;
      Object value = Selector.parse(made.text()).value(message::get);
      Object expected = made.truth() < 0 ? null : (Object) (made.truth() > 0);
      assertThat(value)
          .as("seed %d: %s with %s", SEED + i, made.text(), message)
          .isEqualTo(expected);
    }
    assertThat(Arrays.stream(seen).min().orElse(0))
        .as("unknown, false and true: %s", Arrays.toString(seen))
        .isGreaterThan(SELECTORS / 20);
  }

  @Test
  void random_characters_are_a_selector_or_an_error_and_nothing_else() {
    String[] words = {
      "(",
      ")",
      "NOT ",
      " AND ",
      " OR ",
      "=",
      "<>",
      "<",
      ">=",
      " BETWEEN ",
      " IN ",
      " LIKE ",
      "'a%'",
      " ESCAPE ",
      "'",
      "\"",
      " IS ",
      " NULL ",
      "1",
      "0x",
      ".5",
      "7E",
      "a",
      "b.c",
      ",",
      "-",
      "+",
      "*",
      "/",
      "TRUE",
      "é",
      "\n",
      "\0",
      "#"
    };
    int selectors = 0;
    for (int i = 0; i < SELECTORS; i++) {
      random = new Random(SEED + i);
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(9) + 1; n > 0; n--) {
        text.append(words[random.nextInt(words.length)]);
      }
      try {
        Selector.parse(text.toString()).matches(message::get);
        selectors++;
      } catch (SelectorSyntaxException e) {
        assertThat(e.position()).as(text.toString()).isBetween(0, text.length());
      }
    }
    assertThat(selectors).isPositive();
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(4); n > 0; n--) {
      text.append("ab%_".charAt(random.nextInt(4)));
    }
    return text.toString();
  }

  private Made condition(int depth) {
    int kind = random.nextInt(depth > 0 ? 9 : 5);
    return switch (kind) {
      case 0 -> comparison(depth);
      case 1 -> between(depth);
      case 2 -> like();
      case 3 -> in();
      case 4 -> isNull();
      case 5 -> not(depth);
      case 6 -> junction(depth, true);
      case 7 -> junction(depth, false);
      default ->
          random.nextBoolean()
              ? new Made("b", Boolean.TRUE.equals(message.get("b")) ? 1 : 0)
              : new Made(word("TRUE"), 1);
    };
  }

  private Made not(int depth) {
    Made inner = condition(depth - 1);
    int value = inner.truth();
    return new Made(word("NOT") + " (" + inner.text() + ")", value < 0 ? -1 : 1 - value);
  }

  /** Minimum and maximum over false = 0, unknown = 1, true = 2. */
  private Made junction(int depth, boolean and) {
    Made left = condition(depth - 1);
    Made right = condition(depth - 1);
    int a = rank(left.truth());
    int b = rank(right.truth());
    int rank = and ? Math.min(a, b) : Math.max(a, b);
    String text =
        "(" + left.text() + ")" + space() + word(and ? "AND" : "OR") + " (" + right.text() + ")";
    return new Made(text, rank == 1 ? -1 : rank / 2);
  }

  private static int rank(int truth) {
    return truth < 0 ? 1 : truth * 2;
  }

  private Made comparison(int depth) {
    Made left = number(depth);
    Made right = number(depth);
    String[] operators = {"=", "<>", "<", "<=", ">", ">=", "!="};
    int operator = random.nextInt(operators.length);
    String text = left.text() + space() + operators[operator] + space() + right.text();
    return new Made(text, compared(operator, left.value(), right.value()));
  }

  private static int compared(int operator, @Nullable Number a, @Nullable Number b) {
    if (a == null || b == null) {
      return -1;
    }
    double x = a.doubleValue();
    double y = b.doubleValue();
    boolean holds =
        switch (operator) {
          case 0 -> x == y;
          case 1, 6 -> x != y;
          case 2 -> x < y;
          case 3 -> x <= y;
          case 4 -> x > y;
          default -> x >= y;
        };
    return holds ? 1 : 0;
  }

  private Made between(int depth) {
    Made value = number(depth);
    Made low = number(0);
    Made high = number(0);
    boolean not = random.nextBoolean();
    int above = rank(compared(5, value.value(), low.value()));
    int below = rank(compared(3, value.value(), high.value()));
    int rank = Math.min(above, below);
    rank = not ? 2 - rank : rank;
    String text =
        value.text()
            + " "
            + word(not ? "NOT BETWEEN" : "BETWEEN")
            + " "
            + low.text()
            + " "
            + word("AND")
            + " "
            + high.text();
    return new Made(text, rank == 1 ? -1 : rank / 2);
  }

  private Made like() {
    String name = TEXTS[random.nextInt(TEXTS.length)];
    String pattern = text();
    boolean escaped = random.nextBoolean();
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      boolean itself = escaped || (c != '%' && c != '_');
      regex.append(itself ? Pattern.quote(String.valueOf(c)) : c == '%' ? ".*" : ".");
    }
    String written = escaped ? pattern.replace("%", "!%").replace("_", "!_") : pattern;
    boolean not = random.nextBoolean();
    String text =
        name + (not ? " NOT" : "") + " LIKE '" + written + "'" + (escaped ? " ESCAPE '!'" : "");
    Object value = message.get(name);
    return new Made(
        text,
        value == null ? -1 : Pattern.matches(regex.toString(), (String) value) != not ? 1 : 0);
  }

  private Made in() {
    String name = TEXTS[random.nextInt(TEXTS.length)];
    String one = text();
    String two = text();
    boolean not = random.nextBoolean();
    String text = name + (not ? " NOT IN ('" : " IN('") + one + "', '" + two + "')";
    Object value = message.get(name);
    return new Made(
        text, value == null ? -1 : (value.equals(one) || value.equals(two)) != not ? 1 : 0);
  }

  private Made isNull() {
    String name = random.nextBoolean() ? TEXTS[random.nextInt(3)] : NUMBERS[random.nextInt(4)];
    boolean not = random.nextBoolean();
    boolean isNull = message.get(name) == null;
    return new Made(name + word(not ? " IS NOT NULL" : " IS NULL"), isNull != not ? 1 : 0);
  }

  private Made number(int depth) {
    return switch (random.nextInt(depth > 0 ? 7 : 3)) {
      case 0 -> {
        String name = NUMBERS[random.nextInt(NUMBERS.length)];
        Object value = message.get(name);
        yield new Made(name, value instanceof Integer n ? (Number) n.longValue() : (Number) value);
      }
      case 1 -> {
        long value = random.nextInt(6);
        yield new Made(random.nextBoolean() ? Long.toString(value) : "0x" + value, value);
      }
      case 2 -> {
        double value = random.nextInt(12) / 4.0;
        yield new Made(Double.toString(value), value);
      }
      case 3 -> {
        Made operand = number(depth - 1);
        Number value = operand.value();
        Number negated =
            value == null ? null : value instanceof Long n ? (Number) (-n) : -value.doubleValue();
        yield new Made("-(" + operand.text() + ")", negated);
      }
      default -> arithmetic(depth, random.nextInt(4));
    };
  }

  private Made arithmetic(int depth, int operator) {
    Made left = number(depth - 1);
    Made right = number(depth - 1);
    String text =
        "("
            + left.text()
            + ")"
            + space()
            + "+-*/".charAt(operator)
            + space()
            + "("
            + right.text()
            + ")";
    Number a = left.value();
    Number b = right.value();
    Number value;
    if (a == null || b == null) {
      value = null;
    } else if (a instanceof Long x && b instanceof Long y) {
      value =
          switch (operator) {
            case 0 -> x + y;
            case 1 -> x - y;
            case 2 -> x * y;
            default -> y == 0 ? null : (Number) (x / y);
          };
    } else {
      double x = a.doubleValue();
      double y = b.doubleValue();
      value =
          switch (operator) {
            case 0 -> x + y;
            case 1 -> x - y;
            case 2 -> x * y;
            default -> x / y;
          };
    }
    return new Made("(" + text + ")", value);
  }

  private String word(String keyword) {
    return random.nextBoolean() ? keyword : keyword.toLowerCase(Locale.ROOT);
  }

  private String space() {
    return random.nextBoolean() ? " " : "\t ";
  }
}
