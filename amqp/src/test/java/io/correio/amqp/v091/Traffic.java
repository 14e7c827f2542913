package io.correio.amqp.v091;

import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ConnectionMethod;
import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.Method;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;

/** Encodes frames, and beside them what a handler should be called with. */
final class Traffic {
  private static final int MAX_BYTES = 64 << 20;

  final BufferOutput output = new BufferOutput(MAX_BYTES);
  final FrameEncoder encoder = new FrameEncoder(output);
  final RecordingHandler expected = new RecordingHandler();

  Traffic protocolHeader() {
    encoder.protocolHeader();
    expected.onProtocolHeader();
    return this;
  }

  Traffic heartbeat() {
    encoder.heartbeat();
    expected.onHeartbeat();
    return this;
  }

  Traffic method(int channel, Method method) {
    encoder.method(channel, method);
    expected.onMethod(channel, method);
    return this;
  }

  Traffic content(int channel, ContentMethod method, byte[] properties, byte[] body) {
    encoder.content(channel, method, properties, body);
    expected.onContentHeader(channel, method, body.length);
    expected.onContent(channel, method, properties, body);
    return this;
  }

  Traffic raw(byte[] bytes) {
    output.write(bytes, 0, bytes.length);
    return this;
  }

  Traffic raw(String hex) {
    return raw(HexFormat.ofDelimiter(" ").parseHex(hex));
  }

  /** A frame of any kind, right or wrong. */
  Traffic frame(int type, int channel, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(payload.length + Frames.OVERHEAD_BYTES);
    frame.put((byte) type).putShort((short) channel).putInt(payload.length).put(payload);
    return raw(frame.put(Frames.END).array());
  }

  Traffic frame(int type, int channel, String hex) {
    return frame(
        type, channel, hex.isEmpty() ? new byte[0] : HexFormat.ofDelimiter(" ").parseHex(hex));
  }

  byte[] bytes() {
    ByteBuffer all = output.toRead();
    byte[] bytes = new byte[all.remaining()];
    all.get(bytes);
    return bytes;
  }

  /** A server's session: the protocol header, methods of every kind and contents, interleaved. */
  static Traffic mixed(long seed, int frames, int frameMax) {
    RandomValues random = new RandomValues(seed);
    List<Class<? extends Method>> types = RandomValues.methodClasses();
    Traffic traffic = new Traffic().protocolHeader();
    traffic.encoder.frameMax(frameMax);
    for (int i = 0; i < frames; i++) {
      Method method = random.method(types.get(random.below(types.size())));
      boolean connection = method instanceof ConnectionMethod;
      int channel = connection ? 0 : 1 + random.below(3);
      switch (random.below(3)) {
        case 0 -> traffic.heartbeat();
        case 1 ->
            traffic.content(
                channel == 0 ? 1 : channel,
                new BasicMethod.Publish(
                    "exchange", random.shortString(), random.bool(), random.bool()),
                random.properties().raw(),
                random.bytes(300));
        default -> {
          if (method instanceof ContentMethod withContent) {
            traffic.content(channel, withContent, random.properties().raw(), random.bytes(100));
          } else {
            traffic.method(channel, method);
          }
        }
      }
    }
    return traffic;
  }
}
