package io.correio.tests.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.Return;
import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Publishing, returns and confirms: AMQP 0-9-1, sections 1.8.3.7 and 4.6, and RabbitMQ's confirms.
 */
@ExtendWith(BrokerExtension.class)
final class PublishingTest {
  private final Client client;
  private final Channel channel;
  private final String queue;

  PublishingTest(Broker broker) throws IOException, TimeoutException {
    client = Client.connect(broker);
    channel = client.channel();
    queue = client.exclusiveQueue();
  }

  @AfterEach
  void close() {
    client.close();
  }

  private GetResponse get() throws IOException {
    return Objects.requireNonNull(channel.basicGet(queue, true), "nothing in the queue");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4_000, 131_064, 131_065, 1_000_000, 8_000_000})
  void body_of_any_size_arrives_whole(int size) throws Exception {
    byte[] body = new byte[size];
    new Random(size).nextBytes(body);
    channel.basicPublish("", queue, null, body);
    assertThat(get().getBody()).isEqualTo(body);
  }

  @Test
  void every_property_arrives_as_it_was_sent() throws Exception {
    AMQP.BasicProperties sent =
        new AMQP.BasicProperties.Builder()
            .contentType("text/plain")
            .contentEncoding("utf-8")
            .headers(Map.of("k", 1))
            .deliveryMode(2)
            .priority(3)
            .correlationId("correlation")
            .replyTo("reply")
            .messageId("id")
            .timestamp(Date.from(Instant.ofEpochSecond(1_700_000_000L)))
            .type("type")
            .userId("guest")
            .appId("app")
            .clusterId("cluster")
            .build();
    channel.basicPublish("", queue, sent, Client.bytes("1"));
    assertThat(get().getProps()).isEqualTo(sent);
  }

  @Test
  void every_type_of_header_value_arrives_as_it_was_sent() throws Exception {
    Map<String, Object> headers = new HashMap<>();
    headers.put("boolean", true);
    headers.put("byte", (byte) -1);
    headers.put("short", (short) -2);
    headers.put("int", -3);
    headers.put("long", Long.MIN_VALUE);
    headers.put("float", 1.5f);
    headers.put("double", 2.5d);
    headers.put("decimal", new BigDecimal("12.34"));
    headers.put("timestamp", Date.from(Instant.ofEpochSecond(1_700_000_000L)));
    headers.put("bytes", new byte[] {0, 1, 2});
    headers.put("null", null);
    headers.put("list", List.of(1, 2L, true));
    headers.put("table", Map.of("inner", Map.of("innermost", 1)));
    channel.basicPublish(
        "", queue, new AMQP.BasicProperties.Builder().headers(headers).build(), new byte[0]);
    Map<String, Object> received = get().getProps().getHeaders();
    assertThat(received).usingRecursiveComparison().isEqualTo(headers);
  }

  @Test
  void long_string_header_arrives_whole() throws Exception {
    String text = "x".repeat(70_000);
    channel.basicPublish(
        "",
        queue,
        new AMQP.BasicProperties.Builder().headers(Map.of("text", text)).build(),
        new byte[0]);
    assertThat(get().getProps().getHeaders().get("text")).hasToString(text);
  }

  @Test
  void envelope_names_exchange_and_key() throws Exception {
    channel.queueBind(queue, "amq.topic", "a.#");
    channel.basicPublish("amq.topic", "a.b.c", null, Client.bytes("1"));
    GetResponse got = get();
    assertThat(got.getEnvelope().getExchange()).isEqualTo("amq.topic");
    assertThat(got.getEnvelope().getRoutingKey()).isEqualTo("a.b.c");
    assertThat(got.getEnvelope().isRedeliver()).isFalse();
  }

  @Test
  void unroutable_mandatory_message_comes_back() throws Exception {
    BlockingQueue<Return> returns = new LinkedBlockingQueue<>();
    channel.addReturnListener(returns::add);
    AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder().messageId("7").build();
    channel.basicPublish("amq.direct", "nowhere", true, properties, Client.bytes("body"));
    Return back = returns.poll(Deliveries.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    Objects.requireNonNull(back, "nothing came back");
    assertThat(back.getReplyCode()).isEqualTo(312);
    assertThat(back.getReplyText()).isEqualTo("NO_ROUTE");
    assertThat(back.getExchange()).isEqualTo("amq.direct");
    assertThat(back.getRoutingKey()).isEqualTo("nowhere");
    assertThat(back.getProperties().getMessageId()).isEqualTo("7");
    assertThat(Client.text(back.getBody())).isEqualTo("body");
  }

  @Test
  void routable_mandatory_message_does_not_come_back() throws Exception {
    BlockingQueue<Return> returns = new LinkedBlockingQueue<>();
    channel.addReturnListener(returns::add);
    channel.confirmSelect();
    channel.basicPublish("", queue, true, null, Client.bytes("1"));
    channel.waitForConfirmsOrDie(Deliveries.PATIENCE.toMillis());
    assertThat(returns).isEmpty();
    assertThat(Client.text(get().getBody())).isEqualTo("1");
  }

  @Test
  void return_comes_before_the_confirm_of_the_same_message() throws Exception {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    channel.addReturnListener(back -> events.add("return"));
    channel.addConfirmListener(
        (tag, multiple) -> events.add("confirm"), (tag, multiple) -> events.add("nack"));
    channel.confirmSelect();
    channel.basicPublish("", Broker.unique("nowhere"), true, null, Client.bytes("1"));
    assertThat(events.poll(Deliveries.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
        .isEqualTo("return");
    assertThat(events.poll(Deliveries.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
        .isEqualTo("confirm");
  }

  @Test
  void unroutable_message_that_is_not_mandatory_is_confirmed_and_gone() throws Exception {
    channel.confirmSelect();
    channel.basicPublish("", Broker.unique("nowhere"), null, Client.bytes("1"));
    assertThat(channel.waitForConfirms(Deliveries.PATIENCE.toMillis())).isTrue();
  }

  @Test
  void immediate_is_not_implemented() throws Exception {
    Refusals.connectionCloses(
        540, channel, () -> channel.basicPublish("", queue, false, true, null, new byte[0]));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void every_publish_is_confirmed_once(boolean persistent) throws Exception {
    int count = 3_000;
    String target = persistent ? client.durableQueue() : queue;
    Confirms confirms = new Confirms(count);
    channel.addConfirmListener(confirms::settled, (tag, multiple) -> confirms.refused());
    channel.confirmSelect();
    AMQP.BasicProperties properties =
        persistent ? MessageProperties.PERSISTENT_BASIC : MessageProperties.MINIMAL_BASIC;
    for (int i = 0; i < count; i++) {
      channel.basicPublish("", target, properties, Client.bytes("" + i));
    }
    confirms.await();
    assertThat(client.ready(target)).isEqualTo(count);
    channel.queueDelete(target);
  }

  /** What the broker has answered; filled by the client's thread. */
  private static final class Confirms {
    private final SortedSet<Long> open = new TreeSet<>();
    private String complaint = "";

    Confirms(int count) {
      for (long tag = 1; tag <= count; tag++) {
        open.add(tag);
      }
    }

    synchronized void settled(long tag, boolean multiple) {
      boolean expected = multiple ? !open.headSet(tag + 1).isEmpty() : open.contains(tag);
      if (!expected) {
        complaint = "confirmed again: " + tag;
      }
      if (multiple) {
        open.headSet(tag + 1).clear();
      } else {
        open.remove(tag);
      }
      notifyAll();
    }

    synchronized void refused() {
      complaint = "refused";
      notifyAll();
    }

    synchronized void await() throws InterruptedException {
      long end = System.nanoTime() + Deliveries.PATIENCE.toNanos();
      while (!open.isEmpty() && complaint.isEmpty()) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        assertThat(left).as("not confirmed: %s", open).isPositive();
        wait(left);
      }
      assertThat(complaint).isEmpty();
    }
  }

  @Test
  void selecting_confirms_twice_is_no_error() throws Exception {
    channel.confirmSelect();
    channel.confirmSelect();
    channel.basicPublish("", queue, null, Client.bytes("1"));
    assertThat(channel.waitForConfirms(Deliveries.PATIENCE.toMillis())).isTrue();
  }

  @Test
  void confirm_comes_after_auto_acknowledged_delivery_was_settled() throws Exception {
    Deliveries deliveries = new Deliveries(channel);
    channel.basicConsume(queue, true, deliveries);
    channel.confirmSelect();
    channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, Client.bytes("1"));
    assertThat(channel.waitForConfirms(Deliveries.PATIENCE.toMillis())).isTrue();
    Delivery delivery = deliveries.next();
    assertThat(Client.text(delivery.getBody())).isEqualTo("1");
  }

  @Test
  void messages_of_one_channel_keep_their_order() throws Exception {
    int count = 2_000;
    for (int i = 0; i < count; i++) {
      channel.basicPublish("", queue, null, Client.bytes("" + i));
    }
    Deliveries deliveries = new Deliveries(channel);
    channel.basicConsume(queue, true, deliveries);
    for (int i = 0; i < count; i++) {
      assertThat(deliveries.nextText()).isEqualTo("" + i);
    }
  }

  @Test
  void foreign_user_id_is_refused() throws Exception {
    AMQP.BasicProperties forged = new AMQP.BasicProperties.Builder().userId("root").build();
    Refusals.channelCloses(
        406, channel, () -> channel.basicPublish("", queue, forged, new byte[0]));
  }
}
