package io.correio.tests.amqp10;

import static io.correio.amqp.v10.peer.Performatives.detach;
import static io.correio.amqp.v10.peer.Performatives.disposition;
import static io.correio.amqp.v10.peer.Performatives.receiver;
import static io.correio.amqp.v10.peer.Performatives.sender;
import static io.correio.amqp.v10.peer.Performatives.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.Spec;
import io.correio.amqp.v10.peer.Composite;
import io.correio.amqp.v10.peer.Kind;
import io.correio.amqp.v10.peer.ScriptedPeer.Frame;
import io.correio.amqp.v10.peer.Values;
import io.correio.tests.broker.Broker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Part 3 of the standard: sections of messages, outcomes, sources and targets; part 1 in them. */
final class MessagingConformanceTest extends ConformanceTest {

  private static final HexFormat HEX = HexFormat.of();
  private final String queue = Broker.unique("messaging");

  MessagingConformanceTest(Broker broker) {
    super(broker);
  }

  private static byte[] hex(String text) {
    return HEX.parseHex(text.replaceAll("[^0-9a-fA-F]", ""));
  }

  private SocketPeer sending() throws IOException {
    SocketPeer peer = begun();
    peer.attachSender(0, 0, queue);
    return peer;
  }

  private Composite outcome(SocketPeer peer, long id, byte[] message) throws IOException {
    peer.send(0, transfer(0, id), message);
    return peer.expect(Kind.DISPOSITION).part("state");
  }

  // ---- sections (3.2) ------------------------------------------------------------------------

  /** As octets, in all encodings that part 1 has. */
  static final List<String> ENCODED =
      List.of(
          // 1.6.1 to 1.6.18: null, booleans, and each width of each number
          "40",
          "41",
          "42",
          "56 00",
          "56 01",
          "50 ff",
          "60 ffff",
          "70 ffffffff",
          "52 ff",
          "43",
          "80 ffffffffffffffff",
          "53 ff",
          "44",
          "51 80",
          "61 8000",
          "71 80000000",
          "54 80",
          "81 8000000000000000",
          "55 80",
          "72 7fc00000",
          "82 7ff8000000000000",
          "74 22500001",
          "84 2238000000000001",
          "94 30400000000000000000000000000001",
          "73 0001f600",
          "83 8000000000000000",
          "98 000102030405060708090a0b0c0d0e0f",
          // 1.6.19 to 1.6.21: binary, string, symbol, small and large
          "a0 00",
          "a0 02 00ff",
          "b0 00000001 00",
          "a1 00",
          "a1 02 c3bc",
          "b1 00000002 c3bc",
          "a3 01 61",
          "b3 00000001 61",
          // 1.6.22 to 1.6.24: list, map, array
          "45",
          "c0 01 00",
          "c0 03 02 41 40",
          "d0 00000006 00000002 41 42",
          "c1 01 00",
          "c1 05 02 a1 01 61 41",
          "d1 00000008 00000002 a3 01 61 41",
          "e0 04 02 56 01 00",
          "e0 02 00 44",
          "f0 0000000d 00000002 71 00000001 00000002",
          "e0 08 02 a1 01 61 03 62 63 64",
          // described: by ulong, by symbol; array of described values; nested
          "00 80 0000468c00000001 41",
          "00 a3 03 783a79 a1 01 61",
          "e0 08 02 00 a3 01 78 53 01 02",
          "c0 09 01 c0 06 01 c1 03 02 40 40");

  /** What passes from 1.0 to 1.0 arrives octet for octet, whichever of equal encodings it has. */
  @ParameterizedTest
  @FieldSource("ENCODED")
  @Spec(value = "AMQP 1.0", section = "1.6")
  void value_of_any_encoding_arrives_as_it_was_sent(String value) throws IOException {
    byte[] body = Values.encode(hex("00 53 77"), hex(value));
    try (SocketPeer peer = sending()) {
      Composite outcome = outcome(peer, 0, body);
      assertThat(outcome.kind()).as("%s", outcome).isEqualTo(Kind.ACCEPTED);
      peer.attachReceiver(0, 1, queue, 1);
      assertThat(peer.expectFrame(Kind.TRANSFER).payload()).endsWith(body);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "57",
        "30",
        "a1 05 61",
        "b0 ffffffff",
        "b0 7fffffff 00",
        "c0 05 01",
        "c0 01 05",
        "d0 00000004 7fffffff",
        "c1 02 01 40",
        "e0 03 02 56 01",
        "e0 02 02 30",
        "f0 00000005 7fffffff 44",
        "00 41",
        "00",
      })
  @Spec(value = "AMQP 1.0", section = "1.2")
  void malformed_value_is_rejected_as_such(String value) throws IOException {
    try (SocketPeer peer = sending()) {
      Composite outcome = outcome(peer, 0, Values.encode(hex("00 53 77"), hex(value)));
      assertThat(outcome.kind()).as("%s", outcome).isEqualTo(Kind.REJECTED);
      assertThat(outcome.part("error").text("condition")).isEqualTo("amqp:decode-error");
      assertThat(outcome(peer, 1, Values.value("sound")).kind()).isEqualTo(Kind.ACCEPTED);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // two headers; properties before the header; a body of two kinds; footer in the middle;
        // two values; unknown section; annotations that are no map; bytes after the last section
        "005370 45 005370 45 005377 40",
        "005373 45 005370 45 005377 40",
        "005375 a000 005377 40",
        "005378 c10100 005377 40",
        "005377 40 005377 40",
        "00537f 40",
        "005372 45 005377 40",
        "005377 40 41",
        "005370 41 005377 40",
        "005374 c1050253014141 005377 40",
        "005376 41",
        "005375 a10161",
      })
  @Spec(value = "AMQP 1.0", section = "3.2")
  void sections_out_of_order_or_of_another_type_are_rejected(String sections) throws IOException {
    try (SocketPeer peer = sending()) {
      Composite outcome = outcome(peer, 0, hex(sections));
      assertThat(outcome.kind()).as("%s", outcome).isEqualTo(Kind.REJECTED);
      assertThat(outcome.part("error").text("condition")).isEqualTo("amqp:decode-error");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "3.2")
  void settled_message_that_cannot_be_read_detaches_its_link() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.send(0, transfer(0, 0).with("settled", true), hex("ff"));
      peer.expectDetach(0, 0, "amqp:decode-error");
      peer.attachSender(0, 1, queue);
      peer.deliver(0, 1, 1, "goes on");
    }
  }

  private static byte[] all(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "3.2")
  void all_sections_arrive_but_delivery_annotations() throws IOException {
    byte[] header = Values.encode(Composite.of(Kind.HEADER).with("durable", true));
    byte[] delivery = hex("005371 c10702 a30378 2d61 41");
    byte[] annotations = hex("005372 c10802 a304 782d6d79 41");
    byte[] properties =
        Values.encode(Composite.of(Kind.PROPERTIES).with("message-id", "id").with("subject", "s"));
    byte[] application = hex("005374 c10502 a10161 41");
    byte[] body = all(hex("005375 a00161"), hex("005375 a00162"));
    byte[] footer = hex("005378 c10702 a30378 2d66 41");
    try (SocketPeer peer = sending()) {
      Composite outcome =
          outcome(
              peer, 0, all(header, delivery, annotations, properties, application, body, footer));
      assertThat(outcome.kind()).as("%s", outcome).isEqualTo(Kind.ACCEPTED);
      peer.attachReceiver(0, 1, queue, 1);
      byte[] got = peer.expectFrame(Kind.TRANSFER).payload();
      assertThat(got).endsWith(all(properties, application, body, footer));
      List<@Nullable Object> sections = Values.decodeAll(got);
      assertThat(sections).hasSize(7);
      assertThat(((Composite) Objects.requireNonNull(sections.get(0))).isTrue("durable")).isTrue();
      assertThat(
              ((DescribedType) Objects.requireNonNull(sections.get(1))).getDescribed().toString())
          .contains("x-my", "x-routing-key");
    }
  }

  private Composite headerOfNext(SocketPeer peer) throws IOException {
    Frame frame = peer.expectFrame(Kind.TRANSFER);
    Object first = Values.decodeAll(frame.payload()).get(0);
    return first instanceof Composite composite && composite.kind() == Kind.HEADER
        ? composite
        : Composite.of(Kind.HEADER);
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "3.2.1")
  void header_that_was_left_out_means_the_defaults() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.deliver(0, 0, 0, "no header");
      peer.attachReceiver(0, 1, queue, 1);
      Composite header = headerOfNext(peer);
      assertThat(header.isTrue("durable")).isFalse();
      assertThat(header.get("priority")).isNull();
      assertThat(header.get("ttl")).isNull();
      assertThat(header.isTrue("first-acquirer")).isTrue();
      Object count = header.get("delivery-count");
      assertThat(count == null || count.equals(UnsignedInteger.ZERO)).isTrue();
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "3.2.1")
  void header_arrives_as_sent_but_for_what_the_server_knows() throws IOException {
    Composite header =
        Composite.of(Kind.HEADER)
            .with("durable", true)
            .with("priority", 9)
            .with("ttl", 100_000)
            .with("first-acquirer", true)
            .with("delivery-count", 7);
    try (SocketPeer peer = sending()) {
      outcome(peer, 0, all(Values.encode(header), Values.value("x")));
      peer.attachReceiver(0, 1, queue, 1);
      Composite got = headerOfNext(peer);
      assertThat(got.isTrue("durable")).isTrue();
      assertThat(got.number("priority")).isEqualTo(9);
      assertThat(got.number("ttl")).isBetween(1L, 100_000L);
      Object count = got.get("delivery-count");
      assertThat(count == null || count.equals(UnsignedInteger.ZERO)).isTrue();
    }
  }

  // ---- outcomes (3.4) ------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({"ACCEPTED, false", "REJECTED, false", "RELEASED, true", "MODIFIED, true"})
  @Spec(value = "AMQP 1.0", section = "3.4")
  void outcome_says_whether_the_message_stays(Kind kind, boolean stays) throws IOException {
    try (SocketPeer peer = sending()) {
      peer.deliver(0, 0, 0, "message");
      peer.attachReceiver(0, 1, queue, 1);
      peer.expect(Kind.TRANSFER);
      peer.send(0, disposition(0, null, Composite.of(kind)));
      peer.send(0, detach(1, true));
      peer.expect(Kind.DETACH);
      peer.deliver(0, 0, 1, "behind it");
      peer.attachReceiver(0, 1, queue, 1);
      byte[] first = (stays ? "message" : "behind it").getBytes(StandardCharsets.UTF_8);
      Frame frame = peer.expectFrame(Kind.TRANSFER);
      assertThat(frame.payload()).endsWith(first);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "3.4.5")
  void delivery_that_failed_is_counted_and_no_longer_the_first() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.deliver(0, 0, 0, "message");
      peer.attachReceiver(0, 1, queue, 2);
      assertThat(headerOfNext(peer).isTrue("first-acquirer")).isTrue();
      Composite modified = Composite.of(Kind.MODIFIED).with("delivery-failed", true);
      peer.send(0, disposition(0, null, modified));
      Composite header = headerOfNext(peer);
      assertThat(header.isTrue("first-acquirer")).isFalse();
      assertThat(header.number("delivery-count")).isEqualTo(1);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "3.4.4")
  void message_that_no_queue_takes_is_released() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.attachSender(0, 0, "/exchanges/amq.direct/" + Broker.unique("nobody"));
      assertThat(outcome(peer, 0, Values.value("x")).kind()).isEqualTo(Kind.RELEASED);
    }
  }

  // ---- sources and targets (3.5) -------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 1.0", section = "3.5.3")
  void answered_source_is_what_is_done() throws IOException {
    try (SocketPeer peer = begun()) {
      Composite source =
          Composite.of(Kind.SOURCE)
              .with("address", queue)
              .with("distribution-mode", "move")
              .with("outcomes", new Object[] {Symbol.valueOf("amqp:accepted:list")});
      Composite answer = peer.attach(0, receiver("link", 0, queue).with("source", source));
      assertThat(answer.part("source").text("address")).isEqualTo(queue);
      assertThat(answer.part("source").get("filter")).isNull();
      assertThat(answer.part("source").get("default-outcome")).isNotNull();
      assertThat(answer.part("target").kind()).isEqualTo(Kind.TARGET);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "3.5.4")
  void answered_target_is_what_is_done() throws IOException {
    try (SocketPeer peer = begun()) {
      Composite answer = peer.attach(0, sender("link", 0, queue));
      assertThat(answer.part("target").text("address")).isEqualTo(queue);
      assertThat(answer.part("target").isTrue("dynamic")).isFalse();
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "3.5.3")
  void dynamic_source_is_a_queue_that_goes_with_its_link() throws IOException {
    try (SocketPeer peer = begun()) {
      Composite source = Composite.of(Kind.SOURCE).with("dynamic", true);
      Composite answer = peer.attach(0, receiver("link", 0, null).with("source", source));
      String address = answer.part("source").text("address");
      assertThat(address).isNotEqualTo("null").isNotEmpty();
      peer.attachSender(0, 1, address);
      peer.deliver(0, 1, 0, "message");
      peer.send(0, detach(0, true));
      peer.expect(Kind.DETACH);
      peer.attach(0, receiver("again", 0, "/queues/" + address));
      peer.expectDetach(0, 0, "amqp:not-found");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "3.5.4")
  void dynamic_target_is_a_queue_that_can_be_received_from() throws IOException {
    try (SocketPeer peer = begun()) {
      Composite target = Composite.of(Kind.TARGET).with("dynamic", true);
      Composite answer = peer.attach(0, sender("link", 0, null).with("target", target));
      String address = answer.part("target").text("address");
      peer.expect(Kind.FLOW);
      peer.deliver(0, 0, 0, "message");
      peer.attachReceiver(0, 1, address, 1);
      peer.expect(Kind.TRANSFER);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "3.2.4")
  void message_by_an_anonymous_link_goes_where_it_says() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.attachReceiver(0, 1, queue, 0);
      peer.attach(0, sender("link", 0, null));
      peer.expect(Kind.FLOW);
      Composite to = Composite.of(Kind.PROPERTIES).with("to", queue);
      Composite state = outcome(peer, 0, all(Values.encode(to), Values.value("x")));
      assertThat(state.kind()).isEqualTo(Kind.ACCEPTED);
      List<String> refused = new ArrayList<>();
      for (Composite properties :
          Arrays.asList(
              Composite.of(Kind.PROPERTIES), Composite.of(Kind.PROPERTIES).with("to", "/bad"))) {
        Composite rejected =
            outcome(peer, 1 + refused.size(), all(Values.encode(properties), Values.value("x")));
        refused.add(rejected.part("error").text("condition"));
      }
      assertThat(refused).containsExactly("amqp:precondition-failed", "amqp:invalid-field");
    }
  }
}
