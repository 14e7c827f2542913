package io.correio.server.front.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.message.Address;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import java.util.List;
import java.util.Map;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.UnsignedByte;
import org.apache.qpid.protonj2.types.UnsignedInteger;
import org.apache.qpid.protonj2.types.messaging.ApplicationProperties;
import org.apache.qpid.protonj2.types.messaging.Data;
import org.apache.qpid.protonj2.types.messaging.Header;
import org.apache.qpid.protonj2.types.messaging.MessageAnnotations;
import org.apache.qpid.protonj2.types.messaging.Properties;
import org.junit.jupiter.api.Test;

/** What a session asks a message of AMQP 1.0, against protonj2's encoder. */
final class Amqp10MessageTest {
  @Test
  void fields_that_the_broker_needs_are_found() throws Exception {
    Header header = new Header();
    header.setDurable(true);
    header.setPriority((byte) 7);
    header.setTimeToLive(4_000_000_000L);
    Properties properties = new Properties();
    properties.setMessageId("id");
    properties.setUserId(new Binary("guest".getBytes(UTF_8)));
    properties.setTo("/queues/a");
    properties.setSubject("eu.de");
    properties.setReplyTo("/queues/b");
    properties.setGroupId("g");
    properties.setAbsoluteExpiryTime(12);
    byte[] encoded =
        Proton.encode(
            header,
            new MessageAnnotations(
                Map.of(
                    Symbol.valueOf("x-cc"),
                    List.of("one", "two"),
                    Symbol.valueOf("x-opt-delivery-delay"),
                    UnsignedInteger.valueOf(5))),
            properties,
            new ApplicationProperties(
                Map.of("color", "red", "size", UnsignedByte.valueOf((byte) 200))),
            new Data("body".getBytes(UTF_8)));
    Amqp10Message message = Amqp10Message.decode(encoded, 0, encoded.length);
    assertThat(message.durable()).isTrue();
    assertThat(message.priority()).isEqualTo(7);
    assertThat(message.timeToLiveMillis()).isEqualTo(4_000_000_000L);
    assertThat(message.messageId()).isEqualTo("id");
    assertThat(message.userId()).isEqualTo("guest".getBytes(UTF_8));
    assertThat(message.to()).isEqualTo("/queues/a");
    assertThat(message.subject()).isEqualTo("eu.de");
    assertThat(message.replyTo()).isEqualTo("/queues/b");
    assertThat(message.groupId()).isEqualTo("g");
    assertThat(message.absoluteExpiryTimeMillis()).hasValue(12);
    assertThat(message.furtherKeys()).containsExactly("one", "two");
    assertThat(message.annotation("x-opt-delivery-delay")).isEqualTo(5L);
    assertThat(message.headers().header("color")).isEqualTo("red");
    assertThat(message.headers().header("size")).isEqualTo(200L);
    assertThat(message.headers().header("x-opt-delivery-delay")).isEqualTo(5L);
    assertThat(message.headers().hasHeader("absent")).isFalse();
  }

  @Test
  void what_is_left_out_has_its_default() throws Exception {
    byte[] encoded = Proton.encode(new Data("body".getBytes(UTF_8)));
    Amqp10Message message = Amqp10Message.decode(encoded, 0, encoded.length);
    assertThat(message.durable()).isFalse();
    assertThat(message.priority()).isEqualTo(Amqp10Message.DEFAULT_PRIORITY);
    assertThat(message.timeToLiveMillis()).isEqualTo(Envelope.NO_EXPIRY);
    assertThat(message.messageId()).isNull();
    assertThat(message.userId()).isNull();
    assertThat(message.to()).isNull();
    assertThat(message.absoluteExpiryTimeMillis()).isEmpty();
    assertThat(message.furtherKeys()).isEmpty();
    assertThat(message.headers().hasHeader("a")).isFalse();
  }

  @Test
  void bare_message_leaves_as_it_came() throws Exception {
    Properties properties = new Properties();
    properties.setSubject("subject");
    byte[] bare = Proton.encode(properties, new Data(new byte[300]));
    byte[] encoded =
        Proton.encode(
            new Header(), new MessageAnnotations(Map.of(Symbol.valueOf("x-exchange"), "forged")));
    byte[] all = new byte[encoded.length + bare.length];
    System.arraycopy(encoded, 0, all, 0, encoded.length);
    System.arraycopy(bare, 0, all, encoded.length, bare.length);
    Amqp10Message message = Amqp10Message.decode(all, 0, all.length);
    Envelope envelope = new Envelope(new Address("logs", "eu.de"), true, 4, 1000);
    byte[] sent = Amqp10Encoding.encode(new Message(envelope, message.content()), 2, true);
    assertThat(sent).endsWith(bare);
    List<Object> sections = Proton.decode(sent);
    Header header = (Header) sections.getFirst();
    assertThat(header.isDurable()).isTrue();
    assertThat(header.getTimeToLive()).isEqualTo(1000);
    assertThat(header.isFirstAcquirer()).isTrue();
    assertThat(header.getDeliveryCount()).isEqualTo(2);
    assertThat(header.hasPriority()).isFalse();
    assertThat(((MessageAnnotations) sections.get(1)).getValue())
        .isEqualTo(
            Map.of(Symbol.valueOf("x-exchange"), "logs", Symbol.valueOf("x-routing-key"), "eu.de"));
  }
}
