package io.correio.tests.amqp10;

import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What each test of the standard has beside its own peer: somebody else's connection, which must
 * not notice anything.
 */
@ExtendWith(BrokerExtension.class)
abstract class ConformanceTest {

  final Broker broker;
  private @Nullable Bystander bystander;

  ConformanceTest(Broker broker) {
    this.broker = broker;
  }

  @BeforeEach
  void another_connection() throws IOException {
    bystander = new Bystander(broker);
  }

  @AfterEach
  void the_other_connection_is_untouched() throws IOException {
    if (bystander != null) {
      bystander.check();
    }
  }

  /** A peer with a session on channel 0. */
  SocketPeer begun() throws IOException {
    return SocketPeer.begun(broker);
  }
}
