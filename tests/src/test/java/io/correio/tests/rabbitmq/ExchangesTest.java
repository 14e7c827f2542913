package io.correio.tests.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exchanges and bindings: AMQP 0-9-1, sections 3.1.3 and 1.6. */
@ExtendWith(BrokerExtension.class)
final class ExchangesTest {
  private final Client client;
  private Channel channel;

  ExchangesTest(Broker broker) throws IOException, TimeoutException {
    client = Client.connect(broker);
    channel = client.channel();
  }

  @BeforeEach
  void declare() throws IOException {
    exchange = Broker.unique("exchange");
    queue = channel.queueDeclare().getQueue();
  }

  @AfterEach
  void close() throws IOException, TimeoutException {
    if (client.connection().isOpen()) {
      try (Channel last = client.channel()) {
        last.exchangeDelete(exchange);
      }
    }
    client.close();
  }

  private String exchange = "";
  private String queue = "";

  private void publish(String routingKey, String body) throws IOException {
    channel.basicPublish(exchange, routingKey, null, Client.bytes(body));
  }

  private void publish(Map<String, Object> headers, String body) throws IOException {
    AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder().headers(headers).build();
    channel.basicPublish(exchange, "", properties, Client.bytes(body));
  }

  private List<String> received() throws IOException, InterruptedException {
    // Publishes and gets of one channel are handled in order, so there is nothing to wait for.
    java.util.ArrayList<String> bodies = new java.util.ArrayList<>();
    for (var got = channel.basicGet(queue, true);
        got != null;
        got = channel.basicGet(queue, true)) {
      bodies.add(Client.text(got.getBody()));
    }
    return bodies;
  }

  @Test
  void direct_exchange_matches_the_whole_key() throws Exception {
    channel.exchangeDeclare(exchange, "direct", false);
    channel.queueBind(queue, exchange, "red");
    publish("red", "1");
    publish("redder", "2");
    publish("", "3");
    assertThat(received()).containsExactly("1");
  }

  @Test
  void fanout_exchange_ignores_the_key() throws Exception {
    channel.exchangeDeclare(exchange, "fanout", false);
    channel.queueBind(queue, exchange, "anything");
    publish("red", "1");
    publish("", "2");
    assertThat(received()).containsExactly("1", "2");
  }

  @Test
  void topic_exchange_matches_words_and_wildcards() throws Exception {
    channel.exchangeDeclare(exchange, "topic", false);
    channel.queueBind(queue, exchange, "stock.*.nyse.#");
    publish("stock.ibm.nyse", "no words for the hash");
    publish("stock.ibm.nyse.a.b", "two words for the hash");
    publish("stock.nyse", "no word for the star");
    publish("stock.ibm.x.nyse", "two words for the star");
    publish("stock..nyse", "an empty word for the star");
    assertThat(received())
        .containsExactly(
            "no words for the hash", "two words for the hash", "an empty word for the star");
  }

  @Test
  void topic_binding_of_a_hash_alone_takes_everything() throws Exception {
    channel.exchangeDeclare(exchange, "topic", false);
    channel.queueBind(queue, exchange, "#");
    publish("", "1");
    publish("a", "2");
    publish("a.b.c", "3");
    assertThat(received()).containsExactly("1", "2", "3");
  }

  @Test
  void headers_exchange_matches_all_or_any() throws Exception {
    channel.exchangeDeclare(exchange, "headers", false);
    String any = client.exclusiveQueue();
    Map<String, Object> colours = Map.of("colour", "red", "size", 3);
    channel.queueBind(queue, exchange, "", with(colours, "all"));
    channel.queueBind(any, exchange, "", with(colours, "any"));
    publish(Map.of("colour", "red", "size", 3, "more", true), "both");
    publish(Map.of("colour", "red", "size", 4), "one");
    publish(Map.of("colour", "blue"), "none");
    assertThat(received()).containsExactly("both");
    assertThat(client.drain(any)).containsExactly("both", "one");
  }

  private static Map<String, Object> with(Map<String, Object> headers, String match) {
    Map<String, Object> all = new java.util.HashMap<>(headers);
    all.put("x-match", match);
    return all;
  }

  @Test
  void default_exchange_routes_by_queue_name() throws Exception {
    channel.basicPublish("", queue, null, Client.bytes("1"));
    assertThat(received()).containsExactly("1");
  }

  @Test
  void message_reaches_a_queue_once_however_many_bindings_match() throws Exception {
    channel.exchangeDeclare(exchange, "topic", false);
    channel.queueBind(queue, exchange, "a.#");
    channel.queueBind(queue, exchange, "#.b");
    channel.queueBind(queue, exchange, "a.b");
    publish("a.b", "1");
    assertThat(received()).containsExactly("1");
  }

  @Test
  void unbound_queue_gets_nothing_more() throws Exception {
    channel.exchangeDeclare(exchange, "direct", false);
    channel.queueBind(queue, exchange, "red");
    channel.queueBind(queue, exchange, "blue");
    channel.queueUnbind(queue, exchange, "red");
    publish("red", "1");
    publish("blue", "2");
    assertThat(received()).containsExactly("2");
  }

  @Test
  void unbinding_what_is_not_bound_is_no_error() throws Exception {
    channel.exchangeDeclare(exchange, "direct", false);
    channel.queueUnbind(queue, exchange, "never bound");
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void exchange_bound_to_an_exchange_passes_messages_on() throws Exception {
    String inner = Broker.unique("inner");
    channel.exchangeDeclare(exchange, "topic", false);
    channel.exchangeDeclare(inner, "fanout", false, true, null);
    channel.exchangeBind(inner, exchange, "a.*");
    channel.queueBind(queue, inner, "");
    publish("a.b", "1");
    publish("b.a", "2");
    channel.exchangeUnbind(inner, exchange, "a.*");
    publish("a.b", "3");
    assertThat(received()).containsExactly("1");
  }

  @Test
  void exchanges_bound_in_a_circle_deliver_once() throws Exception {
    String other = Broker.unique("other");
    channel.exchangeDeclare(exchange, "fanout", false);
    channel.exchangeDeclare(other, "fanout", false);
    channel.exchangeBind(other, exchange, "");
    channel.exchangeBind(exchange, other, "");
    channel.queueBind(queue, other, "");
    publish("", "1");
    assertThat(received()).containsExactly("1");
    channel.exchangeDelete(other);
  }

  @Test
  void deleted_exchange_takes_its_bindings_along() throws Exception {
    channel.exchangeDeclare(exchange, "fanout", false);
    channel.queueBind(queue, exchange, "");
    channel.exchangeDelete(exchange);
    channel.exchangeDeclare(exchange, "fanout", false);
    publish("", "1");
    assertThat(received()).isEmpty();
  }

  @Test
  void auto_delete_exchange_goes_with_its_last_binding() throws Exception {
    channel.exchangeDeclare(exchange, "fanout", false, true, null);
    channel.queueBind(queue, exchange, "");
    channel.exchangeDeclarePassive(exchange);
    channel.queueUnbind(queue, exchange, "");
    Refusals.channelCloses(404, channel, () -> channel.exchangeDeclarePassive(exchange));
  }

  @ParameterizedTest
  @ValueSource(strings = {"amq.direct", "amq.fanout", "amq.topic", "amq.headers", "amq.match"})
  void standard_exchange_exists(String name) throws Exception {
    channel.exchangeDeclarePassive(name);
    channel.queueBind(queue, name, "key");
    channel.queueUnbind(queue, name, "key");
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void declaring_alike_again_is_accepted() throws Exception {
    channel.exchangeDeclare(exchange, "direct", true);
    channel.exchangeDeclare(exchange, "direct", true);
    assertThat(channel.isOpen()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"type", "durable", "auto-delete", "internal"})
  void declaring_differently_again_is_a_precondition_failed(String what) throws Exception {
    channel.exchangeDeclare(exchange, "direct", false);
    String text =
        Refusals.channelCloses(
            406,
            channel,
            () ->
                channel.exchangeDeclare(
                    exchange,
                    what.equals("type") ? "fanout" : "direct",
                    what.equals("durable"),
                    what.equals("auto-delete"),
                    what.equals("internal"),
                    null));
    assertThat(text).contains(exchange);
  }

  @Test
  void missing_exchange_declared_passively_is_not_found() throws Exception {
    String text =
        Refusals.channelCloses(404, channel, () -> channel.exchangeDeclarePassive(exchange));
    assertThat(text).contains(exchange);
  }

  @Test
  void unknown_exchange_type_is_a_command_invalid() throws Exception {
    Refusals.connectionCloses(
        503, channel, () -> channel.exchangeDeclare(exchange, "no-such-type", false));
  }

  @Test
  void reserved_exchange_name_is_refused() throws Exception {
    Refusals.channelCloses(
        403, channel, () -> channel.exchangeDeclare("amq.mine", "direct", false));
  }

  @Test
  void standard_exchange_cannot_be_deleted() throws Exception {
    Refusals.channelCloses(403, channel, () -> channel.exchangeDelete("amq.topic"));
  }

  @Test
  void default_exchange_cannot_be_bound() throws Exception {
    Refusals.channelCloses(403, channel, () -> channel.queueBind(queue, "", "key"));
  }

  @Test
  void default_exchange_cannot_be_deleted() throws Exception {
    Refusals.channelCloses(403, channel, () -> channel.exchangeDelete(""));
  }

  @Test
  void used_exchange_is_not_deleted_if_unused() throws Exception {
    channel.exchangeDeclare(exchange, "direct", false);
    channel.queueBind(queue, exchange, "key");
    Refusals.channelCloses(406, channel, () -> channel.exchangeDelete(exchange, true));
  }

  @Test
  void unused_exchange_is_deleted_if_unused() throws Exception {
    channel.exchangeDeclare(exchange, "direct", false);
    channel.exchangeDelete(exchange, true);
    Refusals.channelCloses(404, channel, () -> channel.exchangeDeclarePassive(exchange));
  }

  @Test
  void deleting_a_missing_exchange_is_no_error() throws Exception {
    channel.exchangeDelete(exchange);
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void binding_to_a_missing_exchange_is_not_found() throws Exception {
    Refusals.channelCloses(404, channel, () -> channel.queueBind(queue, exchange, "key"));
  }

  @Test
  void binding_a_missing_queue_is_not_found() throws Exception {
    channel.exchangeDeclare(exchange, "direct", false);
    Refusals.channelCloses(
        404, channel, () -> channel.queueBind(Broker.unique("none"), exchange, "key"));
  }

  @Test
  void internal_exchange_takes_no_publish_from_clients() throws Exception {
    channel.exchangeDeclare(exchange, "fanout", false, false, true, null);
    Refusals.channelCloses(403, channel, () -> publish("", "1"));
  }

  @Test
  void publishing_to_a_missing_exchange_is_not_found() throws Exception {
    Refusals.channelCloses(404, channel, () -> publish("key", "1"));
  }

  @Test
  void declare_without_waiting_works_when_it_succeeds() throws Exception {
    channel.exchangeDeclareNoWait(exchange, "fanout", false, false, false, null);
    channel.queueBindNoWait(queue, exchange, "", null);
    publish("", "1");
    assertThat(received()).containsExactly("1");
  }

  @Test
  void refusal_of_one_channel_leaves_the_others_alone() throws Exception {
    Channel other = client.channel();
    Refusals.channelCloses(404, channel, () -> channel.exchangeDeclarePassive(exchange));
    other.basicPublish("", queue, null, Client.bytes("1"));
    assertThat(Client.text(other.basicGet(queue, true).getBody())).isEqualTo("1");
    assertThat(client.connection().isOpen()).isTrue();
  }

  @Test
  void channel_number_is_free_again_after_a_refusal() throws Exception {
    int number = channel.getChannelNumber();
    ShutdownSignalException[] seen = new ShutdownSignalException[1];
    channel.addShutdownListener(cause -> seen[0] = cause);
    Refusals.channelCloses(404, channel, () -> channel.exchangeDeclarePassive(exchange));
    channel = client.connection().createChannel(number);
    assertThat(channel.isOpen()).isTrue();
    assertThat(seen[0]).isNotNull();
  }
}
