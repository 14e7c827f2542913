package io.correio.tests.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Consumers and their credit: AMQP 0-9-1, section 1.8.3. */
@ExtendWith(BrokerExtension.class)
final class ConsumingTest {
  private final Broker broker;
  private final Client client;
  private final Channel channel;
  private final String queue;
  private final Deliveries deliveries;

  ConsumingTest(Broker broker) throws IOException, TimeoutException {
    this.broker = broker;
    client = Client.connect(broker);
    channel = client.channel();
    queue = client.exclusiveQueue();
    deliveries = new Deliveries(channel);
  }

  @AfterEach
  void close() {
    client.close();
  }

  /** Waits until the queue has {@code count} ready messages: what was sent out has left it. */
  private void awaitReady(int count) {
    Awaitility.await()
        .atMost(Deliveries.PATIENCE)
        .untilAsserted(() -> assertThat(client.ready(queue)).isEqualTo(count));
  }

  @Test
  void consumer_gets_what_was_there_and_what_comes() throws Exception {
    client.publish(queue, "before");
    channel.basicConsume(queue, true, deliveries);
    client.publish(queue, "after");
    assertThat(deliveries.nextTexts(2)).containsExactly("before", "after");
  }

  @Test
  void consumer_tag_is_the_clients_or_one_of_the_servers() throws Exception {
    assertThat(channel.basicConsume(queue, true, "mine", deliveries)).isEqualTo("mine");
    assertThat(channel.basicConsume(queue, true, "", deliveries)).isNotEmpty().isNotEqualTo("mine");
  }

  @Test
  void consumer_tag_in_use_on_the_channel_is_not_allowed() throws Exception {
    channel.basicConsume(queue, true, "mine", deliveries);
    // The client refuses to use a tag twice, so the method is sent as it is.
    AMQP.Basic.Consume again =
        new AMQP.Basic.Consume.Builder().queue(queue).consumerTag("mine").build();
    Refusals.connectionCloses(530, channel, () -> channel.rpc(again));
  }

  @Test
  void consumer_tag_may_be_used_on_another_channel() throws Exception {
    Channel other = client.channel();
    channel.basicConsume(queue, true, "mine", deliveries);
    assertThat(other.basicConsume(queue, true, "mine", new Deliveries(other))).isEqualTo("mine");
  }

  @Test
  void consuming_a_missing_queue_is_not_found() throws Exception {
    Refusals.channelCloses(
        404, channel, () -> channel.basicConsume(Broker.unique("none"), true, deliveries));
  }

  @Test
  void getting_from_an_empty_queue_says_empty() throws Exception {
    assertThat(channel.basicGet(queue, false)).isNull();
    client.publish(queue, "1", "2");
    assertThat(channel.basicGet(queue, true).getMessageCount()).isEqualTo(1);
    assertThat(channel.basicGet(queue, true).getMessageCount()).isZero();
  }

  @Test
  void unacknowledged_messages_come_back_flagged_when_the_channel_closes() throws Exception {
    client.publish(queue, "1", "2", "3");
    channel.basicConsume(queue, false, deliveries);
    Delivery first = deliveries.next();
    deliveries.nextTexts(2);
    channel.basicAck(first.getEnvelope().getDeliveryTag(), false);
    channel.close();
    Channel other = client.channel();
    Deliveries again = new Deliveries(other);
    other.basicConsume(queue, true, again);
    Delivery second = again.next();
    assertThat(Client.text(second.getBody())).isEqualTo("2");
    assertThat(second.getEnvelope().isRedeliver()).isTrue();
    assertThat(again.nextText()).isEqualTo("3");
  }

  @Test
  void unacknowledged_messages_come_back_when_the_connection_is_cut() throws Exception {
    String shared = client.durableQueue();
    client.publish(shared, "1");
    try (Client lost = Client.connect(broker)) {
      Channel consuming = lost.channel();
      Deliveries taken = new Deliveries(consuming);
      consuming.basicConsume(shared, false, taken);
      taken.next();
    }
    channel.basicConsume(shared, true, deliveries);
    Delivery again = deliveries.next();
    assertThat(Client.text(again.getBody())).isEqualTo("1");
    assertThat(again.getEnvelope().isRedeliver()).isTrue();
    channel.queueDelete(shared);
  }

  @Test
  void ack_of_multiple_settles_all_before_it() throws Exception {
    client.publish(queue, "1", "2", "3");
    channel.basicConsume(queue, false, deliveries);
    deliveries.next();
    long second = deliveries.next().getEnvelope().getDeliveryTag();
    deliveries.next();
    channel.basicAck(second, true);
    channel.close();
    assertThat(client.drain(queue)).containsExactly("3");
  }

  @Test
  void ack_of_tag_zero_and_multiple_settles_all() throws Exception {
    client.publish(queue, "1", "2");
    channel.basicConsume(queue, false, deliveries);
    deliveries.nextTexts(2);
    channel.basicAck(0, true);
    channel.close();
    assertThat(client.drain(queue)).isEmpty();
  }

  @Test
  void rejected_message_comes_back_or_is_dropped() throws Exception {
    client.publish(queue, "back", "dropped");
    long back = channel.basicGet(queue, false).getEnvelope().getDeliveryTag();
    long dropped = channel.basicGet(queue, false).getEnvelope().getDeliveryTag();
    channel.basicReject(back, true);
    channel.basicReject(dropped, false);
    var again = channel.basicGet(queue, true);
    assertThat(Client.text(again.getBody())).isEqualTo("back");
    assertThat(again.getEnvelope().isRedeliver()).isTrue();
    assertThat(channel.basicGet(queue, true)).isNull();
  }

  @Test
  void nack_of_multiple_returns_all_before_it_in_their_order() throws Exception {
    client.publish(queue, "1", "2", "3", "4");
    long third = 0;
    for (int i = 0; i < 3; i++) {
      third = channel.basicGet(queue, false).getEnvelope().getDeliveryTag();
    }
    channel.basicNack(third, true, true);
    assertThat(client.drain(queue)).containsExactly("1", "2", "3", "4");
  }

  @Test
  void nack_without_requeue_drops() throws Exception {
    client.publish(queue, "1", "2");
    channel.basicGet(queue, false);
    long second = channel.basicGet(queue, false).getEnvelope().getDeliveryTag();
    channel.basicNack(second, true, false);
    assertThat(client.drain(queue)).isEmpty();
  }

  @Test
  void unknown_delivery_tag_is_a_precondition_failed() throws Exception {
    Refusals.channelCloses(406, channel, () -> channel.basicAck(42, false));
  }

  @Test
  void delivery_tag_settled_twice_is_a_precondition_failed() throws Exception {
    client.publish(queue, "1");
    long tag = channel.basicGet(queue, false).getEnvelope().getDeliveryTag();
    channel.basicAck(tag, false);
    Refusals.channelCloses(406, channel, () -> channel.basicAck(tag, false));
  }

  @Test
  void delivery_tags_belong_to_their_channel() throws Exception {
    client.publish(queue, "1");
    long tag = channel.basicGet(queue, false).getEnvelope().getDeliveryTag();
    Channel other = client.channel();
    Refusals.channelCloses(406, other, () -> other.basicAck(tag, false));
  }

  @Test
  void recover_redelivers_what_is_unacknowledged() throws Exception {
    client.publish(queue, "1", "2");
    channel.basicConsume(queue, false, deliveries);
    deliveries.nextTexts(2);
    channel.basicRecover(true);
    Delivery first = deliveries.next();
    assertThat(Client.text(first.getBody())).isEqualTo("1");
    assertThat(first.getEnvelope().isRedeliver()).isTrue();
    assertThat(deliveries.nextText()).isEqualTo("2");
  }

  @Test
  void recover_without_requeue_is_not_implemented() throws Exception {
    Refusals.connectionCloses(540, channel, () -> channel.basicRecover(false));
  }

  @Test
  void prefetch_bounds_what_a_consumer_holds() throws Exception {
    client.publish(queue, "1", "2", "3", "4", "5");
    channel.basicQos(2);
    channel.basicConsume(queue, false, deliveries);
    long first = deliveries.next().getEnvelope().getDeliveryTag();
    deliveries.next();
    awaitReady(3);
    assertThat(deliveries.waiting()).isZero();
    channel.basicAck(first, false);
    assertThat(deliveries.nextText()).isEqualTo("3");
    awaitReady(2);
  }

  @Test
  void prefetch_counts_for_each_consumer_of_the_channel() throws Exception {
    client.publish(queue, "1", "2", "3", "4", "5");
    channel.basicQos(1);
    Deliveries second = new Deliveries(channel);
    channel.basicConsume(queue, false, deliveries);
    channel.basicConsume(queue, false, second);
    deliveries.next();
    second.next();
    awaitReady(3);
  }

  @Test
  void global_prefetch_counts_for_the_whole_channel() throws Exception {
    client.publish(queue, "1", "2", "3", "4", "5");
    channel.basicQos(3, true);
    channel.basicConsume(queue, false, deliveries);
    channel.basicConsume(queue, false, new Deliveries(channel));
    awaitReady(2);
  }

  @Test
  void changed_prefetch_counts_for_consumers_that_come_later() throws Exception {
    client.publish(queue, "1", "2", "3", "4", "5");
    channel.basicQos(1);
    channel.basicConsume(queue, false, deliveries);
    channel.basicQos(2);
    channel.basicConsume(queue, false, new Deliveries(channel));
    awaitReady(2);
  }

  @Test
  void prefetch_does_not_bound_automatic_acknowledgement() throws Exception {
    client.publish(queue, "1", "2", "3");
    channel.basicQos(1);
    channel.basicConsume(queue, true, deliveries);
    assertThat(deliveries.nextTexts(3)).containsExactly("1", "2", "3");
  }

  @Test
  void prefetch_size_is_not_implemented() throws Exception {
    Refusals.connectionCloses(540, channel, () -> channel.basicQos(1000, 1, false));
  }

  @Test
  void messages_are_shared_among_consumers() throws Exception {
    Deliveries second = new Deliveries(channel);
    channel.basicQos(1);
    channel.basicConsume(queue, false, deliveries);
    channel.basicConsume(queue, false, second);
    client.publish(queue, "1", "2");
    List<String> got = new ArrayList<>();
    got.add(deliveries.nextText());
    got.add(second.nextText());
    assertThat(got).containsExactlyInAnyOrder("1", "2");
  }

  @Test
  void exclusive_consumer_keeps_others_out() throws Exception {
    String shared = client.durableQueue();
    String tag = channel.basicConsume(shared, true, "", false, true, null, deliveries);
    Channel other = client.channel();
    Refusals.channelCloses(
        403, other, () -> other.basicConsume(shared, true, new Deliveries(other)));
    channel.basicCancel(tag);
    Channel later = client.channel();
    later.basicConsume(shared, true, new Deliveries(later));
    Channel late = client.channel();
    Refusals.channelCloses(
        403,
        late,
        () -> late.basicConsume(shared, true, "", false, true, null, new Deliveries(late)));
    channel.queueDelete(shared);
  }

  @Test
  void cancelled_consumer_gets_nothing_more_and_keeps_what_it_has() throws Exception {
    client.publish(queue, "1");
    String tag = channel.basicConsume(queue, false, deliveries);
    long first = deliveries.next().getEnvelope().getDeliveryTag();
    channel.basicCancel(tag);
    client.publish(queue, "2");
    assertThat(client.ready(queue)).isEqualTo(1);
    channel.basicNack(first, false, true);
    awaitReady(2);
    assertThat(deliveries.waiting()).isZero();
  }

  @Test
  void cancelling_an_unknown_consumer_is_answered() throws Exception {
    // The client refuses to cancel a tag that it does not know, so the method is sent as it is.
    channel.rpc(new AMQP.Basic.Cancel.Builder().consumerTag("none").build());
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void deleted_queue_cancels_its_consumers() throws Exception {
    String tag = channel.basicConsume(queue, true, deliveries);
    client.channel().queueDelete(queue);
    assertThat(deliveries.cancelledTag()).isEqualTo(tag);
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void acknowledging_a_message_of_a_deleted_queue_is_no_error() throws Exception {
    client.publish(queue, "1");
    long tag = channel.basicGet(queue, false).getEnvelope().getDeliveryTag();
    client.channel().queueDelete(queue);
    channel.basicAck(tag, false);
    assertThat(channel.queueDeclare().getQueue()).isNotEmpty();
  }
}
