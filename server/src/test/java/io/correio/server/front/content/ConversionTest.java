package io.correio.server.front.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.BasicPropertiesBuilder;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.FieldValue;
import io.correio.amqp.v091.wire.FieldValue.IntType;
import io.correio.amqp.v091.wire.LongString;
import io.correio.core.message.Address;
import io.correio.core.message.Content;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.Decimal64;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.UnsignedByte;
import org.apache.qpid.protonj2.types.UnsignedInteger;
import org.apache.qpid.protonj2.types.UnsignedLong;
import org.apache.qpid.protonj2.types.UnsignedShort;
import org.apache.qpid.protonj2.types.messaging.AmqpSequence;
import org.apache.qpid.protonj2.types.messaging.AmqpValue;
import org.apache.qpid.protonj2.types.messaging.ApplicationProperties;
import org.apache.qpid.protonj2.types.messaging.Data;
import org.apache.qpid.protonj2.types.messaging.Footer;
import org.apache.qpid.protonj2.types.messaging.Header;
import org.apache.qpid.protonj2.types.messaging.MessageAnnotations;
import org.apache.qpid.protonj2.types.messaging.Properties;
import org.apache.qpid.protonj2.types.messaging.Section;
import org.junit.jupiter.api.Test;

/** Property by property and type by type, with another implementation's codec as the judge. */
final class ConversionTest {
  private static final byte[] BODY = "body".getBytes(UTF_8);
  private static final String UUID_TEXT = "urn:uuid:2f7a1e1c-5c8b-4ad6-9d39-0123456789ab";

  // ---- 0-9-1 to 1.0 --------------------------------------------------------------------------

  @Test
  void each_property_of_0_9_1_has_its_place_in_1_0() {
    BasicProperties from =
        BasicProperties.builder()
            .contentType("text/plain")
            .contentEncoding("gzip")
            .persistent()
            .priority(9)
            .correlationId("c")
            .replyTo("r")
            .expiration("5000")
            .messageId(UUID_TEXT)
            .timestamp(1_700_000_000L)
            .type("t")
            .userId("u")
            .appId("a")
            .build();
    Sections to = toSections(from, BODY);
    assertThat(to.header.isDurable()).isTrue();
    assertThat(to.header.getPriority()).isEqualTo((byte) 9);
    assertThat(to.header.getTimeToLive()).isEqualTo(5000);
    assertThat(to.properties.getContentType()).isEqualTo("text/plain");
    assertThat(to.properties.getContentEncoding()).isEqualTo("gzip");
    assertThat(to.properties.getCorrelationId()).isEqualTo("c");
    assertThat(to.properties.getReplyTo()).isEqualTo("r");
    assertThat(to.properties.getMessageId())
        .isEqualTo(UUID.fromString(UUID_TEXT.substring("urn:uuid:".length())));
    assertThat(to.properties.getCreationTime()).isEqualTo(1_700_000_000_000L);
    assertThat(to.properties.getUserId()).isEqualTo(new Binary("u".getBytes(UTF_8)));
    assertThat(to.properties.getGroupId()).isEqualTo("a");
    assertThat(to.annotations)
        .isEqualTo(
            Map.of(
                Symbol.valueOf("x-basic-type"), "t",
                Symbol.valueOf("x-exchange"), "logs",
                Symbol.valueOf("x-routing-key"), "eu"));
    assertThat(to.body).hasSize(1);
    assertThat(((Data) to.body.getFirst()).getValue()).isEqualTo(BODY);
    assertThat(backTo091(from, BODY)).isEqualTo(from);
  }

  @Test
  void message_without_properties_has_only_where_it_was_sent_to_and_its_data() {
    Sections to = toSections(BasicProperties.NONE, new byte[0]);
    assertThat(to.header).isNull();
    assertThat(to.properties).isNull();
    assertThat(to.applicationProperties).isNull();
    assertThat(to.annotations).hasSize(2);
    assertThat(((Data) to.body.getFirst()).getValue()).isEmpty();
  }

  @Test
  void each_property_alone_survives_both_ways() {
    for (BasicProperties each :
        List.of(
            transientProperties().contentType("c").build(),
            transientProperties().contentEncoding("c").build(),
            transientProperties().priority(0).build(),
            transientProperties().priority(4).build(),
            transientProperties().priority(255).build(),
            transientProperties().correlationId("").build(),
            transientProperties().correlationId(UUID_TEXT).build(),
            transientProperties().correlationId(UUID_TEXT.replace('a', 'A')).build(),
            transientProperties().correlationId("urn:uuid:no").build(),
            transientProperties().replyTo("é".repeat(127)).build(),
            transientProperties().expiration("0").build(),
            transientProperties().expiration("4294967295").build(),
            transientProperties().messageId("x".repeat(255)).build(),
            transientProperties().timestamp(0).build(),
            transientProperties().timestamp(-5).build(),
            transientProperties().type("amqp-1.0").build(),
            transientProperties().userId("u").build(),
            transientProperties().appId("a").build(),
            BasicProperties.builder().persistent().build())) {
      assertThat(backTo091(each, BODY)).isEqualTo(each);
    }
  }

  @Test
  void headers_become_application_properties_of_their_type() {
    Map<String, Object> expected = new LinkedHashMap<>();
    FieldTable.Builder headers = FieldTable.builder();
    simpleValues()
        .forEach((value, object) -> {
          headers.put("k" + expected.size(), value);
          expected.put("k" + expected.size(), object);
        });
    BasicProperties from = transientProperties().headers(headers.build()).build();
    Map<String, Object> to = toSections(from, BODY).applicationProperties;
    assertThat(to).isEqualTo(expected);
    assertThat(backTo091(from, BODY)).isEqualTo(from);
  }

  @Test
  void headers_with_x_become_annotations_of_any_type() {
    FieldTable.Builder headers = FieldTable.builder();
    int number = 0;
    for (FieldValue value : simpleValues().keySet()) {
      headers.put("x-" + number++, value);
    }
    headers.put("x-list", List.of("a", 1, List.of(), FieldTable.of("n", true)));
    headers.put("x-table", FieldTable.of("schlüssel", FieldTable.of("in", 1L)));
    headers.put("CC", List.of("one", "two"));
    BasicProperties from = transientProperties().headers(headers.build()).build();
    Sections to = toSections(from, BODY);
    assertThat(to.applicationProperties).isNull();
    assertThat(to.annotations)
        .containsEntry(Symbol.valueOf("x-cc"), List.of("one", "two"))
        .containsEntry(
            Symbol.valueOf("x-list"), List.of("a", 1, List.of(), Map.of(Symbol.valueOf("n"), true)))
        .containsEntry(
            Symbol.valueOf("x-table"), Map.of("schlüssel", Map.of(Symbol.valueOf("in"), 1L)));
    assertThat(backTo091(from, BODY).headers().fields()).isEqualTo(from.headers().fields());
  }

  @Test
  void what_1_0_cannot_say_is_left_out() {
    BasicProperties from =
        transientProperties()
            .clusterId("c")
            .headers(
                FieldTable.builder()
                    .put("list", List.of(1))
                    .put("table", FieldTable.of("a", 1))
                    .put("x-ä", List.of(1))
                    .put("x-ö", 1)
                    .put("x-exchange", "forged")
                    .put("x-routing-key", "forged")
                    .build())
            .build();
    Sections to = toSections(from, BODY);
    assertThat(to.applicationProperties).isEqualTo(Map.of("x-ö", 1));
    assertThat(to.annotations)
        .isEqualTo(
            Map.of(Symbol.valueOf("x-exchange"), "logs", Symbol.valueOf("x-routing-key"), "eu"));
  }

  @Test
  void octets_that_are_no_text_become_binary() {
    byte[] octets = {(byte) 0xff, 1};
    BasicProperties from =
        transientProperties().headers(FieldTable.of("a", LongString.of(octets))).build();
    assertThat(toSections(from, BODY).applicationProperties)
        .isEqualTo(Map.of("a", new Binary(octets)));
    assertThat(backTo091(from, BODY).headers()).isEqualTo(FieldTable.of("a", octets));
  }

  // ---- 1.0 to 0-9-1 --------------------------------------------------------------------------

  @Test
  void each_field_of_1_0_has_its_place_in_0_9_1() throws Exception {
    Header header = new Header();
    header.setPriority((byte) 200);
    Properties properties = new Properties();
    properties.setMessageId(UnsignedLong.valueOf(-1));
    properties.setUserId(new Binary("u".getBytes(UTF_8)));
    properties.setReplyTo("r");
    properties.setCorrelationId(UUID.fromString(UUID_TEXT.substring("urn:uuid:".length())));
    properties.setContentType("text/plain");
    properties.setContentEncoding("gzip");
    properties.setCreationTime(1_999);
    properties.setGroupId("g");
    Message message =
        message(
            new Envelope(new Address("", "q"), true, 200, 60_000),
            header,
            new MessageAnnotations(
                Map.of(
                    Symbol.valueOf("x-basic-type"), "t",
                    Symbol.valueOf("x-basic-expiration"), "5",
                    Symbol.valueOf("x-exchange"), "e",
                    Symbol.valueOf("x-cc"), List.of("k"),
                    Symbol.valueOf("x-death"), "d",
                    Symbol.valueOf("other"), 1)),
            properties,
            new ApplicationProperties(Map.of("a", 1)),
            new Data(BODY),
            new Data(BODY),
            new Footer(Map.of(Symbol.valueOf("f"), 1)));
    BasicProperties expected =
        BasicProperties.builder()
            .persistent()
            .priority(200)
            .expiration("60000")
            .messageId("18446744073709551615")
            .userId("u")
            .replyTo("r")
            .correlationId(UUID_TEXT)
            .contentType("text/plain")
            .contentEncoding("gzip")
            .timestamp(1)
            .appId("g")
            .type("t")
            .headers(FieldTable.builder().put("a", 1).put("CC", List.of("k")).build())
            .build();
    assertThat(new BasicProperties(Amqp091Encoding.properties(message))).isEqualTo(expected);
    assertThat(Amqp091Encoding.body(message)).isEqualTo("bodybody".getBytes(UTF_8));
  }

  @Test
  void identifiers_that_no_short_string_holds_become_headers_and_come_back() throws Exception {
    for (Object id : List.of("x".repeat(256), "é".repeat(128), new Binary(new byte[] {1, -1}))) {
      Properties properties = new Properties();
      set(properties, id);
      Message message = message(envelope(), properties, new Data(BODY));
      BasicProperties to = new BasicProperties(Amqp091Encoding.properties(message));
      assertThat(to.messageId()).isNull();
      assertThat(to.correlationId()).isNull();
      assertThat(to.headers().fields()).containsOnlyKeys("x-message-id", "x-correlation-id");
      Sections back = toSections(to, BODY);
      assertThat(back.properties.getMessageId()).isEqualTo(id);
      assertThat(back.properties.getCorrelationId()).isEqualTo(id);
      assertThat(back.annotations).hasSize(2);
    }
  }

  @Test
  void what_0_9_1_cannot_say_is_left_out() throws Exception {
    Properties properties = new Properties();
    properties.setReplyTo("r".repeat(256));
    properties.setUserId(new Binary(new byte[] {-1}));
    properties.setGroupId("é".repeat(128));
    properties.setContentType("c".repeat(256));
    properties.setTo("to");
    properties.setSubject("subject");
    Message message =
        message(
            envelope(),
            new MessageAnnotations(
                Map.of(
                    Symbol.valueOf("x-" + "k".repeat(254)),
                    1,
                    Symbol.valueOf("x-basic-type"),
                    "t".repeat(256))),
            properties,
            new ApplicationProperties(Map.of("k".repeat(256), 1)),
            new Data(BODY));
    assertThat(new BasicProperties(Amqp091Encoding.properties(message)))
        .isEqualTo(transientProperties().build());
  }

  @Test
  void bodies_that_are_no_data_are_handed_over_as_sections_and_come_back() throws Exception {
    List<List<Section<?>>> bodies =
        List.of(
            List.of(new AmqpValue<>("text")),
            List.of(new AmqpValue<>(null)),
            List.of(new AmqpValue<>(Map.of("a", List.of(1)))),
            List.of(new AmqpSequence<>(List.of(1, "a")), new AmqpSequence<>(List.of())),
            List.of(new AmqpValue<>(1L), new Footer(Map.of(Symbol.valueOf("f"), 1))));
    for (List<Section<?>> body : bodies) {
      byte[] sections = Proton.encode(body.toArray());
      Message message = message(envelope(), body.toArray());
      BasicProperties to = new BasicProperties(Amqp091Encoding.properties(message));
      assertThat(to).isEqualTo(transientProperties().type("amqp-1.0").build());
      assertThat(Amqp091Encoding.body(message)).isEqualTo(sections);
      byte[] back = Amqp10Encoding.encode(from091(to, sections), 0, false);
      assertThat(back).endsWith(sections);
      assertThat(toSections(to, sections).annotations).hasSize(2);
    }
  }

  @Test
  void body_that_only_claims_to_be_sections_stays_data() {
    for (byte[] body : List.of(new byte[0], BODY, Proton.encode(new Properties()))) {
      BasicProperties from = transientProperties().type("amqp-1.0").build();
      Sections to = toSections(from, body);
      assertThat(((Data) to.body.getFirst()).getValue()).isEqualTo(body);
      assertThat(to.annotations).containsEntry(Symbol.valueOf("x-basic-type"), "amqp-1.0");
    }
  }

  @Test
  void message_without_body_is_empty() throws Exception {
    Message message = message(envelope(), new Properties());
    assertThat(Amqp091Encoding.body(message)).isEmpty();
    assertThat(new BasicProperties(Amqp091Encoding.properties(message)))
        .isEqualTo(transientProperties().build());
  }

  @Test
  void types_that_0_9_1_has_not_become_text() throws Exception {
    UUID uuid = UUID.fromString("2f7a1e1c-5c8b-4ad6-9d39-0123456789ab");
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("char", 'é');
    values.put("uuid", uuid);
    values.put("ulong", UnsignedLong.valueOf(-1));
    values.put("small", UnsignedLong.valueOf(7));
    values.put("symbol", Symbol.valueOf("s"));
    values.put("array", new int[] {1, 2});
    values.put("none", new int[0]);
    Message message = message(envelope(), new ApplicationProperties(values), new Data(BODY));
    FieldTable headers = new BasicProperties(Amqp091Encoding.properties(message)).headers();
    assertThat(headers)
        .isEqualTo(
            FieldTable.builder()
                .put("char", "é")
                .put("uuid", "urn:uuid:" + uuid)
                .put("ulong", "18446744073709551615")
                .put("small", 7L)
                .put("symbol", "s")
                .put("array", List.of(1, 2))
                .put("none", List.of())
                .build());
  }

  @Test
  void format_that_is_its_own_is_handed_out_without_a_copy() {
    Message message = from091(BasicProperties.NONE, BODY);
    assertThat(Amqp091Encoding.properties(message)).isSameAs(message.content().head());
    assertThat(Amqp091Encoding.body(message)).isSameAs(message.content().body());
  }

  @Test
  void other_formats_are_data_without_properties() {
    Message message = new Message(envelope(), new Content(99, new byte[] {1}, BODY));
    assertThat(Amqp091Encoding.properties(message)).isEqualTo(BasicProperties.NONE.raw());
    assertThat(Amqp091Encoding.body(message)).isEqualTo(BODY);
    Sections to = new Sections(Amqp10Encoding.encode(message, 0, false));
    assertThat(((Data) to.body.getFirst()).getValue()).isEqualTo(BODY);
    assertThat(to.annotations).hasSize(2);
  }

  // ---- what they are made of -----------------------------------------------------------------

  private static Map<FieldValue, Object> simpleValues() {
    Map<FieldValue, Object> values = new LinkedHashMap<>();
    values.put(new FieldValue.Bool(true), true);
    values.put(new FieldValue.Bool(false), false);
    values.put(new FieldValue.Int(IntType.INT8, -128), (byte) -128);
    values.put(new FieldValue.Int(IntType.UINT8, 255), UnsignedByte.valueOf((byte) 255));
    values.put(new FieldValue.Int(IntType.INT16, -2), (short) -2);
    values.put(new FieldValue.Int(IntType.UINT16, 65_535), UnsignedShort.valueOf(65_535));
    values.put(new FieldValue.Int(IntType.INT32, -3), -3);
    values.put(new FieldValue.Int(IntType.INT32, 1 << 30), 1 << 30);
    values.put(new FieldValue.Int(IntType.UINT32, 0), UnsignedInteger.valueOf(0));
    values.put(new FieldValue.Int(IntType.UINT32, 9), UnsignedInteger.valueOf(9));
    values.put(new FieldValue.Int(IntType.UINT32, 0xffff_ffffL), UnsignedInteger.valueOf(-1));
    values.put(new FieldValue.Int(IntType.INT64, -4), -4L);
    values.put(new FieldValue.Int(IntType.INT64, Long.MIN_VALUE), Long.MIN_VALUE);
    values.put(new FieldValue.Float32(1.5f), 1.5f);
    values.put(new FieldValue.Float64(Math.PI), Math.PI);
    values.put(FieldValue.of("text"), "text");
    values.put(FieldValue.of("ü".repeat(200)), "ü".repeat(200));
    values.put(FieldValue.of(""), "");
    values.put(FieldValue.of(new byte[] {1}), new Binary(new byte[] {1}));
    values.put(new FieldValue.Timestamp(-1), -1000L);
    values.put(
        new FieldValue.Decimal(new BigDecimal("-1.25")),
        new Decimal64(Long.MIN_VALUE | (396L << 53) | 125));
    return values;
  }

  private static void set(Properties properties, Object id) {
    if (id instanceof Binary binary) {
      properties.setMessageId(binary);
      properties.setCorrelationId(binary);
    } else {
      properties.setMessageId(id.toString());
      properties.setCorrelationId(id.toString());
    }
  }

  private static BasicPropertiesBuilder transientProperties() {
    return BasicProperties.builder().deliveryMode(BasicProperties.TRANSIENT);
  }

  private static Envelope envelope() {
    return new Envelope(new Address("logs", "eu"), false, 4, Envelope.NO_EXPIRY);
  }

  private static Message from091(BasicProperties properties, byte[] body) {
    Envelope envelope =
        new Envelope(
            new Address("logs", "eu"),
            properties.isPersistent(),
            Math.max(0, properties.priority()),
            properties.expirationMillis());
    return new Message(envelope, new Content(ContentFormats.AMQP_0_9_1, properties.raw(), body));
  }

  private static Sections toSections(BasicProperties properties, byte[] body) {
    return new Sections(Amqp10Encoding.encode(from091(properties, body), 0, false));
  }

  /** To 1.0, to a broker as a message of 1.0, and to 0-9-1 again. */
  static BasicProperties backTo091(BasicProperties properties, byte[] body) {
    byte[] encoded = Amqp10Encoding.encode(from091(properties, body), 0, false);
    try {
      Amqp10Message decoded = Amqp10Message.decode(encoded, 0, encoded.length);
      Envelope envelope =
          new Envelope(
              new Address("logs", "eu"),
              decoded.durable(),
              decoded.priority(),
              decoded.timeToLiveMillis());
      Message message = new Message(envelope, decoded.content());
      assertThat(Amqp091Encoding.body(message)).isEqualTo(body);
      return new BasicProperties(Amqp091Encoding.properties(message));
    } catch (Amqp10FormatException e) {
      throw new AssertionError(e);
    }
  }

  private static Message message(Envelope envelope, Object... sections)
      throws Amqp10FormatException {
    byte[] encoded = Proton.encode(sections);
    return new Message(envelope, Amqp10Message.decode(encoded, 0, encoded.length).content());
  }
}
