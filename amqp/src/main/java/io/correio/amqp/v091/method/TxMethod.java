package io.correio.amqp.v091.method;

import io.correio.amqp.v091.wire.WireReader;
import io.correio.amqp.v091.wire.WireWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Class tx (90). Local transactions over the publishes and settlements of one channel. */
public sealed interface TxMethod extends Method {
  /** The class's number on the wire. */
  int CLASS_ID = 90;

  @Override
  default int classId() {
    return CLASS_ID;
  }

  /** Reads the arguments of a method of this class; null when it has no such method. */
  static @Nullable TxMethod read(int methodId, WireReader in) {
    return switch (methodId) {
      case 10 -> Select.read(in);
      case 11 -> SelectOk.read(in);
      case 20 -> Commit.read(in);
      case 21 -> CommitOk.read(in);
      case 30 -> Rollback.read(in);
      case 31 -> RollbackOk.read(in);
      default -> null;
    };
  }

  /** Client: makes the channel transactional. */
  record Select() implements TxMethod {
    static Select read(WireReader in) {
      return new Select();
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
    public void writeArguments(WireWriter out) {}
  }

  /** Server: it is. */
  record SelectOk() implements TxMethod {
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

  /** Client: commits, and begins anew. */
  record Commit() implements TxMethod {
    static Commit read(WireReader in) {
      return new Commit();
    }

    @Override
    public int methodId() {
      return 20;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(CommitOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {}
  }

  /** Server: committed. */
  record CommitOk() implements TxMethod {
    static CommitOk read(WireReader in) {
      return new CommitOk();
    }

    @Override
    public int methodId() {
      return 21;
    }

    @Override
    public void writeArguments(WireWriter out) {}
  }

  /** Client: abandons, and begins anew. */
  record Rollback() implements TxMethod {
    static Rollback read(WireReader in) {
      return new Rollback();
    }

    @Override
    public int methodId() {
      return 30;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(RollbackOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {}
  }

  /** Server: abandoned. */
  record RollbackOk() implements TxMethod {
    static RollbackOk read(WireReader in) {
      return new RollbackOk();
    }

    @Override
    public int methodId() {
      return 31;
    }

    @Override
    public void writeArguments(WireWriter out) {}
  }
}
