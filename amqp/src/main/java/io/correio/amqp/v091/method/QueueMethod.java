package io.correio.amqp.v091.method;

import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.WireReader;
import io.correio.amqp.v091.wire.WireWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Class queue (50). Where messages wait for consumers. */
public sealed interface QueueMethod extends Method {
  /** The class's number on the wire. */
  int CLASS_ID = 50;

  @Override
  default int classId() {
    return CLASS_ID;
  }

  /** Reads the arguments of a method of this class; null when it has no such method. */
  static @Nullable QueueMethod read(int methodId, WireReader in) {
    return switch (methodId) {
      case 10 -> Declare.read(in);
      case 11 -> DeclareOk.read(in);
      case 20 -> Bind.read(in);
      case 21 -> BindOk.read(in);
      case 50 -> Unbind.read(in);
      case 51 -> UnbindOk.read(in);
      case 30 -> Purge.read(in);
      case 31 -> PurgeOk.read(in);
      case 40 -> Delete.read(in);
      case 41 -> DeleteOk.read(in);
      default -> null;
    };
  }

  /** Client: creates a queue, or checks one (passive); an empty name asks for a new one. */
  record Declare(
      String queue,
      boolean passive,
      boolean durable,
      boolean exclusive,
      boolean autoDelete,
      boolean noWait,
      FieldTable arguments)
      implements QueueMethod {
    static Declare read(WireReader in) {
      in.unsignedShort();
      String queue = in.shortString();
      int bits = in.octet();
      return new Declare(
          queue,
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
          .shortString(queue)
          .bits(passive, durable, exclusive, autoDelete, noWait)
          .table(arguments);
    }
  }

  /** Server: it exists, with so many ready messages and consumers. */
  record DeclareOk(String queue, long messageCount, long consumerCount) implements QueueMethod {
    static DeclareOk read(WireReader in) {
      return new DeclareOk(in.shortString(), in.unsignedInt(), in.unsignedInt());
    }

    @Override
    public int methodId() {
      return 11;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortString(queue).longInt(messageCount).longInt(consumerCount);
    }
  }

  /** Client: binds a queue to an exchange. */
  record Bind(
      String queue, String exchange, String routingKey, boolean noWait, FieldTable arguments)
      implements QueueMethod {
    static Bind read(WireReader in) {
      in.unsignedShort();
      String queue = in.shortString();
      String exchange = in.shortString();
      String routingKey = in.shortString();
      int bits = in.octet();
      return new Bind(queue, exchange, routingKey, (bits & 1) != 0, in.table());
    }

    @Override
    public int methodId() {
      return 20;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(BindOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortInt(0)
          .shortString(queue)
          .shortString(exchange)
          .shortString(routingKey)
          .bits(noWait)
          .table(arguments);
    }
  }

  /** Server: bound. */
  record BindOk() implements QueueMethod {
    static BindOk read(WireReader in) {
      return new BindOk();
    }

    @Override
    public int methodId() {
      return 21;
    }

    @Override
    public void writeArguments(WireWriter out) {}
  }

  /** Client: removes a binding. */
  record Unbind(String queue, String exchange, String routingKey, FieldTable arguments)
      implements QueueMethod {
    static Unbind read(WireReader in) {
      in.unsignedShort();
      return new Unbind(in.shortString(), in.shortString(), in.shortString(), in.table());
    }

    @Override
    public int methodId() {
      return 50;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(UnbindOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortInt(0)
          .shortString(queue)
          .shortString(exchange)
          .shortString(routingKey)
          .table(arguments);
    }
  }

  /** Server: removed. */
  record UnbindOk() implements QueueMethod {
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

  /** Client: removes all messages that are ready. */
  record Purge(String queue, boolean noWait) implements QueueMethod {
    static Purge read(WireReader in) {
      in.unsignedShort();
      String queue = in.shortString();
      int bits = in.octet();
      return new Purge(queue, (bits & 1) != 0);
    }

    @Override
    public int methodId() {
      return 30;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(PurgeOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortInt(0).shortString(queue).bits(noWait);
    }
  }

  /** Server: so many were removed. */
  record PurgeOk(long messageCount) implements QueueMethod {
    static PurgeOk read(WireReader in) {
      return new PurgeOk(in.unsignedInt());
    }

    @Override
    public int methodId() {
      return 31;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.longInt(messageCount);
    }
  }

  /** Client: deletes a queue. */
  record Delete(String queue, boolean ifUnused, boolean ifEmpty, boolean noWait)
      implements QueueMethod {
    static Delete read(WireReader in) {
      in.unsignedShort();
      String queue = in.shortString();
      int bits = in.octet();
      return new Delete(queue, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
    }

    @Override
    public int methodId() {
      return 40;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(DeleteOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortInt(0).shortString(queue).bits(ifUnused, ifEmpty, noWait);
    }
  }

  /** Server: it is gone, with so many messages. */
  record DeleteOk(long messageCount) implements QueueMethod {
    static DeleteOk read(WireReader in) {
      return new DeleteOk(in.unsignedInt());
    }

    @Override
    public int methodId() {
      return 41;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.longInt(messageCount);
    }
  }
}
