package io.correio.server.front.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.amqp.Spec;
import io.correio.core.message.Address;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.messaging.AmqpSequence;
import org.apache.qpid.protonj2.types.messaging.AmqpValue;
import org.apache.qpid.protonj2.types.messaging.ApplicationProperties;
import org.apache.qpid.protonj2.types.messaging.Data;
import org.apache.qpid.protonj2.types.messaging.DeliveryAnnotations;
import org.apache.qpid.protonj2.types.messaging.Footer;
import org.apache.qpid.protonj2.types.messaging.Header;
import org.apache.qpid.protonj2.types.messaging.MessageAnnotations;
import org.apache.qpid.protonj2.types.messaging.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that are none: an exception that names section, place and remedy, and nothing else. */
@Spec(value = "AMQP 1.0", section = "3.2")
final class MalformedMessageTest {
  private static final Symbol KEY = Symbol.valueOf("x-key");

  @Test
  void message_cut_off_anywhere_is_refused_but_between_sections() {
    Object[] sections = {
      header(),
      new DeliveryAnnotations(Map.of(KEY, 1)),
      new MessageAnnotations(Map.of(KEY, List.of("a", Map.of("b", 2L)))),
      properties(),
      new ApplicationProperties(Map.of("k", 1.5)),
      new Data(new byte[300]),
      new Data(new byte[3]),
      new Footer(Map.of(KEY, 1))
    };
    byte[] whole = Proton.encode(sections);
    List<Integer> ends = new ArrayList<>(List.of(0));
    for (int count = 1; count <= sections.length; count++) {
      ends.add(Proton.encode(Arrays.copyOf(sections, count)).length);
    }
    for (int length = 0; length <= whole.length; length++) {
      int cut = length;
      if (ends.contains(cut)) {
        assertThat(decodes(Arrays.copyOf(whole, cut))).isTrue();
      } else {
        assertThatThrownBy(() -> Amqp10Message.decode(whole, 0, cut))
            .as("%d of %d octets", cut, whole.length)
            .isInstanceOf(Amqp10FormatException.class)
            .hasMessageContaining("octet");
      }
    }
  }

  @Test
  void sections_out_of_order_or_repeated_are_refused() {
    Object[] order = {
      header(),
      new DeliveryAnnotations(Map.of(KEY, 1)),
      new MessageAnnotations(Map.of(KEY, 1)),
      properties(),
      new ApplicationProperties(Map.of("k", 1)),
      new AmqpValue<>("v"),
      new Footer(Map.of(KEY, 1))
    };
    for (int first = 0; first < order.length; first++) {
      for (int second = 0; second < order.length; second++) {
        byte[] encoded = Proton.encode(order[first], order[second]);
        assertThat(decodes(encoded)).as("%d, %d", first, second).isEqualTo(first < second);
      }
    }
  }

  @Test
  void body_is_of_one_kind() {
    Data data = new Data(new byte[1]);
    AmqpSequence<Object> sequence = new AmqpSequence<>(List.of(1));
    AmqpValue<Object> value = new AmqpValue<>("v");
    assertThat(decodes(Proton.encode(data, data))).isTrue();
    assertThat(decodes(Proton.encode(sequence, sequence))).isTrue();
    assertThat(decodes(Proton.encode(value, value))).isFalse();
    assertThat(decodes(Proton.encode(data, sequence))).isFalse();
    assertThat(decodes(Proton.encode(sequence, data))).isFalse();
    assertThat(decodes(Proton.encode(data, value))).isFalse();
    assertThat(decodes(Proton.encode(value, data))).isFalse();
  }

  @Test
  void refusal_names_section_place_and_remedy() {
    byte[] twice = Proton.encode(properties(), properties());
    assertThatThrownBy(() -> Amqp10Message.decode(twice, 0, twice.length))
        .hasMessage(
            "malformed message, section properties at octet %d: it comes twice; encode messages as"
                    .formatted(twice.length / 2)
                + " AMQP 1.0 part 3, section 3.2 has them");
    byte[] moved = new byte[twice.length + 5];
    System.arraycopy(twice, 0, moved, 5, twice.length);
    assertThatThrownBy(() -> Amqp10Message.decode(moved, 5, twice.length))
        .hasMessageContaining("at octet " + twice.length / 2 + ":");
  }

  @ParameterizedTest
  @CsvSource({
    "40, a section's descriptor at octet 0: 0x40 stands",
    "005379 40, unknown descriptor",
    "00536f 40, unknown descriptor",
    "00a103616263 40, unknown descriptor",
    "00a303616263 40, unknown descriptor",
    "0080 ffffffffffffffff 40, unknown descriptor",
    "0000 53754075 40, unknown descriptor",
    "005375 a10161, another type",
    "005375 005301a00161, another type",
    "005370 c10100, another type",
    "005373 c10100, another type",
    "005376 c10100, another type",
    "005374 45, another type",
    "005372 40, another type",
    "005370 c0020150, section header at octet 7: 1 octets expected",
    "005370 c0030150 01, field durable",
    "005370 c00402405301, field priority",
    "005370 c0050340405501, field ttl",
    "005370 c00706404040404040, 6 fields",
    "005373 c00201 41, field message-id",
    "005373 c00502 40a10161, field user-id",
    "005373 c0040340 4043, field to",
    "005372 c10701 a304782d6363, key without a value"
  })
  void section_of_another_shape_is_refused(String hex, String reason) {
    byte[] encoded = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThatThrownBy(() -> Amqp10Message.decode(encoded, 0, encoded.length))
        .isInstanceOf(Amqp10FormatException.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"005375 b0ffffffff", "005374 d17fffffff7fffffff", "005377 f0ffffffff0000000153"})
  void sizes_beyond_the_message_are_refused(String hex) {
    byte[] encoded = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThatThrownBy(() -> Amqp10Message.decode(encoded, 0, encoded.length))
        .isInstanceOf(Amqp10FormatException.class)
        .hasMessageContaining("expected where");
  }

  @Test
  void deep_nesting_is_refused_in_every_section() {
    Object nest = 1;
    for (int level = 0; level < 1_000; level++) {
      nest = List.of(nest);
    }
    for (Object section :
        List.of(
            new DeliveryAnnotations(Map.of(KEY, nest)),
            new MessageAnnotations(Map.of(KEY, nest)),
            new ApplicationProperties(Map.of("k", nest)),
            new AmqpValue<>(nest),
            new AmqpSequence<>(List.of(nest)),
            new Footer(Map.of(KEY, nest)))) {
      byte[] encoded = Proton.encode(section);
      assertThatThrownBy(() -> Amqp10Message.decode(encoded, 0, encoded.length))
          .isInstanceOf(Amqp10FormatException.class)
          .hasMessageContaining("nested deeper");
    }
    byte[] descriptors = new byte[1 << 20];
    assertThatThrownBy(() -> Amqp10Message.decode(descriptors, 0, descriptors.length))
        .isInstanceOf(Amqp10FormatException.class)
        .hasMessageContaining("nested deeper");
  }

  @Test
  void large_values_belong_into_the_body() {
    String large = "x".repeat(Amqp10Message.MAX_HEAD_BYTES);
    byte[] head =
        Proton.encode(new ApplicationProperties(Map.of("k", large)), new Data(new byte[1]));
    assertThatThrownBy(() -> Amqp10Message.decode(head, 0, head.length))
        .isInstanceOf(Amqp10FormatException.class)
        .hasMessageContaining("put large values into the body");
    assertThat(decodes(Proton.encode(new AmqpValue<>(large)))).isTrue();
  }

  @Test
  void further_keys_that_are_no_strings_are_refused() {
    Symbol name = Symbol.valueOf("x-cc");
    for (Object keys : List.of("key", List.of(1), Map.of())) {
      byte[] encoded = Proton.encode(header(), new MessageAnnotations(Map.of(name, keys)));
      assertThatThrownBy(() -> Amqp10Message.decode(encoded, 0, encoded.length))
          .isInstanceOf(Amqp10FormatException.class)
          .hasMessageContaining("x-cc must be a list of strings");
    }
  }

  @Test
  void damaged_messages_are_refused_or_can_be_handed_to_everybody() {
    Random random = new Random(7);
    byte[] whole =
        Proton.encode(
            header(),
            new MessageAnnotations(Map.of(KEY, List.of("a", Map.of("b", 2L)))),
            properties(),
            new ApplicationProperties(Map.of("k", 1.5, "l", "text")),
            new AmqpValue<>(Map.of("a", List.of(1, 2))),
            new Footer(Map.of(KEY, 1)));
    Envelope envelope = new Envelope(new Address("e", "k"), true, 0, 1);
    int accepted = 0;
    for (int round = 0; round < 40_000; round++) {
      byte[] damaged = whole.clone();
      for (int left = 1 + random.nextInt(3); left > 0; left--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        Amqp10Message decoded = Amqp10Message.decode(damaged, 0, damaged.length);
        Message message = new Message(envelope, decoded.content());
        Amqp091Encoding.properties(message);
        Amqp091Encoding.body(message);
        Amqp10Encoding.encode(message, 1, true);
        decoded.messageId();
        decoded.headers().header("k");
        accepted++;
      } catch (Amqp10FormatException e) {
        assertThat(e.offset()).isBetween(0, damaged.length);
      }
    }
    assertThat(accepted).isBetween(1, 39_999);
  }

  private static Header header() {
    Header header = new Header();
    header.setDurable(true);
    header.setTimeToLive(100_000);
    return header;
  }

  private static Properties properties() {
    Properties properties = new Properties();
    properties.setMessageId("m".repeat(300));
    properties.setTo("to");
    properties.setCreationTime(1);
    properties.setUserId("u".getBytes(UTF_8));
    return properties;
  }

  private static boolean decodes(byte[] encoded) {
    try {
      Amqp10Message.decode(encoded, 0, encoded.length);
      return true;
    } catch (Amqp10FormatException e) {
      return false;
    }
  }
}
