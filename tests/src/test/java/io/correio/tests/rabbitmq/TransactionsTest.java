package io.correio.tests.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.Return;
import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Transactions of one channel: AMQP 0-9-1, section 1.9. */
@ExtendWith(BrokerExtension.class)
final class TransactionsTest {
  private final Client client;
  private final Channel channel;
  private final String queue;
  private final String other;

  TransactionsTest(Broker broker) throws IOException, TimeoutException {
    client = Client.connect(broker);
    channel = client.channel();
    queue = client.exclusiveQueue();
    other = client.exclusiveQueue();
  }

  @AfterEach
  void close() {
    client.close();
  }

  private void publish(String target, String body) throws IOException {
    channel.basicPublish("", target, MessageProperties.PERSISTENT_BASIC, Client.bytes(body));
  }

  @Test
  void published_messages_appear_with_the_commit() throws Exception {
    channel.txSelect();
    publish(queue, "1");
    publish(other, "2");
    publish(queue, "3");
    channel.queueDeclarePassive(queue); // an answer: the publishes have been handled
    assertThat(client.ready(queue)).isZero();
    channel.txCommit();
    assertThat(client.drain(queue)).containsExactly("1", "3");
    assertThat(client.drain(other)).containsExactly("2");
  }

  @Test
  void rolled_back_messages_never_appear() throws Exception {
    channel.txSelect();
    publish(queue, "1");
    channel.txRollback();
    publish(queue, "2");
    channel.txCommit();
    assertThat(client.drain(queue)).containsExactly("2");
  }

  @Test
  void acknowledgements_count_with_the_commit() throws Exception {
    client.publish(queue, "1", "2");
    channel.txSelect();
    long first = channel.basicGet(queue, false).getEnvelope().getDeliveryTag();
    channel.basicAck(first, false);
    channel.txCommit();
    long second = channel.basicGet(queue, false).getEnvelope().getDeliveryTag();
    channel.basicAck(second, false);
    channel.close(); // without a commit
    assertThat(client.drain(queue)).containsExactly("2");
  }

  @Test
  void rolled_back_acknowledgement_may_be_given_again() throws Exception {
    client.publish(queue, "1");
    channel.txSelect();
    long tag = channel.basicGet(queue, false).getEnvelope().getDeliveryTag();
    channel.basicAck(tag, false);
    channel.txRollback();
    channel.basicAck(tag, false);
    channel.txCommit();
    channel.close();
    assertThat(client.drain(queue)).isEmpty();
  }

  @Test
  void rejects_count_with_the_commit() throws Exception {
    client.publish(queue, "1");
    channel.txSelect();
    long tag = channel.basicGet(queue, false).getEnvelope().getDeliveryTag();
    channel.basicReject(tag, true);
    assertThat(client.ready(queue)).isZero();
    channel.txCommit();
    assertThat(client.drain(queue)).containsExactly("1");
  }

  @Test
  void uncommitted_messages_go_with_the_channel() throws Exception {
    channel.txSelect();
    publish(queue, "1");
    channel.close();
    assertThat(client.drain(queue)).isEmpty();
  }

  @Test
  void unroutable_mandatory_message_comes_back_at_the_commit() throws Exception {
    BlockingQueue<Return> returns = new LinkedBlockingQueue<>();
    channel.addReturnListener(returns::add);
    channel.txSelect();
    channel.basicPublish("", Broker.unique("nowhere"), true, null, Client.bytes("1"));
    channel.queueDeclarePassive(queue);
    assertThat(returns).isEmpty();
    channel.txCommit();
    assertThat(returns.poll(Deliveries.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isNotNull();
  }

  @Test
  void commit_without_select_is_a_precondition_failed() throws Exception {
    Refusals.channelCloses(406, channel, channel::txCommit);
  }

  @Test
  void rollback_without_select_is_a_precondition_failed() throws Exception {
    Refusals.channelCloses(406, channel, channel::txRollback);
  }

  @Test
  void transactions_and_confirms_exclude_each_other() throws Exception {
    channel.txSelect();
    Refusals.channelCloses(406, channel, channel::confirmSelect);
    Channel second = client.channel();
    second.confirmSelect();
    Refusals.channelCloses(406, second, second::txSelect);
  }
}
