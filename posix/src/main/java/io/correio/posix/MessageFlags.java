package io.correio.posix;

import io.correio.posix.libc.Layouts;

/**
 * Flags of sending and receiving (sys/socket.h), to be combined by {@code |}. MSG_NOSIGNAL and
 * MSG_CMSG_CLOEXEC are always set.
 */
public final class MessageFlags {

  /** None. */
  public static final int NONE = 0;

  /** MSG_OOB: data out of band. */
  public static final int OOB = Layouts.MSG_OOB;

  /** MSG_PEEK: receives and leaves what was received where it is. */
  public static final int PEEK = Layouts.MSG_PEEK;

  /** MSG_DONTROUTE: to hosts on the same network only. */
  public static final int DONTROUTE = Layouts.MSG_DONTROUTE;

  /**
   * MSG_CTRUNC, in what {@link PosixSocket#recvmsg} returns: descriptors or credentials were lost
   * for want of room.
   */
  public static final int CTRUNC = Layouts.MSG_CTRUNC;

  /**
   * MSG_TRUNC. In what {@link PosixSocket#recvmsg} returns: the message was longer than the
   * buffers. For receiving datagrams (Linux): the result is the message's length, even if the
   * buffer is shorter.
   */
  public static final int TRUNC = Layouts.MSG_TRUNC;

  /** MSG_DONTWAIT: this call does not block, whatever the socket's mode. */
  public static final int DONTWAIT = Layouts.MSG_DONTWAIT;

  /** MSG_EOR: ends a record, where the protocol has records. */
  public static final int EOR = Layouts.MSG_EOR;

  /**
   * MSG_WAITALL: receives until the buffer is full; less at the end, after a signal or with an
   * error pending. Streams only.
   */
  public static final int WAITALL = Layouts.MSG_WAITALL;

  /** MSG_MORE (Linux): more will follow at once, do not send a packet for this. */
  public static final int MORE = Layouts.MSG_MORE;

  private MessageFlags() {}
}
