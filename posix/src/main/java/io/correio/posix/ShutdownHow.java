package io.correio.posix;

import io.correio.posix.libc.Layouts;

/** What {@link PosixSocket#shutdown} ends. */
public enum ShutdownHow {
  /** SHUT_RD: receiving. */
  READ(Layouts.SHUT_RD),
  /** SHUT_WR: sending; the peer receives the end. */
  WRITE(Layouts.SHUT_WR),
  /** SHUT_RDWR: both. */
  BOTH(Layouts.SHUT_RDWR);

  private final int number;

  ShutdownHow(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
