package io.correio.posix.libc;

/**
 * Sizes, offsets and constants of Linux on 64 bits: the same on x86-64 and aarch64, but for {@code
 * struct epoll_event}. A test has a C compiler check them all.
 *
 * <pre>
 *  sockaddr_in   family 2 | port 2 (network order) | address 4 | zero 8             16
 *  sockaddr_in6  family 2 | port 2 | flow information 4 | address 16 | scope 4      28
 *  sockaddr_un   family 2 | path, up to 108: as long as the length says            110
 *  msghdr        name 8 | namelen 4 + 4 | iov 8 | iovlen 8 | control 8 |
 *                controllen 8 | flags 4 + 4                                         56
 *  cmsghdr       len 8 | level 4 | type 4, then data, each header on 8 bytes        16
 *  iovec         base 8 | len 8                                                     16
 *  pollfd        fd 4 | events 2 | revents 2                                         8
 *  sigaction     handler 8 | mask 128 | flags 4 + 4 | restorer 8                  152
 *  epoll_event   events 4 | (aarch64: 4 of padding) | data 8                   12 or 16
 * </pre>
 *
 * <p>musl declares {@code msg_iovlen} and {@code msg_controllen} with 32 bits and padding; written
 * as 64 bits in little-endian order they are the same bytes.
 */
public final class Layouts {
  // socket.h
  public static final int AF_UNIX = 1;
  public static final int AF_INET = 2;
  public static final int AF_INET6 = 10;
  public static final int SOCK_STREAM = 1;
  public static final int SOCK_DGRAM = 2;
  public static final int SOCK_SEQPACKET = 5;
  public static final int SOCK_NONBLOCK = 0x800;
  public static final int SOCK_CLOEXEC = 0x80000;
  public static final int MSG_OOB = 0x1;
  public static final int MSG_PEEK = 0x2;
  public static final int MSG_DONTROUTE = 0x4;
  public static final int MSG_CTRUNC = 0x8;
  public static final int MSG_TRUNC = 0x20;
  public static final int MSG_DONTWAIT = 0x40;
  public static final int MSG_EOR = 0x80;
  public static final int MSG_WAITALL = 0x100;
  public static final int MSG_NOSIGNAL = 0x4000;
  public static final int MSG_MORE = 0x8000;
  public static final int MSG_CMSG_CLOEXEC = 0x40000000;
  public static final int SOL_SOCKET = 1;
  public static final int SCM_RIGHTS = 1;
  public static final int SCM_CREDENTIALS = 2;
  public static final int SHUT_RD = 0;
  public static final int SHUT_WR = 1;
  public static final int SHUT_RDWR = 2;

  /** Most descriptors the kernel lets one message carry. */
  public static final int SCM_MAX_FD = 253;

  // fcntl.h
  public static final int F_DUPFD_CLOEXEC = 1030;
  public static final int F_GETFL = 3;
  public static final int F_SETFL = 4;
  public static final int F_SETFD = 2;
  public static final int FD_CLOEXEC = 1;
  public static final int O_NONBLOCK = 0x800;
  public static final int O_CLOEXEC = 0x80000;
  public static final int O_RDONLY = 0;
  public static final int O_RDWR = 2;

  // poll.h; epoll.h uses the same bits
  public static final int POLLIN = 0x1;
  public static final int POLLPRI = 0x2;
  public static final int POLLOUT = 0x4;
  public static final int POLLERR = 0x8;
  public static final int POLLHUP = 0x10;
  public static final int POLLNVAL = 0x20;
  public static final int POLLRDHUP = 0x2000;
  public static final int EPOLLONESHOT = 1 << 30;
  public static final int EPOLL_CTL_ADD = 1;
  public static final int EPOLL_CTL_DEL = 2;
  public static final int EPOLL_CTL_MOD = 3;
  public static final int EFD_NONBLOCK = 0x800;
  public static final int EFD_CLOEXEC = 0x80000;

  // signal.h
  public static final int SA_RESTART = 0x10000000;
  public static final int SIGSET_BYTES = 128;
  public static final int SIGACTION_BYTES = 152;
  public static final int SIGACTION_FLAGS = 136;

  // structures
  public static final int SOCKADDR_IN_BYTES = 16;
  public static final int SOCKADDR_IN_PORT = 2;
  public static final int SOCKADDR_IN_ADDRESS = 4;
  public static final int SOCKADDR_IN6_BYTES = 28;
  public static final int SOCKADDR_IN6_PORT = 2;
  public static final int SOCKADDR_IN6_FLOWINFO = 4;
  public static final int SOCKADDR_IN6_ADDRESS = 8;
  public static final int SOCKADDR_IN6_SCOPE = 24;
  public static final int SOCKADDR_UN_PATH = 2;
  public static final int SOCKADDR_UN_PATH_BYTES = 108;
  public static final int SOCKADDR_STORAGE_BYTES = 128;
  public static final int MSGHDR_BYTES = 56;
  public static final int MSGHDR_NAME = 0;
  public static final int MSGHDR_NAMELEN = 8;
  public static final int MSGHDR_IOV = 16;
  public static final int MSGHDR_IOVLEN = 24;
  public static final int MSGHDR_CONTROL = 32;
  public static final int MSGHDR_CONTROLLEN = 40;
  public static final int MSGHDR_FLAGS = 48;
  public static final int CMSGHDR_BYTES = 16;
  public static final int CMSGHDR_LEN = 0;
  public static final int CMSGHDR_LEVEL = 8;
  public static final int CMSGHDR_TYPE = 12;
  public static final int IOVEC_BYTES = 16;
  public static final int IOVEC_LEN = 8;
  public static final int POLLFD_BYTES = 8;
  public static final int POLLFD_EVENTS = 4;
  public static final int POLLFD_REVENTS = 6;
  public static final int UCRED_BYTES = 12;
  public static final int LINGER_BYTES = 8;
  public static final int TIMEVAL_BYTES = 16;
  public static final int EPOLL_EVENT_BYTES = Platform.X86_64 ? 12 : 16;
  public static final int EPOLL_EVENT_DATA = Platform.X86_64 ? 4 : 8;

  private Layouts() {}

  /** The room a control message with so much data takes, padding included ({@code CMSG_SPACE}). */
  public static int controlSpace(int dataBytes) {
    return CMSGHDR_BYTES + ((dataBytes + 7) & ~7);
  }
}
