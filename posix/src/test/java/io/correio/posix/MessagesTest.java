package io.correio.posix;

import static io.correio.posix.MatrixTest.errno;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Descriptors and credentials that go with a message. */
@ExtendWith(NothingLeftOpen.class)
final class MessagesTest {
  @TempDir Path folder;

  private static Message oneByte() {
    return Message.of(ByteBuffer.allocate(1));
  }

  private static ReceivedMessage receive(PosixSocket socket, int descriptorsMax)
      throws PosixException {
    return socket.recvmsg(List.of(ByteBuffer.allocate(10)), descriptorsMax, 0);
  }

  @ParameterizedTest
  @EnumSource(SocketType.class)
  void a_file_is_handed_over(SocketType type) throws Exception {
    Path file = Files.writeString(folder.resolve("letter"), "Dear Ana");
    try (SocketPair pair = PosixSocket.socketpair(type)) {
      try (Descriptor opened = Descriptor.open(file, false)) {
        assertThat(pair.first().sendmsg(oneByte().with(opened), 0)).isEqualTo(1);
      }
      Files.delete(file);
      ReceivedMessage message = receive(pair.second(), 1);
      assertThat(message.count()).isEqualTo(1);
      assertThat(message.flags()).isZero();
      try (Descriptor received = message.descriptors().getFirst()) {
        assertThat(Files.readString(received.path())).isEqualTo("Dear Ana");
      }
    }
  }

  @Test
  void a_connection_is_handed_over_and_goes_on() throws Exception {
    try (SocketPair pair = PosixSocket.socketpair(SocketType.SEQPACKET);
        Ends ends = Ends.connected()) {
      try (Descriptor duplicate = ends.server().duplicate()) {
        assertThat(pair.first().sendmsg(oneByte().with(duplicate), 0)).isEqualTo(1);
      }
      ends.server().close();
      try (PosixSocket received = receive(pair.second(), 1).descriptors().getFirst().toSocket()) {
        assertThat(received.family()).isEqualTo(AddressFamily.INET);
        assertThat(ends.client().send("hello".getBytes(UTF_8))).isEqualTo(5);
        byte[] buffer = new byte[10];
        assertThat(received.receive(buffer)).isEqualTo(5);
        assertThat(received.getpeername()).isEqualTo(ends.client().getsockname());
      }
    }
  }

  @Test
  void a_listener_that_is_handed_over_is_in_the_mode_it_was_in() throws Exception {
    try (PosixSocket listener = Ends.listener(Address.Inet4.loopback(0));
        PosixSocket client = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM);
        PosixSocket other = listener.duplicate().toSocket()) {
      assertThat(other.isNonBlocking()).isFalse();
      CloseTest.Blocked accepting = CloseTest.Caller.PLATFORM.start(other::accept);
      client.connect(listener.getsockname());
      ((PosixSocket) accepting.value()).close();
      listener.setNonBlocking(true);
      assertThatThrownBy(listener::accept).satisfies(errno(Errno.EAGAIN));
      try (PosixSocket third = listener.duplicate().toSocket()) {
        assertThat(third.isNonBlocking()).isTrue();
      }
    }
  }

  @Test
  void as_many_descriptors_as_the_kernel_lets() throws Exception {
    try (SocketPair pair = PosixSocket.socketpair(SocketType.STREAM);
        Descriptor one = pair.first().duplicate()) {
      Descriptor[] many =
          Stream.generate(() -> one).limit(Message.DESCRIPTORS_MAX).toArray(Descriptor[]::new);
      assertThat(pair.first().sendmsg(oneByte().with(many), 0)).isEqualTo(1);
      ReceivedMessage message = receive(pair.second(), Message.DESCRIPTORS_MAX);
      assertThat(message.descriptors()).hasSize(253);
      assertThat(message.controlTruncated()).isFalse();
      for (Descriptor each : message.descriptors()) {
        each.close();
      }
      assertThatThrownBy(() -> oneByte().with(many).with(one))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at most 253");
    }
  }

  @Test
  void descriptors_without_room_are_lost_and_closed() throws Exception {
    try (SocketPair pair = PosixSocket.socketpair(SocketType.STREAM);
        Descriptor one = pair.first().duplicate()) {
      assertThat(pair.first().sendmsg(oneByte().with(one, one, one), 0)).isEqualTo(1);
      ReceivedMessage message = receive(pair.second(), 1);
      assertThat(message.descriptors()).hasSize(1);
      assertThat(message.controlTruncated()).isTrue();
      message.descriptors().getFirst().close();
      assertThat(pair.first().sendmsg(oneByte().with(one), 0)).isEqualTo(1);
      assertThat(receive(pair.second(), 0).descriptors()).isEmpty();
    }
  }

  @Test
  void credentials_are_vouched_for() throws Exception {
    try (SocketPair pair = PosixSocket.socketpair(SocketType.DGRAM)) {
      pair.second().setsockopt(SocketOption.SO_PASSCRED, true);
      assertThat(pair.first().sendmsg(oneByte(), 0)).isEqualTo(1);
      Credentials own = receive(pair.second(), 0).credentials();
      assertThat(own).isNotNull();
      assertThat(own.pid()).isEqualTo((int) ProcessHandle.current().pid());
      assertThat(pair.second().getsockopt(SocketOption.SO_PEERCRED)).isEqualTo(own);
      assertThat(pair.first().sendmsg(oneByte().with(own), 0)).isEqualTo(1);
      assertThat(receive(pair.second(), 0).credentials()).isEqualTo(own);
    }
  }

  @Test
  void credentials_of_no_process_are_refused() throws Exception {
    try (SocketPair pair = PosixSocket.socketpair(SocketType.DGRAM)) {
      Credentials nobody = new Credentials(Integer.MAX_VALUE, 0, 0);
      assertThatThrownBy(() -> pair.first().sendmsg(oneByte().with(nobody), 0))
          .isInstanceOf(PosixException.class)
          .hasMessageMatching("sendmsg\\(socket \\d+ UNIX DGRAM.*\\): E(SRCH|PERM) .*");
    }
  }

  @Test
  void a_closed_descriptor_is_not_sent() throws Exception {
    try (SocketPair pair = PosixSocket.socketpair(SocketType.STREAM)) {
      Descriptor closed = pair.first().duplicate();
      closed.close();
      assertThatThrownBy(() -> pair.first().sendmsg(oneByte().with(closed), 0))
          .satisfies(errno(Errno.EBADF));
      assertThatThrownBy(closed::close).satisfies(errno(Errno.EBADF));
      assertThatThrownBy(closed::duplicate).satisfies(errno(Errno.EBADF));
      assertThatThrownBy(closed::release).satisfies(errno(Errno.EBADF));
    }
  }

  @Test
  void a_file_is_no_socket() throws Exception {
    try (Descriptor file = Descriptor.open(Path.of("/dev/null"), true)) {
      assertThatThrownBy(file::toSocket).satisfies(errno(Errno.ENOTSOCK));
      assertThat(file.isOpen()).isTrue();
    }
  }

  @Test
  void numbers_that_are_not_open_cannot_be_adopted() {
    assertThatThrownBy(() -> PosixSocket.adopt(1_000_000)).satisfies(errno(Errno.EBADF));
    assertThatThrownBy(() -> Descriptor.adopt(1_000_000)).satisfies(errno(Errno.EBADF));
    assertThatThrownBy(() -> Descriptor.open(folder.resolve("nowhere"), false))
        .satisfies(errno(Errno.ENOENT));
  }

  @Test
  void messages_longer_than_the_scratch_go_as_one() throws Exception {
    try (SocketPair pair = PosixSocket.socketpair(SocketType.SEQPACKET)) {
      byte[] large = new byte[150_000];
      large[149_999] = 7;
      assertThat(pair.first().send(large)).isEqualTo(150_000);
      byte[] buffer = new byte[200_000];
      assertThat(pair.second().receive(buffer)).isEqualTo(150_000);
      assertThat(buffer[149_999]).isEqualTo((byte) 7);
      assertThat(pair.first().sendmsg(Message.of(ByteBuffer.wrap(large)), 0)).isEqualTo(150_000);
      buffer = new byte[200_000];
      assertThat(pair.second().recvmsg(List.of(ByteBuffer.wrap(buffer)), 0, 0).count())
          .isEqualTo(150_000);
      assertThat(buffer[149_999]).isEqualTo((byte) 7);
      assertThatThrownBy(() -> pair.first().send(new byte[10_000_000]))
          .satisfies(errno(Errno.EMSGSIZE));
    }
  }
}
