package io.correio.server.net;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.correio.server.front.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@Timeout(60)
class ConnectionTest {

  private static final int NEVER_MILLIS = 600_000;

  private final Loops loops = Loops.open(2, true, 50);
  private final List<AutoCloseable> open = new java.util.ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
    loops.close();
  }

  private static ListenerOptions options(ToyFront front) {
    return options(front, NEVER_MILLIS, NEVER_MILLIS);
  }

  private static ListenerOptions options(ToyFront front, int handshakeMillis, int closeMillis) {
    return new ListenerOptions(
        "127.0.0.1", 0, 128, 10_000, handshakeMillis, closeMillis, List.of(front), null);
  }

  private Listener listen(ListenerOptions options) throws IOException {
    Listener listener = Listener.bind(loops, options);
    open.add(listener);
    return listener;
  }

  /** A client that has sent its header. */
  private Socket connect(Listener listener) throws IOException {
    Socket socket = new Socket();
    open.add(socket);
    socket.setReceiveBufferSize(64 << 10); // so that little is in flight when nobody reads
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()));
    socket.getOutputStream().write(ToyFront.HEADER);
    return socket;
  }

  private ToySession only(ToyFront front) {
    await().until(() -> front.sessions.size() == 1);
    return front.sessions.getFirst();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void what_is_sent_comes_back_unchanged(boolean nativeTransport) throws Exception {
    try (Loops own = Loops.open(1, nativeTransport, 50);
        Listener listener = Listener.bind(own, options(new ToyFront(ToySession::new)));
        Socket socket = connect(listener)) {
      byte[] sent = new byte[3 << 20];
      new Random(1).nextBytes(sent);
      Thread writer = Thread.startVirtualThread(() -> write(socket, sent));
      assertThat(socket.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
      writer.join();
    }
  }

  private static void write(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void garbage_gets_the_header_that_is_spoken_and_a_close() throws Exception {
    ToyFront front = new ToyFront(ToySession::new);
    Listener listener = listen(options(front));
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
    open.add(socket);
    socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(socket.getInputStream().readAllBytes()).isEqualTo(ToyFront.HEADER);
    assertThat(front.sessions).isEmpty();
    socket.close();
    await().until(() -> loops.connections() == 0);
  }

  @Test
  void end_of_a_connection_is_logged_once_with_peer_and_cause() throws Exception {
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(Connection.class);
    logged.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(logged);
    Socket socket = connectSilently();
    try {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readAllBytes()).isEqualTo(ToyFront.HEADER);
      socket.close();
      await().until(() -> loops.connections() == 0);
      assertThat(List.copyOf(logged.list))
          .map(ILoggingEvent::getFormattedMessage)
          .filteredOn(line -> line.contains(":" + socket.getLocalPort() + " closed: "))
          .singleElement(STRING)
          .contains("GET / HTTP");
    } finally {
      logger.detachAppender(logged);
      logger.setLevel(null);
    }
  }

  private Socket connectSilently() throws IOException {
    Listener listener = listen(options(new ToyFront(ToySession::new)));
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
    open.add(socket);
    return socket;
  }

  @Test
  void a_header_may_come_byte_by_byte() throws Exception {
    ToyFront front = new ToyFront(ToySession::new);
    Listener listener = listen(options(front));
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
    open.add(socket);
    socket.setTcpNoDelay(true);
    for (byte b : "TOY\nhi".getBytes(StandardCharsets.US_ASCII)) {
      socket.getOutputStream().write(b);
    }
    assertThat(socket.getInputStream().readNBytes(2)).containsExactly('h', 'i');
  }

  @Test
  void silent_connection_is_closed_after_the_deadline() throws Exception {
    Listener listener = listen(options(new ToyFront(ToySession::new), 1, 1));
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
    open.add(socket);
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
    await().until(() -> loops.connections() == 0); // although the client keeps its end open
  }

  @Test
  void session_that_is_not_established_in_time_is_closed() throws Exception {
    ToyFront front =
        new ToyFront(wire ->
            new ToySession(wire) {
              @Override
              void onGreeted() {}
            });
    Socket socket = connect(listen(options(front, 1, 1)));
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
    assertThat(only(front).closed.get(10, SECONDS)).contains("no handshake");
  }

  @Test
  void established_session_outlives_the_handshake_deadline() throws Exception {
    ToyFront front = new ToyFront(ToySession::new);
    Socket socket = connect(listen(options(front, 1, 1)));
    ToySession session = only(front);
    await().until(() -> session.ticks.get() >= 2);
    socket.getOutputStream().write('x');
    assertThat(socket.getInputStream().read()).isEqualTo('x');
  }

  /** Writes numbers without end, as long as there is room. */
  private static final class Flood extends ToySession {
    private long next;
    private final AtomicLong maxPending = new AtomicLong();
    private volatile boolean stopped;

    Flood(Wire wire) {
      super(wire);
    }

    @Override
    void onBytes(ByteBuffer in) {
      in.position(in.limit());
      fill();
    }

    @Override
    public void onDrained(long bytes) {
      super.onDrained(bytes);
      fill();
    }

    private void fill() {
      while (!stopped && wire.hasRoom()) {
        wire.reserve(Long.BYTES).putLong(next++);
      }
      maxPending.accumulateAndGet(wire.pendingBytes(), Math::max);
    }
  }

  @Test
  void slow_reader_fills_its_outbox_and_no_more_and_loses_nothing() throws Exception {
    ToyFront front = new ToyFront(Flood::new);
    Socket socket = connect(listen(options(front)));
    socket.getOutputStream().write('x');
    Flood flood = (Flood) only(front);
    // Stuck when a tick passes and nothing has moved.
    await().until(() -> stuck(flood));
    assertThat(flood.maxPending.get())
        .isLessThanOrEqualTo(Connection.ROOM_BYTES + Outbox.MAX_CHUNK_BYTES);

    InputStream in = socket.getInputStream();
    ByteBuffer read = ByteBuffer.allocate(Long.BYTES);
    byte[] block = new byte[1 << 16];
    long expected = 0;
    for (long total = 0; total < 32 << 20; ) {
      int n = in.read(block);
      total += n;
      for (int i = 0; i < n; i++) {
        if (!read.put(block[i]).hasRemaining()) {
          assertThat(read.flip().getLong()).isEqualTo(expected++);
          read.clear();
        }
      }
    }
    assertThat(flood.maxPending.get())
        .isLessThanOrEqualTo(Connection.ROOM_BYTES + Outbox.MAX_CHUNK_BYTES);
  }

  private static boolean stuck(ToySession session) {
    long drained = session.drained.get();
    int ticks = session.ticks.get();
    await().until(() -> session.ticks.get() >= ticks + 2);
    return drained == session.drained.get();
  }

  @Test
  void reader_that_has_stopped_is_cut_when_a_close_takes_too_long() throws Exception {
    ToyFront front = new ToyFront(Flood::new);
    connect(listen(options(front, NEVER_MILLIS, 1))).getOutputStream().write('x');
    Flood flood = (Flood) only(front);
    await().until(() -> stuck(flood));
    flood.wire.execute(() -> flood.wire.close("enough"));
    assertThat(flood.closed.get(10, SECONDS)).isEqualTo("enough");
    await().until(() -> loops.connections() == 0);
  }

  @Test
  void close_while_pending_writes_all_of_it_first() throws Exception {
    byte[] large = new byte[5 << 20];
    new Random(2).nextBytes(large);
    byte[] small = {1, 2, 3};
    ToyFront front =
        new ToyFront(wire ->
            new ToySession(wire) {
              @Override
              void onBytes(ByteBuffer in) {
                wire.write(small, 0, small.length);
                wire.write(large, 1, large.length - 1);
                wire.reserve(4).putInt(0x04050607);
                wire.close("");
                wire.write(small, 0, small.length); // goes nowhere
                wire.reserve(4).putInt(0);
              }
            });
    Socket socket = connect(listen(options(front)));
    socket.getOutputStream().write("xyz".getBytes(StandardCharsets.US_ASCII)); // stays unread
    ByteBuffer expected = ByteBuffer.allocate(3 + large.length - 1 + 4);
    expected.put(small).put(large, 1, large.length - 1).putInt(0x04050607);
    assertThat(socket.getInputStream().readAllBytes()).isEqualTo(expected.array());
    assertThat(only(front).closed.get(10, SECONDS)).isEmpty();
  }

  @Test
  void everything_written_is_reported_as_drained() throws Exception {
    ToyFront front = new ToyFront(ToySession::new);
    Socket socket = connect(listen(options(front)));
    Random random = new Random(3);
    long total = 0;
    for (int i = 0; i < 50; i++) {
      byte[] bytes = new byte[1 + random.nextInt(i % 10 == 0 ? 200_000 : 100)];
      total += bytes.length;
      socket.getOutputStream().write(bytes);
      socket.getInputStream().readNBytes(bytes.length);
    }
    long expected = total;
    ToySession session = only(front);
    await().until(() -> session.drained.get() == expected);
    CompletableFuture<Long> pending = new CompletableFuture<>();
    session.wire.execute(() -> pending.complete(session.wire.pendingBytes()));
    assertThat(pending.get(10, SECONDS)).isZero();
  }

  @Test
  void paused_session_is_offered_what_came_meanwhile_and_its_peer_is_held_up() throws Exception {
    ToyFront front =
        new ToyFront(wire ->
            new ToySession(wire) {
              private boolean first = true;

              @Override
              void onBytes(ByteBuffer in) {
                if (first) {
                  first = false;
                  wire.pauseReading();
                } else {
                  super.onBytes(in);
                }
              }
            });
    Socket socket = connect(listen(options(front)));
    byte[] sent = new byte[40 << 20]; // more than any socket buffers
    new Random(4).nextBytes(sent);
    CountDownLatch written = new CountDownLatch(1);
    Thread.startVirtualThread(() -> {
      write(socket, sent);
      written.countDown();
    });
    ToySession session = only(front);
    await().until(() -> session.ticks.get() >= 2);
    assertThat(written.getCount()).isEqualTo(1);
    assertThat(session.received.get()).isZero();
    session.wire.execute(session.wire::resumeReading);
    assertThat(Arrays.equals(socket.getInputStream().readNBytes(sent.length), sent)).isTrue();
    assertThat(written.await(10, SECONDS)).isTrue();
  }

  /** Takes ten bytes at a time and answers with the last of each ten. */
  private static ToySession tens(Wire wire) {
    return new ToySession(wire) {
      @Override
      void onBytes(ByteBuffer in) {
        while (in.remaining() >= 10) {
          in.position(in.position() + 9);
          wire.reserve(1).put(in.get());
        }
      }
    };
  }

  @Test
  void rest_of_a_unit_is_joined_with_what_comes_later() throws Exception {
    Socket socket = connect(listen(options(new ToyFront(ConnectionTest::tens))));
    socket.setTcpNoDelay(true);
    Random random = new Random(5);
    byte[] sent = new byte[100_000];
    random.nextBytes(sent);
    for (int i = 0; i < sent.length; ) {
      int n = Math.min(1 + random.nextInt(700), sent.length - i);
      socket.getOutputStream().write(sent, i, n);
      i += n;
    }
    byte[] expected = new byte[sent.length / 10];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = sent[10 * i + 9];
    }
    assertThat(socket.getInputStream().readNBytes(expected.length)).isEqualTo(expected);
  }

  @Test
  void peer_that_sends_a_unit_larger_than_any_may_be_is_closed() throws Exception {
    ToyFront front =
        new ToyFront(wire ->
            new ToySession(wire) {
              @Override
              void onBytes(ByteBuffer in) {} // still waiting for the end of it
            });
    Socket socket = connect(listen(options(front, NEVER_MILLIS, 1)));
    Thread.startVirtualThread(() -> flood(socket));
    assertThat(only(front).closed.get(10, SECONDS)).contains("larger than");
    await().until(() -> loops.connections() == 0);
  }

  private static void flood(Socket socket) {
    try {
      for (; ; ) {
        socket.getOutputStream().write(new byte[1 << 16]);
      }
    } catch (IOException e) {
      assertThat(socket.isConnected()).isTrue(); // cut, as it should be
    }
  }

  @Test
  void session_that_fails_takes_only_its_own_connection_down() throws Exception {
    ToyFront front =
        new ToyFront(wire ->
            new ToySession(wire) {
              @Override
              void onBytes(ByteBuffer in) {
                if (in.get() == '!') {
                  throw new IllegalStateException("as the test wants it");
                }
                wire.reserve(1).put((byte) '.');
              }
            });
    Listener listener = listen(options(front));
    Socket good = connect(listener);
    only(front);
    Socket bad = connect(listener);
    bad.getOutputStream().write('!');
    assertThat(bad.getInputStream().read()).isEqualTo(-1);
    await().until(() -> front.sessions.get(1).closed.isDone());
    assertThat(front.sessions.get(1).closed.get()).contains("as the test wants it");
    good.getOutputStream().write('?');
    assertThat(good.getInputStream().read()).isEqualTo('.');
  }

  @Test
  void wakes_from_any_thread_reach_the_session_and_many_cost_few() throws Exception {
    ToyFront front = new ToyFront(ToySession::new);
    connect(listen(options(front)));
    ToySession session = only(front);
    CountDownLatch held = new CountDownLatch(1);
    session.wire.execute(() -> awaitQuietly(held));
    for (int i = 0; i < 1_000; i++) {
      session.wire.wake();
    }
    held.countDown();
    await().until(() -> session.wakes.get() > 0);
    CompletableFuture<Integer> wakes = new CompletableFuture<>();
    session.wire.execute(() -> wakes.complete(session.wakes.get()));
    assertThat(wakes.get(10, SECONDS)).isEqualTo(1);
    session.wire.wake();
    await().until(() -> session.wakes.get() == 2);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void stopping_lets_sessions_say_goodbye() throws Exception {
    ToyFront front = new ToyFront(ToySession::new);
    Listener listener = listen(options(front));
    Socket socket = connect(listener);
    ToySession session = only(front);
    listener.close();
    Thread stopper = Thread.startVirtualThread(this::stopConnections);
    assertThat(socket.getInputStream().readAllBytes()).containsExactly('b', 'y', 'e');
    socket.close();
    stopper.join();
    assertThat(session.closed.get(10, SECONDS)).isEmpty();
    assertThat(loops.connections()).isZero();
  }

  private void stopConnections() {
    try {
      loops.stopConnections(30_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void peer_is_told_apart_by_address() throws Exception {
    Function<Wire, ToySession> describe =
        wire ->
            new ToySession(wire) {
              @Override
              void onBytes(ByteBuffer in) {
                in.position(in.limit());
                byte[] text =
                    (wire.peer() + " " + wire.isLoopback() + " " + wire.isSecure())
                        .getBytes(StandardCharsets.UTF_8);
                wire.write(text, 0, text.length);
                wire.close("");
              }
            };
    Socket socket = connect(listen(options(new ToyFront(describe))));
    socket.getOutputStream().write('?');
    assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("127.0.0.1:" + socket.getLocalPort() + " true false");
  }
}
