package io.correio.posix;

import io.correio.posix.libc.Layouts;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a socket can be bound or connected to ({@code struct sockaddr} and its kin). Immutable. */
public sealed interface Address {

  /** The family whose sockets take this address. */
  AddressFamily family();

  /**
   * {@code struct sockaddr_in}.
   *
   * @param address the host
   * @param port 0 to 65,535; to bind to 0 is to have the kernel choose
   */
  record Inet4(Inet4Address address, int port) implements Address {

    /** INADDR_ANY. */
    public static final Inet4Address ANY = inet4(0, 0, 0, 0);

    /** INADDR_LOOPBACK. */
    public static final Inet4Address LOOPBACK = inet4(127, 0, 0, 1);

    /** Checks the port. */
    public Inet4 {
      checkPort(port);
    }

    /** A port of this machine's loopback. */
    public static Inet4 loopback(int port) {
      return new Inet4(LOOPBACK, port);
    }

    /** A port of every interface. */
    public static Inet4 any(int port) {
      return new Inet4(ANY, port);
    }

    @Override
    public AddressFamily family() {
      return AddressFamily.INET;
    }

    @Override
    public String toString() {
      return address.getHostAddress() + ":" + port;
    }

    private static Inet4Address inet4(int... parts) {
      byte[] bytes = new byte[4];
      for (int i = 0; i < 4; i++) {
        bytes[i] = (byte) parts[i];
      }
      return (Inet4Address) of(bytes);
    }
  }

  /**
   * {@code struct sockaddr_in6}.
   *
   * @param address the host; what scope it has itself does not count
   * @param port 0 to 65,535; to bind to 0 is to have the kernel choose
   * @param flowInfo traffic class and flow label
   * @param scope the interface of a link-local address, by its index; else 0
   */
  record Inet6(Inet6Address address, int port, int flowInfo, int scope) implements Address {

    /** in6addr_any. */
    public static final Inet6Address ANY = inet6(0);

    /** in6addr_loopback. */
    public static final Inet6Address LOOPBACK = inet6(1);

    /** Checks the port. */
    public Inet6 {
      checkPort(port);
    }

    /** Without flow information; the scope is the address's own. */
    public Inet6(Inet6Address address, int port) {
      this(address, port, 0, address.getScopeId());
    }

    /** A port of this machine's loopback. */
    public static Inet6 loopback(int port) {
      return new Inet6(LOOPBACK, port, 0, 0);
    }

    /** A port of every interface. */
    public static Inet6 any(int port) {
      return new Inet6(ANY, port, 0, 0);
    }

    @Override
    public AddressFamily family() {
      return AddressFamily.INET6;
    }

    @Override
    public String toString() {
      String host = address.getHostAddress();
      int percent = host.indexOf('%');
      return "["
          + (percent < 0 ? host : host.substring(0, percent))
          + (scope == 0 ? "" : "%" + scope)
          + "]:"
          + port;
    }

    /**
     * Also of addresses that {@link InetAddress#getByAddress} would make an {@link Inet4Address}.
     */
    static Inet6Address inet6(byte[] bytes) {
      try {
        return Inet6Address.getByAddress(null, bytes, -1);
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(e);
      }
    }

    private static Inet6Address inet6(int last) {
      byte[] bytes = new byte[16];
      bytes[15] = (byte) last;
      return inet6(bytes);
    }
  }

  /**
   * {@code struct sockaddr_un} with a path. To bind makes a file of that name, and whoever bound
   * removes it.
   *
   * @param path at most 107 bytes in UTF-8
   */
  record UnixPath(String path) implements Address {

    /** Most bytes of a path: {@code sun_path} holds one more, for the zero. */
    public static final int MAXIMUM_BYTES = Layouts.SOCKADDR_UN_PATH_BYTES - 1;

    /** Checks the length. */
    public UnixPath {
      int bytes = path.getBytes(StandardCharsets.UTF_8).length;
      if (bytes == 0 || bytes > MAXIMUM_BYTES || path.indexOf('\0') >= 0) {
        throw new IllegalArgumentException(
            "the path of a Unix socket has 1 to "
                + MAXIMUM_BYTES
                + " bytes, none of them 0; this one has "
                + bytes
                + ": "
                + path);
      }
    }

    /** The path as the file system's. */
    public static UnixPath of(Path path) {
      return new UnixPath(path.toString());
    }

    @Override
    public AddressFamily family() {
      return AddressFamily.UNIX;
    }

    @Override
    public String toString() {
      return path;
    }
  }

  /** {@code struct sockaddr_un} with an abstract name (Linux): no file, gone with its socket. */
  final class UnixAbstract implements Address {

    /** Most bytes of a name: one of {@code sun_path} is the zero before it. */
    public static final int MAXIMUM_BYTES = Layouts.SOCKADDR_UN_PATH_BYTES - 1;

    private final byte[] name;

    /**
     * An abstract name.
     *
     * @param name 1 to 107 bytes of any value, without the zero that comes before them in C
     */
    public UnixAbstract(byte[] name) {
      if (name.length == 0 || name.length > MAXIMUM_BYTES) {
        throw new IllegalArgumentException(
            "an abstract name has 1 to " + MAXIMUM_BYTES + " bytes, this one has " + name.length);
      }
      this.name = name.clone();
    }

    /** A name in UTF-8. */
    public static UnixAbstract of(String name) {
      return new UnixAbstract(name.getBytes(StandardCharsets.UTF_8));
    }

    /** The name's bytes. */
    public byte[] name() {
      return name.clone();
    }

    @Override
    public AddressFamily family() {
      return AddressFamily.UNIX;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof UnixAbstract that && Arrays.equals(name, that.name);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(name);
    }

    @Override
    public String toString() {
      for (byte each : name) {
        if (each <= ' ' || each == 127) {
          return "@0x" + HexFormat.of().formatHex(name);
        }
      }
      return "@" + new String(name, StandardCharsets.US_ASCII);
    }
  }

  /**
   * {@code struct sockaddr_un} of the family alone: the name of a socket that has none. To bind to
   * it has the kernel choose an abstract name.
   */
  record UnixUnnamed() implements Address {
    @Override
    public AddressFamily family() {
      return AddressFamily.UNIX;
    }

    @Override
    public String toString() {
      return "unnamed";
    }
  }

  /**
   * The addresses of a host (getaddrinfo(3), by the JDK's resolver), in the resolver's order. May
   * block as long as the name service takes.
   *
   * @param host a name, or an address as text
   * @param port 0 to 65,535
   * @throws UnknownHostException if there is no such host (EAI_NONAME and its kin)
   */
  static List<Address> getaddrinfo(String host, int port) throws UnknownHostException {
    List<Address> addresses = new ArrayList<>();
    for (InetAddress address : InetAddress.getAllByName(host)) {
      addresses.add(
          switch (address) {
            case Inet4Address four -> new Inet4(four, port);
            case Inet6Address six -> new Inet6(six, port);
            default -> throw new UnknownHostException(host + " is of no known family");
          });
    }
    return List.copyOf(addresses);
  }

  private static void checkPort(int port) {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not within 0 to 65,535");
    }
  }

  private static InetAddress of(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
