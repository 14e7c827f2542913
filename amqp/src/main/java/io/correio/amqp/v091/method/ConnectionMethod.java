package io.correio.amqp.v091.method;

import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.LongString;
import io.correio.amqp.v091.wire.WireReader;
import io.correio.amqp.v091.wire.WireWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Class connection (10). The connection itself: greeting, login, limits, end. Only on channel 0.
 */
public sealed interface ConnectionMethod extends Method {
  /** The class's number on the wire. */
  int CLASS_ID = 10;

  @Override
  default int classId() {
    return CLASS_ID;
  }

  /** Reads the arguments of a method of this class; null when it has no such method. */
  static @Nullable ConnectionMethod read(int methodId, WireReader in) {
    return switch (methodId) {
      case 10 -> Start.read(in);
      case 11 -> StartOk.read(in);
      case 20 -> Secure.read(in);
      case 21 -> SecureOk.read(in);
      case 30 -> Tune.read(in);
      case 31 -> TuneOk.read(in);
      case 40 -> Open.read(in);
      case 41 -> OpenOk.read(in);
      case 50 -> Close.read(in);
      case 51 -> CloseOk.read(in);
      case 60 -> Blocked.read(in);
      case 61 -> Unblocked.read(in);
      case 70 -> UpdateSecret.read(in);
      case 71 -> UpdateSecretOk.read(in);
      default -> null;
    };
  }

  /** Server: what it is and which logins it offers. */
  record Start(
      int versionMajor,
      int versionMinor,
      FieldTable serverProperties,
      String mechanisms,
      String locales)
      implements ConnectionMethod {
    static Start read(WireReader in) {
      return new Start(
          in.octet(),
          in.octet(),
          in.table(),
          in.longString().toString(),
          in.longString().toString());
    }

    @Override
    public int methodId() {
      return 10;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(StartOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.octet(versionMajor)
          .octet(versionMinor)
          .table(serverProperties)
          .longString(mechanisms)
          .longString(locales);
    }
  }

  /** Client: what it is, and its answer to the login mechanism it chose. */
  record StartOk(FieldTable clientProperties, String mechanism, LongString response, String locale)
      implements ConnectionMethod {
    static StartOk read(WireReader in) {
      return new StartOk(in.table(), in.shortString(), in.longString(), in.shortString());
    }

    @Override
    public int methodId() {
      return 11;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.table(clientProperties).shortString(mechanism).longString(response).shortString(locale);
    }
  }

  /** Server: one more question of the login mechanism. */
  record Secure(LongString challenge) implements ConnectionMethod {
    static Secure read(WireReader in) {
      return new Secure(in.longString());
    }

    @Override
    public int methodId() {
      return 20;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(SecureOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.longString(challenge);
    }
  }

  /** Client: the answer. */
  record SecureOk(LongString response) implements ConnectionMethod {
    static SecureOk read(WireReader in) {
      return new SecureOk(in.longString());
    }

    @Override
    public int methodId() {
      return 21;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.longString(response);
    }
  }

  /** Server: the limits it proposes; 0 stands for none. */
  record Tune(int channelMax, long frameMax, int heartbeat) implements ConnectionMethod {
    static Tune read(WireReader in) {
      return new Tune(in.unsignedShort(), in.unsignedInt(), in.unsignedShort());
    }

    @Override
    public int methodId() {
      return 30;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(TuneOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortInt(channelMax).longInt(frameMax).shortInt(heartbeat);
    }
  }

  /** Client: the limits that hold from now on. */
  record TuneOk(int channelMax, long frameMax, int heartbeat) implements ConnectionMethod {
    static TuneOk read(WireReader in) {
      return new TuneOk(in.unsignedShort(), in.unsignedInt(), in.unsignedShort());
    }

    @Override
    public int methodId() {
      return 31;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortInt(channelMax).longInt(frameMax).shortInt(heartbeat);
    }
  }

  /** Client: the virtual host it wants to work in. */
  record Open(String virtualHost) implements ConnectionMethod {
    static Open read(WireReader in) {
      String virtualHost = in.shortString();
      in.shortString();
      in.octet();
      return new Open(virtualHost);
    }

    @Override
    public int methodId() {
      return 40;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(OpenOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortString(virtualHost).shortString("").bits(false);
    }
  }

  /** Server: the connection is ready for use. */
  record OpenOk() implements ConnectionMethod {
    static OpenOk read(WireReader in) {
      in.shortString();
      return new OpenOk();
    }

    @Override
    public int methodId() {
      return 41;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortString("");
    }
  }

  /** Either: the end, and why; names the method that caused an error. */
  record Close(int replyCode, String replyText, int failedClassId, int failedMethodId)
      implements ConnectionMethod {
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
      return 50;
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

  /** Either: nothing more follows. */
  record CloseOk() implements ConnectionMethod {
    static CloseOk read(WireReader in) {
      return new CloseOk();
    }

    @Override
    public int methodId() {
      return 51;
    }

    @Override
    public void writeArguments(WireWriter out) {}
  }

  /** Server: publishes are not read for the time being. RabbitMQ. */
  record Blocked(String reason) implements ConnectionMethod {
    static Blocked read(WireReader in) {
      return new Blocked(in.shortString());
    }

    @Override
    public int methodId() {
      return 60;
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.shortString(reason);
    }
  }

  /** Server: publishes are read again. RabbitMQ. */
  record Unblocked() implements ConnectionMethod {
    static Unblocked read(WireReader in) {
      return new Unblocked();
    }

    @Override
    public int methodId() {
      return 61;
    }

    @Override
    public void writeArguments(WireWriter out) {}
  }

  /** Client: a new secret, such as a renewed token. RabbitMQ. */
  record UpdateSecret(LongString newSecret, String reason) implements ConnectionMethod {
    static UpdateSecret read(WireReader in) {
      return new UpdateSecret(in.longString(), in.shortString());
    }

    @Override
    public int methodId() {
      return 70;
    }

    @Override
    public List<Class<? extends Method>> replies() {
      return List.of(UpdateSecretOk.class);
    }

    @Override
    public void writeArguments(WireWriter out) {
      out.longString(newSecret).shortString(reason);
    }
  }

  /** Server: the secret was accepted. RabbitMQ. */
  record UpdateSecretOk() implements ConnectionMethod {
    static UpdateSecretOk read(WireReader in) {
      return new UpdateSecretOk();
    }

    @Override
    public int methodId() {
      return 71;
    }

    @Override
    public void writeArguments(WireWriter out) {}
  }
}
