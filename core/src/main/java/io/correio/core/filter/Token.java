package io.correio.core.filter;

import org.jspecify.annotations.Nullable;

/**
 * One word of a selector.
 *
 * @param kind what it is
 * @param text as it stands in the selector
 * @param value of a literal or identifier: the value or name; null for all else
 * @param position where it begins
 */
record Token(Kind kind, String text, @Nullable Object value, int position) {

  /** What a word is. */
  enum Kind {
    KEYWORD,
    IDENTIFIER,
    LITERAL,
    SYMBOL,
    END
  }

  /** Whether it is this keyword or symbol. */
  boolean is(String word) {
    return (kind == Kind.KEYWORD || kind == Kind.SYMBOL) && text.equals(word);
  }

  /** What stands there, in words. */
  String found() {
    return kind == Kind.END ? "the end" : "'" + text + "'";
  }
}
