package io.correio.tests.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownNotifier;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Expects a refusal with its reply code on its level (AMQP 0-9-1, section 1.2 of the reference).
 */
final class Refusals {
  /** Something a broker refuses, at once or later. */
  interface Refused {
    void run() throws Exception;
  }

  private Refusals() {}

  /** The channel is closed with {@code code}; its connection goes on. Returns the reply text. */
  static String channelCloses(int code, Channel channel, Refused refused) throws Exception {
    ShutdownSignalException signal = provoke(channel, refused);
    assertThat(signal.isHardError()).as("closes the connection: %s", signal).isFalse();
    Method reason = signal.getReason();
    assertThat(reason).isInstanceOf(AMQP.Channel.Close.class);
    AMQP.Channel.Close close = (AMQP.Channel.Close) reason;
    assertThat(close.getReplyCode()).as(close.getReplyText()).isEqualTo(code);
    try (Channel next = channel.getConnection().createChannel()) {
      assertThat(next.isOpen()).as("connection goes on").isTrue();
    }
    return close.getReplyText();
  }

  /** The whole connection is closed with {@code code}. Returns the reply text. */
  static String connectionCloses(int code, Channel channel, Refused refused) throws Exception {
    ShutdownSignalException signal = provoke(channel, refused);
    assertThat(signal.isHardError()).as("closes the channel only: %s", signal).isTrue();
    Method reason = signal.getReason();
    assertThat(reason).as("%s", signal).isInstanceOf(AMQP.Connection.Close.class);
    AMQP.Connection.Close close = (AMQP.Connection.Close) reason;
    assertThat(close.getReplyCode()).as(close.getReplyText()).isEqualTo(code);
    return close.getReplyText();
  }

  private static ShutdownSignalException provoke(ShutdownNotifier closing, Refused refused)
      throws Exception {
    CompletableFuture<ShutdownSignalException> shutdown = new CompletableFuture<>();
    closing.addShutdownListener(shutdown::complete);
    try {
      refused.run();
    } catch (IOException | AlreadyClosedException e) {
      // The refusal itself, told to the caller; the listener is told the same.
      assertThat(e instanceof AlreadyClosedException || e.getCause() != null).isTrue();
    }
    return shutdown.get(Deliveries.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
