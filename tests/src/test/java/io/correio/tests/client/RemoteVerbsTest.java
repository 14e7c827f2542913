package io.correio.tests.client;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.client.Message;
import io.correio.client.MessageQueue;
import io.correio.client.MessagingException;
import io.correio.client.QueueManager;
import io.correio.client.remote.RemoteQueueManager;
import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The verbs over AMQP 1.0. */
@ExtendWith(BrokerExtension.class)
final class RemoteVerbsTest extends VerbsContract {
  private final String url;
  private final Broker broker;
  private QueueManager manager;

  RemoteVerbsTest(Broker broker) {
    this.broker = broker;
    this.url = broker.url();
  }

  @BeforeEach
  void connect() {
    manager = RemoteQueueManager.connect(url);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Override
  QueueManager manager() {
    return manager;
  }

  @Test
  void manager_that_is_not_there_is_named_with_what_to_do() {
    assertThatThrownBy(() -> RemoteQueueManager.connect("amqp://127.0.0.1:1"))
        .isInstanceOf(MessagingException.Unavailable.class)
        .hasMessageContainingAll("127.0.0.1:1", "./correio server");
  }

  @Test
  void wrong_password_is_refused_and_not_repeated() {
    String wrong = "amqp://guest:wrong@%s:%d".formatted(broker.host(), broker.amqpPort());
    assertThatThrownBy(() -> RemoteQueueManager.connect(wrong))
        .isInstanceOf(MessagingException.AccessRefused.class)
        .hasMessageContaining("guest@" + broker.host())
        .hasMessageNotContainingAny("wrong@");
  }

  @Test
  void virtual_host_that_is_missing_is_named() {
    assertThatThrownBy(() -> RemoteQueueManager.connect(url.replace("%2f", "nowhere")))
        .isInstanceOf(MessagingException.class)
        .hasMessageContaining("nowhere");
  }

  @Test
  void calls_that_wait_end_when_the_manager_is_closed() throws Exception {
    MessageQueue queue = manager.queue(Broker.unique("closing"));
    Thread closer = Thread.ofVirtual().unstarted(manager::close);
    try (var _ = queue.notify(message -> closer.start())) {
      queue.put(Message.text("close now"));
      assertThatThrownBy(manager.queue(Broker.unique("nothing"))::get)
          .isInstanceOf(MessagingException.Closed.class);
    }
    closer.join();
    assertThatThrownBy(() -> queue.put(Message.text("x")))
        .isInstanceOf(MessagingException.Closed.class);
  }
}
