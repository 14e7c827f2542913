package io.correio.posix;

/**
 * Guesses whether the next try in one direction of a socket will find nothing to do, from what the
 * last ones found: then waiting first saves the try. Every {@link #TRUST}th guess is checked by
 * trying, so that a socket whose habits change is not waited for needlessly for long.
 *
 * <p>For any number of threads without a lock: a guess that is wrong, or lost, costs a system call
 * and changes nothing else.
 */
final class Forecast {

  /** Guesses that are believed before one is checked. */
  static final int TRUST = 32;

  /** Guesses still to be believed; 0: the next try will do something. */
  private int credit;

  /** Whether to wait before the next try. */
  boolean waitFirst() {
    int left = credit;
    if (left == 0) {
      return false;
    }
    credit = left - 1;
    return left > 1;
  }

  /** A try found nothing to do. */
  void foundNothing() {
    credit = TRUST;
  }
}
