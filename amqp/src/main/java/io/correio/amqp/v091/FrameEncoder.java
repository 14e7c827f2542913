package io.correio.amqp.v091;

import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.method.MethodCodec;
import io.correio.amqp.v091.wire.WireWriter;
import java.nio.ByteBuffer;

/**
 * The sending half of one AMQP 0-9-1 connection: methods and contents to frames. What is sent often
 * has a method of its own that makes no objects and takes names as {@link #shortString} encoded
 * them once. {@link #deliver}, {@link #getOk} and {@link #publish} must be followed at once by
 * {@link #content} on the same channel. One owner: not thread-safe.
 */
public final class FrameEncoder {
  private static final int FRAME_BYTES_BEFORE_ARGUMENTS = Frames.HEADER_BYTES + 4;

  private final FrameOutput out;
  private final WireWriter writer = new WireWriter();
  private int frameMax = Frames.FRAME_MIN_BYTES;

  /** An encoder that writes frames of at most 4096 bytes until {@link #frameMax} is set. */
  public FrameEncoder(FrameOutput out) {
    this.out = out;
  }

  /** A short string with its length before it, as the methods for frequent use take it. */
  public static byte[] shortString(String text) {
    return new WireWriter().shortString(text).toByteArray();
  }

  /** Sets the largest frame to write, in bytes; never "no limit". */
  public void frameMax(int bytes) {
    if (bytes < Frames.FRAME_MIN_BYTES) {
      throw new IllegalArgumentException("frame-max " + bytes + " is less than 4096");
    }
    frameMax = bytes;
  }

  /** The eight bytes that open a connection, or refuse another protocol. */
  public void protocolHeader() {
    out.write(Frames.PROTOCOL_HEADER, 0, Frames.PROTOCOL_HEADER.length);
  }

  /**
   * A method frame; of a method with content this is the first of its frames.
   *
   * @throws IllegalArgumentException when the method is larger than a frame may be
   */
  public void method(int channel, Method method) {
    writer.clear();
    writer.octet(Frames.METHOD).shortInt(channel).longInt(0);
    MethodCodec.encode(method, writer);
    int size = writer.length() - Frames.HEADER_BYTES;
    if (size > maxPayload()) {
      throw new IllegalArgumentException(
          method.protocolName() + " takes " + size + " bytes, a frame " + maxPayload());
    }
    writer.octet(Frames.END);
    byte[] bytes = writer.array();
    ByteBuffer.wrap(bytes).putInt(3, size);
    out.write(bytes, 0, writer.length());
  }

  /** A method with its content. */
  public void content(int channel, ContentMethod method, byte[] properties, byte[] body) {
    method(channel, method);
    content(channel, properties, body);
  }

  /** basic.deliver, without its content. */
  public void deliver(
      int channel,
      byte[] consumerTag,
      long deliveryTag,
      boolean redelivered,
      byte[] exchange,
      byte[] routingKey) {
    int arguments = consumerTag.length + 9 + exchange.length + routingKey.length;
    begin(channel, Frames.BASIC_DELIVER, arguments)
        .put(consumerTag)
        .putLong(deliveryTag)
        .put(bit(redelivered, 0))
        .put(exchange)
        .put(routingKey)
        .put(Frames.END);
  }

  /** basic.get-ok, without its content. */
  public void getOk(
      int channel,
      long deliveryTag,
      boolean redelivered,
      byte[] exchange,
      byte[] routingKey,
      long messageCount) {
    int arguments = 9 + exchange.length + routingKey.length + 4;
    begin(channel, Frames.BASIC_GET_OK, arguments)
        .putLong(deliveryTag)
        .put(bit(redelivered, 0))
        .put(exchange)
        .put(routingKey)
        .putInt((int) messageCount)
        .put(Frames.END);
  }

  /** basic.publish, without its content. */
  public void publish(int channel, byte[] exchange, byte[] routingKey, boolean mandatory) {
    int arguments = 2 + exchange.length + routingKey.length + 1;
    begin(channel, Frames.BASIC_PUBLISH, arguments)
        .putShort((short) 0)
        .put(exchange)
        .put(routingKey)
        .put(bit(mandatory, 0))
        .put(Frames.END);
  }

  /** basic.ack. */
  public void ack(int channel, long deliveryTag, boolean multiple) {
    begin(channel, Frames.BASIC_ACK, 9).putLong(deliveryTag).put(bit(multiple, 0)).put(Frames.END);
  }

  /** basic.nack. */
  public void nack(int channel, long deliveryTag, boolean multiple, boolean requeue) {
    begin(channel, Frames.BASIC_NACK, 9)
        .putLong(deliveryTag)
        .put((byte) (bit(multiple, 0) | bit(requeue, 1)))
        .put(Frames.END);
  }

  /** A heartbeat. */
  public void heartbeat() {
    out.reserve(Frames.OVERHEAD_BYTES)
        .put((byte) Frames.HEARTBEAT)
        .putShort((short) 0)
        .putInt(0)
        .put(Frames.END);
  }

  /** Whether a property list of so many bytes fits the one frame that a content header has. */
  public boolean headerFits(int propertyBytes) {
    return propertyBytes <= maxPayload() - Frames.CONTENT_HEADER_BYTES;
  }

  /** Header and body frames of a content. */
  public void content(int channel, byte[] properties, byte[] body) {
    content(channel, properties, 0, properties.length, body, 0, body.length);
  }

  /**
   * Header and body frames of a content, from parts of arrays; the body is split by frame-max.
   *
   * @throws IllegalArgumentException when the properties do not fit: see {@link #headerFits}
   */
  public void content(
      int channel,
      byte[] properties,
      int propertiesOffset,
      int propertiesLength,
      byte[] body,
      int bodyOffset,
      int bodyLength) {
    int small =
        2 * Frames.OVERHEAD_BYTES + Frames.CONTENT_HEADER_BYTES + propertiesLength + bodyLength;
    if (small <= FrameOutput.MAX_RESERVE_BYTES) {
      ByteBuffer buffer = out.reserve(small);
      beginHeader(buffer, channel, propertiesLength, bodyLength);
      buffer.put(properties, propertiesOffset, propertiesLength).put(Frames.END);
      if (bodyLength > 0) {
        beginFrame(buffer, Frames.BODY, channel, bodyLength);
        buffer.put(body, bodyOffset, bodyLength).put(Frames.END);
      }
      return;
    }
    contentHeader(channel, properties, propertiesOffset, propertiesLength, bodyLength);
    contentBody(channel, body, bodyOffset, bodyLength);
  }

  /** The header frame alone, for a body that is written in parts. */
  public void contentHeader(int channel, byte[] properties, int offset, int length, long bodySize) {
    if (!headerFits(length)) {
      throw new IllegalArgumentException(
          "properties take " + length + " bytes, a frame of the peer holds " + maxPayload());
    }
    beginHeader(
        out.reserve(Frames.HEADER_BYTES + Frames.CONTENT_HEADER_BYTES), channel, length, bodySize);
    out.writeUnchanging(properties, offset, length);
    out.reserve(1).put(Frames.END);
  }

  /** Body frames for a part of a body. */
  public void contentBody(int channel, byte[] body, int offset, int length) {
    int end = offset + length;
    int at = offset;
    while (at < end) {
      int part = Math.min(end - at, maxPayload());
      beginFrame(out.reserve(Frames.HEADER_BYTES), Frames.BODY, channel, part);
      out.writeUnchanging(body, at, part);
      out.reserve(1).put(Frames.END);
      at += part;
    }
  }

  private int maxPayload() {
    return frameMax - Frames.OVERHEAD_BYTES;
  }

  private ByteBuffer begin(int channel, int methodId, int argumentBytes) {
    ByteBuffer buffer = out.reserve(FRAME_BYTES_BEFORE_ARGUMENTS + argumentBytes + 1);
    beginFrame(buffer, Frames.METHOD, channel, 4 + argumentBytes);
    return buffer.putShort((short) BasicMethod.CLASS_ID).putShort((short) methodId);
  }

  private static void beginHeader(ByteBuffer buffer, int channel, int length, long bodySize) {
    beginFrame(buffer, Frames.HEADER, channel, Frames.CONTENT_HEADER_BYTES + length);
    buffer.putShort((short) BasicMethod.CLASS_ID).putShort((short) 0).putLong(bodySize);
  }

  private static void beginFrame(ByteBuffer buffer, int type, int channel, int size) {
    buffer.put((byte) type).putShort((short) channel).putInt(size);
  }

  private static byte bit(boolean value, int index) {
    return (byte) (value ? 1 << index : 0);
  }
}
