package io.correio.posix.descriptor;

/** How a wait ended; negative results beside these are negated error numbers. */
public final class Wait {

  /** Something came, or the descriptor was closed: try again. Also without cause, now and then. */
  public static final int READY = 0;

  /** The time was over. */
  public static final int TIMED_OUT = 1;

  /** The thread was interrupted; its flag is still set. */
  public static final int INTERRUPTED = 2;

  private Wait() {}
}
