package io.correio.tests.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Login, tuning and the life of connections and channels: AMQP 0-9-1, sections 1.4 and 1.5. */
@ExtendWith(BrokerExtension.class)
final class ConnectionsTest {
  private final Broker broker;

  ConnectionsTest(Broker broker) {
    this.broker = broker;
  }

  @Test
  void wrong_password_is_refused_with_a_reason() {
    ConnectionFactory factory = Client.factory(broker);
    factory.setPassword("wrong");
    assertThatExceptionOfType(AuthenticationFailureException.class)
        .isThrownBy(factory::newConnection)
        .withMessageContaining("ACCESS_REFUSED");
  }

  @Test
  void unknown_user_is_refused_like_a_wrong_password() {
    ConnectionFactory factory = Client.factory(broker);
    factory.setUsername("nobody");
    assertThatExceptionOfType(AuthenticationFailureException.class)
        .isThrownBy(factory::newConnection);
  }

  @Test
  void unknown_virtual_host_is_not_allowed() {
    ConnectionFactory factory = Client.factory(broker);
    factory.setVirtualHost("no-such-host");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(factory::newConnection)
        .satisfies(thrown -> {
          ShutdownSignalException cause = (ShutdownSignalException) thrown.getCause();
          AMQP.Connection.Close close =
              (AMQP.Connection.Close) Objects.requireNonNull(cause).getReason();
          assertThat(close.getReplyCode()).isEqualTo(530);
          assertThat(close.getReplyText()).contains("no-such-host");
        });
  }

  @Test
  void server_tells_what_it_is_and_can() throws Exception {
    try (Connection connection = Client.factory(broker).newConnection()) {
      Map<String, Object> properties = connection.getServerProperties();
      assertThat(properties).containsKeys("product", "version", "capabilities");
      Map<?, ?> capabilities = (Map<?, ?>) Objects.requireNonNull(properties.get("capabilities"));
      for (String capability :
          List.of(
              "publisher_confirms",
              "exchange_exchange_bindings",
              "basic.nack",
              "consumer_cancel_notify",
              "authentication_failure_close")) {
        assertThat(capabilities.get(capability)).as(capability).isEqualTo(true);
      }
    }
  }

  @Test
  void small_frames_are_agreed_on_and_kept() throws Exception {
    ConnectionFactory factory = Client.factory(broker);
    factory.setRequestedFrameMax(4096);
    try (Connection connection = factory.newConnection()) {
      assertThat(connection.getFrameMax()).isEqualTo(4096);
      Channel channel = Objects.requireNonNull(connection.createChannel());
      String queue = channel.queueDeclare().getQueue();
      byte[] body = new byte[100_000];
      body[99_999] = 7;
      channel.basicPublish("", queue, null, body);
      assertThat(channel.basicGet(queue, true).getBody()).isEqualTo(body);
    }
  }

  @Test
  void number_of_channels_is_agreed_on() throws Exception {
    ConnectionFactory factory = Client.factory(broker);
    factory.setRequestedChannelMax(3);
    try (Connection connection = factory.newConnection()) {
      List<Channel> channels = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        channels.add(Objects.requireNonNull(connection.createChannel()));
      }
      assertThat(connection.createChannel()).isNull();
      assertThat(channels).allMatch(Channel::isOpen);
    }
  }

  @Test
  void hundreds_of_channels_work_side_by_side() throws Exception {
    try (Connection connection = Client.factory(broker).newConnection()) {
      List<String> queues = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        Channel channel = Objects.requireNonNull(connection.createChannel());
        queues.add(channel.queueDeclare().getQueue());
        channel.basicPublish("", queues.get(i), null, Client.bytes("" + i));
      }
      Channel last = Objects.requireNonNull(connection.createChannel());
      // Another channel's publishes are in the queues once that channel has answered something.
      for (int i = 0; i < 300; i++) {
        assertThat(last.queueDeclarePassive(queues.get(i)).getQueue()).isEqualTo(queues.get(i));
      }
    }
  }

  @Test
  void closed_channel_number_can_be_opened_again() throws Exception {
    try (Connection connection = Client.factory(broker).newConnection()) {
      for (int round = 0; round < 3; round++) {
        Channel channel = Objects.requireNonNull(connection.createChannel(5));
        channel.queueDeclare();
        channel.close();
      }
    }
  }

  @Test
  void idle_connection_with_heartbeats_stays() throws Exception {
    ConnectionFactory factory = Client.factory(broker);
    factory.setRequestedHeartbeat(1);
    try (Connection connection = factory.newConnection()) {
      assertThat(connection.getHeartbeat()).isEqualTo(1);
      // Both sides give a silent peer up after two intervals; this is four.
      java.util.concurrent.TimeUnit.SECONDS.sleep(4);
      assertThat(connection.isOpen()).isTrue();
    }
  }

  @Test
  void flow_can_be_stopped_and_started_or_is_refused_in_the_protocols_words() throws Exception {
    try (Client client = Client.connect(broker)) {
      Channel channel = client.channel();
      AMQP.Channel.FlowOk on =
          (AMQP.Channel.FlowOk)
              channel.rpc(new AMQP.Channel.Flow.Builder().active(true).build()).getMethod();
      assertThat(on.getActive()).isTrue();
    }
  }
}
