package io.correio.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Addresses, as the kernel has them. */
@ExtendWith(NothingLeftOpen.class)
final class AddressTest {

  static Stream<Address> addresses() throws Exception {
    Inet6Address linkLocal = (Inet6Address) InetAddress.getByName("fe80::1:2");
    return Stream.of(
        Address.Inet4.any(0),
        Address.Inet4.loopback(65_535),
        Address.Inet6.any(1),
        Address.Inet6.loopback(32_768),
        new Address.Inet6(linkLocal, 5, 0x12345, 3),
        new Address.UnixPath("/tmp/a"),
        new Address.UnixPath("é".repeat(53)),
        Address.UnixAbstract.of("name"),
        new Address.UnixAbstract(new byte[] {0, 1, 0, (byte) 0xff, 0}),
        new Address.UnixAbstract(new byte[107]),
        new Address.UnixUnnamed());
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void an_address_that_is_written_is_the_one_that_is_read(Address address) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(128);
      memory.fill((byte) 0x55);
      assertThat(AddressCodec.decode(memory, AddressCodec.encode(address, memory)))
          .isEqualTo(address)
          .hasSameHashCodeAs(address);
    }
  }

  @Test
  void addresses_are_shown_as_one_writes_them() throws Exception {
    assertThat(Address.Inet4.loopback(80)).hasToString("127.0.0.1:80");
    assertThat(Address.Inet6.loopback(80)).hasToString("[0:0:0:0:0:0:0:1]:80");
    assertThat(new Address.Inet6((Inet6Address) InetAddress.getByName("fe80::1"), 7, 0, 2))
        .hasToString("[fe80:0:0:0:0:0:0:1%2]:7");
    assertThat(Address.UnixAbstract.of("a/b")).hasToString("@a/b");
    assertThat(new Address.UnixAbstract(new byte[] {0, 10})).hasToString("@0x000a");
    assertThat(new Address.UnixPath("/run/x")).hasToString("/run/x");
  }

  @Test
  void limits_are_checked() {
    assertThatThrownBy(() -> Address.Inet4.loopback(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Address.UnixAbstract(new byte[108]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Address.UnixAbstract.of(""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Address.UnixPath("a\0b"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void peers_of_version_4_have_mapped_addresses_on_a_socket_of_version_6() throws Exception {
    try (PosixSocket listener = PosixSocket.socket(AddressFamily.INET6, SocketType.STREAM);
        PosixSocket client = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM)) {
      listener.setsockopt(SocketOption.IPV6_V6ONLY, false);
      listener.bind(Address.Inet6.any(0));
      listener.listen(1);
      Address.Inet6 bound = (Address.Inet6) listener.getsockname();
      client.connect(Address.Inet4.loopback(bound.port()));
      try (PosixSocket connection = listener.accept()) {
        Address.Inet6 peer = (Address.Inet6) connection.getpeername();
        assertThat(peer.address().getAddress()).endsWith(0xff, 0xff, 127, 0, 0, 1);
      }
    }
  }

  @Test
  void the_kernel_chooses_an_abstract_name() throws Exception {
    try (PosixSocket socket = PosixSocket.socket(AddressFamily.UNIX, SocketType.DGRAM)) {
      assertThat(socket.getsockname()).isEqualTo(new Address.UnixUnnamed());
      socket.bind(new Address.UnixUnnamed());
      assertThat(socket.getsockname()).isInstanceOf(Address.UnixAbstract.class);
    }
  }
}
