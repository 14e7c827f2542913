package io.correio.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every call over every family, kind of address and type that goes together. */
@ExtendWith(NothingLeftOpen.class)
final class MatrixTest {
  private static final byte[] HELLO = "Hello, world".getBytes(UTF_8);

  @TempDir Path folder;

  record Kind(Ends.Place place, SocketType type) {}

  static Stream<Kind> kinds() {
    return Stream.of(Ends.Place.values())
        .flatMap(place -> Stream.of(SocketType.values()).map(type -> new Kind(place, type)))
        .filter(kind ->
            kind.type() != SocketType.SEQPACKET || kind.place().family == AddressFamily.UNIX);
  }

  static Stream<Kind> connections() {
    return kinds().filter(kind -> kind.type().hasConnections());
  }

  static Stream<Kind> datagrams() {
    return kinds().filter(kind -> !kind.type().hasConnections());
  }

  private Ends ends(Kind kind) throws PosixException {
    if (kind.type().hasConnections()) {
      return Ends.connected(kind.place().free(folder), kind.type());
    }
    PosixSocket client = bound(kind);
    PosixSocket server = bound(kind);
    client.connect(server.getsockname());
    server.connect(client.getsockname());
    return new Ends(client, server);
  }

  private PosixSocket bound(Kind kind) throws PosixException {
    PosixSocket socket = PosixSocket.socket(kind.place().family, kind.type());
    socket.bind(kind.place().free(folder));
    return socket;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void bytes_go_both_ways_from_every_kind_of_memory(Kind kind) throws Exception {
    try (Ends ends = ends(kind);
        Arena arena = Arena.ofConfined()) {
      PosixSocket a = ends.client();
      PosixSocket b = ends.server();
      assertThat(a.send(HELLO)).isEqualTo(12);
      byte[] array = new byte[100];
      assertThat(b.receive(array, 10, 90, 0)).isEqualTo(12);
      assertThat(new String(array, 10, 12, UTF_8)).isEqualTo("Hello, world");

      MemorySegment nativeMemory = arena.allocate(100);
      MemorySegment.copy(HELLO, 0, nativeMemory, ValueLayout.JAVA_BYTE, 0, 12);
      assertThat(b.send(nativeMemory.asSlice(0, 12), 0)).isEqualTo(12);
      nativeMemory.fill((byte) 0);
      assertThat(a.receive(nativeMemory, 0)).isEqualTo(12);
      assertThat(nativeMemory.asSlice(0, 12).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(HELLO);

      assertThat(a.send(MemorySegment.ofArray(HELLO), 0)).isEqualTo(12);
      MemorySegment heap = MemorySegment.ofArray(new byte[100]);
      assertThat(b.receive(heap, 0)).isEqualTo(12);
      assertThat(heap.asSlice(0, 12).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(HELLO);

      for (ByteBuffer buffer : List.of(ByteBuffer.allocate(40), ByteBuffer.allocateDirect(40))) {
        buffer.position(5).put(HELLO).flip().position(5);
        assertThat(b.send(buffer.slice(), 0)).isEqualTo(12);
        assertThat(b.send(buffer, 0)).isEqualTo(12);
        assertThat(buffer.hasRemaining()).isFalse();
        buffer.clear().position(7);
        int received = a.receive(buffer, 0);
        assertThat(buffer.position()).isEqualTo(7 + received);
        buffer.clear();
        int more = received == 24 ? 0 : a.receive(buffer, 0);
        assertThat(received + more).isEqualTo(24);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void peek_leaves_what_it_received(Kind kind) throws Exception {
    try (Ends ends = ends(kind)) {
      assertThat(ends.client().send(HELLO)).isEqualTo(12);
      byte[] buffer = new byte[20];
      assertThat(ends.server().receive(buffer, 0, 20, MessageFlags.PEEK)).isEqualTo(12);
      assertThat(ends.server().receive(buffer)).isEqualTo(12);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void names_are_those_that_were_bound(Kind kind) throws Exception {
    try (Ends ends = ends(kind)) {
      Address server = ends.server().getsockname();
      assertThat(ends.client().getpeername()).isEqualTo(server);
      assertThat(ends.server().getpeername()).isEqualTo(ends.client().getsockname());
      assertThat(server.family()).isEqualTo(kind.place().family);
      if (kind.type().hasConnections()) {
        assertThat(ends.server().acceptedFrom()).isEqualTo(ends.client().getsockname());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void what_a_socket_is_can_be_asked(Kind kind) throws Exception {
    try (Ends ends = ends(kind)) {
      assertThat(ends.server().getsockopt(SocketOption.SO_DOMAIN)).isEqualTo(kind.place().family);
      assertThat(ends.server().getsockopt(SocketOption.SO_TYPE)).isEqualTo(kind.type());
      assertThat(ends.server().getsockopt(SocketOption.SO_ERROR)).isZero();
      assertThat(ends.server().getsockopt(SocketOption.SO_ACCEPTCONN)).isFalse();
      ends.client().setsockopt(SocketOption.SO_SNDBUF, 40_000);
      assertThat(ends.client().getsockopt(SocketOption.SO_SNDBUF)).isEqualTo(80_000);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void nothing_there_is_would_block_where_it_may_not_block(Kind kind) throws Exception {
    try (Ends ends = ends(kind)) {
      PosixSocket socket = ends.server();
      byte[] buffer = new byte[10];
      assertThat(socket.receive(buffer, 0, 10, MessageFlags.DONTWAIT))
          .isEqualTo(PosixSocket.WOULD_BLOCK);
      socket.setNonBlocking(true);
      assertThat(socket.isNonBlocking()).isTrue();
      assertThat(socket.receive(buffer)).isEqualTo(PosixSocket.WOULD_BLOCK);
      assertThat(socket.receive(MemorySegment.ofArray(buffer), 0))
          .isEqualTo(PosixSocket.WOULD_BLOCK);
      assertThat(socket.recvfrom(buffer, 0).count()).isEqualTo(PosixSocket.WOULD_BLOCK);
      assertThat(socket.recvmsg(List.of(ByteBuffer.wrap(buffer)), 1, 0).count())
          .isEqualTo(PosixSocket.WOULD_BLOCK);
    }
  }

  @ParameterizedTest
  @MethodSource("connections")
  void the_end_is_received_as_nothing(Kind kind) throws Exception {
    try (Ends ends = ends(kind)) {
      assertThat(ends.client().send(HELLO)).isEqualTo(12);
      ends.client().shutdown(ShutdownHow.WRITE);
      byte[] buffer = new byte[20];
      assertThat(ends.server().receive(buffer)).isEqualTo(12);
      assertThat(ends.server().receive(buffer)).isZero();
      assertThat(ends.server().receive(buffer)).isZero();
      assertThat(ends.server().send(HELLO)).isEqualTo(12);
      assertThat(ends.client().receive(buffer)).isEqualTo(12);
      assertThatThrownBy(() -> ends.client().send(HELLO)).satisfies(errno(Errno.EPIPE));
    }
  }

  @ParameterizedTest
  @MethodSource("connections")
  void a_listener_knows_that_it_listens_and_cannot_send(Kind kind) throws Exception {
    try (PosixSocket listener = Ends.listener(kind.place().free(folder), kind.type(), 1)) {
      assertThat(listener.getsockopt(SocketOption.SO_ACCEPTCONN)).isTrue();
      assertThatThrownBy(() -> listener.send(HELLO)).satisfies(errno(Errno.ENOTCONN));
      assertThatThrownBy(() -> listener.receive(new byte[1])).satisfies(errno(Errno.ENOTCONN));
      assertThatThrownBy(() -> listener.connect(listener.getsockname()))
          .satisfies(errno(Errno.EOPNOTSUPP));
      listener.setNonBlocking(true);
      assertThatThrownBy(listener::accept).satisfies(errno(Errno.EAGAIN));
    }
  }

  @ParameterizedTest
  @MethodSource("connections")
  void accept4_gives_a_connection_that_does_not_block(Kind kind) throws Exception {
    try (PosixSocket listener = Ends.listener(kind.place().free(folder), kind.type(), 1);
        PosixSocket client = PosixSocket.socket(kind.place().family, kind.type())) {
      client.connect(listener.getsockname());
      try (PosixSocket connection = listener.accept4(true)) {
        assertThat(connection.isNonBlocking()).isTrue();
        assertThat(connection.receive(new byte[1])).isEqualTo(PosixSocket.WOULD_BLOCK);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("datagrams")
  void messages_go_to_an_address_and_say_where_they_came_from(Kind kind) throws Exception {
    try (PosixSocket a = bound(kind);
        PosixSocket b = bound(kind);
        Arena arena = Arena.ofConfined()) {
      assertThat(a.sendto(HELLO, 0, b.getsockname())).isEqualTo(12);
      assertThat(a.sendto(new byte[0], 0, b.getsockname())).isZero();
      byte[] buffer = new byte[100];
      assertThat(b.recvfrom(buffer, 0)).isEqualTo(new Received(12, a.getsockname()));
      assertThat(new String(buffer, 0, 12, UTF_8)).isEqualTo("Hello, world");
      assertThat(b.recvfrom(buffer, 0)).isEqualTo(new Received(0, a.getsockname()));

      MemorySegment memory = arena.allocate(5);
      assertThat(b.sendto(memory, 0, a.getsockname())).isEqualTo(5);
      assertThat(a.recvfrom(memory, 0)).isEqualTo(new Received(5, b.getsockname()));

      assertThat(b.sendmsg(Message.of(ByteBuffer.wrap(HELLO)).to(a.getsockname()), 0))
          .isEqualTo(12);
      ReceivedMessage message = a.recvmsg(List.of(ByteBuffer.wrap(buffer)), 0, 0);
      assertThat(message.from()).isEqualTo(b.getsockname());
    }
  }

  @ParameterizedTest
  @MethodSource("datagrams")
  void what_of_a_message_does_not_fit_is_lost(Kind kind) throws Exception {
    try (Ends ends = ends(kind)) {
      assertThat(ends.client().send(HELLO)).isEqualTo(12);
      assertThat(ends.client().send(HELLO)).isEqualTo(12);
      assertThat(ends.client().send(HELLO)).isEqualTo(12);
      byte[] buffer = new byte[5];
      assertThat(ends.server().receive(buffer)).isEqualTo(5);
      assertThat(ends.server().receive(buffer, 0, 5, MessageFlags.TRUNC)).isEqualTo(12);
      ReceivedMessage message = ends.server().recvmsg(List.of(ByteBuffer.wrap(buffer)), 0, 0);
      assertThat(message.truncated()).isTrue();
      assertThat(message.count()).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void messages_are_gathered_and_scattered(Kind kind) throws Exception {
    try (Ends ends = ends(kind)) {
      ByteBuffer first = ByteBuffer.wrap("Hello, ".getBytes(UTF_8));
      ByteBuffer second = ByteBuffer.allocateDirect(5).put("world".getBytes(UTF_8)).flip();
      assertThat(ends.client().sendmsg(Message.of(first, second), 0)).isEqualTo(12);
      assertThat(second.hasRemaining()).isFalse();
      ByteBuffer head = ByteBuffer.allocate(3);
      ByteBuffer tail = ByteBuffer.allocateDirect(20);
      ReceivedMessage message = ends.server().recvmsg(List.of(head, tail), 0, 0);
      assertThat(message.count()).isEqualTo(12);
      assertThat(UTF_8.decode(head.flip()).toString()).isEqualTo("Hel");
      assertThat(UTF_8.decode(tail.flip()).toString()).isEqualTo("lo, world");
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void a_closed_socket_fails_in_every_call(Kind kind) throws Exception {
    PosixSocket socket = PosixSocket.socket(kind.place().family, kind.type());
    Address address = kind.place().free(folder);
    socket.close();
    byte[] bytes = new byte[1];
    List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> calls =
        List.of(
            socket::close,
            () -> socket.bind(address),
            () -> socket.connect(address),
            () -> socket.send(bytes),
            () -> socket.sendAll(bytes),
            () -> socket.receive(bytes),
            () -> socket.sendto(bytes, 0, address),
            () -> socket.recvfrom(bytes, 0),
            () -> socket.sendmsg(Message.of(ByteBuffer.wrap(bytes)), 0),
            () -> socket.recvmsg(List.of(ByteBuffer.wrap(bytes)), 0, 0),
            () -> socket.shutdown(ShutdownHow.BOTH),
            () -> socket.getsockopt(SocketOption.SO_ERROR),
            () -> socket.setsockopt(SocketOption.SO_KEEPALIVE, true),
            socket::getsockname,
            socket::getpeername,
            socket::duplicate,
            socket::release);
    for (var call : calls) {
      assertThatThrownBy(call).satisfies(errno(Errno.EBADF));
    }
    if (kind.type().hasConnections()) {
      assertThatThrownBy(() -> socket.listen(1)).satisfies(errno(Errno.EBADF));
      assertThatThrownBy(socket::accept).satisfies(errno(Errno.EBADF));
    }
    assertThat(socket.isOpen()).isFalse();
    PollFd closed = new PollFd(socket, PollFd.POLLIN);
    assertThat(Poll.poll(new PollFd[] {closed}, -1)).isEqualTo(1);
    assertThat(closed.revents()).isEqualTo(PollFd.POLLNVAL);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void poll_finds_what_can_be_received_and_sent(Kind kind) throws Exception {
    try (Ends ends = ends(kind)) {
      PollFd server = new PollFd(ends.server(), PollFd.POLLIN);
      PollFd client = new PollFd(ends.client(), PollFd.POLLIN | PollFd.POLLOUT);
      assertThat(Poll.poll(new PollFd[] {server}, 0)).isZero();
      assertThat(Poll.poll(new PollFd[] {server, client}, -1)).isEqualTo(1);
      assertThat(server.revents()).isZero();
      assertThat(client.revents()).isEqualTo(PollFd.POLLOUT);
      assertThat(ends.client().send(HELLO)).isEqualTo(12);
      assertThat(Poll.poll(new PollFd[] {server}, -1)).isEqualTo(1);
      assertThat(server.revents()).isEqualTo(PollFd.POLLIN);
    }
  }

  static java.util.function.Consumer<Throwable> errno(int expected) {
    return thrown -> {
      assertThat(thrown).isInstanceOf(PosixException.class);
      assertThat(((PosixException) thrown).errnoName()).isEqualTo(Errno.name(expected));
    };
  }
}
