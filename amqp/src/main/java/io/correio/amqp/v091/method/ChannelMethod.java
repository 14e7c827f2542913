package io.correio.amqp.v091.method;

import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.WireReader;
import io.correio.amqp.v091.wire.WireWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Class channel (20). One of the independent conversations within a connection. */
public sealed interface ChannelMethod extends Method {
  /** The class's number on the wire. */
  int CLASS_ID = 20;

  @Override
  default int classId() {
    return CLASS_ID;
  }

  /** Reads the arguments of a method of this class; null when it has no such method. */
  static @Nullable ChannelMethod read(int methodId, WireReader in) {
    return switch (methodId) {
      case 10 -> Open.read(in);
      case 11 -> OpenOk.read(in);
      case 20 -> Flow.read(in);
      case 21 -> FlowOk.read(in);
      case 40 -> Close.read(in);
      case 41 -> CloseOk.read(in);
      default -> null;
    };
  }

  /** Client: opens the channel. */
  record Open() implements ChannelMethod {
    static Open read(WireReader in) {
      in.shortString();
      return new Open();
    }

    @Override
    public int methodId() {
      return 10;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(OpenOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortString("");
    }
  }

  /** Server: the channel is open. */
  record OpenOk() implements ChannelMethod {
    static OpenOk read(WireReader in) {
      in.longString();
      return new OpenOk();
    }

    @Override
    public int methodId() {
      return 11;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.longString("");
    }
  }

  /** Either: asks the other to stop or resume sending contents. */
  record Flow(boolean active) implements ChannelMethod {
    static Flow read(WireReader in) {
      int bits = in.octet();
      return new Flow((bits & 1) != 0);
    }

    @Override
    public int methodId() {
      return 20;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(FlowOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.bits(active);
    }
  }

  /** Either: stopped or resumed. */
  record FlowOk(boolean active) implements ChannelMethod {
    static FlowOk read(WireReader in) {
      int bits = in.octet();
      return new FlowOk((bits & 1) != 0);
    }

    @Override
    public int methodId() {
      return 21;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.bits(active);
    }
  }

  /** Either: the end, and why; names the method that caused an error. */
  record Close(int replyCode, String replyText, int failedClassId, int failedMethodId)
      implements ChannelMethod {
    /** The close that reports an error. */
    public static Close of(AmqpException error) {
      return new Close(
          error.replyCode().code(), error.replyText(), error.classId(), error.methodId());
    }

    static Close read(WireReader in) {
      return new Close(
          in.unsignedShort(), in.shortString(), in.unsignedShort(), in.unsignedShort());
    }

    @Override
    public int methodId() {
      return 40;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(CloseOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortInt(replyCode)
          .shortString(replyText)
          .shortInt(failedClassId)
          .shortInt(failedMethodId);
    }
  }

  /** Either: the channel may be used anew. */
  record CloseOk() implements ChannelMethod {
    static CloseOk read(WireReader in) {
      return new CloseOk();
    }

    @Override
    public int methodId() {
      return 41;
    }

    @Override
    public void writeArguments(WireWriter out) {}
  }
}
