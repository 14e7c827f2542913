package io.correio.tests.amqp10;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Objects;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Qpid JMS against the broker: selectors, browsers and no-local (Jakarta Messaging 3.1). */
@ExtendWith(BrokerExtension.class)
class JmsFiltersTest {

  private static final long PATIENCE_MILLIS = 20_000;
  private static final long NOTHING_MILLIS = 300;

  private final Broker broker;
  private Connection connection;
  private Session session;

  JmsFiltersTest(Broker broker) {
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

  private static String text(@Nullable Object message) throws JMSException {
    return ((TextMessage) Objects.requireNonNull(message)).getText();
  }

  /** Each text is a message whose property n is the text's length. */
  private void send(Destination destination, String... texts) throws JMSException {
    try (MessageProducer producer = session.createProducer(destination)) {
      for (String text : texts) {
        TextMessage message = session.createTextMessage(text);
        message.setIntProperty("n", text.length());
        producer.send(message);
      }
    }
  }

  private Queue queue() throws JMSException {
    return session.createQueue(Broker.unique("jms"));
  }

  private static List<String> browse(QueueBrowser browser) throws JMSException {
    List<String> texts = new ArrayList<>();
    Enumeration<?> messages = browser.getEnumeration();
    while (messages.hasMoreElements()) {
      texts.add(text(messages.nextElement()));
    }
    return texts;
  }

  // ---- selectors -----------------------------------------------------------------------------

  @Test
  void selector_on_a_queue_takes_what_matches_and_leaves_the_rest() throws Exception {
    Queue queue = queue();
    send(queue, "a", "bb", "c", "dd");
    try (MessageConsumer long2 = session.createConsumer(queue, "n = 2")) {
      assertThat(text(receive(long2))).isEqualTo("bb");
      assertThat(text(receive(long2))).isEqualTo("dd");
      assertThat(long2.receiveNoWait()).isNull();
      send(queue, "e", "ff");
      assertThat(text(receive(long2))).isEqualTo("ff");
    }
    MessageConsumer rest = session.createConsumer(queue);
    assertThat(text(receive(rest))).isEqualTo("a");
    assertThat(text(receive(rest))).isEqualTo("c");
    assertThat(text(receive(rest))).isEqualTo("e");
    assertThat(rest.receiveNoWait()).isNull();
  }

  @Test
  void two_selectors_on_one_queue_do_not_wait_for_each_other() throws Exception {
    Queue queue = queue();
    MessageConsumer one = session.createConsumer(queue, "n = 1");
    MessageConsumer two = session.createConsumer(queue, "n = 2");
    send(queue, Collections.nCopies(500, "a").toArray(String[]::new));
    send(queue, "bb");
    assertThat(text(receive(two))).isEqualTo("bb");
    for (int i = 0; i < 500; i++) {
      assertThat(text(receive(one))).isEqualTo("a");
    }
  }

  @Test
  void headers_can_be_selected_by_their_names() throws Exception {
    Queue queue = queue();
    MessageProducer producer = session.createProducer(queue);
    TextMessage wanted = session.createTextMessage("wanted");
    wanted.setJMSCorrelationID("it's");
    wanted.setJMSType("kind");
    producer.send(session.createTextMessage("other"));
    producer.send(wanted, DeliveryMode.NON_PERSISTENT, 8, 0);
    String selector =
        "JMSCorrelationID = 'it''s' AND JMSType = 'kind' AND JMSPriority = 8"
            + " AND JMSDeliveryMode = 'NON_PERSISTENT' AND JMSTimestamp >= "
            + wanted.getJMSTimestamp()
            + " AND JMSMessageID = '"
            + wanted.getJMSMessageID()
            + "'";
    assertThat(text(receive(session.createConsumer(queue, selector)))).isEqualTo("wanted");
  }

  @Test
  void selector_that_cannot_be_read_is_refused_with_a_sentence() throws Exception {
    Queue queue = queue();
    send(queue, "a");
    // The client reads selectors itself unless it is told not to.
    JmsConnectionFactory factory =
        new JmsConnectionFactory(
            "guest",
            "guest",
            "amqp://" + broker.host() + ":" + broker.amqpPort() + "?jms.validateSelector=false");
    try (Connection unchecked = factory.createConnection()) {
      Session own = unchecked.createSession(false, Session.AUTO_ACKNOWLEDGE);
      assertThatThrownBy(() -> own.createConsumer(queue, "n = = 1"))
          .isInstanceOf(JMSException.class)
          .hasMessageContaining("character 5: found '=', expected a literal, a name or '('");
    }
    assertThatThrownBy(() -> session.createConsumer(queue, "n = = 1"))
        .isInstanceOf(InvalidSelectorException.class);
  }

  @Test
  void selector_on_a_topic_keeps_out_what_does_not_match() throws Exception {
    Topic topic = session.createTopic(Broker.unique("topic"));
    MessageConsumer two = session.createConsumer(topic, "n = 2");
    MessageConsumer all = session.createConsumer(topic);
    send(topic, "a", "bb", "c");
    assertThat(text(receive(two))).isEqualTo("bb");
    assertThat(two.receive(NOTHING_MILLIS)).isNull();
    assertThat(text(receive(all))).isEqualTo("a");
  }

  @Test
  void durable_subscription_with_another_selector_is_a_new_one() throws Exception {
    String client = Broker.unique("client");
    Topic topic = session.createTopic(Broker.unique("topic"));
    try (Connection durable = connection(client)) {
      Session own = durable.createSession(false, Session.AUTO_ACKNOWLEDGE);
      own.createDurableSubscriber(topic, "news", "n = 2", false).close();
      send(topic, "a", "bb");
      try (MessageConsumer same = own.createDurableSubscriber(topic, "news", "n = 2", false)) {
        assertThat(text(receive(same))).isEqualTo("bb");
        send(topic, "cc");
        assertThatThrownBy(() -> own.createDurableSubscriber(topic, "news", "n = 1", false))
            .isInstanceOf(JMSException.class);
      }
      try (MessageConsumer other = own.createDurableSubscriber(topic, "news", "n = 1", false)) {
        assertThat(other.receive(NOTHING_MILLIS)).isNull();
        send(topic, "d", "ee");
        assertThat(text(receive(other))).isEqualTo("d");
      }
      Topic another = session.createTopic(Broker.unique("topic"));
      try (MessageConsumer moved = own.createDurableSubscriber(another, "news")) {
        send(topic, "f");
        send(another, "g");
        assertThat(text(receive(moved))).isEqualTo("g");
        assertThat(moved.receive(NOTHING_MILLIS)).isNull();
      }
      own.unsubscribe("news");
    }
  }

  @Test
  void shared_subscriptions_have_selectors() throws Exception {
    Topic topic = session.createTopic(Broker.unique("topic"));
    String name = Broker.unique("shared");
    MessageConsumer one = session.createSharedConsumer(topic, name, "n = 2");
    session.createSharedConsumer(topic, name, "n = 2").close();
    send(topic, "a", "bb");
    assertThat(text(receive(one))).isEqualTo("bb");
    assertThat(one.receive(NOTHING_MILLIS)).isNull();
  }

  // ---- no-local ------------------------------------------------------------------------------

  @Test
  void no_local_subscription_does_not_get_what_its_own_connection_sent() throws Exception {
    Topic topic = session.createTopic(Broker.unique("topic"));
    MessageConsumer others = session.createConsumer(topic, null, true);
    MessageConsumer all = session.createConsumer(topic, null, false);
    send(topic, "own");
    try (Connection other = connection(null)) {
      Session theirs = other.createSession(false, Session.AUTO_ACKNOWLEDGE);
      theirs.createProducer(topic).send(theirs.createTextMessage("theirs"));
    }
    assertThat(text(receive(others))).isEqualTo("theirs");
    assertThat(others.receive(NOTHING_MILLIS)).isNull();
    assertThat(text(receive(all))).isEqualTo("own");
  }

  @Test
  void durable_no_local_subscription_knows_its_client_by_its_name() throws Exception {
    String client = Broker.unique("client");
    Topic topic = session.createTopic(Broker.unique("topic"));
    try (Connection durable = connection(client)) {
      Session own = durable.createSession(false, Session.AUTO_ACKNOWLEDGE);
      own.createDurableSubscriber(topic, "news", null, true).close();
    }
    send(topic, "others");
    try (Connection durable = connection(client)) {
      Session own = durable.createSession(false, Session.AUTO_ACKNOWLEDGE);
      own.createProducer(topic).send(own.createTextMessage("own"));
      MessageConsumer subscriber = own.createDurableSubscriber(topic, "news", null, true);
      assertThat(text(receive(subscriber))).isEqualTo("others");
      assertThat(subscriber.receive(NOTHING_MILLIS)).isNull();
      subscriber.close();
      own.unsubscribe("news");
    }
  }

  // ---- browsers ------------------------------------------------------------------------------

  @Test
  void browser_shows_all_that_is_ready_and_takes_nothing() throws Exception {
    Queue queue = queue();
    String[] texts = new String[1_500];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = "m" + i;
    }
    send(queue, texts);
    QueueBrowser browser = session.createBrowser(queue);
    assertThat(browse(browser)).containsExactly(texts);
    assertThat(browse(browser)).as("again").containsExactly(texts);
    browser.close();
    MessageConsumer consumer = session.createConsumer(queue);
    Message first = receive(consumer);
    assertThat(text(first)).isEqualTo("m0");
    assertThat(first.getJMSRedelivered()).isFalse();
  }

  @Test
  void browser_of_an_empty_queue_ends_at_once() throws Exception {
    assertThat(browse(session.createBrowser(queue()))).isEmpty();
  }

  @Test
  void browser_has_a_selector_and_does_not_see_what_somebody_has() throws Exception {
    Queue queue = queue();
    send(queue, "a", "bb", "c", "dd");
    Session client = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
    try (MessageConsumer holder = client.createConsumer(queue, "n = 2")) {
      assertThat(text(receive(holder))).isEqualTo("bb");
      assertThat(browse(session.createBrowser(queue, "n = 1"))).containsExactly("a", "c");
      assertThat(browse(session.createBrowser(queue))).containsExactly("a", "c");
    }
    client.close();
    assertThat(browse(session.createBrowser(queue))).containsExactly("a", "bb", "c", "dd");
  }
}
