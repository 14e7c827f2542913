package io.correio.tests.amqp10;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Qpid JMS against the broker: Jakarta Messaging 3.1 by its chapters. */
@ExtendWith(BrokerExtension.class)
class JmsTest {

  private static final long PATIENCE_MILLIS = 20_000;
  private static final long NOTHING_MILLIS = 300;

  private final Broker broker;
  private Connection connection;
  private Session session;

  JmsTest(Broker broker) {
    this.broker = broker;
  }

  @BeforeEach
  void connect() throws JMSException {
    connection = connection(null);
    session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
  }

  @AfterEach
  void close() throws JMSException {
    connection.close();
  }

  private Connection connection(@Nullable String clientId) throws JMSException {
    JmsConnectionFactory factory =
        new JmsConnectionFactory(
            "guest", "guest", "amqp://" + broker.host() + ":" + broker.amqpPort());
    if (clientId != null) {
      factory.setClientID(clientId);
    }
    Connection opened = factory.createConnection();
    opened.start();
    return opened;
  }

  private static Message receive(MessageConsumer consumer) throws JMSException {
    return Objects.requireNonNull(consumer.receive(PATIENCE_MILLIS), "no message came");
  }

  private static String text(Message message) throws JMSException {
    return ((TextMessage) message).getText();
  }

  private void send(Destination destination, String... texts) throws JMSException {
    try (MessageProducer producer = session.createProducer(destination)) {
      for (String text : texts) {
        producer.send(session.createTextMessage(text));
      }
    }
  }

  private Queue queue() throws JMSException {
    return session.createQueue(Broker.unique("jms"));
  }

  @Test
  void a_queue_gives_messages_to_one_consumer_in_their_order() throws Exception {
    Queue queue = queue();
    send(queue, "a", "b", "c");
    MessageConsumer consumer = session.createConsumer(queue);
    assertThat(text(receive(consumer))).isEqualTo("a");
    assertThat(text(receive(consumer))).isEqualTo("b");
    assertThat(text(receive(consumer))).isEqualTo("c");
    assertThat(consumer.receive(NOTHING_MILLIS)).isNull();
    assertThat(consumer.receiveNoWait()).isNull();
  }

  @Test
  void headers_and_properties_of_all_types_arrive() throws Exception {
    Queue queue = queue();
    Queue reply = queue();
    TextMessage sent = session.createTextMessage("body");
    sent.setJMSCorrelationID("correlation");
    sent.setJMSReplyTo(reply);
    sent.setJMSType("kind");
    sent.setBooleanProperty("boolean", true);
    sent.setByteProperty("byte", (byte) -1);
    sent.setShortProperty("short", (short) -2);
    sent.setIntProperty("int", -3);
    sent.setLongProperty("long", Long.MIN_VALUE);
    sent.setFloatProperty("float", 1.5f);
    sent.setDoubleProperty("double", -2.5);
    sent.setStringProperty("string", "grüße");
    MessageProducer producer = session.createProducer(queue);
    producer.send(sent, DeliveryMode.NON_PERSISTENT, 7, 100_000);
    Message got = receive(session.createConsumer(queue));
    assertThat(got.getJMSMessageID()).isEqualTo(sent.getJMSMessageID());
    assertThat(got.getJMSCorrelationID()).isEqualTo("correlation");
    assertThat(got.getJMSReplyTo()).isEqualTo(reply);
    assertThat(got.getJMSDestination()).isEqualTo(queue);
    assertThat(got.getJMSType()).isEqualTo("kind");
    assertThat(got.getJMSPriority()).isEqualTo(7);
    assertThat(got.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
    assertThat(got.getJMSExpiration()).isEqualTo(sent.getJMSExpiration());
    assertThat(got.getJMSTimestamp()).isEqualTo(sent.getJMSTimestamp());
    assertThat(got.getJMSRedelivered()).isFalse();
    assertThat(got.getBooleanProperty("boolean")).isTrue();
    assertThat(got.getByteProperty("byte")).isEqualTo((byte) -1);
    assertThat(got.getShortProperty("short")).isEqualTo((short) -2);
    assertThat(got.getIntProperty("int")).isEqualTo(-3);
    assertThat(got.getLongProperty("long")).isEqualTo(Long.MIN_VALUE);
    assertThat(got.getFloatProperty("float")).isEqualTo(1.5f);
    assertThat(got.getDoubleProperty("double")).isEqualTo(-2.5);
    assertThat(got.getStringProperty("string")).isEqualTo("grüße");
  }

  @Test
  void bodies_of_all_kinds_arrive() throws Exception {
    Queue queue = queue();
    MessageProducer producer = session.createProducer(queue);
    BytesMessage bytes = session.createBytesMessage();
    bytes.writeBytes(new byte[] {0, 1, 2, -1});
    producer.send(bytes);
    MapMessage map = session.createMapMessage();
    map.setInt("one", 1);
    map.setString("two", "zwei");
    producer.send(map);
    StreamMessage stream = session.createStreamMessage();
    stream.writeInt(5);
    stream.writeString("six");
    producer.send(stream);
    ObjectMessage object = session.createObjectMessage("serialized");
    producer.send(object);
    producer.send(session.createMessage());
    producer.send(session.createTextMessage("x".repeat(3_000_000)));

    MessageConsumer consumer = session.createConsumer(queue);
    BytesMessage gotBytes = (BytesMessage) receive(consumer);
    byte[] body = new byte[(int) gotBytes.getBodyLength()];
    gotBytes.readBytes(body);
    assertThat(body).containsExactly(0, 1, 2, -1);
    MapMessage gotMap = (MapMessage) receive(consumer);
    assertThat(gotMap.getInt("one")).isEqualTo(1);
    assertThat(gotMap.getString("two")).isEqualTo("zwei");
    StreamMessage gotStream = (StreamMessage) receive(consumer);
    assertThat(gotStream.readInt()).isEqualTo(5);
    assertThat(gotStream.readString()).isEqualTo("six");
    assertThat(((ObjectMessage) receive(consumer)).getObject()).isEqualTo("serialized");
    assertThat(receive(consumer)).isNotInstanceOf(TextMessage.class);
    assertThat(text(receive(consumer))).hasSize(3_000_000);
  }

  @Test
  void transaction_commits_publishes_and_acknowledgements_together() throws Exception {
    Queue in = queue();
    Queue out = queue();
    send(in, "a", "b");
    Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
    MessageConsumer consumer = transacted.createConsumer(in);
    MessageProducer producer = transacted.createProducer(out);
    assertThat(text(receive(consumer))).isEqualTo("a");
    producer.send(transacted.createTextMessage("from a"));
    MessageConsumer others = session.createConsumer(out);
    assertThat(others.receive(NOTHING_MILLIS)).isNull();
    transacted.commit();
    assertThat(text(receive(others))).isEqualTo("from a");
    transacted.close();
    MessageConsumer rest = session.createConsumer(in);
    assertThat(text(receive(rest))).isEqualTo("b");
    assertThat(rest.receive(NOTHING_MILLIS)).isNull();
  }

  @Test
  void rollback_undoes_publishes_and_brings_messages_back_redelivered() throws Exception {
    Queue in = queue();
    Queue out = queue();
    send(in, "a", "b");
    Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
    MessageConsumer consumer = transacted.createConsumer(in);
    MessageProducer producer = transacted.createProducer(out);
    assertThat(text(receive(consumer))).isEqualTo("a");
    assertThat(text(receive(consumer))).isEqualTo("b");
    producer.send(transacted.createTextMessage("never"));
    transacted.rollback();
    Message again = receive(consumer);
    assertThat(text(again)).isEqualTo("a");
    assertThat(again.getJMSRedelivered()).isTrue();
    assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
    assertThat(text(receive(consumer))).isEqualTo("b");
    transacted.commit();
    assertThat(session.createConsumer(out).receive(NOTHING_MILLIS)).isNull();
  }

  @Test
  void recover_redelivers_what_was_not_acknowledged() throws Exception {
    Queue queue = queue();
    send(queue, "a", "b");
    Session client = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
    MessageConsumer consumer = client.createConsumer(queue);
    assertThat(text(receive(consumer))).isEqualTo("a");
    client.recover();
    Message again = receive(consumer);
    assertThat(text(again)).isEqualTo("a");
    assertThat(again.getJMSRedelivered()).isTrue();
    again.acknowledge();
    Message second = receive(consumer);
    assertThat(text(second)).isEqualTo("b");
    second.acknowledge();
    client.close();
    assertThat(session.createConsumer(queue).receive(NOTHING_MILLIS)).isNull();
  }

  @Test
  void listener_gets_messages_one_after_the_other() throws Exception {
    Queue queue = queue();
    BlockingQueue<String> got = new LinkedBlockingQueue<>();
    Session listening = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    listening
        .createConsumer(queue)
        .setMessageListener(message -> {
          try {
            got.add(text(message));
          } catch (JMSException e) {
            got.add(e.toString());
          }
        });
    send(queue, "a", "b");
    assertThat(got.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("a");
    assertThat(got.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("b");
  }

  @Test
  void topic_gives_every_subscriber_its_copy_and_keeps_nothing_for_nobody() throws Exception {
    Topic topic = session.createTopic(Broker.unique("topic"));
    send(topic, "nobody");
    MessageConsumer one = session.createConsumer(topic);
    MessageConsumer two = session.createConsumer(topic);
    send(topic, "all");
    assertThat(text(receive(one))).isEqualTo("all");
    assertThat(text(receive(two))).isEqualTo("all");
    assertThat(one.receive(NOTHING_MILLIS)).isNull();
  }

  @Test
  void durable_subscription_keeps_messages_while_its_subscriber_is_away() throws Exception {
    String client = Broker.unique("client");
    Topic topic = session.createTopic(Broker.unique("topic"));
    try (Connection durable = connection(client)) {
      Session own = durable.createSession(false, Session.AUTO_ACKNOWLEDGE);
      own.createDurableSubscriber(topic, "news").close();
    }
    send(topic, "meanwhile");
    try (Connection durable = connection(client)) {
      Session own = durable.createSession(false, Session.AUTO_ACKNOWLEDGE);
      MessageConsumer subscriber = own.createDurableSubscriber(topic, "news");
      assertThat(text(receive(subscriber))).isEqualTo("meanwhile");
      subscriber.close();
      own.unsubscribe("news");
      assertThatThrownBy(() -> own.unsubscribe("news")).isInstanceOf(JMSException.class);
      send(topic, "late");
      assertThat(own.createDurableSubscriber(topic, "news").receive(NOTHING_MILLIS)).isNull();
    }
  }

  @Test
  void shared_subscription_divides_messages_among_its_consumers() throws Exception {
    Topic topic = session.createTopic(Broker.unique("topic"));
    String name = Broker.unique("shared");
    MessageConsumer one = session.createSharedConsumer(topic, name);
    MessageConsumer two = session.createSharedConsumer(topic, name);
    send(topic, "1", "2", "3", "4");
    int first = 0;
    int second = 0;
    while (first + second < 4) {
      first += one.receive(NOTHING_MILLIS) == null ? 0 : 1;
      second += two.receive(NOTHING_MILLIS) == null ? 0 : 1;
    }
    assertThat(first + second).isEqualTo(4);
    assertThat(one.receive(NOTHING_MILLIS)).isNull();
    assertThat(two.receive(NOTHING_MILLIS)).isNull();
  }

  @Test
  void temporary_queue_takes_replies_and_goes_with_its_maker() throws Exception {
    Queue requests = queue();
    TemporaryQueue replies = session.createTemporaryQueue();
    MessageConsumer forReplies = session.createConsumer(replies);
    TextMessage request = session.createTextMessage("ping");
    request.setJMSReplyTo(replies);
    session.createProducer(requests).send(request);
    try (Connection other = connection(null)) {
      Session service = other.createSession(false, Session.AUTO_ACKNOWLEDGE);
      Message got = receive(service.createConsumer(requests));
      MessageProducer anonymous = service.createProducer(null);
      anonymous.send(got.getJMSReplyTo(), service.createTextMessage("pong"));
    }
    assertThat(text(receive(forReplies))).isEqualTo("pong");
    forReplies.close();
    replies.delete();
  }

  @Test
  void temporary_topic_reaches_its_subscribers() throws Exception {
    TemporaryTopic topic = session.createTemporaryTopic();
    MessageConsumer consumer = session.createConsumer(topic);
    send(topic, "x");
    assertThat(text(receive(consumer))).isEqualTo("x");
  }

  @Test
  void anonymous_producer_sends_where_each_message_says() throws Exception {
    Queue one = queue();
    Topic two = session.createTopic(Broker.unique("topic"));
    MessageConsumer fromOne = session.createConsumer(one);
    MessageConsumer fromTwo = session.createConsumer(two);
    MessageProducer producer = session.createProducer(null);
    producer.send(one, session.createTextMessage("to one"));
    producer.send(two, session.createTextMessage("to two"));
    assertThat(text(receive(fromOne))).isEqualTo("to one");
    assertThat(text(receive(fromTwo))).isEqualTo("to two");
  }

  @Test
  void wrong_password_is_refused() {
    JmsConnectionFactory factory =
        new JmsConnectionFactory(
            "guest", "wrong", "amqp://" + broker.host() + ":" + broker.amqpPort());
    assertThatThrownBy(() -> factory.createConnection().start())
        .isInstanceOf(JMSSecurityException.class);
  }

  @Test
  void many_messages_with_asynchronous_sends_all_arrive_in_order() throws Exception {
    Queue queue = queue();
    MessageProducer producer = session.createProducer(queue);
    producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
    for (int i = 0; i < 3_000; i++) {
      producer.send(session.createTextMessage(Integer.toString(i)));
    }
    MessageConsumer consumer = session.createConsumer(queue);
    for (int i = 0; i < 3_000; i++) {
      assertThat(text(receive(consumer))).isEqualTo(Integer.toString(i));
    }
  }

  // ---- policies of queues --------------------------------------------------------------------

  private Queue declared(Map<String, Object> arguments) throws Exception {
    String name = Broker.unique("jms");
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(broker.host());
    factory.setPort(broker.amqpPort());
    try (var declaring = factory.newConnection();
        Channel channel = Objects.requireNonNull(declaring.createChannel())) {
      channel.queueDeclare(name, true, false, false, arguments);
    }
    return session.createQueue(name);
  }

  @Test
  void higher_priorities_are_received_first() throws Exception {
    Queue queue = declared(Map.of("x-max-priority", 9));
    try (MessageProducer producer = session.createProducer(queue)) {
      for (int priority : new int[] {4, 1, 9, 4}) {
        TextMessage message = session.createTextMessage("p" + priority);
        producer.send(message, DeliveryMode.PERSISTENT, priority, 0);
      }
    }
    MessageConsumer consumer = session.createConsumer(queue);
    assertThat(text(receive(consumer))).isEqualTo("p9");
    assertThat(text(receive(consumer))).isEqualTo("p4");
    assertThat(text(receive(consumer))).isEqualTo("p4");
    assertThat(text(receive(consumer))).isEqualTo("p1");
  }

  @Test
  void message_that_waited_too_long_goes_to_the_dead_letters() throws Exception {
    Queue dead = queue();
    MessageConsumer gravedigger = session.createConsumer(dead);
    Queue queue =
        declared(
            Map.of(
                "x-message-ttl",
                50,
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                dead.getQueueName()));
    send(queue, "late");
    assertThat(text(receive(gravedigger))).isEqualTo("late");
  }

  @Test
  void deliveries_that_failed_are_counted() throws Exception {
    Queue queue = queue();
    send(queue, "m");
    try (Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED)) {
      MessageConsumer consumer = transacted.createConsumer(queue);
      for (int attempt = 1; attempt <= 3; attempt++) {
        Message message = receive(consumer);
        assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(attempt);
        assertThat(message.getJMSRedelivered()).isEqualTo(attempt > 1);
        transacted.rollback();
      }
    }
  }
}
