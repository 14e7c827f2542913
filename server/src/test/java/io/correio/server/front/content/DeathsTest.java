package io.correio.server.front.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.FieldValue;
import io.correio.core.message.Address;
import io.correio.core.message.Arguments;
import io.correio.core.message.Content;
import io.correio.core.message.Death;
import io.correio.core.message.Envelope;
import io.correio.core.message.History;
import io.correio.core.message.Message;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeathsTest {
  private static final History HISTORY =
      History.NONE
          .with(death("work", Death.Reason.REJECTED, 1_000, Envelope.NO_EXPIRY))
          .with(death("wait", Death.Reason.EXPIRED, 2_000, 500))
          .with(death("work", Death.Reason.REJECTED, 3_000, Envelope.NO_EXPIRY));

  private static Death death(
      String queue, Death.Reason reason, long millis, long timeToLiveMillis) {
    return new Death(queue, reason, 1, millis, millis, "x", List.of("k"), timeToLiveMillis);
  }

  private static Message message(BasicProperties properties) {
    return new Message(
        new Envelope(new Address("dlx", "k"), true, 0, Envelope.NO_EXPIRY),
        new Content(ContentFormats.AMQP_0_9_1, properties.raw(), new byte[] {1}),
        HISTORY);
  }

  private static BasicProperties sent() {
    FieldTable headers =
        FieldTable.builder().put("own", 7).put("x-death", "forged").put("x-other", "y").build();
    return BasicProperties.builder().expiration("500").headers(headers).build();
  }

  @Test
  void dead_letter_tells_peers_of_0_9_1_where_it_died_the_last_death_first() {
    FieldTable headers = new BasicProperties(Amqp091Encoding.properties(message(sent()))).headers();
    List<FieldValue> deaths = headers.getArray("x-death").orElseThrow().values();
    assertThat(deaths)
        .containsExactly(
            FieldTable.builder()
                .put("count", 2L)
                .put("reason", "rejected")
                .put("queue", "work")
                .put("time", new FieldValue.Timestamp(1))
                .put("exchange", "x")
                .put("routing-keys", List.of("k"))
                .build(),
            FieldTable.builder()
                .put("count", 1L)
                .put("reason", "expired")
                .put("queue", "wait")
                .put("time", new FieldValue.Timestamp(2))
                .put("exchange", "x")
                .put("routing-keys", List.of("k"))
                .put("original-expiration", "500")
                .build());
    assertThat(headers.getString("x-first-death-queue")).contains("work");
    assertThat(headers.getString("x-first-death-reason")).contains("rejected");
    assertThat(headers.getString("x-last-death-exchange")).contains("x");
    assertThat(headers.getLong("own")).hasValue(7);
  }

  @Test
  void dead_letter_does_not_expire_again() {
    byte[] properties = Amqp091Encoding.properties(message(sent()));
    assertThat(new BasicProperties(properties).expiration()).isNull();
  }

  @Test
  void failures_are_told_beside_what_was_sent() {
    Message message =
        new Message(
            new Envelope(new Address("", "q"), true, 0, Envelope.NO_EXPIRY),
            new Content(ContentFormats.AMQP_0_9_1, sent().raw(), new byte[0]));
    assertThat(Amqp091Encoding.properties(message, 0)).isEqualTo(sent().raw());
    BasicProperties told = new BasicProperties(Amqp091Encoding.properties(message, 3));
    assertThat(told.headers().getLong("x-delivery-count")).hasValue(3);
    assertThat(told.expiration()).isEqualTo("500");
  }

  @Test
  void dead_letter_tells_peers_of_1_0_the_same_in_annotations() throws Exception {
    byte[] encoded = Amqp10Encoding.encode(message(sent()), 0, true);
    Amqp10Message received = Amqp10Message.decode(encoded, 0, encoded.length);
    assertThat(received.annotation("x-last-death-queue")).isEqualTo("work");
    assertThat(received.annotation("x-other")).isEqualTo("y");
    assertThat(received.annotation("x-death")).isNull();
    assertThat(received.annotation("x-opt-deaths")).isInstanceOf(List.class);
    List<?> deaths = (List<?>) received.annotation("x-opt-deaths");
    assertThat(deaths).hasSize(2);
    Arguments last = (Arguments) deaths.getFirst();
    assertThat(last.get("count")).isEqualTo(2L);
    assertThat(last.get("reason")).isEqualTo("rejected");
    assertThat(last.get("first-time")).isEqualTo(Instant.ofEpochSecond(1));
    assertThat(last.get("last-time")).isEqualTo(Instant.ofEpochSecond(3));
    assertThat(last.get("routing-keys")).isEqualTo(List.of("k"));

    Message again = new Message(message(sent()).envelope(), received.content(), HISTORY);
    byte[] twice = Amqp10Encoding.encode(again, 0, true);
    assertThat(twice).isEqualTo(encoded);
  }
}
