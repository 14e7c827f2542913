package io.correio.posix.libc;

import java.util.Locale;

/** Where the layouts of this package hold: Linux on x86-64 and aarch64. */
public final class Platform {

  /** {@code struct epoll_event} is packed on x86-64 alone. */
  static final boolean X86_64 = isX86(System.getProperty("os.arch", ""));

  private static final boolean SUPPORTED = supported(os(), architecture());

  private Platform() {}

  /**
   * Returns where sockets can be had.
   *
   * @throws UnsupportedOperationException elsewhere, naming the system and the architecture
   */
  public static void require() {
    if (!SUPPORTED) {
      throw unsupported(os(), architecture());
    }
  }

  /** What {@link #require} throws on another system. */
  public static UnsupportedOperationException unsupported(String os, String architecture) {
    return new UnsupportedOperationException(
        "POSIX sockets need Linux on x86-64 or aarch64, and this is "
            + os
            + " on "
            + architecture
            + "; use java.nio.channels here");
  }

  /** Whether the layouts hold there, in the words of {@code os.name} and {@code os.arch}. */
  public static boolean supported(String os, String architecture) {
    return os.equalsIgnoreCase("linux")
        && (isX86(architecture) || architecture.toLowerCase(Locale.ROOT).equals("aarch64"));
  }

  private static boolean isX86(String architecture) {
    String lower = architecture.toLowerCase(Locale.ROOT);
    return lower.equals("amd64") || lower.equals("x86_64");
  }

  private static String os() {
    return System.getProperty("os.name", "");
  }

  private static String architecture() {
    return System.getProperty("os.arch", "");
  }
}
