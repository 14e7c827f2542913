package io.correio.server.client;

import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.method.ConfirmMethod;
import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.ExchangeMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.method.QueueMethod;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A small blocking client: one connection with one channel, for one thread. Every method that asks
 * the broker something waits for its answer; a refusal is a {@link ClientException} with the reply
 * code, after which the client may be used further unless the connection was closed.
 *
 * <pre>{@code
 * try (Amqp091Client client = Amqp091Client.connect(AmqpUrl.parse(url), "example")) {
 *   client.declareQueue("letters", true, FieldTable.empty());
 *   client.put("", "letters", BasicProperties.NONE, body);
 * }
 * }</pre>
 */
public final class Amqp091Client implements AutoCloseable {
  /** The number of the one channel. */
  public static final int CHANNEL = 1;

  private static final int REPLY_TIMEOUT_MILLIS = 60_000;
  private static final int NOT_FOUND = 404;

  /** What the broker did with a message that was put. */
  public enum Outcome {
    /** It took responsibility for it. */
    ACCEPTED,
    /** No queue is bound for it. */
    UNROUTABLE,
    /** It refused it, for instance because a queue is full. */
    REJECTED
  }

  private final Amqp091Connection connection;
  private final Inbox inbox = new Inbox();
  private boolean open;
  private boolean confirming;
  private int prefetch;

  private Amqp091Client(Amqp091Connection connection) {
    this.connection = connection;
  }

  /** Connects, logs in and opens a channel; {@code product} is the name that operators see. */
  public static Amqp091Client connect(AmqpUrl url, String product) throws IOException {
    return new Amqp091Client(Amqp091Connection.open(url, product));
  }

  /** Creates a queue that does not exist; an existing one must have the same properties. */
  public QueueStatus declareQueue(String queue, boolean durable, FieldTable arguments)
      throws IOException {
    return status(
        call(
            new QueueMethod.Declare(queue, false, durable, false, false, false, arguments),
            QueueMethod.DeclareOk.class));
  }

  /** What the broker says of a queue; empty when there is none of that name. */
  public Optional<QueueStatus> queue(String queue) throws IOException {
    try {
      return Optional.of(
          status(
              call(
                  new QueueMethod.Declare(
                      queue, true, false, false, false, false, FieldTable.empty()),
                  QueueMethod.DeclareOk.class)));
    } catch (ClientException e) {
      if (e.replyCode() == NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Creates an exchange that does not exist. */
  public void declareExchange(String exchange, String type, boolean durable) throws IOException {
    call(
        new ExchangeMethod.Declare(
            exchange, type, false, durable, false, false, false, FieldTable.empty()),
        ExchangeMethod.DeclareOk.class);
  }

  /** Binds a queue to an exchange. */
  public void bind(String queue, String exchange, String routingKey, FieldTable arguments)
      throws IOException {
    call(
        new QueueMethod.Bind(queue, exchange, routingKey, false, arguments),
        QueueMethod.BindOk.class);
  }

  /** Removes the ready messages of a queue; returns how many they were. */
  public long purge(String queue) throws IOException {
    return call(new QueueMethod.Purge(queue, false), QueueMethod.PurgeOk.class).messageCount();
  }

  /** Deletes a queue; returns how many messages it had. */
  public long deleteQueue(String queue) throws IOException {
    return call(new QueueMethod.Delete(queue, false, false, false), QueueMethod.DeleteOk.class)
        .messageCount();
  }

  /** Deletes an exchange. */
  public void deleteExchange(String exchange) throws IOException {
    call(new ExchangeMethod.Delete(exchange, false, false), ExchangeMethod.DeleteOk.class);
  }

  /** Asks the broker to confirm publishes from now on, as {@link #put} does by itself. */
  public void confirm() throws IOException {
    openChannel();
    if (!confirming) {
      call(new ConfirmMethod.Select(false), ConfirmMethod.SelectOk.class);
      confirming = true;
    }
  }

  /** Publishes a message and waits until the broker has said what became of it. */
  public Outcome put(String exchange, String routingKey, BasicProperties properties, byte[] body)
      throws IOException {
    confirm();
    BasicMethod.Publish publish = new BasicMethod.Publish(exchange, routingKey, true, false);
    inbox.returned = false;
    inbox.settlement = null;
    send(() -> connection.encoder().content(CHANNEL, publish, properties.raw(), body));
    while (inbox.settlement == null) {
      // No limit of time: a broker whose disk is full makes publishers wait.
      connection.read(inbox, 0);
      inbox.throwError();
    }
    if (inbox.settlement instanceof BasicMethod.Nack) {
      return Outcome.REJECTED;
    }
    return inbox.returned ? Outcome.UNROUTABLE : Outcome.ACCEPTED;
  }

  /** Takes the first message of a queue, if there is one. */
  public Optional<Received> get(String queue, boolean autoAck) throws IOException {
    inbox.got = null;
    call(new BasicMethod.Get(queue, autoAck), Method.class);
    return Optional.ofNullable(inbox.got);
  }

  /**
   * Starts a consumer, whose messages {@link #receive} gives.
   *
   * @param unsettled how many may be on their way without acknowledgement, 0 for any number
   * @return the consumer's tag
   */
  public String consume(String queue, boolean autoAck, int unsettled) throws IOException {
    openChannel();
    if (unsettled != prefetch) {
      call(new BasicMethod.Qos(0, unsettled, false), BasicMethod.QosOk.class);
      prefetch = unsettled;
    }
    return call(
            new BasicMethod.Consume(queue, "", false, autoAck, false, false, FieldTable.empty()),
            BasicMethod.ConsumeOk.class)
        .consumerTag();
  }

  /**
   * The next message of any consumer, waiting for it.
   *
   * @param wait how long; null for as long as it takes
   * @return empty when none came in time
   * @throws ClientException also when the broker ended a consumer, because its queue was deleted
   */
  public Optional<Received> receive(@Nullable Duration wait) throws IOException {
    long deadline = wait == null ? 0 : System.nanoTime() + wait.toNanos();
    while (inbox.deliveries.isEmpty()) {
      inbox.throwError();
      int timeout = 0;
      if (wait != null) {
        long left = (deadline - System.nanoTime() + 999_999) / 1_000_000;
        if (left <= 0) {
          return Optional.empty();
        }
        timeout = (int) Math.min(left, Integer.MAX_VALUE);
      }
      connection.read(inbox, timeout);
    }
    return Optional.of(inbox.deliveries.remove());
  }

  /** Ends a consumer; what it received and nobody acknowledged goes back when the client closes. */
  public void cancel(String consumerTag) throws IOException {
    call(new BasicMethod.Cancel(consumerTag, false), BasicMethod.CancelOk.class);
  }

  /** Acknowledges a message, or all up to it. Sent at once, not answered by the broker. */
  public void ack(long deliveryTag, boolean multiple) throws IOException {
    send(() -> connection.encoder().ack(CHANNEL, deliveryTag, multiple));
  }

  /** Refuses a message: back into the queue, or away. Sent at once, not answered. */
  public void nack(long deliveryTag, boolean requeue) throws IOException {
    send(() -> connection.encoder().nack(CHANNEL, deliveryTag, false, requeue));
  }

  /**
   * Waits until the broker has processed all that was sent before; acknowledgements are then sure
   * to have counted.
   */
  public void barrier() throws IOException {
    call(new BasicMethod.Qos(0, prefetch, false), BasicMethod.QosOk.class);
  }

  /** Why the broker does not take publishes at the moment; null when it does. */
  public @Nullable String blockedReason() {
    return connection.blockedReason();
  }

  /** Sends a method and waits for its answer, for what this class has no method for. */
  public <M extends Method> M call(Method request, Class<M> replyType) throws IOException {
    openChannel();
    return exchange(request, replyType);
  }

  /**
   * The connection underneath, with {@link #CHANNEL} open, for whoever writes and reads frames; the
   * client must not be used while another thread does so.
   */
  public Amqp091Connection connection() throws IOException {
    openChannel();
    return connection;
  }

  @Override
  public void close() {
    connection.close();
  }

  private <M extends Method> M exchange(Method request, Class<M> replyType) throws IOException {
    inbox.reply = null;
    inbox.awaited = request;
    send(() -> connection.encoder().method(CHANNEL, request));
    while (connection.read(inbox, REPLY_TIMEOUT_MILLIS)) {
      inbox.throwError();
      Method reply = inbox.reply;
      if (replyType.isInstance(reply)) {
        return replyType.cast(reply);
      }
    }
    throw new ClientException(
        "no answer to " + request.protocolName() + " within " + REPLY_TIMEOUT_MILLIS + " ms", null);
  }

  private void openChannel() throws IOException {
    if (!open) {
      exchange(new ChannelMethod.Open(), ChannelMethod.OpenOk.class);
      open = true;
      confirming = false;
      prefetch = 0;
    }
  }

  private void send(Runnable encode) throws IOException {
    try {
      encode.run();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    connection.flush();
  }

  private static QueueStatus status(QueueMethod.DeclareOk ok) {
    return new QueueStatus(ok.queue(), ok.messageCount(), ok.consumerCount());
  }

  /** What has arrived and nobody has asked for yet. */
  private final class Inbox implements ChannelHandler {
    /** Bounded by the prefetch that the consumer asked for. */
    private final Deque<Received> deliveries = new ArrayDeque<>();

    private Method awaited = new ChannelMethod.Open();
    private @Nullable Method reply;
    private @Nullable Method settlement;
    private @Nullable Received got;
    private @Nullable ClientException error;
    private boolean returned;

    void throwError() throws ClientException {
      ClientException thrown = error;
      if (thrown != null) {
        error = null;
        throw thrown;
      }
    }

    @Override
    public void onMethod(int channel, Method method) {
      switch (method) {
        case ChannelMethod.Close close -> {
          open = false;
          error = new ClientException(close.replyCode(), close.replyText());
          connection.encoder().method(CHANNEL, new ChannelMethod.CloseOk());
        }
        case BasicMethod.Ack ack -> settlement = ack;
        case BasicMethod.Nack nack -> settlement = nack;
        case BasicMethod.Cancel cancel ->
            error = new ClientException("the broker ended the consumer: its queue is gone", null);
        case ChannelMethod.Flow flow ->
            connection.encoder().method(CHANNEL, new ChannelMethod.FlowOk(flow.active()));
        default -> onReply(method);
      }
    }

    @Override
    public void onContent(int channel, ContentMethod method, byte[] properties, byte[] body) {
      switch (method) {
        case BasicMethod.Return notRouted -> returned = true;
        case BasicMethod.Deliver deliver -> deliveries.add(new Received(deliver, properties, body));
        case BasicMethod.GetOk ok -> {
          got = new Received(ok, properties, body);
          onReply(ok);
        }
        case BasicMethod.Publish publish -> onReply(publish);
      }
    }

    private void onReply(Method method) {
      if (awaited.replies().contains(method.getClass())) {
        reply = method;
      } else {
        error =
            new ClientException(
                "the broker answered " + awaited.protocolName() + " with " + method.protocolName(),
                null);
      }
    }
  }
}
