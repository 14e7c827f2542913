package io.correio.posix;

/**
 * The value of SO_LINGER.
 *
 * @param on whether close waits until what was sent is delivered
 * @param seconds how long at most; with 0 a connection is reset at once
 */
public record Linger(boolean on, int seconds) {

  /** Checks that the time is not negative. */
  public Linger {
    if (seconds < 0) {
      throw new IllegalArgumentException("linger of " + seconds + " s, give 0 or more");
    }
  }
}
