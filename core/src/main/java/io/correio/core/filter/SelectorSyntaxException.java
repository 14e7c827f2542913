package io.correio.core.filter;

/** A text that is no selector: says where, what stands there, and what should. */
public final class SelectorSyntaxException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int position;

  SelectorSyntaxException(int position, String found, String expected) {
    super(
        "the selector cannot be read at character %d: found %s, expected %s"
            .formatted(position + 1, found, expected));
    this.position = position;
  }

  /** Where in the text, from 0 on. */
  public int position() {
    return position;
  }
}
