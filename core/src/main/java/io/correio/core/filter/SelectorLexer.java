package io.correio.core.filter;

import java.util.Locale;
import java.util.Set;

/** Cuts a selector into words. To be used by one thread. */
final class SelectorLexer {

  private static final Set<String> KEYWORDS =
      Set.of("NOT", "AND", "OR", "BETWEEN", "LIKE", "IN", "IS", "NULL", "ESCAPE", "TRUE", "FALSE");

  private final String text;
  private int at;

  SelectorLexer(String text) {
    this.text = text;
  }

  /** The next word; END for ever when there is none. */
  Token next() throws SelectorSyntaxException {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    if (at == text.length()) {
      return new Token(Token.Kind.END, "", null, at);
    }
    char c = text.charAt(at);
    if (c == '\'') {
      int start = at;
      return literal(start, quoted('\'', "a closing quote"));
    } else if (c == '"') {
      int start = at;
      String name = quoted('"', "a closing double quote");
      if (name.isEmpty()) {
        throw new SelectorSyntaxException(start, "\"\"", "a name between the double quotes");
      }
      return new Token(Token.Kind.IDENTIFIER, text.substring(start, at), name, start);
    } else if (isDigit(at) || (c == '.' && isDigit(at + 1))) {
      return number();
    } else if (Character.isJavaIdentifierStart(c)) {
      return word();
    }
    return symbol();
  }

  private Token literal(int start, Object value) {
    return new Token(Token.Kind.LITERAL, text.substring(start, at), value, start);
  }

  /** What stands between quotes; a quote within is doubled. */
  private String quoted(char quote, String expected) throws SelectorSyntaxException {
    StringBuilder value = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == quote) {
        at++;
        if (at == text.length() || text.charAt(at) != quote) {
          return value.toString();
        }
      }
      value.append(c);
    }
    throw new SelectorSyntaxException(at, "the end", expected);
  }

  private Token word() {
    int start = at;
    while (at < text.length() && isPartOfIdentifier()) {
      at++;
    }
    String word = text.substring(start, at);
    String upper = word.toUpperCase(Locale.ROOT);
    if (!KEYWORDS.contains(upper)) {
      return new Token(Token.Kind.IDENTIFIER, word, word, start);
    }
    return switch (upper) {
      case "TRUE" -> literal(start, true);
      case "FALSE" -> literal(start, false);
      default -> new Token(Token.Kind.KEYWORD, upper, null, start);
    };
  }

  private boolean isPartOfIdentifier() {
    char c = text.charAt(at);
    return Character.isJavaIdentifierPart(c)
        || (c == '.'
            && at + 1 < text.length()
            && Character.isJavaIdentifierStart(text.charAt(at + 1)));
  }

  private Token symbol() throws SelectorSyntaxException {
    int start = at;
    for (String two : new String[] {"<>", "<=", ">=", "!="}) {
      if (text.startsWith(two, at)) {
        at += 2;
        return new Token(Token.Kind.SYMBOL, two, null, start);
      }
    }
    char c = text.charAt(at);
    if ("=<>+-*/(),".indexOf(c) < 0) {
      throw new SelectorSyntaxException(at, "'" + c + "'", "an operator, a literal or a name");
    }
    at++;
    return new Token(Token.Kind.SYMBOL, String.valueOf(c), null, start);
  }

  // ---- numbers (Java's syntax of literals) ---------------------------------------------------

  private boolean isDigit(int place) {
    return place < text.length() && text.charAt(place) >= '0' && text.charAt(place) <= '9';
  }

  private Token number() throws SelectorSyntaxException {
    int start = at;
    boolean hex = text.startsWith("0x", at) || text.startsWith("0X", at);
    boolean approximate = false;
    at += hex ? 2 : 0;
    int digits = at;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (hex ? Character.digit(c, 16) >= 0 && c < 0x80 : isDigit(at)) {
        at++;
      } else if (!hex && (c == '.' || isExponent())) {
        approximate = true;
        at += c == '.' ? 1 : 2;
      } else {
        break;
      }
    }
    String value = text.substring(digits, at);
    char suffix = at < text.length() ? Character.toLowerCase(text.charAt(at)) : ' ';
    if (suffix == 'l' && !approximate) {
      at++;
    } else if (!hex && (suffix == 'd' || suffix == 'f')) {
      approximate = true;
      at++;
    }
    if (at < text.length() && Character.isJavaIdentifierPart(text.charAt(at))) {
      throw new SelectorSyntaxException(
          start, "'" + text.substring(start, at + 1) + "'", "a number, and a space behind it");
    }
    Object number = approximate ? approximate(value, start, suffix) : exact(value, start, hex);
    return literal(start, number);
  }

  /** Whether an exponent begins here: a letter, maybe a sign, a digit. */
  private boolean isExponent() {
    char c = text.charAt(at);
    if (c != 'e' && c != 'E') {
      return false;
    }
    char next = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
    return isDigit(at + 1) || ((next == '+' || next == '-') && isDigit(at + 2));
  }

  private Object approximate(String value, int start, char suffix) throws SelectorSyntaxException {
    try {
      return suffix == 'f' ? (double) Float.parseFloat(value) : Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new SelectorSyntaxException(
          start, "'" + text.substring(start, at) + "'", "a number, such as 7, 0x1f, 0.5 or 7E3");
    }
  }

  private Object exact(String digits, int start, boolean hex) throws SelectorSyntaxException {
    boolean octal = !hex && digits.length() > 1 && digits.startsWith("0");
    try {
      if (hex || octal) {
        return Long.parseUnsignedLong(digits, hex ? 16 : 8);
      }
      // The lowest number has a digit sequence that is no number without its sign.
      return digits.equals("9223372036854775808") && isNegated(start)
          ? Long.MIN_VALUE
          : Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new SelectorSyntaxException(
          start,
          "'" + text.substring(start, at) + "'",
          octal ? "digits 0 to 7 behind a leading 0" : "a whole number of at most 64 bits");
    }
  }

  private boolean isNegated(int start) {
    int before = start - 1;
    while (before >= 0 && Character.isWhitespace(text.charAt(before))) {
      before--;
    }
    return before >= 0 && text.charAt(before) == '-';
  }
}
