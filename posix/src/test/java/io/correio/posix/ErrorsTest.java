package io.correio.posix;

import static io.correio.posix.MatrixTest.errno;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.posix.libc.Platform;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What fails, and how it is told. */
@ExtendWith(NothingLeftOpen.class)
final class ErrorsTest {
  @TempDir Path folder;

  @Test
  void nobody_listens() throws Exception {
    try (PosixSocket bound = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM);
        PosixSocket client = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM)) {
      bound.bind(Address.Inet4.loopback(0));
      Address address = bound.getsockname();
      assertThatThrownBy(() -> client.connect(address))
          .satisfies(errno(Errno.ECONNREFUSED))
          .hasMessageMatching(
              "connect\\(socket \\d+ INET STREAM, 127\\.0\\.0\\.1:\\d+\\): ECONNREFUSED \\(111\\)"
                  + " Connection refused")
          .satisfies(e -> {
            assertThat(((PosixException) e).errno()).isEqualTo(111);
            assertThat(((PosixException) e).call()).isEqualTo("connect");
            assertThat(((PosixException) e).arguments()).endsWith(address.toString());
          });
      assertThatThrownBy(() -> client.send(new byte[1])).satisfies(errno(Errno.ENOTCONN));
      bound.listen(1);
      client.connect(address); // Linux lets the same socket try again
      assertThatThrownBy(() -> client.connect(address)).satisfies(errno(Errno.EISCONN));
      assertThatThrownBy(() -> client.listen(1)).satisfies(errno(Errno.EINVAL));
    }
  }

  @Test
  void addresses_in_use_of_others_and_of_another_family() throws Exception {
    try (PosixSocket first = Ends.listener(Address.Inet4.loopback(0));
        PosixSocket second = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM)) {
      Address taken = first.getsockname();
      assertThatThrownBy(() -> second.bind(taken)).satisfies(errno(Errno.EADDRINUSE));
      Address elsewhere = Address.getaddrinfo("192.0.2.1", 0).getFirst();
      assertThatThrownBy(() -> second.bind(elsewhere)).satisfies(errno(Errno.EADDRNOTAVAIL));
      assertThatThrownBy(() -> second.bind(Address.Inet6.loopback(0)))
          .satisfies(errno(Errno.EAFNOSUPPORT));
      assertThatThrownBy(() -> second.connect(Address.UnixAbstract.of("x")))
          .satisfies(errno(Errno.EAFNOSUPPORT));
      assertThatThrownBy(() -> first.bind(Address.Inet4.loopback(0)))
          .satisfies(errno(Errno.EINVAL));
    }
  }

  @Test
  void paths_that_do_not_lead_to_a_socket() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    try (PosixSocket socket = PosixSocket.socket(AddressFamily.UNIX, SocketType.STREAM)) {
      assertThatThrownBy(() -> socket.connect(Address.UnixPath.of(folder.resolve("none"))))
          .satisfies(errno(Errno.ENOENT));
      assertThatThrownBy(() -> socket.connect(Address.UnixPath.of(file)))
          .satisfies(errno(Errno.ECONNREFUSED));
      assertThatThrownBy(() -> socket.bind(Address.UnixPath.of(file)))
          .satisfies(errno(Errno.EADDRINUSE));
    }
    assertThatThrownBy(() -> new Address.UnixPath("a".repeat(108)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 107 bytes");
  }

  @Test
  void calls_in_the_wrong_state_are_caught() throws Exception {
    try (PosixSocket socket = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM);
        PosixSocket datagrams = PosixSocket.socket(AddressFamily.INET, SocketType.DGRAM)) {
      assertThatThrownBy(socket::accept)
          .satisfies(errno(Errno.EINVAL))
          .hasMessageContaining("call listen first");
      assertThatThrownBy(() -> socket.receive(new byte[1])).satisfies(errno(Errno.ENOTCONN));
      assertThatThrownBy(socket::getpeername).satisfies(errno(Errno.ENOTCONN));
      assertThatThrownBy(() -> socket.shutdown(ShutdownHow.BOTH)).satisfies(errno(Errno.ENOTCONN));
      assertThatThrownBy(() -> datagrams.listen(1)).satisfies(errno(Errno.EOPNOTSUPP));
      assertThatThrownBy(() -> datagrams.send(new byte[1])).satisfies(errno(Errno.EDESTADDRREQ));
      assertThatThrownBy(() -> datagrams.sendto(new byte[70_000], 0, Address.Inet4.loopback(9)))
          .satisfies(errno(Errno.EMSGSIZE));
    }
  }

  @Test
  void types_that_a_family_does_not_have() {
    assertThatThrownBy(() -> PosixSocket.socket(AddressFamily.INET, SocketType.SEQPACKET))
        .isInstanceOf(PosixException.class)
        .hasMessageMatching("socket\\(INET, SEQPACKET, 0\\): E(SOCKT|PROTO)NOSUPPORT .*");
    assertThatThrownBy(() -> PosixSocket.socket(AddressFamily.INET, SocketType.STREAM, 17))
        .satisfies(errno(Errno.EPROTONOSUPPORT));
  }

  @Test
  void a_peer_that_went_away_is_an_error_and_no_signal() throws Exception {
    try (SocketPair pair = PosixSocket.socketpair(SocketType.STREAM)) {
      pair.second().close();
      assertThatThrownBy(() -> pair.first().send(new byte[1])).satisfies(errno(Errno.EPIPE));
      assertThatThrownBy(() -> pair.first().sendmsg(Message.of(ByteBuffer.allocate(1)), 0))
          .satisfies(errno(Errno.EPIPE));
      assertThat(pair.first().receive(new byte[1])).isZero();
    }
  }

  @Test
  void what_was_sent_before_the_peer_went_away_is_told() throws Exception {
    try (Ends ends = Ends.connected()) {
      CloseTest.Blocked sender =
          CloseTest.Caller.PLATFORM.start(() -> ends.client().sendAll(new byte[100_000_000]));
      ends.server().close();
      Throwable failure = sender.failure();
      assertThat(failure).hasMessageContaining(", after ").hasMessageContaining(" bytes");
      assertThat(((PosixException) failure).transferred()).isBetween(1L, 99_999_999L);
    }
  }

  @Test
  void a_full_socket_sends_a_part_and_then_would_block() throws Exception {
    try (SocketPair pair = PosixSocket.socketpair(SocketType.STREAM)) {
      pair.first().setNonBlocking(true);
      byte[] data = new byte[1_000_000];
      int sent = pair.first().sendAll(data);
      assertThat(sent).isBetween(1, 999_999);
      assertThat(pair.first().send(data)).isEqualTo(PosixSocket.WOULD_BLOCK);
      assertThat(pair.second().receive(data, 0, sent, MessageFlags.WAITALL)).isEqualTo(sent);
    }
  }

  @Test
  void waitall_waits_for_all_and_for_the_end() throws Exception {
    try (SocketPair pair = PosixSocket.socketpair(SocketType.STREAM)) {
      byte[] buffer = new byte[10];
      CloseTest.Blocked receiver =
          CloseTest.Caller.PLATFORM.start(
              () -> pair.second().receive(buffer, 0, 10, MessageFlags.WAITALL));
      assertThat(pair.first().send(new byte[4])).isEqualTo(4);
      assertThat(pair.first().send(new byte[6])).isEqualTo(6);
      assertThat(receiver.value()).isEqualTo(10);
      assertThat(pair.first().send(new byte[4])).isEqualTo(4);
      pair.first().shutdown(ShutdownHow.WRITE);
      assertThat(pair.second().receive(buffer, 0, 10, MessageFlags.WAITALL)).isEqualTo(4);
      assertThat(pair.second().receive(buffer, 0, 10, MessageFlags.WAITALL)).isZero();
    }
  }

  @Test
  void urgent_data_comes_out_of_band() throws Exception {
    try (Ends ends = Ends.connected()) {
      byte[] urgent = "!".getBytes(StandardCharsets.UTF_8);
      CloseTest.Blocked poll =
          CloseTest.Caller.PLATFORM.start(() -> {
            PollFd pollFd = new PollFd(ends.server(), PollFd.POLLPRI);
            return Poll.poll(new PollFd[] {pollFd}, -1) + pollFd.revents();
          });
      assertThat(ends.client().send(urgent, 0, 1, MessageFlags.OOB)).isEqualTo(1);
      assertThat(poll.value()).isEqualTo(1 + PollFd.POLLPRI);
      byte[] buffer = new byte[1];
      assertThat(ends.server().receive(buffer, 0, 1, MessageFlags.OOB)).isEqualTo(1);
      assertThat(buffer).isEqualTo(urgent);
    }
  }

  @Test
  void memory_that_cannot_be_used_is_refused_and_nothing_is_lost() throws Exception {
    try (SocketPair pair = PosixSocket.socketpair(SocketType.STREAM)) {
      MemorySegment gone;
      try (Arena arena = Arena.ofConfined()) {
        gone = arena.allocate(10);
      }
      assertThat(pair.first().send(new byte[3])).isEqualTo(3);
      assertThatThrownBy(() -> pair.second().receive(gone, 0))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> pair.second().receive(ByteBuffer.allocate(3).asReadOnlyBuffer(), 0))
          .isInstanceOf(ReadOnlyBufferException.class);
      assertThatThrownBy(
              () -> pair.second().receive(MemorySegment.ofArray(new byte[3]).asReadOnly(), 0))
          .isInstanceOf(ReadOnlyBufferException.class);
      assertThatThrownBy(() -> pair.second().receive(new byte[3], 1, 3, 0))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThat(pair.second().receive(new byte[10])).isEqualTo(3);
      ByteBuffer readOnly = ByteBuffer.wrap(new byte[5]).asReadOnlyBuffer();
      assertThat(pair.first().send(readOnly, 0)).isEqualTo(5);
    }
  }

  @Test
  void memory_that_is_taken_away_while_a_call_waits_for_it() throws Exception {
    try (SocketPair pair = PosixSocket.socketpair(SocketType.STREAM)) {
      CloseTest.Blocked receiver;
      try (Arena arena = Arena.ofShared()) {
        MemorySegment memory = arena.allocate(10);
        receiver = CloseTest.Caller.PLATFORM.start(() -> pair.second().receive(memory, 0));
      }
      assertThat(pair.first().send(new byte[3])).isEqualTo(3);
      assertThat(receiver.failure()).isInstanceOf(IllegalStateException.class);
      assertThat(pair.second().receive(new byte[10])).isEqualTo(3);
    }
  }

  @Test
  void a_closed_descriptor_becomes_no_socket_under_a_number_that_is_anothers() throws Exception {
    try (SocketPair pair = PosixSocket.socketpair(SocketType.STREAM)) {
      Descriptor closed = pair.first().duplicate();
      closed.close();
      try (SocketPair sameNumber = PosixSocket.socketpair(SocketType.STREAM)) {
        assertThatThrownBy(closed::toSocket).satisfies(errno(Errno.EBADF));
        assertThat(sameNumber.first().send(new byte[2])).isEqualTo(2);
        assertThat(sameNumber.second().receive(new byte[9])).isEqualTo(2);
      }
    }
  }

  @Test
  void other_systems_are_told_once_and_clearly() {
    assertThat(Platform.supported("Linux", "amd64")).isTrue();
    assertThat(Platform.supported("Linux", "aarch64")).isTrue();
    assertThat(Platform.supported("Linux", "riscv64")).isFalse();
    assertThat(Platform.supported("Mac OS X", "aarch64")).isFalse();
    assertThat(Platform.unsupported("Mac OS X", "aarch64"))
        .hasMessage(
            "POSIX sockets need Linux on x86-64 or aarch64, and this is Mac OS X on aarch64; use"
                + " java.nio.channels here");
  }

  @Test
  void names_are_resolved() throws Exception {
    assertThat(Address.getaddrinfo("127.0.0.1", 80)).containsExactly(Address.Inet4.loopback(80));
    assertThat(Address.getaddrinfo("::1", 80)).containsExactly(Address.Inet6.loopback(80));
    assertThat(Address.getaddrinfo("localhost", 1)).isNotEmpty();
    assertThatThrownBy(() -> Address.getaddrinfo("no-such-host.invalid", 1))
        .isInstanceOf(UnknownHostException.class);
    assertThatThrownBy(() -> Address.getaddrinfo("127.0.0.1", 65_536))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
