package io.correio.server.front.amqp091;

import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.LaneId;
import io.correio.core.queue.Settlement;
import io.correio.core.routing.QueueDefinition;
import io.correio.server.front.GeneratedNames;
import io.correio.server.front.amqp091.Permissions.Resource;
import io.correio.server.front.content.Amqp091Encoding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/**
 * Class basic on one channel, publishing apart: consumers, deliveries, settlements, credit. Owned
 * by the connection's loop.
 *
 * <p>The channel's number is that of its credit pool in the core: it carries the limit of {@code
 * basic.qos} with global set, and {@code channel.flow}.
 */
final class ChannelConsuming {
  private final OpenConnection connection;
  private final Amqp091Channel channel;
  private final Unsettled unsettled = new Unsettled();
  private final Map<String, ConsumerEntry> consumers = new HashMap<>();
  private long deliveryTag;
  private int prefetch = Command.UNLIMITED;
  private int poolLimit;
  private boolean flowing = true;
  private boolean poolSubmitted;

  ChannelConsuming(OpenConnection connection, Amqp091Channel channel) {
    this.connection = connection;
    this.channel = channel;
    this.poolLimit = connection.limits().unsettledPerChannel();
  }

  Unsettled unsettled() {
    return unsettled;
  }

  void onBasic(BasicMethod method) {
    switch (method) {
      case BasicMethod.Ack ack ->
          settle(ack.deliveryTag(), ack.multiple(), Settlement.ACCEPTED, ack);
      case BasicMethod.Nack nack ->
          settle(nack.deliveryTag(), nack.multiple(), refused(nack.requeue()), nack);
      case BasicMethod.Reject reject ->
          settle(reject.deliveryTag(), false, refused(reject.requeue()), reject);
      case BasicMethod.Qos qos -> onQos(qos);
      case BasicMethod.Consume consume -> onConsume(consume);
      case BasicMethod.Cancel cancel -> onCancel(cancel);
      case BasicMethod.CancelOk ignored -> {}
      case BasicMethod.Get get -> onGet(get);
      case BasicMethod.Recover recover -> {
        recover(recover.requeue(), recover);
        // A barrier like every answer: what was settled before it is durable.
        submitPool(
            channel.request(recover, false, reply -> channel.send(new BasicMethod.RecoverOk())));
      }
      case BasicMethod.RecoverAsync recover -> recover(recover.requeue(), recover);
      default -> throw Amqp091Channel.notForClients(method);
    }
  }

  private static Settlement refused(boolean requeue) {
    return requeue ? Settlement.RETURNED : Settlement.REJECTED;
  }

  // ---- consumers -----------------------------------------------------------------------------

  private void onConsume(BasicMethod.Consume method) {
    String queue = channel.definitions().queueName(method.queue(), method);
    connection.permissions().checkRead(Resource.QUEUE, queue, method);
    SupportedArguments.checkConsumer(method.arguments(), method);
    String tag =
        method.consumerTag().isEmpty() ? GeneratedNames.consumerTag() : method.consumerTag();
    if (consumers.containsKey(tag)) {
      throw Errors.of(
          ReplyCode.NOT_ALLOWED,
          method,
          "attempt to reuse consumer tag '%s' on channel %d; choose another tag"
              .formatted(tag, channel.number()));
    }
    if (consumers.size() >= connection.limits().consumersPerChannel()) {
      throw Errors.of(
          ReplyCode.NOT_ALLOWED,
          method,
          "reached maximum (%d) of consumers per channel; open another channel"
              .formatted(connection.limits().consumersPerChannel()));
    }
    if (!poolSubmitted) {
      submitPool(Command.NO_REPLY);
    }
    ConsumerEntry entry = connection.consumers().add(channel, tag, method.noAck());
    consumers.put(tag, entry);
    long request =
        channel.request(
            method,
            false,
            reply -> {
              if (!method.noWait()) {
                channel.send(new BasicMethod.ConsumeOk(tag));
              }
            });
    connection.submit(
        new Command.Subscribe(
            connection.id(),
            request,
            entry.number,
            queue,
            tag,
            method.noAck(),
            method.exclusive(),
            method.noAck() ? Command.UNLIMITED : prefetch,
            true,
            channel.number()));
  }

  private void onCancel(BasicMethod.Cancel method) {
    ConsumerEntry entry = consumers.get(method.consumerTag());
    BasicMethod.CancelOk ok = new BasicMethod.CancelOk(method.consumerTag());
    if (entry == null || entry.cancelling) {
      // Cancelled before, or never there: not an error, since the server may cancel as well.
      if (!method.noWait()) {
        channel.answer(method, ok);
      }
      return;
    }
    entry.cancelling = true;
    if (method.noWait()) {
      forget(entry);
    }
    long request =
        channel.request(
            method,
            false,
            reply -> {
              forget(entry);
              connection.consumers().remove(entry);
              if (!method.noWait()) {
                channel.send(ok);
              }
            });
    connection.submit(new Command.Cancel(connection.id(), request, entry.number));
  }

  /** The core has ended a consumer, because its queue is gone. */
  void onCancelled(ConsumerEntry entry) {
    boolean told = entry.receiving;
    forget(entry);
    if (!entry.cancelling) {
      connection.consumers().remove(entry);
      if (told && connection.client().consumerCancelNotify()) {
        channel.send(new BasicMethod.Cancel(entry.tag, true));
      }
    }
  }

  private void forget(ConsumerEntry entry) {
    entry.receiving = false;
    consumers.remove(entry.tag, entry);
  }

  // ---- deliveries ----------------------------------------------------------------------------

  /** Hands a message to the client. */
  void deliver(ConsumerEntry entry, Effect.Delivered delivery) {
    Message message = delivery.message();
    byte[] properties =
        Amqp091Encoding.properties(message, told(delivery.lane(), delivery.failures()));
    if (!connection.encoder().headerFits(properties.length)) {
      connection.giveBack(delivery.lane(), delivery.sequence(), message);
      channel.fail(tooManyProperties(properties.length));
      return;
    }
    long tag = ++deliveryTag;
    if (!entry.noAck) {
      unsettled.add(tag, delivery.lane(), delivery.sequence());
    }
    long before = connection.pendingBytes();
    connection.names().use(message.envelope().address());
    connection
        .encoder()
        .deliver(
            channel.number(),
            entry.encodedTag,
            tag,
            delivery.redelivered(),
            connection.names().exchange(),
            connection.names().key());
    connection.encoder().content(channel.number(), properties, Amqp091Encoding.body(message));
    connection.wroteMessage(before, message);
  }

  private void onGet(BasicMethod.Get method) {
    String queue = channel.definitions().queueName(method.queue(), method);
    connection.permissions().checkRead(Resource.QUEUE, queue, method);
    int max = connection.limits().unsettledPerChannel();
    if (!method.noAck() && unsettled.size() >= max) {
      throw Errors.of(
          ReplyCode.PRECONDITION_FAILED,
          method,
          "channel %d has %d unacknowledged messages, as many as it may; acknowledge some"
              .formatted(channel.number(), max));
    }
    long request =
        channel.request(method, false, reply -> channel.send(new BasicMethod.GetEmpty()));
    connection.submit(new Command.Take(connection.id(), request, queue, method.noAck()));
  }

  /** Answers {@code basic.get} with a message. */
  void onTaken(BasicMethod.Get method, Effect.Taken taken) {
    Message message = taken.message();
    byte[] properties = Amqp091Encoding.properties(message, told(taken.lane(), taken.failures()));
    boolean fits = connection.encoder().headerFits(properties.length);
    if (!channel.isOpen() || !fits) {
      connection.giveBack(taken.lane(), taken.sequence(), message);
      if (channel.isOpen()) {
        channel.fail(tooManyProperties(properties.length));
      }
      return;
    }
    long tag = ++deliveryTag;
    if (!method.noAck()) {
      unsettled.add(tag, taken.lane(), taken.sequence());
    }
    long before = connection.pendingBytes();
    connection.names().use(message.envelope().address());
    connection
        .encoder()
        .getOk(
            channel.number(),
            tag,
            taken.redelivered(),
            connection.names().exchange(),
            connection.names().key(),
            Math.min(taken.remaining(), 0xffff_ffffL));
    connection.encoder().content(channel.number(), properties, Amqp091Encoding.body(message));
    connection.wroteMessage(before, message);
  }

  /** Failures are told, as in RabbitMQ, where the queue limits them. */
  private int told(long lane, int failures) {
    if (failures == 0) {
      return 0;
    }
    QueueDefinition queue = connection.host().routing().queue(LaneId.queue(lane));
    return queue != null && queue.arguments().contains("x-delivery-limit") ? failures : 0;
  }

  private static AmqpException tooManyProperties(int bytes) {
    return new AmqpException(
        ReplyCode.PRECONDITION_FAILED,
        "a message has %d bytes of properties, more than a frame of this connection holds; agree on a larger frame-max"
            .formatted(bytes),
        0,
        0);
  }

  // ---- settlements ---------------------------------------------------------------------------

  private void settle(long tag, boolean multiple, Settlement settlement, Method method) {
    boolean all = multiple && tag == 0;
    if (!all && !unsettled.isOpen(tag)) {
      throw Errors.of(
          ReplyCode.PRECONDITION_FAILED,
          method,
          ("unknown delivery tag %s on channel %d; settle each delivery once, and on the channel"
                  + " it came by")
              .formatted(Long.toUnsignedString(tag), channel.number()));
    }
    long upTo = all ? Long.MAX_VALUE : tag;
    if (channel.publishing().isTransactional()) {
      channel.publishing().checkSettlements(unsettled.held() + 1, method);
      if (multiple) {
        unsettled.holdUpTo(upTo, settlement);
      } else {
        unsettled.hold(tag, settlement);
      }
    } else if (multiple) {
      unsettled.settleUpTo(upTo, settlement, connection.settles()::settle);
    } else {
      unsettled.settle(tag, settlement, connection.settles()::settle);
    }
  }

  private void recover(boolean requeue, Method method) {
    if (!requeue) {
      throw Errors.of(
          ReplyCode.NOT_IMPLEMENTED, method, "requeue=false; recover with requeue=true");
    }
    unsettled.settleUpTo(Long.MAX_VALUE, Settlement.RETURNED, connection.settles()::settle);
  }

  // ---- credit --------------------------------------------------------------------------------

  private void onQos(BasicMethod.Qos method) {
    if (method.prefetchSize() != 0) {
      throw Errors.of(
          ReplyCode.NOT_IMPLEMENTED,
          method,
          "prefetch_size!=0 (%d); limit the number of messages instead"
              .formatted(method.prefetchSize()));
    }
    int count = method.prefetchCount();
    if (!method.global()) {
      prefetch = count == 0 ? Command.UNLIMITED : count;
      channel.answer(method, new BasicMethod.QosOk());
      return;
    }
    int max = connection.limits().unsettledPerChannel();
    poolLimit = count == 0 ? max : Math.min(count, max);
    submitPool(channel.request(method, false, reply -> channel.send(new BasicMethod.QosOk())));
  }

  void onFlow(ChannelMethod.Flow method) {
    flowing = method.active();
    submitPool(
        channel.request(
            method, false, reply -> channel.send(new ChannelMethod.FlowOk(method.active()))));
  }

  /** Tells the core the limits of the channel's pool; also a way to wait for what came before. */
  void submitPool(long request) {
    poolSubmitted = true;
    connection.submit(
        new Command.LimitPool(connection.id(), request, channel.number(), poolLimit, flowing));
  }

  /** The channel is done with its pool; another one may use its number. */
  void resetPool(long request) {
    connection.submit(
        new Command.LimitPool(connection.id(), request, channel.number(), Command.UNLIMITED, true));
  }

  // ---- closing -------------------------------------------------------------------------------

  /** Ends the consumers and hands back what is not settled. */
  void release() {
    for (ConsumerEntry entry : new ArrayList<>(consumers.values())) {
      forget(entry);
      if (!entry.cancelling) {
        entry.cancelling = true;
        connection.submit(
            new Command.Cancel(connection.id(), connection.requestRemoval(entry), entry.number));
      }
    }
    unsettled.rollback();
    unsettled.settleUpTo(Long.MAX_VALUE, Settlement.RETURNED, connection.settles()::settle);
  }
}
