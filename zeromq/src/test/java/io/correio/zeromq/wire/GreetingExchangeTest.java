package io.correio.zeromq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** RFC 37, "Version Negotiation", with peers of every version. */
final class GreetingExchangeTest {
  private static final byte[] NOBODY = {};
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void the_signature_is_due_at_once_and_nothing_else() {
    GreetingExchange exchange = exchange("NULL", false);
    assertThat(exchange.takeOutput()).isEqualTo(HEX.parseHex("ff00000000000000017f"));
    assertThat(exchange.takeOutput()).isEmpty();
  }

  @Test
  void the_version_follows_the_tenth_octet_and_the_rest_the_eleventh() throws ZmtpException {
    GreetingExchange exchange = exchange("NULL", false);
    exchange.takeOutput();
    exchange.consume(ByteBuffer.wrap(new byte[] {(byte) 0xff, 9, 9, 9, 9, 9, 9, 9, 9}));
    assertThat(exchange.takeOutput()).isEmpty();
    exchange.consume(ByteBuffer.wrap(new byte[] {0x7f}));
    assertThat(exchange.takeOutput()).containsExactly(3);
    exchange.consume(ByteBuffer.wrap(new byte[] {3}));
    byte[] rest = exchange.takeOutput();
    assertThat(rest).hasSize(53);
    assertThat(rest[0]).isEqualTo((byte) 1);
    assertThat(new String(rest, 1, 4, StandardCharsets.US_ASCII)).isEqualTo("NULL");
  }

  @Test
  void two_of_our_own_agree_on_3_1_octet_by_octet() throws ZmtpException {
    GreetingExchange one = exchange("CURVE", true);
    GreetingExchange other = exchange("CURVE", false);
    run(one, other);
    assertThat(one.greeting())
        .isEqualTo(new Greeting(ZmtpVersion.V3_1, 3, 1, "CURVE", false, Metadata.EMPTY));
    assertThat(other.greeting().peerIsServer()).isTrue();
  }

  @Test
  void the_lower_version_is_spoken() throws ZmtpException {
    for (ZmtpVersion version : ZmtpVersion.values()) {
      GreetingExchange older =
          new GreetingExchange(
              new GreetingOffer(
                  version,
                  ZmtpVersion.V2_0,
                  "NULL",
                  false,
                  "DEALER",
                  "id".getBytes(StandardCharsets.US_ASCII)));
      GreetingExchange newer = exchange("NULL", false);
      run(older, newer);
      assertThat(older.greeting().version()).isEqualTo(version);
      assertThat(newer.greeting().version()).isEqualTo(version);
    }
  }

  @Test
  void a_later_version_is_taken_for_3_1() throws ZmtpException {
    for (int[] later : new int[][] {{3, 2}, {4, 0}, {255, 255}}) {
      GreetingExchange exchange = exchange("NULL", false);
      exchange.consume(ByteBuffer.wrap(greeting3(later[0], later[1], "NULL", 0)));
      assertThat(exchange.greeting().version()).isEqualTo(ZmtpVersion.V3_1);
      assertThat(exchange.greeting().peerMajor()).isEqualTo(later[0]);
    }
  }

  @Test
  void a_peer_of_2_0_gets_type_and_identity_and_tells_its_own() throws ZmtpException {
    GreetingExchange exchange =
        new GreetingExchange(GreetingOffer.of("NULL", false, "XPUB", new byte[] {5, 6}));
    exchange.takeOutput();
    exchange.consume(ByteBuffer.wrap(HEX.parseHex("ff00000000000000017f" + "01")));
    assertThat(exchange.takeOutput()).containsExactly(3, 1, 0, 2, 5, 6);
    ByteBuffer rest = ByteBuffer.wrap(HEX.parseHex("02" + "0003616263" + "0000"));
    exchange.consume(rest);
    assertThat(rest.remaining()).as("the first message is left").isEqualTo(2);
    Greeting greeting = exchange.greeting();
    assertThat(greeting.version()).isEqualTo(ZmtpVersion.V2_0);
    assertThat(greeting.metadata().text(Metadata.SOCKET_TYPE)).contains("SUB");
    assertThat(greeting.metadata().text(Metadata.IDENTITY)).contains("abc");
  }

  @Test
  void an_identity_of_2_0_may_come_as_a_long_frame() throws ZmtpException {
    GreetingExchange exchange = exchange("NULL", false);
    exchange.consume(
        ByteBuffer.wrap(
            HEX.parseHex("ff00000000000000017f0105" + "02" + "0000000000000001" + "41")));
    assertThat(exchange.greeting().metadata().text(Metadata.IDENTITY)).contains("A");
  }

  @Test
  void an_identity_of_2_0_that_lies_about_its_length_is_refused() {
    refused("ff00000000000000017f0105" + "02" + "0000000000000100", ZmtpException.Kind.TOO_LARGE);
    refused("ff00000000000000017f0105" + "02" + "8000000000000001", ZmtpException.Kind.TOO_LARGE);
    refused("ff00000000000000017f0105" + "01" + "00", ZmtpException.Kind.MALFORMED);
    refused("ff00000000000000017f01" + "0b", ZmtpException.Kind.MALFORMED);
  }

  @Test
  void older_than_2_0_is_refused() {
    refused("ff00000000000000017f" + "00", ZmtpException.Kind.VERSION);
    refused("0100", ZmtpException.Kind.VERSION);
    // An unversioned peer with an identity of 254 octets or more begins like a signature.
    refused("ff000000000000010000", ZmtpException.Kind.VERSION);
    refused(
        HEX.formatHex("GET / HTTP/1.1".getBytes(StandardCharsets.US_ASCII)),
        ZmtpException.Kind.VERSION);
  }

  @Test
  void what_stands_between_the_ends_of_the_signature_means_nothing() throws ZmtpException {
    byte[] greeting = greeting3(3, 1, "NULL", 0);
    Arrays.fill(greeting, 1, 9, (byte) 0xaa);
    GreetingExchange exchange = exchange("NULL", false);
    exchange.consume(ByteBuffer.wrap(greeting));
    assertThat(exchange.isComplete()).isTrue();
  }

  @Test
  void the_server_bit_means_nothing_with_null() throws ZmtpException {
    GreetingExchange exchange = new GreetingExchange(GreetingOffer.of("NULL", true, "REP", NOBODY));
    exchange.consume(ByteBuffer.wrap(greeting3(3, 1, "NULL", 1)));
    assertThat(exchange.greeting().peerIsServer()).isFalse();
    assertThat(exchange.takeOutput()[32]).isZero();
  }

  @Test
  void two_servers_do_not_wait_for_each_other() {
    GreetingExchange exchange = exchange("CURVE", true);
    ZmtpException refusal =
        catchThrowableOfType(
            ZmtpException.class,
            () -> exchange.consume(ByteBuffer.wrap(greeting3(3, 1, "CURVE", 1))));
    assertThat(refusal.kind()).isEqualTo(ZmtpException.Kind.MECHANISM);
  }

  @Test
  void mechanisms_are_compared_over_all_their_octets() {
    for (String other :
        List.of("PLAIN", "NULL\0X", "NULLX", "", "NULL\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0Z")) {
      GreetingExchange exchange = exchange("NULL", false);
      assertThatThrownBy(() -> exchange.consume(ByteBuffer.wrap(greeting3(3, 1, other, 0))))
          .isInstanceOf(ZmtpException.class)
          .hasMessageContaining("configure both alike");
      assertThat(exchange.takeOutput()).as("who reads a greeting sends its own").hasSize(64);
    }
  }

  @Test
  void security_is_not_given_up_for_an_old_peer() {
    GreetingExchange exchange = exchange("PLAIN", true);
    assertThatThrownBy(
            () -> exchange.consume(ByteBuffer.wrap(HEX.parseHex("ff00000000000000017f01"))))
        .isInstanceOf(ZmtpException.class)
        .hasMessageContaining("demands PLAIN");
  }

  @Test
  void a_socket_may_demand_a_version() {
    GreetingExchange exchange =
        new GreetingExchange(
            new GreetingOffer(ZmtpVersion.V3_1, ZmtpVersion.V3_1, "NULL", false, "REQ", NOBODY));
    assertThatThrownBy(() -> exchange.consume(ByteBuffer.wrap(greeting3(3, 0, "NULL", 0))))
        .isInstanceOf(ZmtpException.class)
        .hasMessageContaining("3.0");
  }

  @Test
  void a_socket_type_that_2_0_does_not_know_is_refused_there() {
    GreetingExchange exchange =
        new GreetingExchange(GreetingOffer.of("NULL", false, "CLIENT", NOBODY));
    assertThatThrownBy(
            () -> exchange.consume(ByteBuffer.wrap(HEX.parseHex("ff00000000000000017f01"))))
        .isInstanceOf(ZmtpException.class)
        .hasMessageContaining("CLIENT");
  }

  @Test
  void random_octets_end_in_a_greeting_a_refusal_or_waiting() {
    Random random = new Random(37);
    int refusals = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] octets = new byte[random.nextInt(400)];
      random.nextBytes(octets);
      byte[] start =
          round % 2 == 0 ? greeting3(3, 1, "NULL", 0) : HEX.parseHex("ff00000000000000017f01");
      int kept = Math.min(random.nextInt(start.length + 1), octets.length);
      System.arraycopy(start, 0, octets, 0, kept);
      GreetingExchange exchange = exchange("NULL", false);
      try {
        exchange.consume(ByteBuffer.wrap(octets));
        if (exchange.isComplete()) {
          assertThat(exchange.greeting().mechanism()).isEqualTo("NULL");
        }
      } catch (ZmtpException refusal) {
        assertThat(refusal.getMessage()).isNotBlank();
        refusals++;
      }
    }
    assertThat(refusals).isPositive();
  }

  private static void refused(String octets, ZmtpException.Kind kind) {
    GreetingExchange exchange = exchange("NULL", false);
    ZmtpException refusal =
        catchThrowableOfType(
            ZmtpException.class, () -> exchange.consume(ByteBuffer.wrap(HEX.parseHex(octets))));
    assertThat(refusal).as(octets).isNotNull();
    assertThat(refusal.kind()).isEqualTo(kind);
    assertThatThrownBy(exchange::greeting).isInstanceOf(IllegalStateException.class);
  }

  private static GreetingExchange exchange(String mechanism, boolean asServer) {
    return new GreetingExchange(GreetingOffer.of(mechanism, asServer, "DEALER", NOBODY));
  }

  /** Hands octets over one at a time, as the worst network would. */
  private static void run(GreetingExchange one, GreetingExchange other) throws ZmtpException {
    for (int round = 0; round < 10; round++) {
      for (byte octet : one.takeOutput()) {
        other.consume(ByteBuffer.wrap(new byte[] {octet}));
      }
      for (byte octet : other.takeOutput()) {
        one.consume(ByteBuffer.wrap(new byte[] {octet}));
      }
    }
    assertThat(one.isComplete() && other.isComplete()).isTrue();
  }

  private static byte[] greeting3(int major, int minor, String mechanism, int asServer) {
    byte[] greeting = new byte[64];
    greeting[0] = (byte) 0xff;
    greeting[9] = 0x7f;
    greeting[10] = (byte) major;
    greeting[11] = (byte) minor;
    byte[] name = mechanism.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, greeting, 12, name.length);
    greeting[32] = (byte) asServer;
    return greeting;
  }
}
