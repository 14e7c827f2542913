package io.correio.posix;

import static io.correio.posix.MatrixTest.errno;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Typed options. */
@ExtendWith(NothingLeftOpen.class)
final class OptionsTest {

  static Stream<SocketOption<Boolean>> switches() {
    return Stream.of(
        SocketOption.SO_REUSEADDR,
        SocketOption.SO_REUSEPORT,
        SocketOption.SO_KEEPALIVE,
        SocketOption.SO_BROADCAST,
        SocketOption.SO_OOBINLINE,
        SocketOption.SO_DONTROUTE,
        SocketOption.TCP_NODELAY,
        SocketOption.TCP_CORK,
        SocketOption.IP_MULTICAST_LOOP);
  }

  @ParameterizedTest
  @MethodSource("switches")
  void a_switch_is_what_it_was_set_to(SocketOption<Boolean> option) throws Exception {
    try (PosixSocket socket = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM)) {
      socket.setsockopt(option, true);
      assertThat(socket.getsockopt(option)).isTrue();
      socket.setsockopt(option, false);
      assertThat(socket.getsockopt(option)).isFalse();
    }
  }

  static Stream<SocketOption<Integer>> numbers() {
    return Stream.of(
        SocketOption.SO_PRIORITY,
        SocketOption.SO_RCVLOWAT,
        SocketOption.TCP_KEEPIDLE,
        SocketOption.TCP_KEEPINTVL,
        SocketOption.TCP_KEEPCNT,
        SocketOption.TCP_SYNCNT,
        SocketOption.TCP_USER_TIMEOUT,
        SocketOption.IP_TTL,
        SocketOption.IP_MULTICAST_TTL);
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void a_number_is_what_it_was_set_to(SocketOption<Integer> option) throws Exception {
    SocketType type =
        option == SocketOption.IP_MULTICAST_TTL ? SocketType.DGRAM : SocketType.STREAM;
    try (PosixSocket socket = PosixSocket.socket(AddressFamily.INET, type)) {
      socket.setsockopt(option, 5);
      assertThat(socket.getsockopt(option)).isEqualTo(5);
    }
  }

  @Test
  void options_of_other_forms_are_what_they_were_set_to() throws Exception {
    try (PosixSocket socket = PosixSocket.socket(AddressFamily.INET6, SocketType.STREAM)) {
      socket.setsockopt(SocketOption.SO_LINGER, new Linger(true, 7));
      assertThat(socket.getsockopt(SocketOption.SO_LINGER)).isEqualTo(new Linger(true, 7));
      socket.setsockopt(SocketOption.SO_LINGER, new Linger(false, 0));
      socket.setsockopt(SocketOption.TCP_CONGESTION, "reno");
      assertThat(socket.getsockopt(SocketOption.TCP_CONGESTION)).isEqualTo("reno");
      socket.setsockopt(SocketOption.IPV6_V6ONLY, true);
      assertThat(socket.getsockopt(SocketOption.IPV6_V6ONLY)).isTrue();
      socket.setsockopt(SocketOption.IPV6_UNICAST_HOPS, 9);
      assertThat(socket.getsockopt(SocketOption.IPV6_UNICAST_HOPS)).isEqualTo(9);
      socket.setsockopt(SocketOption.IPV6_TCLASS, 16);
      assertThat(socket.getsockopt(SocketOption.IPV6_TCLASS)).isEqualTo(16);
      assertThat(socket.getsockopt(SocketOption.SO_PROTOCOL)).isEqualTo(6);
      assertThat(socket.getsockopt(SocketOption.SO_BINDTODEVICE)).isEmpty();
    }
  }

  @Test
  void times_are_kept_by_the_kernel_too_and_never_become_for_ever() throws Exception {
    try (PosixSocket socket = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM)) {
      socket.setsockopt(SocketOption.SO_RCVTIMEO, Duration.ofMillis(1_500));
      assertThat(socket.getsockopt(SocketOption.SO_RCVTIMEO)).isEqualTo(Duration.ofMillis(1_500));
      socket.setsockopt(SocketOption.SO_SNDTIMEO, Duration.ofNanos(1));
      assertThat(socket.getsockopt(SocketOption.SO_SNDTIMEO)).isPositive();
    }
  }

  @Test
  void any_option_can_be_made() throws Exception {
    SocketOption<byte[]> linger = SocketOption.ofBytes("SO_LINGER", 1, 13);
    SocketOption<Integer> sendBuffer = SocketOption.ofInt("SO_SNDBUF", 1, 7);
    try (PosixSocket socket = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM)) {
      socket.setsockopt(linger, new byte[] {1, 0, 0, 0, 9, 0, 0, 0});
      assertThat(socket.getsockopt(linger)).containsExactly(1, 0, 0, 0, 9, 0, 0, 0);
      assertThat(socket.getsockopt(SocketOption.SO_LINGER)).isEqualTo(new Linger(true, 9));
      assertThat(socket.getsockopt(sendBuffer)).isPositive();
      assertThatThrownBy(() -> socket.setsockopt(linger, new byte[257]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void what_a_socket_does_not_have_is_told_with_its_name() throws Exception {
    try (PosixSocket socket = PosixSocket.socket(AddressFamily.UNIX, SocketType.STREAM)) {
      assertThatThrownBy(() -> socket.setsockopt(SocketOption.TCP_NODELAY, true))
          .satisfies(errno(Errno.EOPNOTSUPP))
          .hasMessageContaining("setsockopt(socket ")
          .hasMessageContaining("TCP_NODELAY, true): EOPNOTSUPP (95) Operation not supported");
      assertThatThrownBy(() -> socket.getsockopt(SocketOption.ofInt("SO_NONE", 1, 9_999)))
          .satisfies(errno(Errno.ENOPROTOOPT));
      assertThatThrownBy(() -> socket.setsockopt(SocketOption.SO_ERROR, 0))
          .satisfies(errno(Errno.ENOPROTOOPT));
    }
  }
}
