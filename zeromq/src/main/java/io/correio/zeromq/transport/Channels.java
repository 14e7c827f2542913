package io.correio.zeromq.transport;

import io.correio.zeromq.model.Options;
import io.correio.zeromq.model.SocketOption;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Makes the channels of tcp and ipc endpoints, all non-blocking. Whoever asks for one closes it.
 */
public final class Channels {
  private Channels() {}

  /**
   * The address of an endpoint. May block on a name server.
   *
   * @throws UnknownHostException if the host has no address, or none of the wanted family
   */
  public static SocketAddress resolve(Endpoint endpoint, Options options, boolean toBind)
      throws UnknownHostException {
    return switch (endpoint) {
      case Endpoint.Ipc ipc -> UnixDomainSocketAddress.of(ipc.path());
      case Endpoint.Tcp tcp -> tcpAddress(tcp, options.get(SocketOption.IPV6), toBind);
      case Endpoint.Inproc inproc -> throw new IllegalArgumentException(inproc + " has no address");
    };
  }

  private static InetSocketAddress tcpAddress(Endpoint.Tcp tcp, boolean ipv6, boolean toBind)
      throws UnknownHostException {
    if (toBind && tcp.host().equals("*")) {
      return new InetSocketAddress(InetAddress.getByName(ipv6 ? "::" : "0.0.0.0"), tcp.port());
    }
    InetAddress[] all = InetAddress.getAllByName(tcp.host());
    for (InetAddress address : all) {
      if (!(address instanceof Inet6Address)) {
        return new InetSocketAddress(address, tcp.port());
      }
    }
    boolean literal = tcp.host().indexOf(':') >= 0;
    if (!ipv6 && !literal) {
      throw new UnknownHostException(
          tcp.host() + " has IPv6 addresses alone: set the option " + SocketOption.IPV6);
    }
    return new InetSocketAddress(all[0], tcp.port());
  }

  /** A listening channel. A socket file that nobody listens at any more is replaced. */
  public static ServerSocketChannel listen(SocketAddress address, Options options)
      throws IOException {
    int backlog = options.get(SocketOption.BACKLOG);
    if (address instanceof UnixDomainSocketAddress unix) {
      removeStale(unix);
      ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      return bound(channel, address, backlog);
    }
    InetSocketAddress inet = (InetSocketAddress) address;
    ServerSocketChannel channel =
        ServerSocketChannel.open(
            inet.getAddress() instanceof Inet6Address
                ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET);
    channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    int buffer = options.get(SocketOption.KERNEL_RECEIVE_BUFFER);
    if (buffer >= 0) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, buffer);
    }
    return bound(channel, address, backlog);
  }

  private static ServerSocketChannel bound(
      ServerSocketChannel channel, SocketAddress address, int backlog) throws IOException {
    try {
      channel.bind(address, backlog);
      channel.configureBlocking(false);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void removeStale(UnixDomainSocketAddress address) throws IOException {
    Path path = address.getPath();
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
        || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new BindException(path + " exists and is no socket");
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(address);
    } catch (IOException e) {
      Files.deleteIfExists(path);
      return;
    }
    throw new BindException("Address already in use: " + path);
  }

  /** A channel, not yet connected. */
  public static SocketChannel open(SocketAddress address, Options options) throws IOException {
    SocketChannel channel;
    if (address instanceof UnixDomainSocketAddress) {
      channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    } else {
      InetSocketAddress inet = (InetSocketAddress) address;
      channel =
          SocketChannel.open(
              inet.getAddress() instanceof Inet6Address
                  ? StandardProtocolFamily.INET6
                  : StandardProtocolFamily.INET);
    }
    try {
      prepare(channel, options);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Sets what a connection needs. */
  public static void prepare(SocketChannel channel, Options options) throws IOException {
    channel.configureBlocking(false);
    if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(
          StandardSocketOptions.SO_KEEPALIVE, options.get(SocketOption.TCP_KEEPALIVE));
    }
    int send = options.get(SocketOption.KERNEL_SEND_BUFFER);
    if (send >= 0) {
      channel.setOption(StandardSocketOptions.SO_SNDBUF, send);
    }
    int receive = options.get(SocketOption.KERNEL_RECEIVE_BUFFER);
    if (receive >= 0) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, receive);
    }
  }

  /** The endpoint that a listening channel has, with its port. */
  public static String name(Endpoint endpoint, ServerSocketChannel channel) throws IOException {
    if (endpoint instanceof Endpoint.Tcp
        && channel.getLocalAddress() instanceof InetSocketAddress inet) {
      return new Endpoint.Tcp(inet.getAddress().getHostAddress(), inet.getPort()).toString();
    }
    return endpoint.toString();
  }

  /** A peer's address as text; empty for ipc. */
  public static String text(SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? new Endpoint.Tcp(inet.getAddress().getHostAddress(), inet.getPort()).toString()
        : "";
  }
}
