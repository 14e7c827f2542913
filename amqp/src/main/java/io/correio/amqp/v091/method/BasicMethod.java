package io.correio.amqp.v091.method;

import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.WireReader;
import io.correio.amqp.v091.wire.WireWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Class basic (60). Messages: publishing, consuming, settling. */
public sealed interface BasicMethod extends Method
    permits ContentMethod,
        BasicMethod.Qos,
        BasicMethod.QosOk,
        BasicMethod.Consume,
        BasicMethod.ConsumeOk,
        BasicMethod.Cancel,
        BasicMethod.CancelOk,
        BasicMethod.Get,
        BasicMethod.GetEmpty,
        BasicMethod.Ack,
        BasicMethod.Reject,
        BasicMethod.RecoverAsync,
        BasicMethod.Recover,
        BasicMethod.RecoverOk,
        BasicMethod.Nack {
  /** The class's number on the wire. */
  int CLASS_ID = 60;

  @Override
  default int classId() {
    return CLASS_ID;
  }

  /** Reads the arguments of a method of this class; null when it has no such method. */
  static @Nullable BasicMethod read(int methodId, WireReader in) {
    return switch (methodId) {
      case 10 -> Qos.read(in);
      case 11 -> QosOk.read(in);
      case 20 -> Consume.read(in);
      case 21 -> ConsumeOk.read(in);
      case 30 -> Cancel.read(in);
      case 31 -> CancelOk.read(in);
      case 40 -> Publish.read(in);
      case 50 -> Return.read(in);
      case 60 -> Deliver.read(in);
      case 70 -> Get.read(in);
      case 71 -> GetOk.read(in);
      case 72 -> GetEmpty.read(in);
      case 80 -> Ack.read(in);
      case 90 -> Reject.read(in);
      case 100 -> RecoverAsync.read(in);
      case 110 -> Recover.read(in);
      case 111 -> RecoverOk.read(in);
      case 120 -> Nack.read(in);
      default -> null;
    };
  }

  /** Client: how much may be delivered and not settled; 0 stands for no limit. */
  record Qos(long prefetchSize, int prefetchCount, boolean global) implements BasicMethod {
    static Qos read(WireReader in) {
      long prefetchSize = in.unsignedInt();
      int prefetchCount = in.unsignedShort();
      int bits = in.octet();
      return new Qos(prefetchSize, prefetchCount, (bits & 1) != 0);
    }

    @Override
    public int methodId() {
      return 10;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(QosOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.longInt(prefetchSize).shortInt(prefetchCount).bits(global);
    }
  }

  /** Server: the limits hold. */
  record QosOk() implements BasicMethod {
    static QosOk read(WireReader in) {
      return new QosOk();
    }

    @Override
    public int methodId() {
      return 11;
    }

    @Override
    public void writeArguments(WireWriter out) {}
  }

  /** Client: starts a consumer; an empty tag asks for a new one. */
  record Consume(
      String queue,
      String consumerTag,
      boolean noLocal,
      boolean noAck,
      boolean exclusive,
      boolean noWait,
      FieldTable arguments)
      implements BasicMethod {
    static Consume read(WireReader in) {
      in.unsignedShort();
      String queue = in.shortString();
      String consumerTag = in.shortString();
      int bits = in.octet();
      return new Consume(
          queue,
          consumerTag,
          (bits & 1) != 0,
          (bits & 2) != 0,
          (bits & 4) != 0,
          (bits & 8) != 0,
          in.table());
    }

    @Override
    public int methodId() {
      return 20;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(ConsumeOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortInt(0)
          .shortString(queue)
          .shortString(consumerTag)
          .bits(noLocal, noAck, exclusive, noWait)
          .table(arguments);
    }
  }

  /** Server: the consumer is started. */
  record ConsumeOk(String consumerTag) implements BasicMethod {
    static ConsumeOk read(WireReader in) {
      return new ConsumeOk(in.shortString());
    }

    @Override
    public int methodId() {
      return 21;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortString(consumerTag);
    }
  }

  /** Client: ends a consumer. Server (RabbitMQ): its queue is gone. */
  record Cancel(String consumerTag, boolean noWait) implements BasicMethod {
    static Cancel read(WireReader in) {
      String consumerTag = in.shortString();
      int bits = in.octet();
      return new Cancel(consumerTag, (bits & 1) != 0);
    }

    @Override
    public int methodId() {
      return 30;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(CancelOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortString(consumerTag).bits(noWait);
    }
  }

  /** The consumer is ended. */
  record CancelOk(String consumerTag) implements BasicMethod {
    static CancelOk read(WireReader in) {
      return new CancelOk(in.shortString());
    }

    @Override
    public int methodId() {
      return 31;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortString(consumerTag);
    }
  }

  /** Client: a message for an exchange; the content follows. */
  record Publish(String exchange, String routingKey, boolean mandatory, boolean immediate)
      implements ContentMethod {
    static Publish read(WireReader in) {
      in.unsignedShort();
      String exchange = in.shortString();
      String routingKey = in.shortString();
      int bits = in.octet();
      return new Publish(exchange, routingKey, (bits & 1) != 0, (bits & 2) != 0);
    }

    @Override
    public int methodId() {
      return 40;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortInt(0).shortString(exchange).shortString(routingKey).bits(mandatory, immediate);
    }
  }

  /** Server: a message that could not be routed; the content follows. */
  record Return(int replyCode, String replyText, String exchange, String routingKey)
      implements ContentMethod {
    static Return read(WireReader in) {
      return new Return(in.unsignedShort(), in.shortString(), in.shortString(), in.shortString());
    }

    @Override
    public int methodId() {
      return 50;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortInt(replyCode).shortString(replyText).shortString(exchange).shortString(routingKey);
    }
  }

  /** Server: a message for a consumer; the content follows. */
  record Deliver(
      String consumerTag, long deliveryTag, boolean redelivered, String exchange, String routingKey)
      implements ContentMethod {
    static Deliver read(WireReader in) {
      String consumerTag = in.shortString();
      long deliveryTag = in.longLong();
      int bits = in.octet();
      return new Deliver(
          consumerTag, deliveryTag, (bits & 1) != 0, in.shortString(), in.shortString());
    }

    @Override
    public int methodId() {
      return 60;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortString(consumerTag)
          .longLong(deliveryTag)
          .bits(redelivered)
          .shortString(exchange)
          .shortString(routingKey);
    }
  }

  /** Client: asks for one message. */
  record Get(String queue, boolean noAck) implements BasicMethod {
    static Get read(WireReader in) {
      in.unsignedShort();
      String queue = in.shortString();
      int bits = in.octet();
      return new Get(queue, (bits & 1) != 0);
    }

    @Override
    public int methodId() {
      return 70;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(GetOk.class, GetEmpty.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortInt(0).shortString(queue).bits(noAck);
    }
  }

  /** Server: the message, with so many left; the content follows. */
  record GetOk(
      long deliveryTag, boolean redelivered, String exchange, String routingKey, long messageCount)
      implements ContentMethod {
    static GetOk read(WireReader in) {
      long deliveryTag = in.longLong();
      int bits = in.octet();
      return new GetOk(
          deliveryTag, (bits & 1) != 0, in.shortString(), in.shortString(), in.unsignedInt());
    }

    @Override
    public int methodId() {
      return 71;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.longLong(deliveryTag)
          .bits(redelivered)
          .shortString(exchange)
          .shortString(routingKey)
          .longInt(messageCount);
    }
  }

  /** Server: there is none. */
  record GetEmpty() implements BasicMethod {
    static GetEmpty read(WireReader in) {
      in.shortString();
      return new GetEmpty();
    }

    @Override
    public int methodId() {
      return 72;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortString("");
    }
  }

  /** Client: a delivery is done with. Server (RabbitMQ): a publish is safe. */
  record Ack(long deliveryTag, boolean multiple) implements BasicMethod {
    static Ack read(WireReader in) {
      long deliveryTag = in.longLong();
      int bits = in.octet();
      return new Ack(deliveryTag, (bits & 1) != 0);
    }

    @Override
    public int methodId() {
      return 80;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.longLong(deliveryTag).bits(multiple);
    }
  }

  /** Client: refuses a delivery. */
  record Reject(long deliveryTag, boolean requeue) implements BasicMethod {
    static Reject read(WireReader in) {
      long deliveryTag = in.longLong();
      int bits = in.octet();
      return new Reject(deliveryTag, (bits & 1) != 0);
    }

    @Override
    public int methodId() {
      return 90;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.longLong(deliveryTag).bits(requeue);
    }
  }

  /** Client: wants its unsettled deliveries again; there is no reply. */
  record RecoverAsync(boolean requeue) implements BasicMethod {
    static RecoverAsync read(WireReader in) {
      int bits = in.octet();
      return new RecoverAsync((bits & 1) != 0);
    }

    @Override
    public int methodId() {
      return 100;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.bits(requeue);
    }
  }

  /** Client: wants its unsettled deliveries again. */
  record Recover(boolean requeue) implements BasicMethod {
    static Recover read(WireReader in) {
      int bits = in.octet();
      return new Recover((bits & 1) != 0);
    }

    @Override
    public int methodId() {
      return 110;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(RecoverOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.bits(requeue);
    }
  }

  /** Server: they come. */
  record RecoverOk() implements BasicMethod {
    static RecoverOk read(WireReader in) {
      return new RecoverOk();
    }

    @Override
    public int methodId() {
      return 111;
    }

    @Override
    public void writeArguments(WireWriter out) {}
  }

  /** Client: refuses deliveries. Server: a publish failed. RabbitMQ. */
  record Nack(long deliveryTag, boolean multiple, boolean requeue) implements BasicMethod {
    static Nack read(WireReader in) {
      long deliveryTag = in.longLong();
      int bits = in.octet();
      return new Nack(deliveryTag, (bits & 1) != 0, (bits & 2) != 0);
    }

    @Override
    public int methodId() {
      return 120;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.longLong(deliveryTag).bits(multiple, requeue);
    }
  }
}
