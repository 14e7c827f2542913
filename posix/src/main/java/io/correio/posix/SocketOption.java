package io.correio.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.correio.posix.libc.Layouts;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * An option of {@link PosixSocket#getsockopt} and {@link PosixSocket#setsockopt}: its level, its
 * number, and how its value lies in memory. Any option that is not among the constants can be made
 * by {@link #ofInt}, {@link #ofBoolean} and {@link #ofBytes}. Immutable.
 *
 * @param <T> its value
 */
public final class SocketOption<T> {

  /** Most bytes of a value. */
  public static final int VALUE_BYTES_MAX = 256;

  private static final int SOL = Layouts.SOL_SOCKET;
  private static final int TCP = 6;
  private static final int IP = 0;
  private static final int IPV6 = 41;

  /** SO_REUSEADDR: may bind to an address that old connections still use. */
  public static final SocketOption<Boolean> SO_REUSEADDR = ofBoolean("SO_REUSEADDR", SOL, 2);

  /** SO_TYPE, to get only. */
  public static final SocketOption<SocketType> SO_TYPE =
      new SocketOption<>(
          "SO_TYPE", SOL, 3, OptionCodec.integers(SocketType::of, SocketType::number));

  /** SO_ERROR, to get only: the pending error, which getting it clears. */
  public static final SocketOption<Integer> SO_ERROR = ofInt("SO_ERROR", SOL, 4);

  /** SO_DONTROUTE. */
  public static final SocketOption<Boolean> SO_DONTROUTE = ofBoolean("SO_DONTROUTE", SOL, 5);

  /** SO_BROADCAST: may send to broadcast addresses. */
  public static final SocketOption<Boolean> SO_BROADCAST = ofBoolean("SO_BROADCAST", SOL, 6);

  /** SO_SNDBUF: bytes; Linux doubles what is set. */
  public static final SocketOption<Integer> SO_SNDBUF = ofInt("SO_SNDBUF", SOL, 7);

  /** SO_RCVBUF: bytes; Linux doubles what is set. */
  public static final SocketOption<Integer> SO_RCVBUF = ofInt("SO_RCVBUF", SOL, 8);

  /** SO_KEEPALIVE. */
  public static final SocketOption<Boolean> SO_KEEPALIVE = ofBoolean("SO_KEEPALIVE", SOL, 9);

  /** SO_OOBINLINE. */
  public static final SocketOption<Boolean> SO_OOBINLINE = ofBoolean("SO_OOBINLINE", SOL, 10);

  /** SO_PRIORITY (Linux). */
  public static final SocketOption<Integer> SO_PRIORITY = ofInt("SO_PRIORITY", SOL, 12);

  /** SO_LINGER: what close does with what is not delivered. */
  public static final SocketOption<Linger> SO_LINGER =
      new SocketOption<>("SO_LINGER", SOL, 13, OptionCodec.LINGER);

  /** SO_REUSEPORT (Linux): several sockets share an address. */
  public static final SocketOption<Boolean> SO_REUSEPORT = ofBoolean("SO_REUSEPORT", SOL, 15);

  /** SO_PASSCRED (Linux): credentials come with each message. */
  public static final SocketOption<Boolean> SO_PASSCRED = ofBoolean("SO_PASSCRED", SOL, 16);

  /** SO_PEERCRED (Linux), to get only: who connected, listened or made the pair. */
  public static final SocketOption<Credentials> SO_PEERCRED =
      new SocketOption<>("SO_PEERCRED", SOL, 17, OptionCodec.CREDENTIALS);

  /** SO_RCVLOWAT: fewest bytes that make a stream readable. */
  public static final SocketOption<Integer> SO_RCVLOWAT = ofInt("SO_RCVLOWAT", SOL, 18);

  /** SO_SNDLOWAT; Linux does not let it be set. */
  public static final SocketOption<Integer> SO_SNDLOWAT = ofInt("SO_SNDLOWAT", SOL, 19);

  /** SO_RCVTIMEO: how long receiving and accepting block; zero is for ever. */
  public static final SocketOption<Duration> SO_RCVTIMEO =
      new SocketOption<>("SO_RCVTIMEO", SOL, 20, OptionCodec.DURATION);

  /** SO_SNDTIMEO: how long sending and (Linux) connecting block; zero is for ever. */
  public static final SocketOption<Duration> SO_SNDTIMEO =
      new SocketOption<>("SO_SNDTIMEO", SOL, 21, OptionCodec.DURATION);

  /** SO_BINDTODEVICE (Linux): an interface's name; empty for any. */
  public static final SocketOption<String> SO_BINDTODEVICE =
      new SocketOption<>("SO_BINDTODEVICE", SOL, 25, OptionCodec.TEXT);

  /** SO_ACCEPTCONN, to get only: whether it listens. */
  public static final SocketOption<Boolean> SO_ACCEPTCONN = ofBoolean("SO_ACCEPTCONN", SOL, 30);

  /** SO_PROTOCOL, to get only. */
  public static final SocketOption<Integer> SO_PROTOCOL = ofInt("SO_PROTOCOL", SOL, 38);

  /** SO_DOMAIN, to get only. */
  public static final SocketOption<AddressFamily> SO_DOMAIN =
      new SocketOption<>(
          "SO_DOMAIN", SOL, 39, OptionCodec.integers(AddressFamily::of, AddressFamily::number));

  /** TCP_NODELAY: small segments leave at once. */
  public static final SocketOption<Boolean> TCP_NODELAY = ofBoolean("TCP_NODELAY", TCP, 1);

  /** TCP_MAXSEG: bytes. */
  public static final SocketOption<Integer> TCP_MAXSEG = ofInt("TCP_MAXSEG", TCP, 2);

  /** TCP_CORK (Linux): only full segments leave. */
  public static final SocketOption<Boolean> TCP_CORK = ofBoolean("TCP_CORK", TCP, 3);

  /** TCP_KEEPIDLE: seconds before the first probe. */
  public static final SocketOption<Integer> TCP_KEEPIDLE = ofInt("TCP_KEEPIDLE", TCP, 4);

  /** TCP_KEEPINTVL: seconds between probes. */
  public static final SocketOption<Integer> TCP_KEEPINTVL = ofInt("TCP_KEEPINTVL", TCP, 5);

  /** TCP_KEEPCNT: probes. */
  public static final SocketOption<Integer> TCP_KEEPCNT = ofInt("TCP_KEEPCNT", TCP, 6);

  /** TCP_SYNCNT (Linux): retransmissions of a connection request. */
  public static final SocketOption<Integer> TCP_SYNCNT = ofInt("TCP_SYNCNT", TCP, 7);

  /** TCP_DEFER_ACCEPT (Linux): seconds; a connection is accepted when data has come. */
  public static final SocketOption<Integer> TCP_DEFER_ACCEPT = ofInt("TCP_DEFER_ACCEPT", TCP, 9);

  /** TCP_QUICKACK (Linux). */
  public static final SocketOption<Boolean> TCP_QUICKACK = ofBoolean("TCP_QUICKACK", TCP, 12);

  /** TCP_CONGESTION (Linux): the algorithm's name. */
  public static final SocketOption<String> TCP_CONGESTION =
      new SocketOption<>("TCP_CONGESTION", TCP, 13, OptionCodec.TEXT);

  /**
   * TCP_USER_TIMEOUT (Linux): milliseconds without acknowledgement before a connection is dropped.
   */
  public static final SocketOption<Integer> TCP_USER_TIMEOUT = ofInt("TCP_USER_TIMEOUT", TCP, 18);

  /** TCP_FASTOPEN (Linux): how many requests with data may be pending. */
  public static final SocketOption<Integer> TCP_FASTOPEN = ofInt("TCP_FASTOPEN", TCP, 23);

  /** IP_TOS. */
  public static final SocketOption<Integer> IP_TOS = ofInt("IP_TOS", IP, 1);

  /** IP_TTL. */
  public static final SocketOption<Integer> IP_TTL = ofInt("IP_TTL", IP, 2);

  /** IP_MULTICAST_TTL. */
  public static final SocketOption<Integer> IP_MULTICAST_TTL = ofInt("IP_MULTICAST_TTL", IP, 33);

  /** IP_MULTICAST_LOOP. */
  public static final SocketOption<Boolean> IP_MULTICAST_LOOP =
      ofBoolean("IP_MULTICAST_LOOP", IP, 34);

  /** IPV6_UNICAST_HOPS. */
  public static final SocketOption<Integer> IPV6_UNICAST_HOPS =
      ofInt("IPV6_UNICAST_HOPS", IPV6, 16);

  /** IPV6_MULTICAST_HOPS. */
  public static final SocketOption<Integer> IPV6_MULTICAST_HOPS =
      ofInt("IPV6_MULTICAST_HOPS", IPV6, 18);

  /** IPV6_V6ONLY: no mapped addresses of version 4. */
  public static final SocketOption<Boolean> IPV6_V6ONLY = ofBoolean("IPV6_V6ONLY", IPV6, 26);

  /** IPV6_TCLASS. */
  public static final SocketOption<Integer> IPV6_TCLASS = ofInt("IPV6_TCLASS", IPV6, 67);

  private final String name;
  private final int level;
  private final int number;
  private final OptionCodec<T> codec;

  private SocketOption(String name, int level, int number, OptionCodec<T> codec) {
    this.name = name;
    this.level = level;
    this.number = number;
    this.codec = codec;
  }

  /** An option whose value is an {@code int}. */
  public static SocketOption<Integer> ofInt(String name, int level, int number) {
    return new SocketOption<>(name, level, number, OptionCodec.integers(value -> value, v -> v));
  }

  /** An option whose value is an {@code int} that is 0 or not. */
  public static SocketOption<Boolean> ofBoolean(String name, int level, int number) {
    return new SocketOption<>(
        name, level, number, OptionCodec.integers(value -> value != 0, on -> on ? 1 : 0));
  }

  /** An option of any form, at most {@link #VALUE_BYTES_MAX} bytes. */
  public static SocketOption<byte[]> ofBytes(String name, int level, int number) {
    return new SocketOption<>(name, level, number, OptionCodec.BYTES);
  }

  /** Its name in the headers. */
  public String name() {
    return name;
  }

  int level() {
    return level;
  }

  int number() {
    return number;
  }

  /** Writes a value; returns its length. */
  int encode(T value, MemorySegment to) {
    return codec.encode(value, to);
  }

  T decode(MemorySegment from, int length) {
    return codec.decode(from, length);
  }

  @Override
  public String toString() {
    return name;
  }

  /** How a value lies in memory. */
  private interface OptionCodec<T> {
    OptionCodec<Linger> LINGER =
        of(
            (value, to) -> {
              to.set(JAVA_INT, 0, value.on() ? 1 : 0);
              to.set(JAVA_INT, 4, value.seconds());
              return Layouts.LINGER_BYTES;
            },
            (from, length) -> new Linger(from.get(JAVA_INT, 0) != 0, from.get(JAVA_INT, 4)));

    OptionCodec<Credentials> CREDENTIALS =
        of(
            (value, to) -> {
              CredentialsCodec.encode(value, to, 0);
              return Layouts.UCRED_BYTES;
            },
            (from, length) -> CredentialsCodec.decode(from, 0));

    OptionCodec<Duration> DURATION =
        of(
            (value, to) -> {
              // Rounded up: a time that is not zero must not become for ever.
              long micros = Math.ceilDiv(value.toNanosPart(), 1_000);
              to.set(JAVA_LONG, 0, value.toSeconds() + micros / 1_000_000);
              to.set(JAVA_LONG, 8, micros % 1_000_000);
              return Layouts.TIMEVAL_BYTES;
            },
            (from, length) ->
                Duration.ofSeconds(from.get(JAVA_LONG, 0), from.get(JAVA_LONG, 8) * 1_000));

    OptionCodec<String> TEXT =
        of(
            (value, to) -> {
              byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
              checkLength(bytes.length + 1);
              MemorySegment.copy(bytes, 0, to, JAVA_BYTE, 0, bytes.length);
              to.set(JAVA_BYTE, bytes.length, (byte) 0);
              return bytes.length + 1;
            },
            (from, length) -> length == 0 ? "" : from.getString(0));

    OptionCodec<byte[]> BYTES =
        of(
            (value, to) -> {
              checkLength(value.length);
              MemorySegment.copy(value, 0, to, JAVA_BYTE, 0, value.length);
              return value.length;
            },
            (from, length) -> from.asSlice(0, length).toArray(JAVA_BYTE));

    int encode(T value, MemorySegment to);

    T decode(MemorySegment from, int length);

    static <T> OptionCodec<T> integers(
        java.util.function.IntFunction<T> decode, java.util.function.ToIntFunction<T> encode) {
      return of(
          (value, to) -> {
            to.set(JAVA_INT, 0, encode.applyAsInt(value));
            return Integer.BYTES;
          },
          (from, length) -> decode.apply(from.get(JAVA_INT, 0)));
    }

    static <T> OptionCodec<T> of(
        java.util.function.ToIntBiFunction<T, MemorySegment> encode,
        java.util.function.BiFunction<MemorySegment, Integer, T> decode) {
      return new OptionCodec<>() {
        @Override
        public int encode(T value, MemorySegment to) {
          return encode.applyAsInt(value, to);
        }

        @Override
        public T decode(MemorySegment from, int length) {
          return decode.apply(from, length);
        }
      };
    }

    private static void checkLength(int bytes) {
      if (bytes > VALUE_BYTES_MAX) {
        throw new IllegalArgumentException(
            "an option's value of " + bytes + " bytes; at most " + VALUE_BYTES_MAX);
      }
    }
  }
}
