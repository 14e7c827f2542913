package io.correio.server.front.amqp091;

import io.correio.amqp.v091.FrameOutput;
import io.correio.server.front.Wire;
import java.nio.ByteBuffer;

/** Leads encoded frames onto the wire. Owned by the connection's loop. */
final class WireOutput implements FrameOutput {
  private static final int COPY_BYTES = 16 << 10;

  private final Wire wire;

  WireOutput(Wire wire) {
    this.wire = wire;
  }

  @Override
  public ByteBuffer reserve(int bytes) {
    return wire.reserve(bytes);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      int part = Math.min(end - at, COPY_BYTES);
      wire.reserve(part).put(bytes, at, part);
      at += part;
    }
  }

  @Override
  public void writeUnchanging(byte[] bytes, int offset, int length) {
    wire.write(bytes, offset, length);
  }
}
