package io.correio.amqp.v091.method;

import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.WireReader;
import io.correio.amqp.v091.wire.WireWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Class exchange (40). What decides to which queues a message goes. */
public sealed interface ExchangeMethod extends Method {
  /** The class's number on the wire. */
  int CLASS_ID = 40;

  @Override
  default int classId() {
    return CLASS_ID;
  }

  /** Reads the arguments of a method of this class; null when it has no such method. */
  static @Nullable ExchangeMethod read(int methodId, WireReader in) {
    return switch (methodId) {
      case 10 -> Declare.read(in);
      case 11 -> DeclareOk.read(in);
      case 20 -> Delete.read(in);
      case 21 -> DeleteOk.read(in);
      case 30 -> Bind.read(in);
      case 31 -> BindOk.read(in);
      case 40 -> Unbind.read(in);
      case 51 -> UnbindOk.read(in);
      default -> null;
    };
  }

  /** Client: creates an exchange, or checks one (passive). */
  record Declare(
      String exchange,
      String type,
      boolean passive,
      boolean durable,
      boolean autoDelete,
      boolean internal,
      boolean noWait,
      FieldTable arguments)
      implements ExchangeMethod {
    static Declare read(WireReader in) {
      in.unsignedShort();
      String exchange = in.shortString();
      String type = in.shortString();
      int bits = in.octet();
      return new Declare(
          exchange,
          type,
          (bits & 1) != 0,
          (bits & 2) != 0,
          (bits & 4) != 0,
          (bits & 8) != 0,
          (bits & 16) != 0,
          in.table());
    }

    @Override
    public int methodId() {
      return 10;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(DeclareOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortInt(0)
          .shortString(exchange)
          .shortString(type)
          .bits(passive, durable, autoDelete, internal, noWait)
          .table(arguments);
    }
  }

  /** Server: it exists. */
  record DeclareOk() implements ExchangeMethod {
    static DeclareOk read(WireReader in) {
      return new DeclareOk();
    }

    @Override
    public int methodId() {
      return 11;
    }

    @Override
    public void writeArguments(WireWriter out) {}
  }

  /** Client: deletes an exchange. */
  record Delete(String exchange, boolean ifUnused, boolean noWait) implements ExchangeMethod {
    static Delete read(WireReader in) {
      in.unsignedShort();
      String exchange = in.shortString();
      int bits = in.octet();
      return new Delete(exchange, (bits & 1) != 0, (bits & 2) != 0);
    }

    @Override
    public int methodId() {
      return 20;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(DeleteOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortInt(0).shortString(exchange).bits(ifUnused, noWait);
    }
  }

  /** Server: it is gone. */
  record DeleteOk() implements ExchangeMethod {
    static DeleteOk read(WireReader in) {
      return new DeleteOk();
    }

    @Override
    public int methodId() {
      return 21;
    }

    @Override
    public void writeArguments(WireWriter out) {}
  }

  /** Client: binds an exchange to another. RabbitMQ. */
  record Bind(
      String destination, String source, String routingKey, boolean noWait, FieldTable arguments)
      implements ExchangeMethod {
    static Bind read(WireReader in) {
      in.unsignedShort();
      String destination = in.shortString();
      String source = in.shortString();
      String routingKey = in.shortString();
      int bits = in.octet();
      return new Bind(destination, source, routingKey, (bits & 1) != 0, in.table());
    }

    @Override
    public int methodId() {
      return 30;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(BindOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortInt(0)
          .shortString(destination)
          .shortString(source)
          .shortString(routingKey)
          .bits(noWait)
          .table(arguments);
    }
  }

  /** Server: bound. RabbitMQ. */
  record BindOk() implements ExchangeMethod {
    static BindOk read(WireReader in) {
      return new BindOk();
    }

    @Override
    public int methodId() {
      return 31;
    }

    @Override
    public void writeArguments(WireWriter out) {}
  }

  /** Client: removes such a binding. RabbitMQ. */
  record Unbind(
      String destination, String source, String routingKey, boolean noWait, FieldTable arguments)
      implements ExchangeMethod {
    static Unbind read(WireReader in) {
      in.unsignedShort();
      String destination = in.shortString();
      String source = in.shortString();
      String routingKey = in.shortString();
      int bits = in.octet();
      return new Unbind(destination, source, routingKey, (bits & 1) != 0, in.table());
    }

    @Override
    public int methodId() {
      return 40;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(UnbindOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortInt(0)
          .shortString(destination)
          .shortString(source)
          .shortString(routingKey)
          .bits(noWait)
          .table(arguments);
    }
  }

  /** Server: removed. RabbitMQ; the number is 51 indeed. */
  record UnbindOk() implements ExchangeMethod {
    static UnbindOk read(WireReader in) {
      return new UnbindOk();
    }

    @Override
    public int methodId() {
      return 51;
    }

    @Override
    public void writeArguments(WireWriter out) {}
  }
}
