package io.correio.amqp.v091.method;

import io.correio.amqp.v091.wire.WireReader;
import io.correio.amqp.v091.wire.WireWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Class access (30). Realms of AMQP 0-8 and 0-9, no longer in 0-9-1 but still asked for by old
 * clients.
 */
public sealed interface AccessMethod extends Method {
  /** The class's number on the wire. */
  int CLASS_ID = 30;

  @Override
  default int classId() {
    return CLASS_ID;
  }

  /** Reads the arguments of a method of this class; null when it has no such method. */
  static @Nullable AccessMethod read(int methodId, WireReader in) {
    return switch (methodId) {
      case 10 -> Request.read(in);
      case 11 -> RequestOk.read(in);
      default -> null;
    };
  }

  /** Client: asks for access to a realm. */
  record Request(
      String realm, boolean exclusive, boolean passive, boolean active, boolean write, boolean read)
      implements AccessMethod {
    static Request read(WireReader in) {
      String realm = in.shortString();
      int bits = in.octet();
      return new Request(
          realm,
          (bits & 1) != 0,
          (bits & 2) != 0,
          (bits & 4) != 0,
          (bits & 8) != 0,
          (bits & 16) != 0);
    }

    @Override
    public int methodId() {
      return 10;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(RequestOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortString(realm).bits(exclusive, passive, active, write, read);
    }
  }

  /** Server: a ticket, which nobody looks at. */
  record RequestOk(int ticket) implements AccessMethod {
    static RequestOk read(WireReader in) {
      return new RequestOk(in.unsignedShort());
    }

    @Override
    public int methodId() {
      return 11;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortInt(ticket);
    }
  }
}
