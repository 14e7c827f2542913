package io.correio.server.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bound port and what it does with those who come: a {@link Connection} each, spread over the
 * loops in turn. Thread-safe; closed by whoever bound it. Closing it leaves its connections open.
 */
public final class Listener implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  /** Refusals are logged at most this often, with their number. */
  private static final long LOG_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Loops loops;
  private final ListenerOptions options;
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong nextLogNanos = new AtomicLong(System.nanoTime());
  private final Channel channel;

  private Listener(Loops loops, ListenerOptions options) throws IOException {
    this.loops = loops;
    this.options = options;
    var bound =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.listenerClass())
            .option(ChannelOption.SO_BACKLOG, options.backlog())
            .option(ChannelOption.SO_REUSEADDR, true)
            .handler(new AcceptFailures())
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOCATOR, loops.allocator())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    admit(accepted);
                  }
                })
            .bind(options.host(), options.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on %s port %d: %s; is another server running there, or is the address not this machine's?"
              .formatted(options.host(), options.port(), bound.cause().getMessage()),
          bound.cause());
    }
    this.channel = bound.channel();
  }

  /**
   * Listens.
   *
   * @throws IOException when the port is taken or the address is not this machine's
   */
  public static Listener bind(Loops loops, ListenerOptions options) throws IOException {
    return new Listener(loops, options);
  }

  /** The port, also where any free one was asked for. */
  public int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** Address and port, such as {@code 127.0.0.1:5672}. */
  public String address() {
    return Addresses.text((InetSocketAddress) channel.localAddress());
  }

  private void admit(Channel accepted) {
    if (!loops.admit(options.maxConnections())) {
      var _ = accepted.close();
      logRefusal();
      return;
    }
    Tls tls = options.tls();
    if (tls != null) {
      SslHandler handler = tls.context().newHandler(accepted.alloc());
      handler.setHandshakeTimeoutMillis(options.handshakeTimeoutMillis());
      handler.setCloseNotifyFlushTimeoutMillis(options.closeTimeoutMillis());
      accepted.pipeline().addLast(handler);
    }
    // Counted down with the channel, whether or not it ever became active.
    accepted.closeFuture().addListener(closed -> loops.released());
    Connection connection =
        new Connection(options, tls != null, loops.loopOf(accepted.eventLoop()));
    accepted.pipeline().addLast(connection);
  }

  private void logRefusal() {
    long count = refused.incrementAndGet();
    long now = System.nanoTime();
    long next = nextLogNanos.get();
    if (now - next >= 0 && nextLogNanos.compareAndSet(next, now + LOG_EVERY_NANOS)) {
      LOG.warn(
          "{} refused connections on {} so far: {} are open, which is the limit;"
              + " raise limits.max-connections or close some",
          count,
          address(),
          options.maxConnections());
    }
  }

  /** Stops listening. */
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
  }

  /**
   * Netty pauses accepting for a second when it fails, which mostly means no descriptor is left.
   */
  private final class AcceptFailures extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
      LOG.error(
          "Cannot accept a connection on port {}: {}; if no descriptors are left, raise ulimit -n",
          port(),
          thrown.getMessage());
      context.fireExceptionCaught(thrown);
    }
  }
}
