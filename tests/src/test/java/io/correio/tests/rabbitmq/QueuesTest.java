package io.correio.tests.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of queues: AMQP 0-9-1, sections 3.1.4 and 1.7. */
@ExtendWith(BrokerExtension.class)
final class QueuesTest {
  private final Broker broker;
  private final Client client;
  private final Channel channel;
  private String queue = "";

  QueuesTest(Broker broker) throws IOException, TimeoutException {
    this.broker = broker;
    client = Client.connect(broker);
    channel = client.channel();
  }

  @BeforeEach
  void name() {
    queue = Broker.unique("queue");
  }

  @AfterEach
  void close() throws IOException, TimeoutException {
    client.close();
    try (Client last = Client.connect(broker)) {
      last.channel().queueDelete(queue);
    }
  }

  @Test
  void server_names_the_queue_that_has_no_name() throws Exception {
    String first = channel.queueDeclare().getQueue();
    String second = channel.queueDeclare("", false, true, false, null).getQueue();
    assertThat(first).startsWith("amq.gen").isNotEqualTo(second);
  }

  @Test
  void empty_name_means_the_queue_declared_last_on_this_channel() throws Exception {
    channel.queueDeclare(queue, false, true, false, null);
    channel.queueBind("", "amq.fanout", "");
    channel.basicPublish("", queue, null, Client.bytes("1"));
    assertThat(channel.basicGet("", true)).isNotNull();
    assertThat(channel.queuePurge("").getMessageCount()).isZero();
    channel.queueDelete("");
    Refusals.channelCloses(404, channel, () -> channel.queueDeclarePassive(queue));
  }

  @Test
  void empty_name_without_a_queue_before_is_not_found() throws Exception {
    Refusals.channelCloses(404, channel, () -> channel.basicGet("", true));
  }

  @Test
  void declare_ok_counts_ready_messages_and_consumers() throws Exception {
    channel.queueDeclare(queue, false, true, false, null);
    client.publish(queue, "1", "2", "3");
    AMQP.Queue.DeclareOk before = channel.queueDeclare(queue, false, true, false, null);
    assertThat(before.getMessageCount()).isEqualTo(3);
    assertThat(before.getConsumerCount()).isZero();
    channel.basicGet(queue, false);
    Deliveries deliveries = new Deliveries(channel);
    channel.basicQos(1);
    channel.basicConsume(queue, false, deliveries);
    deliveries.next();
    AMQP.Queue.DeclareOk after = channel.queueDeclarePassive(queue);
    assertThat(after.getMessageCount()).isEqualTo(1);
    assertThat(after.getConsumerCount()).isEqualTo(1);
  }

  @Test
  void declaring_alike_again_is_accepted_and_changes_nothing() throws Exception {
    channel.queueDeclare(queue, true, false, false, null);
    client.publish(queue, "1");
    assertThat(channel.queueDeclare(queue, true, false, false, null).getMessageCount())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"durable", "auto-delete"})
  void declaring_differently_again_is_a_precondition_failed(String what) throws Exception {
    channel.queueDeclare(queue, false, false, false, null);
    String text =
        Refusals.channelCloses(
            406,
            channel,
            () ->
                channel.queueDeclare(
                    queue, what.equals("durable"), false, what.equals("auto-delete"), null));
    assertThat(text).contains(queue);
  }

  @Test
  void missing_queue_declared_passively_is_not_found() throws Exception {
    String text = Refusals.channelCloses(404, channel, () -> channel.queueDeclarePassive(queue));
    assertThat(text).contains(queue);
  }

  @Test
  void reserved_queue_name_is_refused() throws Exception {
    Refusals.channelCloses(
        403, channel, () -> channel.queueDeclare("amq.mine", false, true, false, null));
  }

  @Test
  void exclusive_queue_is_locked_for_other_connections() throws Exception {
    channel.queueDeclare(queue, false, true, false, null);
    try (Client other = Client.connect(broker)) {
      Channel declare = other.channel();
      Refusals.channelCloses(
          405, declare, () -> declare.queueDeclare(queue, false, true, false, null));
      Channel passive = other.channel();
      Refusals.channelCloses(405, passive, () -> passive.queueDeclarePassive(queue));
      Channel get = other.channel();
      Refusals.channelCloses(405, get, () -> get.basicGet(queue, true));
      Channel consume = other.channel();
      Refusals.channelCloses(
          405, consume, () -> consume.basicConsume(queue, new Deliveries(consume)));
      Channel bind = other.channel();
      Refusals.channelCloses(405, bind, () -> bind.queueBind(queue, "amq.fanout", ""));
      Channel purge = other.channel();
      Refusals.channelCloses(405, purge, () -> purge.queuePurge(queue));
      Channel delete = other.channel();
      Refusals.channelCloses(405, delete, () -> delete.queueDelete(queue));
    }
    assertThat(client.ready(queue)).isZero();
  }

  @Test
  void others_may_publish_to_an_exclusive_queue() throws Exception {
    channel.queueDeclare(queue, false, true, false, null);
    try (Client other = Client.connect(broker)) {
      other.publish(queue, "1");
    }
    assertThat(client.drain(queue)).containsExactly("1");
  }

  @Test
  void exclusive_queue_goes_with_its_connection() throws Exception {
    try (Client owner = Client.connect(broker)) {
      owner.channel().queueDeclare(queue, false, true, false, null);
      owner.connection().close();
    }
    Refusals.channelCloses(404, channel, () -> channel.queueDeclarePassive(queue));
  }

  @Test
  void exclusive_queue_goes_even_when_it_is_durable() throws Exception {
    try (Client owner = Client.connect(broker)) {
      owner.channel().queueDeclare(queue, true, true, false, null);
      owner.connection().close();
    }
    Refusals.channelCloses(404, channel, () -> channel.queueDeclarePassive(queue));
  }

  @Test
  void auto_delete_queue_goes_with_its_last_consumer() throws Exception {
    channel.queueDeclare(queue, false, false, true, null);
    channel.queueDeclarePassive(queue);
    Channel second = client.channel();
    String first = channel.basicConsume(queue, new Deliveries(channel));
    String last = second.basicConsume(queue, new Deliveries(second));
    channel.basicCancel(first);
    channel.queueDeclarePassive(queue);
    second.basicCancel(last);
    Refusals.channelCloses(404, channel, () -> channel.queueDeclarePassive(queue));
  }

  @Test
  void auto_delete_queue_that_had_no_consumer_stays() throws Exception {
    try (Client other = Client.connect(broker)) {
      other.channel().queueDeclare(queue, false, false, true, null);
      other.connection().close();
    }
    channel.queueDeclarePassive(queue);
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void purge_says_how_many_it_removed_and_spares_what_is_in_flight() throws Exception {
    channel.queueDeclare(queue, false, false, false, null);
    client.publish(queue, "1", "2", "3");
    long tag = channel.basicGet(queue, false).getEnvelope().getDeliveryTag();
    assertThat(channel.queuePurge(queue).getMessageCount()).isEqualTo(2);
    channel.basicNack(tag, false, true);
    assertThat(client.drain(queue)).containsExactly("1");
  }

  @Test
  void purge_of_a_missing_queue_is_not_found() throws Exception {
    Refusals.channelCloses(404, channel, () -> channel.queuePurge(queue));
  }

  @Test
  void delete_says_how_many_messages_went() throws Exception {
    channel.queueDeclare(queue, false, false, false, null);
    client.publish(queue, "1", "2");
    assertThat(channel.queueDelete(queue).getMessageCount()).isEqualTo(2);
    Refusals.channelCloses(404, channel, () -> channel.queueDeclarePassive(queue));
  }

  @Test
  void deleting_a_missing_queue_is_no_error() throws Exception {
    assertThat(channel.queueDelete(queue).getMessageCount()).isZero();
  }

  @Test
  void queue_with_consumers_is_not_deleted_if_unused() throws Exception {
    channel.queueDeclare(queue, false, false, false, null);
    String tag = channel.basicConsume(queue, new Deliveries(channel));
    Channel other = client.channel();
    Refusals.channelCloses(406, other, () -> other.queueDelete(queue, true, false));
    channel.basicCancel(tag);
    channel.queueDelete(queue, true, false);
    Refusals.channelCloses(404, channel, () -> channel.queueDeclarePassive(queue));
  }

  @Test
  void queue_with_messages_is_not_deleted_if_empty() throws Exception {
    channel.queueDeclare(queue, false, false, false, null);
    client.publish(queue, "1");
    Channel other = client.channel();
    Refusals.channelCloses(406, other, () -> other.queueDelete(queue, false, true));
    channel.queuePurge(queue);
    channel.queueDelete(queue, false, true);
    Refusals.channelCloses(404, channel, () -> channel.queueDeclarePassive(queue));
  }

  @Test
  void recreated_queue_is_empty() throws Exception {
    channel.queueDeclare(queue, true, false, false, null);
    client.publish(queue, "1");
    channel.queueDelete(queue);
    channel.queueDeclare(queue, true, false, false, null);
    assertThat(client.ready(queue)).isZero();
  }

  @Test
  void declare_without_waiting_works_when_it_succeeds() throws Exception {
    channel.queueDeclareNoWait(queue, false, true, false, null);
    channel.basicPublish("", queue, null, Client.bytes("1"));
    assertThat(Client.text(channel.basicGet(queue, true).getBody())).isEqualTo("1");
    channel.queueDeleteNoWait(queue, false, false);
    Refusals.channelCloses(404, channel, () -> channel.queueDeclarePassive(queue));
  }
}
