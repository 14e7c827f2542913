package io.correio.posix;

import io.correio.posix.libc.Layouts;

/** The socket types of sys/socket.h. */
public enum SocketType {
  /** SOCK_STREAM: bytes in order, without boundaries, over a connection. */
  STREAM(Layouts.SOCK_STREAM),
  /** SOCK_DGRAM: messages, each by itself. */
  DGRAM(Layouts.SOCK_DGRAM),
  /** SOCK_SEQPACKET: messages in order over a connection. */
  SEQPACKET(Layouts.SOCK_SEQPACKET);

  private final int number;

  SocketType(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  boolean hasConnections() {
    return this != DGRAM;
  }

  static SocketType of(int number) {
    for (SocketType type : values()) {
      if (type.number == number) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "socket type " + number + " is none of SOCK_STREAM, SOCK_DGRAM and SOCK_SEQPACKET");
  }
}
