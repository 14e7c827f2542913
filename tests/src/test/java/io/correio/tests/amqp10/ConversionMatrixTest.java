package io.correio.tests.amqp10;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.ConnectionOptions;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.Sender;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * One message with all the fields that both protocols have, from each client to each: what is sent
 * is what is received, as docs/amqp-conversion.md says.
 */
@ExtendWith(BrokerExtension.class)
@SuppressWarnings("JavaUtilDate") // the type of the client's interface
final class ConversionMatrixTest {

  private static final byte[] BODY = "gr\u00fc\u00dfe".getBytes(UTF_8);
  private static final String TYPE = "application/octet-stream";
  private static final long TIME_MILLIS = 1_700_000_000_000L;
  private static final Map<String, Object> PROPERTIES =
      Map.of(
          "text",
          "\u00fc",
          "int",
          -3,
          "long",
          Long.MIN_VALUE,
          "bool",
          true,
          "double",
          -2.5,
          "float",
          1.5f,
          "short",
          (short) -2,
          "byte",
          (byte) -1);
  private static final long PATIENCE_SECONDS = 20;

  private final Broker broker;

  ConversionMatrixTest(Broker broker) {
    this.broker = broker;
  }

  /** A client: sends the message to a queue, or takes it from there, and says what it was. */
  private interface Party {
    Map<String, Object> send(String queue) throws Exception;

    Map<String, Object> receive(String queue) throws Exception;
  }

  @TestFactory
  List<DynamicTest> each_client_receives_what_each_client_sends() {
    Map<String, Party> parties =
        new TreeMap<>(
            Map.of("rabbitmq", new Rabbit(), "jms", new Jms(), "protonj2", new ProtonClient()));
    List<DynamicTest> tests = new ArrayList<>();
    parties.forEach((from, sender) ->
        parties.forEach((to, receiver) ->
            tests.add(
                dynamicTest(
                    from + " to " + to,
                    () -> {
                      String queue = Broker.unique("matrix");
                      Map<String, Object> sent = sender.send(queue);
                      assertThat(receiver.receive(queue)).isEqualTo(sent);
                    }))));
    return tests;
  }

  private static Map<String, Object> message(
      Object id, String correlation, String replyTo, String type, long time, Object body) {
    Map<String, Object> message = new TreeMap<>();
    message.put("durable", true);
    message.put("priority", 7);
    message.put("message-id", String.valueOf(id).replace("ID:AMQP_NO_PREFIX:", ""));
    message.put("correlation-id", correlation.replace("ID:AMQP_NO_PREFIX:", ""));
    message.put("reply-to", replyTo);
    message.put("content-type", type);
    message.put("creation-time", time / 1_000);
    message.put("body", body);
    return message;
  }

  private final class Rabbit implements Party {

    private com.rabbitmq.client.Connection connect() throws Exception {
      ConnectionFactory factory = new ConnectionFactory();
      factory.setHost(broker.host());
      factory.setPort(broker.amqpPort());
      return factory.newConnection();
    }

    @Override
    public Map<String, Object> send(String queue) throws Exception {
      try (com.rabbitmq.client.Connection connection = connect()) {
        Channel channel = connection.createChannel();
        channel.queueDeclare(queue, true, false, false, null);
        channel.confirmSelect();
        BasicProperties properties =
            new BasicProperties.Builder()
                .deliveryMode(2)
                .priority(7)
                .messageId("id")
                .correlationId("correlation")
                .replyTo("replies")
                .contentType(TYPE)
                .timestamp(new Date(TIME_MILLIS))
                .headers(PROPERTIES)
                .build();
        channel.basicPublish("", queue, properties, BODY);
        channel.waitForConfirmsOrDie(PATIENCE_SECONDS * 1_000);
      }
      Map<String, Object> sent =
          message("id", "correlation", "replies", TYPE, TIME_MILLIS, new String(BODY, UTF_8));
      sent.putAll(PROPERTIES);
      return sent;
    }

    @Override
    public Map<String, Object> receive(String queue) throws Exception {
      try (com.rabbitmq.client.Connection connection = connect()) {
        GetResponse got = Objects.requireNonNull(connection.createChannel().basicGet(queue, true));
        BasicProperties properties = got.getProps();
        assertThat(properties.getDeliveryMode()).isEqualTo(2);
        assertThat(properties.getPriority()).isEqualTo(7);
        Map<String, Object> message =
            message(
                properties.getMessageId(),
                properties.getCorrelationId(),
                properties.getReplyTo(),
                properties.getContentType(),
                properties.getTimestamp().getTime(),
                new String(got.getBody(), UTF_8));
        properties
            .getHeaders()
            .forEach((name, value) -> {
              if (!name.startsWith("x-")) {
                message.put(
                    name,
                    value instanceof com.rabbitmq.client.LongString ? value.toString() : value);
              }
            });
        return message;
      }
    }
  }

  private final class Jms implements Party {

    private jakarta.jms.Connection connect() throws Exception {
      jakarta.jms.Connection connection =
          new JmsConnectionFactory(
                  "guest", "guest", "amqp://" + broker.host() + ":" + broker.amqpPort())
              .createConnection();
      connection.start();
      return connection;
    }

    @Override
    public Map<String, Object> send(String queue) throws Exception {
      try (jakarta.jms.Connection connection = connect()) {
        Session session = connection.createSession();
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(BODY);
        message.setJMSCorrelationID("correlation");
        message.setJMSReplyTo(session.createQueue("replies"));
        for (Map.Entry<String, Object> property : PROPERTIES.entrySet()) {
          message.setObjectProperty(property.getKey(), property.getValue());
        }
        MessageProducer producer = session.createProducer(session.createQueue(queue));
        producer.send(message, DeliveryMode.PERSISTENT, 7, 0);
        Map<String, Object> sent =
            message(
                message.getJMSMessageID(),
                "correlation",
                "replies",
                TYPE,
                message.getJMSTimestamp(),
                new String(BODY, UTF_8));
        sent.putAll(PROPERTIES);
        return sent;
      }
    }

    @Override
    public Map<String, Object> receive(String queue) throws Exception {
      try (jakarta.jms.Connection connection = connect()) {
        Session session = connection.createSession();
        BytesMessage got =
            (BytesMessage)
                Objects.requireNonNull(
                    session
                        .createConsumer(session.createQueue(queue))
                        .receive(PATIENCE_SECONDS * 1_000));
        byte[] body = new byte[(int) got.getBodyLength()];
        got.readBytes(body);
        assertThat(got.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
        assertThat(got.getJMSPriority()).isEqualTo(7);
        Map<String, Object> message =
            message(
                got.getJMSMessageID(),
                got.getJMSCorrelationID(),
                ((Queue) got.getJMSReplyTo()).getQueueName(),
                TYPE,
                got.getJMSTimestamp(),
                new String(body, UTF_8));
        for (String name : PROPERTIES.keySet()) {
          message.put(name, Objects.requireNonNull(got.getObjectProperty(name), name));
        }
        return message;
      }
    }
  }

  private final class ProtonClient implements Party {

    private Connection connect(Client client) throws Exception {
      ConnectionOptions options = new ConnectionOptions().user("guest").password("guest");
      return client.connect(broker.host(), broker.amqpPort(), options);
    }

    @Override
    public Map<String, Object> send(String queue) throws Exception {
      try (Client client = Client.create();
          Connection connection = connect(client);
          Sender sender = connection.openSender(queue)) {
        Message<byte[]> message =
            Message.create(BODY)
                .durable(true)
                .priority((byte) 7)
                .messageId("id")
                .correlationId("correlation")
                .replyTo("replies")
                .contentType(TYPE)
                .creationTime(TIME_MILLIS);
        for (Map.Entry<String, Object> property : PROPERTIES.entrySet()) {
          message.property(property.getKey(), property.getValue());
        }
        assertThat(sender.send(message).awaitAccepted(PATIENCE_SECONDS, TimeUnit.SECONDS))
            .isNotNull();
      }
      Map<String, Object> sent =
          message("id", "correlation", "replies", TYPE, TIME_MILLIS, new String(BODY, UTF_8));
      sent.putAll(PROPERTIES);
      return sent;
    }

    @Override
    public Map<String, Object> receive(String queue) throws Exception {
      try (Client client = Client.create();
          Connection connection = connect(client);
          Receiver receiver = connection.openReceiver(queue)) {
        Delivery delivery =
            Objects.requireNonNull(receiver.receive(PATIENCE_SECONDS, TimeUnit.SECONDS));
        Message<byte[]> got = delivery.message();
        delivery.accept();
        assertThat(got.durable()).isTrue();
        assertThat(got.priority()).isEqualTo((byte) 7);
        Map<String, Object> message =
            message(
                got.messageId(),
                String.valueOf(got.correlationId()),
                got.replyTo(),
                got.contentType(),
                got.creationTime(),
                new String(got.body(), UTF_8));
        got.forEachProperty(message::put);
        return message;
      }
    }
  }
}
