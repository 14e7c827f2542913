package io.correio.posix;

import io.correio.posix.libc.Layouts;

/** The address families of sys/socket.h. */
public enum AddressFamily {
  /** AF_UNIX: between processes of one machine; {@link Address.UnixPath} and its kin. */
  UNIX(Layouts.AF_UNIX),
  /** AF_INET: internet protocol, version 4. */
  INET(Layouts.AF_INET),
  /** AF_INET6: internet protocol, version 6, and version 4 by mapped addresses. */
  INET6(Layouts.AF_INET6);

  private final int number;

  AddressFamily(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  static AddressFamily of(int number) {
    for (AddressFamily family : values()) {
      if (family.number == number) {
        return family;
      }
    }
    throw new IllegalArgumentException(
        "address family " + number + " is none of AF_UNIX, AF_INET and AF_INET6");
  }
}
