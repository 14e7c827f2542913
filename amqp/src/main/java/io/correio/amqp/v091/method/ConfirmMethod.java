package io.correio.amqp.v091.method;

import io.correio.amqp.v091.wire.WireReader;
import io.correio.amqp.v091.wire.WireWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Class confirm (85). Confirmation of publishes. RabbitMQ. */
public sealed interface ConfirmMethod extends Method {
  /** The class's number on the wire. */
  int CLASS_ID = 85;

  @Override
  default int classId() {
    return CLASS_ID;
  }

  /** Reads the arguments of a method of this class; null when it has no such method. */
  static @Nullable ConfirmMethod read(int methodId, WireReader in) {
    return switch (methodId) {
      case 10 -> Select.read(in);
      case 11 -> SelectOk.read(in);
      default -> null;
    };
  }

  /** Client: wants its publishes on this channel confirmed. */
  record Select(boolean noWait) implements ConfirmMethod {
    static Select read(WireReader in) {
      int bits = in.octet();
      return new Select((bits & 1) != 0);
    }

    @Override
    public int methodId() {
      return 10;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(SelectOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.bits(noWait);
    }
  }

  /** Server: they are from now on. */
  record SelectOk() implements ConfirmMethod {
    static SelectOk read(WireReader in) {
      return new SelectOk();
    }

    @Override
    public int methodId() {
      return 11;
    }

    @Override
    public void writeArguments(WireWriter out) {}
  }
}
