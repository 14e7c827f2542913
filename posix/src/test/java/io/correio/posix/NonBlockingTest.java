package io.correio.posix;

import static io.correio.posix.MatrixTest.errno;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connecting without blocking, backlogs, and datagrams that meet a full receiver. */
@ExtendWith(NothingLeftOpen.class)
final class NonBlockingTest {
  @TempDir Path folder;

  @Test
  void connecting_without_blocking_is_in_progress_and_then_writable() throws Exception {
    try (PosixSocket listener = Ends.listener(Address.Inet4.loopback(0));
        PosixSocket client = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM)) {
      client.setNonBlocking(true);
      assertThatThrownBy(() -> client.connect(listener.getsockname()))
          .satisfies(errno(Errno.EINPROGRESS));
      PollFd writable = new PollFd(client, PollFd.POLLOUT);
      assertThat(Poll.poll(new PollFd[] {writable}, -1)).isEqualTo(1);
      assertThat(client.getsockopt(SocketOption.SO_ERROR)).isZero();
      assertThat(client.send(new byte[1])).isEqualTo(1);
      listener.accept().close();
    }
  }

  @Test
  void a_refusal_is_found_in_SO_ERROR() throws Exception {
    try (PosixSocket bound = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM);
        PosixSocket client = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM)) {
      bound.bind(Address.Inet4.loopback(0));
      client.setNonBlocking(true);
      assertThatThrownBy(() -> client.connect(bound.getsockname()))
          .satisfies(errno(Errno.EINPROGRESS));
      PollFd writable = new PollFd(client, PollFd.POLLOUT);
      assertThat(Poll.poll(new PollFd[] {writable}, -1)).isEqualTo(1);
      assertThat(writable.revents() & PollFd.POLLERR).isNotZero();
      assertThat(client.getsockopt(SocketOption.SO_ERROR)).isEqualTo(Errno.ECONNREFUSED);
    }
  }

  @Test
  void linux_holds_one_connection_more_than_the_backlog_and_leaves_the_next_unanswered()
      throws Exception {
    int backlog = 3;
    List<PosixSocket> clients = new ArrayList<>();
    try (PosixSocket listener =
        Ends.listener(Address.Inet4.loopback(0), SocketType.STREAM, backlog)) {
      for (int i = 0; i < backlog + 1; i++) {
        PosixSocket client = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM);
        clients.add(client);
        client.connect(listener.getsockname());
      }
      PosixSocket next = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM);
      clients.add(next);
      CloseTest.Blocked connecting =
          CloseTest.Caller.PLATFORM.start(() -> {
            next.connect(listener.getsockname());
            return "connected";
          });
      assertThat(Poll.poll(new PollFd[] {new PollFd(next, PollFd.POLLOUT)}, 200)).isZero();
      assertThat(connecting.result()).isNotDone();
      for (int i = 0; i < backlog + 1; i++) {
        listener.accept().close();
      }
      // Its request is repeated a second after the first, and accepted then.
      assertThat(connecting.value()).isEqualTo("connected");
    } finally {
      for (PosixSocket client : clients) {
        client.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(CloseTest.Caller.class)
  void connecting_to_a_full_unix_listener_blocks_until_there_is_room(CloseTest.Caller caller)
      throws Exception {
    Address address = Ends.Place.UNIX_PATH.free(folder);
    try (PosixSocket listener = Ends.listener(address, SocketType.STREAM, 0);
        PosixSocket first = PosixSocket.socket(AddressFamily.UNIX, SocketType.STREAM);
        PosixSocket second = PosixSocket.socket(AddressFamily.UNIX, SocketType.STREAM);
        PosixSocket third = PosixSocket.socket(AddressFamily.UNIX, SocketType.STREAM)) {
      first.connect(address);
      third.setNonBlocking(true);
      assertThatThrownBy(() -> third.connect(address)).satisfies(errno(Errno.EAGAIN));
      CloseTest.Blocked connecting =
          caller.start(() -> {
            second.connect(address);
            return "connected";
          });
      listener.accept().close();
      assertThat(connecting.value()).isEqualTo("connected");
      listener.accept().close();
    }
  }

  @ParameterizedTest
  @EnumSource(CloseTest.Caller.class)
  void a_datagram_waits_for_a_receiver_that_is_full(CloseTest.Caller caller) throws Exception {
    Address address = Ends.Place.UNIX_ABSTRACT.free(folder);
    try (PosixSocket receiver = PosixSocket.socket(AddressFamily.UNIX, SocketType.DGRAM);
        PosixSocket sender = PosixSocket.socket(AddressFamily.UNIX, SocketType.DGRAM)) {
      receiver.bind(address);
      int sent = 0;
      while (sender.sendto(new byte[] {1}, MessageFlags.DONTWAIT, address) == 1) {
        sent++;
      }
      assertThat(sent).isPositive();
      CloseTest.Blocked sending = caller.start(() -> sender.sendto(new byte[] {2}, 0, address));
      byte[] buffer = new byte[1];
      for (int i = 0; i < sent; i++) {
        assertThat(receiver.receive(buffer)).isEqualTo(1);
        assertThat(buffer[0]).isEqualTo((byte) 1);
      }
      assertThat(sending.value()).isEqualTo(1);
      assertThat(receiver.receive(buffer)).isEqualTo(1);
      assertThat(buffer[0]).isEqualTo((byte) 2);
    }
  }
}
