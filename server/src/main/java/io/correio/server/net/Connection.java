package io.correio.server.net;

import io.correio.server.front.ConnectionInfo;
import io.correio.server.front.Front;
import io.correio.server.front.Session;
import io.correio.server.front.SessionInfo;
import io.correio.server.front.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One accepted connection: the last handler of its Netty pipeline (which is empty but for TLS), and
 * the {@link Wire} of its session. Owned by one loop; closes itself.
 *
 * <pre>
 *            first bytes match a front      session: established()
 *  DETECTING ────────────────────► HANDSHAKE ────────────────────► OPEN
 *      │ no front, or deadline         │ deadline                   │ session: close()
 *      ▼                               ▼                            ▼
 *   CLOSING: writes what is pending; reads and drops ◄──────────────┘
 *      │ all written: Session#onClosed, end of stream sent
 *      ▼
 *   LINGERING: reads and drops until the peer closes, lest a reset destroy what is on its way
 *      │ peer closes, or deadline
 *      ▼
 *   CLOSED ◄─── from anywhere: peer closes, I/O error, cut()
 * </pre>
 */
final class Connection extends ChannelInboundHandlerAdapter implements Wire {

  /** Outbox up to which {@link #hasRoom} says so, in bytes. */
  static final int ROOM_BYTES = 128 << 10;

  /** The same while outboxes of the loop hold more than they should together. */
  static final int SCARCE_ROOM_BYTES = 4 << 10;

  /** Bytes read and dropped after the last word; whoever goes on sending is cut. */
  private static final int MAX_LINGER_BYTES = 1 << 20;

  /** Writes and drains in one round; then others have their turn. */
  private static final int MAX_REFILLS = 4;

  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  private static final int WOKEN = 1;
  private static final int RESUMED = 2;
  private static final int WRITTEN = 4;

  private enum Phase {
    DETECTING,
    HANDSHAKE,
    OPEN,
    CLOSING,
    LINGERING,
    CLOSED
  }

  /** Where it stands in the list of its loop; the loop's to use. */
  int place;

  private final ListenerOptions options;
  private final boolean secure;
  private final Loop loop;
  private final AtomicInteger signals = new AtomicInteger();
  private final Leftover leftover = new Leftover();

  // Set when the connection becomes active, before any other use.
  private @Nullable ChannelHandlerContext activeContext;
  private @Nullable Outbox activeOutbox;
  private String peer = "?";
  private boolean loopback;

  private Phase phase = Phase.DETECTING;
  private @Nullable Session session;
  private boolean paused;
  private long deadlineMillis;
  private String cause = "";
  private final long connectedAtMillis = System.currentTimeMillis();
  private long receivedBytes;
  private long sentBytes;
  private int lingered;
  private boolean said;

  Connection(ListenerOptions options, boolean secure, Loop loop) {
    this.options = options;
    this.secure = secure;
    this.loop = loop;
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(activeContext);
  }

  private Outbox outbox() {
    return Objects.requireNonNull(activeOutbox);
  }

  // What Netty calls, on the loop.

  @Override
  public void channelActive(ChannelHandlerContext context) {
    activeContext = context;
    activeOutbox = new Outbox(loop, context, () -> signal(WRITTEN));
    if (context.channel().remoteAddress() instanceof InetSocketAddress address) {
      peer = Addresses.text(address);
      loopback = address.getAddress().isLoopbackAddress();
    }
    deadlineMillis = Loop.nowMillis() + options.handshakeTimeoutMillis();
    loop.add(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    receivedBytes += buffer.readableBytes();
    try {
      if (isClosing()) {
        drop(buffer.readableBytes());
      } else {
        int length = buffer.readableBytes();
        offer(leftover.with(buffer.nioBuffer(buffer.readerIndex(), length)));
      }
    } finally {
      buffer.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    finishRound();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (cause.isEmpty() && !isClosing()) {
      cause = session == null ? "" : "the peer closed the connection without a word";
    }
    loop.remove(this);
    outbox().release();
    leftover.clear();
    sayClosed();
    phase = Phase.CLOSED;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
    if (thrown instanceof IOException) {
      cut("connection lost: " + thrown.getMessage());
    } else if (thrown instanceof DecoderException) { // of the TLS handler, there is no other
      cut("TLS failed: " + Addresses.shortened(thrown));
    } else {
      fail(thrown);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent done && !done.isSuccess()) {
      cut("TLS handshake failed: " + Addresses.shortened(done.cause()));
    }
  }

  // Reading.

  private void offer(ByteBuffer in) {
    try {
      if (session == null) {
        detect(in);
      }
      Session current = session;
      if (current != null && !paused && in.hasRemaining()) {
        current.onRead(in);
      }
      if (!isClosing()) {
        leftover.keep(in);
        if (leftover.size() > Leftover.MAX_BYTES && !paused) {
          close("it sent something larger than " + Leftover.MAX_BYTES + " bytes in one piece");
        }
      }
    } catch (RuntimeException | Error thrown) {
      fail(thrown);
    }
  }

  private void detect(ByteBuffer in) {
    boolean undecided = false;
    for (Front front : options.fronts()) {
      switch (front.match(in.slice())) {
        case YES -> {
          phase = Phase.HANDSHAKE;
          session = front.open(this);
          return;
        }
        case MORE -> undecided = true;
        case NO -> {}
      }
    }
    if (!undecided) {
      byte[] header = options.fronts().getFirst().header();
      reserve(header.length).put(header);
      close("it speaks no protocol that is spoken here; its first bytes: " + Addresses.hex(in, 16));
    }
  }

  private void drop(int bytes) {
    lingered += bytes;
    if (lingered > MAX_LINGER_BYTES) {
      cut(cause);
    }
  }

  @Override
  public void pauseReading() {
    if (!paused && !isClosing()) {
      paused = true;
      context().channel().config().setAutoRead(false);
    }
  }

  @Override
  public void resumeReading() {
    if (paused && !isClosing()) {
      paused = false;
      signal(RESUMED);
    }
  }

  private void readOn() {
    if (!leftover.isEmpty()) {
      offer(leftover.bytes());
    }
    if (!paused && !isClosing()) {
      context().channel().config().setAutoRead(true);
    }
  }

  // Writing.

  @Override
  public ByteBuffer reserve(int bytes) {
    if (bytes > MAX_RESERVE_BYTES) {
      throw new IllegalArgumentException(bytes + " bytes reserved at once; use write");
    }
    return isClosing() ? ByteBuffer.allocate(bytes) : outbox().reserve(bytes);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    if (!isClosing()) {
      outbox().write(bytes, offset, length);
    }
  }

  @Override
  public long pendingBytes() {
    return outbox().pendingBytes();
  }

  @Override
  public boolean hasRoom() {
    return pendingBytes() < (loop.outboxesAreLarge() ? SCARCE_ROOM_BYTES : ROOM_BYTES);
  }

  // Rounds, time and the end.

  @Override
  public void wake() {
    signal(WOKEN);
  }

  private void signal(int signal) {
    if (signals.getAndUpdate(old -> old | signal) == 0) {
      loop.enqueue(this);
    }
  }

  /** What was asked for since the last round. */
  void round() {
    int asked = signals.getAndSet(0);
    if (phase == Phase.CLOSED) {
      return;
    }
    Session current = session;
    if ((asked & WOKEN) != 0 && current != null && !isClosing()) {
      guarded(current::onWake);
    }
    if ((asked & RESUMED) != 0 && !isClosing()) {
      readOn();
    }
    finishRound();
  }

  /** Writes what there is to write. Never throws: the loop's other connections have their turn. */
  private void finishRound() {
    try {
      writeAll();
    } catch (RuntimeException | Error thrown) {
      fail(thrown); // above all, direct memory ran out
    }
  }

  private void writeAll() {
    for (int i = 0; i < MAX_REFILLS && phase != Phase.CLOSED; i++) {
      outbox().flush();
      long drained = outbox().takeDrained();
      sentBytes += drained;
      Session current = session;
      if (drained == 0 || current == null || isClosing()) {
        break;
      }
      guarded(() -> current.onDrained(drained));
      if (i == MAX_REFILLS - 1) {
        signal(WRITTEN);
      }
    }
    if (phase == Phase.CLOSING && outbox().isEmpty()) {
      endStream();
    }
  }

  void tick(long nowMillis) {
    switch (phase) {
      case DETECTING, HANDSHAKE -> {
        if (nowMillis >= deadlineMillis) {
          close("no handshake within " + options.handshakeTimeoutMillis() + " ms");
        }
      }
      case CLOSING, LINGERING -> {
        if (nowMillis >= deadlineMillis) {
          cut(cause);
        }
      }
      case OPEN, CLOSED -> {}
    }
    Session current = session;
    if (current != null && !isClosing()) {
      guarded(() -> current.onTick(nowMillis));
    }
    finishRound();
  }

  /** The server stops. */
  void stop() {
    Session current = session;
    if (current == null) {
      close("the server stops");
    } else if (!isClosing()) {
      guarded(current::onStopping);
    }
    finishRound();
  }

  @Override
  public void established() {
    if (phase == Phase.HANDSHAKE) {
      phase = Phase.OPEN;
    }
  }

  @Override
  public void execute(Runnable task) {
    try {
      loop.executor()
          .execute(() -> {
            guarded(task);
            finishRound();
          });
    } catch (RejectedExecutionException stopped) {
      LOG.debug("Task of {} not run, its loop has stopped", peer, stopped);
    }
  }

  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error thrown) {
      fail(thrown);
    }
  }

  private boolean isClosing() {
    return phase.compareTo(Phase.CLOSING) >= 0;
  }

  @Override
  public void close(String cause) {
    if (isClosing()) {
      return;
    }
    this.cause = cause;
    phase = Phase.CLOSING;
    deadlineMillis = Loop.nowMillis() + options.closeTimeoutMillis();
    leftover.clear();
    context().channel().config().setAutoRead(true); // to see the peer close
    signal(WRITTEN);
  }

  private void endStream() {
    phase = Phase.LINGERING;
    sayClosed();
    if (!secure && context().channel() instanceof DuplexChannel channel) {
      var _ = channel.shutdownOutput();
    } else {
      var _ = context().close();
    }
  }

  /** Closes at once; what is pending is lost. */
  void cut(String cause) {
    if (phase == Phase.CLOSED) {
      return;
    }
    if (this.cause.isEmpty()) {
      this.cause = cause;
    }
    if (!isClosing()) {
      phase = Phase.CLOSING;
    }
    var _ = context().close();
  }

  private void fail(Throwable thrown) {
    LOG.error("Connection of {} cut after an internal error", peer, thrown);
    cut("internal error: " + thrown);
  }

  private void sayClosed() {
    Session current = session;
    session = null;
    if (!cause.isEmpty() && !said) {
      said = true;
      LOG.info("Connection of {} closed: {}", peer, cause);
    }
    if (current != null) {
      try {
        current.onClosed(cause);
      } catch (RuntimeException | Error thrown) {
        LOG.error("Session of {} failed while it was closed", peer, thrown);
      }
    }
  }

  ConnectionInfo info() {
    Session current = session;
    String state =
        switch (phase) {
          case DETECTING, HANDSHAKE -> "opening";
          case OPEN -> "running";
          case CLOSING, LINGERING, CLOSED -> "closing";
        };
    return new ConnectionInfo(
        peer,
        secure,
        state,
        connectedAtMillis,
        receivedBytes,
        sentBytes,
        current == null ? SessionInfo.NONE : current.info());
  }

  @Override
  public String peer() {
    return peer;
  }

  @Override
  public boolean isLoopback() {
    return loopback;
  }

  @Override
  public boolean isSecure() {
    return secure;
  }

  @Override
  public @Nullable X509Certificate peerCertificate() {
    return secure ? Tls.peerCertificate(context().pipeline().get(SslHandler.class)) : null;
  }
}
