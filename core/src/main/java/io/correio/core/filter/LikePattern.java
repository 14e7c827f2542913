package io.correio.core.filter;

import org.jspecify.annotations.Nullable;

/**
 * A pattern of LIKE: {@code _} is any character, {@code %} any sequence of them, everything else
 * itself; what follows the escape character is itself, too. Immutable.
 */
final class LikePattern {

  /**
   * Comparisons of characters for one match. A pattern that takes more, as only a made-up one on a
   * long text does, does not match: it must not hold up everybody else.
   */
  static final int MAX_STEPS = 1_000_000;

  private static final int ANY_CHARACTER = -1;
  private static final int ANY_SEQUENCE = -2;

  // Characters, or one of the two above.
  private final int[] items;

  private LikePattern(int[] items) {
    this.items = items;
  }

  /**
   * A pattern.
   *
   * @param escape the character that takes the meaning from the next; null for none
   * @return null when nothing follows the last escape character
   */
  static @Nullable LikePattern of(String pattern, @Nullable Character escape) {
    int[] items = new int[pattern.length()];
    int count = 0;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (escape != null && c == escape) {
        if (++i == pattern.length()) {
          return null;
        }
        items[count++] = pattern.charAt(i);
      } else if (c == '%') {
        if (count == 0 || items[count - 1] != ANY_SEQUENCE) {
          items[count++] = ANY_SEQUENCE;
        }
      } else {
        items[count++] = c == '_' ? ANY_CHARACTER : c;
      }
    }
    int[] exact = new int[count];
    System.arraycopy(items, 0, exact, 0, count);
    return new LikePattern(exact);
  }

  boolean matches(String text) {
    int item = 0;
    int at = 0;
    int sequence = -1; // the last % that was passed, and the text that it reaches to
    int reached = 0;
    for (int steps = 0; at < text.length(); steps++) {
      if (steps == MAX_STEPS) {
        return false;
      }
      if (item < items.length && items[item] == ANY_SEQUENCE) {
        sequence = item++;
        reached = at;
      } else if (item < items.length
          && (items[item] == ANY_CHARACTER || items[item] == text.charAt(at))) {
        item++;
        at++;
      } else if (sequence >= 0) {
        item = sequence + 1;
        at = ++reached;
      } else {
        return false;
      }
    }
    while (item < items.length && items[item] == ANY_SEQUENCE) {
      item++;
    }
    return item == items.length;
  }
}
