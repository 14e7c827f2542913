package io.correio.posix;

import io.correio.posix.libc.Layouts;

/**
 * What {@link Poll#poll} looks at ({@code struct pollfd}). To be used by one thread at a time, over
 * and over.
 */
public final class PollFd {

  /** POLLIN: there is something to receive or accept, or the end. */
  public static final int POLLIN = Layouts.POLLIN;

  /** POLLPRI: data out of band. */
  public static final int POLLPRI = Layouts.POLLPRI;

  /** POLLOUT: there is room to send, or connecting has ended. */
  public static final int POLLOUT = Layouts.POLLOUT;

  /** POLLRDHUP (Linux): the peer has ended sending. */
  public static final int POLLRDHUP = Layouts.POLLRDHUP;

  /** POLLERR, in revents only: an error is pending. */
  public static final int POLLERR = Layouts.POLLERR;

  /** POLLHUP, in revents only: both directions have ended. */
  public static final int POLLHUP = Layouts.POLLHUP;

  /** POLLNVAL, in revents only: the socket is closed. */
  public static final int POLLNVAL = Layouts.POLLNVAL;

  private final PosixSocket socket;
  private int events;
  private int revents;

  /**
   * A socket and what it is asked for.
   *
   * @param events to be combined by {@code |}
   */
  public PollFd(PosixSocket socket, int events) {
    this.socket = socket;
    this.events = events;
  }

  /** The socket. */
  public PosixSocket socket() {
    return socket;
  }

  /** What it is asked for. */
  public int events() {
    return events;
  }

  /** Asks for something else from now on. */
  public void setEvents(int events) {
    this.events = events;
  }

  /** What the last poll found. */
  public int revents() {
    return revents;
  }

  void found(int what) {
    revents = what;
  }
}
