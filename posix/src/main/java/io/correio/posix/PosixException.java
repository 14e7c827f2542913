package io.correio.posix;

import java.io.IOException;
import java.io.Serial;

/**
 * A call failed: its error number and name, the call and its arguments. Misuse that is seen before
 * the kernel sees it, such as a socket closed twice, has the number the standard gives it.
 */
public final class PosixException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private final int errno;
  private final String call;
  private final String arguments;
  private final long transferred;

  PosixException(int errno, String call, String arguments) {
    this(errno, call, arguments, "", 0);
  }

  PosixException(int errno, String call, String arguments, String remedy, long transferred) {
    super(
        call
            + "("
            + arguments
            + "): "
            + Errno.name(errno)
            + " ("
            + errno
            + ") "
            + Errno.text(errno)
            + (transferred == 0 ? "" : ", after " + transferred + " bytes")
            + (remedy.isEmpty() ? "" : "; " + remedy));
    this.errno = errno;
    this.call = call;
    this.arguments = arguments;
    this.transferred = transferred;
  }

  /** The same, with what was transferred before. */
  PosixException after(long bytes) {
    if (bytes == 0) {
      return this;
    }
    PosixException later = new PosixException(errno, call, arguments, "", bytes);
    later.initCause(this);
    return later;
  }

  /** The error number, to be compared with the constants of {@link Errno}. */
  public int errno() {
    return errno;
  }

  /** The error number's name, such as {@code ECONNREFUSED}. */
  public String errnoName() {
    return Errno.name(errno);
  }

  /** The call that failed, such as {@code connect}. */
  public String call() {
    return call;
  }

  /** What it was called with. */
  public String arguments() {
    return arguments;
  }

  /** Bytes that {@link PosixSocket#sendAll} had sent, or that MSG_WAITALL had received, before. */
  public long transferred() {
    return transferred;
  }
}
