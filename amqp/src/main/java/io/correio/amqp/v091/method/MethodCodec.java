package io.correio.amqp.v091.method;

import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.amqp.v091.wire.WireReader;
import io.correio.amqp.v091.wire.WireWriter;
import org.jspecify.annotations.Nullable;

/** Methods to and from the payload of a method frame (section 4.2.4): class, method, arguments. */
public final class MethodCodec {
  private MethodCodec() {}

  /**
   * Decodes a method that fills all that the reader has.
   *
   * @throws AmqpException 540 for an unknown class or method, 502 for malformed arguments
   */
  public static Method decode(WireReader in) {
    int classId = in.unsignedShort();
    int methodId = in.unsignedShort();
    return decode(classId, methodId, in);
  }

  /** Decodes the arguments of a method, whose numbers have been read already. */
  public static Method decode(int classId, int methodId, WireReader in) {
    in.method(classId, methodId);
    Method method = read(classId, methodId, in);
    if (method == null) {
      throw new AmqpException(
          ReplyCode.NOT_IMPLEMENTED,
          "there is no method " + methodId + " in a class " + classId,
          classId,
          methodId);
    }
    in.end();
    return method;
  }

  /** Encodes class, method and arguments. */
  public static void encode(Method method, WireWriter out) {
    out.shortInt(method.classId()).shortInt(method.methodId());
    method.writeArguments(out);
  }

  private static @Nullable Method read(int classId, int methodId, WireReader in) {
    return switch (classId) {
      case ConnectionMethod.CLASS_ID -> ConnectionMethod.read(methodId, in);
      case ChannelMethod.CLASS_ID -> ChannelMethod.read(methodId, in);
      case AccessMethod.CLASS_ID -> AccessMethod.read(methodId, in);
      case ExchangeMethod.CLASS_ID -> ExchangeMethod.read(methodId, in);
      case QueueMethod.CLASS_ID -> QueueMethod.read(methodId, in);
      case BasicMethod.CLASS_ID -> BasicMethod.read(methodId, in);
      case ConfirmMethod.CLASS_ID -> ConfirmMethod.read(methodId, in);
      case TxMethod.CLASS_ID -> TxMethod.read(methodId, in);
      default -> null;
    };
  }
}
