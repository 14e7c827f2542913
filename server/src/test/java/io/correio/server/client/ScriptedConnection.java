package io.correio.server.client;

import io.correio.amqp.v091.Amqp091Engine;
import io.correio.amqp.v091.BufferOutput;
import io.correio.amqp.v091.FrameEncoder;
import io.correio.amqp.v091.FrameHandler;
import io.correio.amqp.v091.SaslCredentials;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.method.ConfirmMethod;
import io.correio.amqp.v091.method.ConnectionMethod;
import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.ExchangeMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.method.QueueMethod;
import io.correio.amqp.v091.wire.FieldTable;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** One connection of a {@link ScriptedBroker}; all that it shares is guarded by the broker. */
final class ScriptedConnection implements FrameHandler {
  private static final int FRAME_MAX = 131_072;

  private final ScriptedBroker broker;
  private final Socket socket;
  private final BufferOutput output = new BufferOutput(64 << 20);
  private final FrameEncoder encoder = new FrameEncoder(output);
  private final TreeMap<Long, Unsettled> unsettled = new TreeMap<>();
  private final List<Subscription> subscriptions = new ArrayList<>();
  private boolean confirming;
  private boolean closed;
  private int prefetch;
  private long publishTag;
  private long confirmedTag;
  private long deliveryTag;

  /** A delivery without acknowledgement. */
  private record Unsettled(
      Subscription subscription, ScriptedBroker.Queue queue, ScriptedBroker.Message message) {}

  ScriptedConnection(ScriptedBroker broker, Socket socket) {
    this.broker = broker;
    this.socket = socket;
  }

  void run() {
    Amqp091Engine engine = Amqp091Engine.server(FRAME_MAX, 10);
    byte[] bytes = new byte[8192];
    try (socket) {
      InputStream in = socket.getInputStream();
      for (int count = in.read(bytes); count >= 0 && !closed; count = in.read(bytes)) {
        synchronized (broker) {
          engine.receive(ByteBuffer.wrap(bytes, 0, count), this);
          flush();
        }
      }
    } catch (IOException e) {
      // The test has closed one of the two ends.
    } finally {
      synchronized (broker) {
        closed = true;
        subscriptions.forEach(each -> each.queue.consumers.remove(each));
        unsettled.values().forEach(each -> each.queue.ready.addFirst(each.message));
      }
    }
  }

  private void flush() throws IOException {
    byte[] bytes = new byte[output.length()];
    output.toRead().get(bytes);
    socket.getOutputStream().write(bytes);
    output.clear();
  }

  @Override
  public void onProtocolHeader() {
    encoder.method(0, new ConnectionMethod.Start(0, 9, FieldTable.empty(), "PLAIN", "en_US"));
  }

  @Override
  public void onUnsupportedProtocol(byte[] received) {
    encoder.protocolHeader();
    closed = true;
  }

  @Override
  public void onHeartbeat() {}

  @Override
  public boolean onContentHeader(int channel, ContentMethod method, long bodySize) {
    return true;
  }

  @Override
  public void onMethod(int channel, Method method) {
    switch (method) {
      case ConnectionMethod connection -> onConnection(connection);
      case ChannelMethod.Open open -> encoder.method(channel, new ChannelMethod.OpenOk());
      case ConfirmMethod.Select select -> {
        confirming = true;
        publishTag = 0;
        confirmedTag = 0;
        encoder.method(channel, new ConfirmMethod.SelectOk());
      }
      case QueueMethod queue -> onQueue(channel, queue);
      case ExchangeMethod.Declare declare -> {
        broker.exchanges.computeIfAbsent(declare.exchange(), name -> new ArrayList<>());
        encoder.method(channel, new ExchangeMethod.DeclareOk());
      }
      case ExchangeMethod.Delete delete -> {
        broker.exchanges.remove(delete.exchange());
        encoder.method(channel, new ExchangeMethod.DeleteOk());
      }
      case BasicMethod basic -> onBasic(channel, basic);
      default -> {}
    }
  }

  private void onConnection(ConnectionMethod method) {
    switch (method) {
      case ConnectionMethod.StartOk startOk -> {
        SaslCredentials login = SaslCredentials.parsePlain(startOk.response());
        if (login.password().equals("guest")) {
          encoder.method(0, new ConnectionMethod.Tune(10, FRAME_MAX, 60));
        } else {
          encoder.method(
              0, new ConnectionMethod.Close(403, "ACCESS_REFUSED - login refused", 0, 0));
        }
      }
      case ConnectionMethod.TuneOk tuneOk -> encoder.frameMax((int) tuneOk.frameMax());
      case ConnectionMethod.Open open -> encoder.method(0, new ConnectionMethod.OpenOk());
      case ConnectionMethod.Close close -> encoder.method(0, new ConnectionMethod.CloseOk());
      default -> {}
    }
  }

  private void onQueue(int channel, QueueMethod method) {
    switch (method) {
      case QueueMethod.Declare declare -> {
        if (declare.passive() && !broker.queues.containsKey(declare.queue())) {
          refuse(channel, 404, "NOT_FOUND - no queue '" + declare.queue() + "'");
          return;
        }
        ScriptedBroker.Queue queue =
            broker.queues.computeIfAbsent(declare.queue(), name -> new ScriptedBroker.Queue());
        encoder.method(
            channel,
            new QueueMethod.DeclareOk(declare.queue(), queue.ready.size(), queue.consumers.size()));
      }
      case QueueMethod.Bind bind -> {
        broker.exchanges.getOrDefault(bind.exchange(), new ArrayList<>()).add(bind.queue());
        encoder.method(channel, new QueueMethod.BindOk());
      }
      case QueueMethod.Purge purge -> {
        ScriptedBroker.Queue queue = broker.queues.get(purge.queue());
        encoder.method(channel, new QueueMethod.PurgeOk(queue == null ? 0 : queue.ready.size()));
        if (queue != null) {
          queue.ready.clear();
        }
      }
      case QueueMethod.Delete delete -> {
        ScriptedBroker.Queue queue = broker.queues.remove(delete.queue());
        encoder.method(channel, new QueueMethod.DeleteOk(queue == null ? 0 : queue.ready.size()));
        if (queue != null) {
          queue.consumers.forEach(Subscription::queueDeleted);
        }
      }
      default -> {}
    }
  }

  private void onBasic(int channel, BasicMethod method) {
    switch (method) {
      case BasicMethod.Qos qos -> {
        prefetch = qos.prefetchCount();
        encoder.method(channel, new BasicMethod.QosOk());
      }
      case BasicMethod.Consume consume -> onConsume(channel, consume);
      case BasicMethod.Cancel cancel -> {
        subscriptions.removeIf(
            each -> each.tag.equals(cancel.consumerTag()) && each.queue.consumers.remove(each));
        encoder.method(channel, new BasicMethod.CancelOk(cancel.consumerTag()));
      }
      case BasicMethod.Get get -> onGet(channel, get);
      case BasicMethod.Ack ack -> settle(ack.deliveryTag(), ack.multiple(), false);
      case BasicMethod.Nack nack -> settle(nack.deliveryTag(), nack.multiple(), nack.requeue());
      default -> {}
    }
  }

  private void onConsume(int channel, BasicMethod.Consume consume) {
    ScriptedBroker.Queue queue = broker.queues.get(consume.queue());
    if (queue == null) {
      refuse(channel, 404, "NOT_FOUND - no queue '" + consume.queue() + "'");
      return;
    }
    String tag = consume.consumerTag().isEmpty() ? "generated" : consume.consumerTag();
    Subscription subscription = new Subscription(channel, tag, queue, consume.noAck(), prefetch);
    subscriptions.add(subscription);
    queue.consumers.add(subscription);
    if (!consume.noWait()) {
      encoder.method(channel, new BasicMethod.ConsumeOk(tag));
    }
    broker.pump(queue);
  }

  private void onGet(int channel, BasicMethod.Get get) {
    ScriptedBroker.Queue queue = broker.queues.get(get.queue());
    if (queue == null || queue.ready.isEmpty()) {
      encoder.method(channel, new BasicMethod.GetEmpty());
      return;
    }
    ScriptedBroker.Message message = queue.ready.remove();
    long tag = ++deliveryTag;
    if (!get.noAck()) {
      unsettled.put(
          tag, new Unsettled(new Subscription(channel, "", queue, true, 0), queue, message));
    }
    encoder.content(
        channel,
        new BasicMethod.GetOk(
            tag,
            false,
            message.method().exchange(),
            message.method().routingKey(),
            queue.ready.size()),
        message.properties(),
        message.body());
  }

  @Override
  public void onContent(int channel, ContentMethod method, byte[] properties, byte[] body) {
    if (!(method instanceof BasicMethod.Publish publish)) {
      return;
    }
    long number = broker.nextPublish();
    long tag = ++publishTag;
    if (broker.closeAt == number) {
      encoder.method(0, new ConnectionMethod.Close(320, "CONNECTION_FORCED - script", 0, 0));
      return;
    }
    List<String> targets = broker.route(publish);
    if (targets == null) {
      refuse(channel, 404, "NOT_FOUND - no exchange '" + publish.exchange() + "'");
      return;
    }
    if (targets.isEmpty() && publish.mandatory()) {
      BasicMethod.Return notRouted =
          new BasicMethod.Return(312, "NO_ROUTE", publish.exchange(), publish.routingKey());
      encoder.content(channel, notRouted, properties, body);
    }
    boolean rejected = ScriptedBroker.hits(broker.rejectEvery, number);
    if (!rejected && !ScriptedBroker.hits(broker.loseEvery, number)) {
      enqueue(targets, new ScriptedBroker.Message(publish, properties, body), number);
    }
    confirm(channel, tag, rejected);
  }

  private void enqueue(List<String> targets, ScriptedBroker.Message message, long number) {
    for (String name : targets) {
      ScriptedBroker.Queue queue = broker.queues.get(name);
      if (queue != null) {
        queue.ready.add(message);
        if (ScriptedBroker.hits(broker.repeatEvery, number)) {
          queue.ready.add(message);
        }
        broker.pump(queue);
      }
    }
  }

  private void confirm(int channel, long tag, boolean rejected) {
    if (!confirming) {
      return;
    }
    if (rejected) {
      if (confirmedTag < tag - 1) {
        encoder.ack(channel, tag - 1, true);
      }
      encoder.nack(channel, tag, false, false);
      confirmedTag = tag;
    } else if (tag - confirmedTag >= broker.confirmBatch) {
      encoder.ack(channel, tag, broker.confirmBatch > 1);
      confirmedTag = tag;
    }
  }

  private void settle(long tag, boolean multiple, boolean requeue) {
    var settled = multiple ? unsettled.headMap(tag, true) : unsettled.subMap(tag, true, tag, true);
    List<Unsettled> each = List.copyOf(settled.values());
    settled.clear();
    for (Unsettled one : each) {
      one.subscription.outstanding--;
      if (requeue) {
        one.queue.ready.addFirst(one.message);
      }
      broker.pump(one.queue);
    }
  }

  private void refuse(int channel, int code, String text) {
    encoder.method(channel, new ChannelMethod.Close(code, text, 0, 0));
    confirming = false;
  }

  /** A consumer of this connection. */
  final class Subscription {
    private final int channel;
    private final String tag;
    private final ScriptedBroker.Queue queue;
    private final boolean noAck;
    private final int limit;
    private int outstanding;

    Subscription(int channel, String tag, ScriptedBroker.Queue queue, boolean noAck, int limit) {
      this.channel = channel;
      this.tag = tag;
      this.queue = queue;
      this.noAck = noAck;
      this.limit = limit;
    }

    boolean hasCredit() {
      return !closed && (noAck || limit == 0 || outstanding < limit);
    }

    void deliver(ScriptedBroker.Message message) {
      long next = ++deliveryTag;
      if (!noAck) {
        outstanding++;
        unsettled.put(next, new Unsettled(this, queue, message));
      }
      BasicMethod.Publish from = message.method();
      encoder.content(
          channel,
          new BasicMethod.Deliver(tag, next, false, from.exchange(), from.routingKey()),
          message.properties(),
          message.body());
      send();
    }

    void queueDeleted() {
      encoder.method(channel, new BasicMethod.Cancel(tag, true));
      send();
    }

    private void send() {
      try {
        flush();
      } catch (IOException e) {
        closed = true;
      }
    }
  }
}
