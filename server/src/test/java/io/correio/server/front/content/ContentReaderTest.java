package io.correio.server.front.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v10.ValueWriter;
import io.correio.core.filter.Selector;
import io.correio.core.filter.SelectorSyntaxException;
import io.correio.core.message.Address;
import io.correio.core.message.Content;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What selectors find in messages of both protocols. */
final class ContentReaderTest {

  private static final ContentReader READER = new ContentReader();
  private static final Address ADDRESS = new Address("", "q");
  private static final UUID ID = UUID.fromString("2f7a1e1c-5c8b-4ad6-9d39-0123456789ab");

  private static void matches(Message message, String selector) throws SelectorSyntaxException {
    assertThat(Selector.parse(selector).matches(READER.properties(message))).as(selector).isTrue();
  }

  private static Message of091(BasicProperties properties) {
    Envelope envelope =
        new Envelope(ADDRESS, properties.isPersistent(), Math.max(0, properties.priority()), -1);
    return new Message(
        envelope, new Content(ContentFormats.AMQP_0_9_1, properties.raw(), new byte[0]));
  }

  @Test
  void headers_and_properties_of_0_9_1_answer_to_the_names_of_jms() throws Exception {
    Map<String, Object> headers = new LinkedHashMap<>();
    headers.put("text", "grüße");
    headers.put("int", 5);
    headers.put("double", 2.5);
    headers.put("yes", true);
    headers.put("bytes", new byte[] {1});
    headers.put("x-death-count", 3);
    Message message =
        of091(
            BasicProperties.builder()
                .headers(FieldTable.copyOf(headers))
                .persistent()
                .priority(9)
                .correlationId("c")
                .messageId("m")
                .timestamp(1_700_000_000L)
                .type("t")
                .userId("u")
                .appId("a")
                .build());
    matches(message, "text = 'grüße' AND int = 5 AND double = 2.5 AND yes AND bytes IS NOT NULL");
    matches(message, "\"x-death-count\" = 3 AND nothing IS NULL AND NOT bytes = 'x'");
    matches(message, "JMSPriority = 9 AND JMSDeliveryMode = 'PERSISTENT' AND JMSType = 't'");
    matches(message, "JMSCorrelationID = 'c' AND JMSMessageID = 'ID:AMQP_NO_PREFIX:m'");
    matches(message, "JMSTimestamp = 1700000000000 AND JMSXUserID = 'u' AND JMSXGroupID = 'a'");
    matches(message, "amqp.message_id = 'm' AND \"amqp.correlation-id\" = 'c'");
  }

  @Test
  void a_message_without_properties_has_the_defaults_of_jms() throws Exception {
    Message message = of091(BasicProperties.NONE);
    matches(message, "JMSPriority = 4 AND JMSDeliveryMode = 'NON_PERSISTENT'");
    matches(message, "JMSMessageID IS NULL AND JMSCorrelationID IS NULL AND JMSType IS NULL");
    matches(message, "JMSTimestamp IS NULL AND JMSXGroupID IS NULL AND JMSUnheardOf IS NULL");
    assertThat(READER.group(message)).isNull();
  }

  @Test
  void the_group_of_0_9_1_is_a_header_or_else_the_app_id() {
    FieldTable header = FieldTable.of("JMSXGroupID", "g");
    assertThat(READER.group(of091(BasicProperties.builder().headers(header).appId("a").build())))
        .isEqualTo("g");
    assertThat(READER.group(of091(BasicProperties.builder().appId("a").build()))).isEqualTo("a");
    assertThat(READER.group(of091(BasicProperties.builder().appId("").build()))).isNull();
  }

  private static Message of10(ValueWriter sections, int priority) throws Amqp10FormatException {
    ValueWriter out = new ValueWriter(256);
    out.descriptor(Section.HEADER.code);
    int header = out.open();
    out.bool(true).ubyteValue(priority);
    out.closeList(header, 2);
    byte[] rest = sections.toByteArray(0);
    out.raw(rest, 0, rest.length);
    byte[] encoded = out.toByteArray(0);
    Amqp10Message message = Amqp10Message.decode(encoded, 0, encoded.length);
    return new Message(
        new Envelope(ADDRESS, message.durable(), message.priority(), -1), message.content());
  }

  @Test
  void all_fields_of_1_0_answer_to_their_names() throws Exception {
    ValueWriter out = new ValueWriter(256);
    out.descriptor(Section.PROPERTIES.code);
    int list = out.open();
    out.uuid(ID.getMostSignificantBits(), ID.getLeastSignificantBits());
    out.binary("u".getBytes(UTF_8)).string("to".getBytes(UTF_8)).string("s".getBytes(UTF_8));
    out.nullValue().binary(new byte[] {1, (byte) 0xab}).symbol("text/plain".getBytes(UTF_8));
    out.nullValue().timestamp(7).timestamp(8).string("g".getBytes(UTF_8)).uintValue(3);
    out.closeList(list, 12);
    out.descriptor(Section.APPLICATION_PROPERTIES.code);
    int map = out.open();
    out.string("n".getBytes(UTF_8)).longValue(-1);
    out.string("f".getBytes(UTF_8)).floatValue(0.5f);
    out.string("null".getBytes(UTF_8)).nullValue();
    out.closeMap(map, 3);
    Message message = of10(out, 7);
    matches(message, "JMSMessageID = 'ID:AMQP_UUID:" + ID + "'");
    matches(message, "JMSCorrelationID = 'ID:AMQP_BINARY:01AB' AND JMSXUserID = 'u'");
    matches(message, "JMSType = 's' AND JMSPriority = 7 AND JMSDeliveryMode = 'PERSISTENT'");
    matches(message, "JMSExpiration = 7 AND JMSTimestamp = 8 AND JMSXGroupSeq = 3");
    matches(message, "amqp.to = 'to' AND amqp.subject = 's' AND amqp.content_type = 'text/plain'");
    matches(message, "amqp.reply_to IS NULL AND amqp.durable AND amqp.unheard_of IS NULL");
    matches(message, "n = -1 AND f = .5 AND \"null\" IS NULL AND nothing IS NULL");
    assertThat(READER.group(message)).isEqualTo("g");
  }

  @Test
  void identifiers_of_1_0_look_as_in_jms() throws Exception {
    ValueWriter out = new ValueWriter(64);
    out.descriptor(Section.PROPERTIES.code);
    int list = out.open();
    out.string("ID:own".getBytes(UTF_8)).nullValue().nullValue().nullValue().nullValue();
    out.string("any".getBytes(UTF_8));
    out.closeList(list, 6);
    matches(of10(out, 4), "JMSMessageID = 'ID:own' AND JMSCorrelationID = 'any'");
    assertThat(MessageIds.ofMessage(5L)).isEqualTo("ID:AMQP_ULONG:5");
    assertThat(MessageIds.ofMessage(-1L)).isEqualTo("ID:AMQP_ULONG:18446744073709551615");
    assertThat(MessageIds.ofCorrelation(null)).isNull();
  }

  @Test
  void an_unknown_format_has_nothing() throws Exception {
    Message message =
        new Message(new Envelope(ADDRESS, true, 0, -1), new Content(99, new byte[0], new byte[0]));
    matches(message, "anything IS NULL AND JMSPriority IS NULL");
    assertThat(READER.group(message)).isNull();
  }
}
