package io.correio.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.correio.posix.libc.Layouts;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Addresses as the kernel has them. Stateless. */
final class AddressCodec {
  private static final ValueLayout.OfShort PORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt NETWORK_INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private AddressCodec() {}

  /** Writes an address; returns its length. */
  static int encode(Address address, MemorySegment to) {
    to.asSlice(0, Layouts.SOCKADDR_STORAGE_BYTES).fill((byte) 0);
    to.set(JAVA_SHORT_UNALIGNED, 0, (short) address.family().number());
    return switch (address) {
      case Address.Inet4 four -> {
        to.set(PORT, Layouts.SOCKADDR_IN_PORT, (short) four.port());
        put(four.address().getAddress(), to, Layouts.SOCKADDR_IN_ADDRESS);
        yield Layouts.SOCKADDR_IN_BYTES;
      }
      case Address.Inet6 six -> {
        to.set(PORT, Layouts.SOCKADDR_IN6_PORT, (short) six.port());
        to.set(NETWORK_INT, Layouts.SOCKADDR_IN6_FLOWINFO, six.flowInfo());
        put(six.address().getAddress(), to, Layouts.SOCKADDR_IN6_ADDRESS);
        to.set(JAVA_INT_UNALIGNED, Layouts.SOCKADDR_IN6_SCOPE, six.scope());
        yield Layouts.SOCKADDR_IN6_BYTES;
      }
      case Address.UnixPath path -> {
        byte[] bytes = path.path().getBytes(StandardCharsets.UTF_8);
        put(bytes, to, Layouts.SOCKADDR_UN_PATH);
        yield Layouts.SOCKADDR_UN_PATH + bytes.length + 1;
      }
      case Address.UnixAbstract name -> {
        byte[] bytes = name.name();
        put(bytes, to, Layouts.SOCKADDR_UN_PATH + 1);
        yield Layouts.SOCKADDR_UN_PATH + 1 + bytes.length;
      }
      case Address.UnixUnnamed ignored -> Layouts.SOCKADDR_UN_PATH;
    };
  }

  /**
   * Reads an address.
   *
   * @param length what the kernel says; 0, as of a stream's messages, is no address, and unnamed
   */
  static Address decode(MemorySegment from, int length) {
    if (length < 2) {
      return new Address.UnixUnnamed();
    }
    return switch (AddressFamily.of(from.get(JAVA_SHORT_UNALIGNED, 0))) {
      case INET ->
          new Address.Inet4(
              inet4(bytes(from, Layouts.SOCKADDR_IN_ADDRESS, 4)),
              Short.toUnsignedInt(from.get(PORT, Layouts.SOCKADDR_IN_PORT)));
      case INET6 ->
          new Address.Inet6(
              Address.Inet6.inet6(bytes(from, Layouts.SOCKADDR_IN6_ADDRESS, 16)),
              Short.toUnsignedInt(from.get(PORT, Layouts.SOCKADDR_IN6_PORT)),
              from.get(NETWORK_INT, Layouts.SOCKADDR_IN6_FLOWINFO),
              from.get(JAVA_INT_UNALIGNED, Layouts.SOCKADDR_IN6_SCOPE));
      case UNIX -> decodeUnix(from, length);
    };
  }

  private static Address decodeUnix(MemorySegment from, int length) {
    int first = Layouts.SOCKADDR_UN_PATH;
    if (length <= first) {
      return new Address.UnixUnnamed();
    }
    if (from.get(JAVA_BYTE, first) == 0) {
      return length == first + 1
          ? new Address.UnixUnnamed()
          : new Address.UnixAbstract(bytes(from, first + 1, length - first - 1));
    }
    int end = first;
    // A path of all 108 bytes has no zero behind it.
    while (end < length && from.get(JAVA_BYTE, end) != 0) {
      end++;
    }
    return new Address.UnixPath(
        new String(bytes(from, first, end - first), StandardCharsets.UTF_8));
  }

  private static Inet4Address inet4(byte[] bytes) {
    try {
      return (Inet4Address) InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static void put(byte[] bytes, MemorySegment to, int at) {
    MemorySegment.copy(bytes, 0, to, JAVA_BYTE, at, bytes.length);
  }

  private static byte[] bytes(MemorySegment from, int at, int count) {
    return from.asSlice(at, count).toArray(JAVA_BYTE);
  }
}
