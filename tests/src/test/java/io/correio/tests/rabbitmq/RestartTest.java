package io.correio.tests.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import io.correio.tests.broker.BrokerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is durable is there after a restart, and what is not is gone: AMQP 0-9-1, section 3.1. */
final class RestartTest {
  /** How the broker ends before it is started again. */
  enum End {
    STOPPED,
    KILLED
  }

  private BrokerProcess process;
  private Client client;
  private Channel channel;

  RestartTest(@TempDir Path data) throws IOException, InterruptedException, TimeoutException {
    process = BrokerProcess.start(data.resolve("data"));
    client = Client.connect(process.broker());
    channel = client.channel();
  }

  @BeforeEach
  void declare() throws IOException {
    channel.queueDeclare("durable", true, false, false, null);
  }

  @AfterEach
  void close() {
    client.close();
    process.close();
  }

  private void restart(End end) throws IOException, InterruptedException, TimeoutException {
    if (end == End.KILLED) {
      process.kill();
    } else {
      assertThat(process.stop()).as("exit status: %s", process.output()).isIn(0, 143);
    }
    client.close();
    process.restart();
    client = Client.connect(process.broker());
    channel = client.channel();
  }

  private GetResponse get() throws IOException {
    return Objects.requireNonNull(channel.basicGet("durable", false), "nothing in the queue");
  }

  @ParameterizedTest
  @EnumSource
  void confirmed_messages_are_there_in_their_order(End end) throws Exception {
    String[] bodies = IntStream.range(0, 3_000).mapToObj(i -> "" + i).toArray(String[]::new);
    client.publish("durable", bodies);
    restart(end);
    assertThat(client.drain("durable")).containsExactly(bodies);
  }

  @ParameterizedTest
  @EnumSource
  void properties_and_large_bodies_are_there(End end) throws Exception {
    byte[] body = new byte[700_000];
    body[699_999] = 1;
    AMQP.BasicProperties properties =
        MessageProperties.PERSISTENT_TEXT_PLAIN
            .builder()
            .headers(Map.of("k", 1, "list", List.of(1L, true)))
            .messageId("id")
            .build();
    channel.confirmSelect();
    channel.basicPublish("", "durable", properties, body);
    channel.waitForConfirmsOrDie(Deliveries.PATIENCE.toMillis());
    restart(end);
    GetResponse got = get();
    assertThat(got.getBody()).isEqualTo(body);
    assertThat(got.getProps()).isEqualTo(properties);
    assertThat(got.getEnvelope().getRoutingKey()).isEqualTo("durable");
  }

  @ParameterizedTest
  @EnumSource
  void transient_messages_and_queues_are_gone(End end) throws Exception {
    channel.queueDeclare("transient", false, false, false, null);
    channel.basicPublish("", "durable", MessageProperties.MINIMAL_BASIC, Client.bytes("1"));
    client.publish("transient", "2");
    restart(end);
    assertThat(client.ready("durable")).isZero();
    Refusals.channelCloses(404, channel, () -> channel.queueDeclarePassive("transient"));
  }

  @ParameterizedTest
  @EnumSource
  void durable_exchanges_and_bindings_are_there_and_others_gone(End end) throws Exception {
    channel.exchangeDeclare("kept", "topic", true);
    channel.exchangeDeclare("inner", "fanout", true);
    channel.exchangeDeclare("gone", "fanout", false);
    channel.exchangeBind("inner", "kept", "a.*");
    channel.queueBind("durable", "inner", "");
    channel.queueBind("durable", "kept", "#.end", Map.of("why", "test"));
    channel.queueBind("durable", "kept", "removed");
    channel.queueUnbind("durable", "kept", "removed");
    restart(end);
    for (String key : List.of("a.b", "x.y.end", "removed")) {
      channel.basicPublish("kept", key, null, Client.bytes(key));
    }
    assertThat(client.drain("durable")).containsExactly("a.b", "x.y.end");
    Refusals.channelCloses(404, channel, () -> channel.exchangeDeclarePassive("gone"));
  }

  @ParameterizedTest
  @EnumSource
  void deleted_things_stay_deleted(End end) throws Exception {
    channel.exchangeDeclare("deleted", "fanout", true);
    client.publish("durable", "1");
    channel.queueDelete("durable");
    channel.exchangeDelete("deleted");
    restart(end);
    Refusals.channelCloses(404, channel, () -> channel.queueDeclarePassive("durable"));
    Channel next = client.channel();
    Refusals.channelCloses(404, next, () -> next.exchangeDeclarePassive("deleted"));
  }

  @ParameterizedTest
  @EnumSource
  void settled_before_a_barrier_stays_settled_and_unsettled_comes_back_flagged(End end)
      throws Exception {
    client.publish("durable", "settled", "held");
    channel.basicAck(get().getEnvelope().getDeliveryTag(), false);
    assertThat(Client.text(get().getBody())).isEqualTo("held");
    channel.queueDeclarePassive("durable"); // the barrier
    restart(end);
    GetResponse again = get();
    assertThat(Client.text(again.getBody())).isEqualTo("held");
    assertThat(again.getEnvelope().isRedeliver()).isTrue();
    assertThat(again.getMessageCount()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void out_of_order_settlement_is_kept(End end) throws Exception {
    client.publish("durable", "0", "1", "2", "3", "4");
    long[] tags = new long[5];
    for (int i = 0; i < 5; i++) {
      tags[i] = get().getEnvelope().getDeliveryTag();
    }
    channel.basicAck(tags[1], false);
    channel.basicAck(tags[3], false);
    channel.queueDeclarePassive("durable");
    restart(end);
    assertThat(client.drain("durable")).containsExactly("0", "2", "4");
  }

  @Test
  void message_never_handed_out_is_not_flagged_after_a_clean_stop() throws Exception {
    client.publish("durable", "1");
    restart(End.STOPPED);
    assertThat(get().getEnvelope().isRedeliver()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void committed_transaction_is_there_whole_and_uncommitted_gone(End end) throws Exception {
    channel.queueDeclare("second", true, false, false, null);
    channel.txSelect();
    channel.basicPublish("", "durable", MessageProperties.PERSISTENT_BASIC, Client.bytes("1"));
    channel.basicPublish("", "second", MessageProperties.PERSISTENT_BASIC, Client.bytes("2"));
    channel.txCommit();
    channel.basicPublish("", "durable", MessageProperties.PERSISTENT_BASIC, Client.bytes("3"));
    channel.queueDeclarePassive("durable");
    restart(end);
    assertThat(client.drain("durable")).containsExactly("1");
    assertThat(client.drain("second")).containsExactly("2");
  }

  @ParameterizedTest
  @EnumSource
  void purged_messages_stay_purged(End end) throws Exception {
    client.publish("durable", "1", "2");
    channel.queuePurge("durable");
    client.publish("durable", "3");
    restart(end);
    assertThat(client.drain("durable")).containsExactly("3");
  }
}
