package io.correio.posix.libc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.correio.posix.Errno;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Has C compilers check the table of layouts and constants against the system's headers: this
 * machine's, and aarch64's where its compiler is installed. Compiles only.
 */
final class LayoutsTest {
  private static final String HEADERS =
      """
      #define _GNU_SOURCE
      #include <errno.h>
      #include <fcntl.h>
      #include <netinet/in.h>
      #include <netinet/tcp.h>
      #include <poll.h>
      #include <signal.h>
      #include <stddef.h>
      #include <sys/epoll.h>
      #include <sys/eventfd.h>
      #include <sys/socket.h>
      #include <sys/time.h>
      #include <sys/un.h>
      """;

  /** The constants of the table that are no constants of C, and what they are there. */
  private static final Map<String, String> IN_C =
      Map.ofEntries(
          Map.entry("SCM_MAX_FD", "253"),
          Map.entry("SOCKADDR_IN_BYTES", "sizeof(struct sockaddr_in)"),
          Map.entry("SOCKADDR_IN_PORT", "offsetof(struct sockaddr_in, sin_port)"),
          Map.entry("SOCKADDR_IN_ADDRESS", "offsetof(struct sockaddr_in, sin_addr)"),
          Map.entry("SOCKADDR_IN6_BYTES", "sizeof(struct sockaddr_in6)"),
          Map.entry("SOCKADDR_IN6_PORT", "offsetof(struct sockaddr_in6, sin6_port)"),
          Map.entry("SOCKADDR_IN6_FLOWINFO", "offsetof(struct sockaddr_in6, sin6_flowinfo)"),
          Map.entry("SOCKADDR_IN6_ADDRESS", "offsetof(struct sockaddr_in6, sin6_addr)"),
          Map.entry("SOCKADDR_IN6_SCOPE", "offsetof(struct sockaddr_in6, sin6_scope_id)"),
          Map.entry("SOCKADDR_UN_PATH", "offsetof(struct sockaddr_un, sun_path)"),
          Map.entry("SOCKADDR_UN_PATH_BYTES", "sizeof(((struct sockaddr_un *) 0)->sun_path)"),
          Map.entry("SOCKADDR_STORAGE_BYTES", "sizeof(struct sockaddr_storage)"),
          Map.entry("MSGHDR_BYTES", "sizeof(struct msghdr)"),
          Map.entry("MSGHDR_NAME", "offsetof(struct msghdr, msg_name)"),
          Map.entry("MSGHDR_NAMELEN", "offsetof(struct msghdr, msg_namelen)"),
          Map.entry("MSGHDR_IOV", "offsetof(struct msghdr, msg_iov)"),
          Map.entry("MSGHDR_IOVLEN", "offsetof(struct msghdr, msg_iovlen)"),
          Map.entry("MSGHDR_CONTROL", "offsetof(struct msghdr, msg_control)"),
          Map.entry("MSGHDR_CONTROLLEN", "offsetof(struct msghdr, msg_controllen)"),
          Map.entry("MSGHDR_FLAGS", "offsetof(struct msghdr, msg_flags)"),
          Map.entry("CMSGHDR_BYTES", "CMSG_LEN(0)"),
          Map.entry("CMSGHDR_LEN", "offsetof(struct cmsghdr, cmsg_len)"),
          Map.entry("CMSGHDR_LEVEL", "offsetof(struct cmsghdr, cmsg_level)"),
          Map.entry("CMSGHDR_TYPE", "offsetof(struct cmsghdr, cmsg_type)"),
          Map.entry("SIGSET_BYTES", "sizeof(sigset_t)"),
          Map.entry("SIGACTION_BYTES", "sizeof(struct sigaction)"),
          Map.entry("SIGACTION_FLAGS", "offsetof(struct sigaction, sa_flags)"),
          Map.entry("IOVEC_BYTES", "sizeof(struct iovec)"),
          Map.entry("IOVEC_LEN", "offsetof(struct iovec, iov_len)"),
          Map.entry("POLLFD_BYTES", "sizeof(struct pollfd)"),
          Map.entry("POLLFD_EVENTS", "offsetof(struct pollfd, events)"),
          Map.entry("POLLFD_REVENTS", "offsetof(struct pollfd, revents)"),
          Map.entry("UCRED_BYTES", "sizeof(struct ucred)"),
          Map.entry("LINGER_BYTES", "sizeof(struct linger)"),
          Map.entry("TIMEVAL_BYTES", "sizeof(struct timeval)"));

  /** Options by the numbers that SocketOption gives them: level, then option. */
  private static final String OPTIONS =
      """
      SOL_SOCKET 1 IPPROTO_TCP 6 IPPROTO_IP 0 IPPROTO_IPV6 41
      SO_REUSEADDR 2 SO_TYPE 3 SO_ERROR 4 SO_DONTROUTE 5 SO_BROADCAST 6 SO_SNDBUF 7 SO_RCVBUF 8
      SO_KEEPALIVE 9 SO_OOBINLINE 10 SO_PRIORITY 12 SO_LINGER 13 SO_REUSEPORT 15 SO_PASSCRED 16
      SO_PEERCRED 17 SO_RCVLOWAT 18 SO_SNDLOWAT 19 SO_RCVTIMEO 20 SO_SNDTIMEO 21 SO_BINDTODEVICE 25
      SO_ACCEPTCONN 30 SO_PROTOCOL 38 SO_DOMAIN 39
      TCP_NODELAY 1 TCP_MAXSEG 2 TCP_CORK 3 TCP_KEEPIDLE 4 TCP_KEEPINTVL 5 TCP_KEEPCNT 6 TCP_SYNCNT 7
      TCP_DEFER_ACCEPT 9 TCP_QUICKACK 12 TCP_CONGESTION 13 TCP_USER_TIMEOUT 18 TCP_FASTOPEN 23
      IP_TOS 1 IP_TTL 2 IP_MULTICAST_TTL 33 IP_MULTICAST_LOOP 34
      IPV6_UNICAST_HOPS 16 IPV6_MULTICAST_HOPS 18 IPV6_V6ONLY 26 IPV6_TCLASS 67
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"gcc", "aarch64-linux-gnu-gcc"})
  void a_c_compiler_finds_the_same_numbers(String compiler) throws Exception {
    assumeTrue(isInstalled(compiler), compiler + " is not installed");
    boolean here = compiler.equals("gcc");
    boolean x86 = here && Platform.X86_64;
    Map<String, String> expected = new TreeMap<>(OF_THE_TABLE);
    expected.put("sizeof(struct epoll_event)", x86 ? "12" : "16");
    expected.put("offsetof(struct epoll_event, data)", x86 ? "4" : "8");
    expected.put("__SIGRTMAX", Integer.toString(ThreadSignals.WAKE_SIGNAL + 2));
    expected.put("CMSG_SPACE(4)", Integer.toString(Layouts.controlSpace(4)));
    expected.put("CMSG_SPACE(12)", Integer.toString(Layouts.controlSpace(12)));
    List<String> assertions = new ArrayList<>();
    expected.forEach((c, number) ->
        assertions.add("_Static_assert((" + c + ") == " + number + ", \"" + c + "\");"));
    assertThat(assertions).hasSizeGreaterThan(200);
    Path source = folder.resolve("layouts.c");
    Files.writeString(source, HEADERS + String.join("\n", assertions) + "\n");
    Process compile =
        new ProcessBuilder(
                compiler, "-c", "-o", folder.resolve("layouts.o").toString(), source.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(compile.getInputStream().readAllBytes(), UTF_8);
    assertThat(compile.waitFor()).as(said).isZero();
  }

  private static final Map<String, String> OF_THE_TABLE = table();

  private static Map<String, String> table() {
    Map<String, String> table = new TreeMap<>();
    for (Field field : Layouts.class.getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && !field.getName().startsWith("EPOLL_EVENT_")) {
        table.put(IN_C.getOrDefault(field.getName(), field.getName()), value(field));
      }
    }
    for (int number = 1; number < 134; number++) {
      String name = Errno.name(number);
      if (!name.startsWith("E?")) {
        table.put(name, Integer.toString(number));
      }
    }
    String[] options = OPTIONS.strip().split("\\s+", -1);
    for (int i = 0; i < options.length; i += 2) {
      table.put(options[i], options[i + 1]);
    }
    return table;
  }

  private static String value(Field field) {
    try {
      return Integer.toString(field.getInt(null));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isInstalled(String compiler) throws IOException {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, compiler)));
  }
}
