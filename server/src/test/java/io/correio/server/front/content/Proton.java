package io.correio.server.front.content;

import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.buffer.ProtonBufferAllocator;
import org.apache.qpid.protonj2.codec.CodecFactory;
import org.apache.qpid.protonj2.codec.Decoder;
import org.apache.qpid.protonj2.codec.Encoder;

/** The codec of another implementation, to compare ours with. */
final class Proton {
  private Proton() {}

  /** Sections, or values, one after the other. */
  static byte[] encode(Object... values) {
    Encoder encoder = CodecFactory.getDefaultEncoder();
    ProtonBuffer buffer = ProtonBufferAllocator.defaultAllocator().allocate(64);
    for (Object value : values) {
      encoder.writeObject(buffer, encoder.newEncoderState(), value);
    }
    byte[] bytes = new byte[buffer.getReadableBytes()];
    buffer.readBytes(bytes, 0, bytes.length);
    return bytes;
  }

  /** All that is in an array. */
  static List<Object> decode(byte[] bytes) {
    Decoder decoder = CodecFactory.getDefaultDecoder();
    ProtonBuffer buffer = ProtonBufferAllocator.defaultAllocator().copy(bytes);
    List<Object> values = new ArrayList<>();
    while (buffer.isReadable()) {
      values.add(decoder.readObject(buffer, decoder.newDecoderState()));
    }
    return values;
  }
}
