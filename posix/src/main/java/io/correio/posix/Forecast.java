package io.correio.posix;

/**
 * Guesses whether the next try in one direction of a socket will find nothing to do, from what the
 * last ones found: then waiting first, or blocking at once, saves the try. Every {@link #TRUST}th
 * guess is checked by trying, so that a socket whose habits change is not waited for needlessly for
 * long.
 *
 * <p>For any number of threads without a lock: a guess that is wrong, or lost, costs a system call
 * and changes nothing else.
 */
final class Forecast {

  /** Guesses that are believed before one is checked. */
  static final int TRUST = 32;

  /** The same where the next try blocks in the kernel, and a wrong guess costs no call. */
  static final int BLOCKING_TRUST = 1_024;

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

  /**
   * A try found nothing to do.
   *
   * @param trust {@link #TRUST} or {@link #BLOCKING_TRUST}
   */
  void foundNothing(int trust) {
    credit = trust;
  }

  /** The next try could not block in the kernel: a wrong guess costs a call. */
  void trustLess() {
    credit = Math.min(credit, TRUST);
  }
}
