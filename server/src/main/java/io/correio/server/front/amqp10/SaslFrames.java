package io.correio.server.front.amqp10;

import io.correio.server.front.Wire;
import java.nio.ByteBuffer;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.buffer.ProtonBufferAllocator;
import org.apache.qpid.protonj2.codec.CodecFactory;
import org.apache.qpid.protonj2.codec.Decoder;
import org.apache.qpid.protonj2.codec.Encoder;
import org.apache.qpid.protonj2.types.security.SaslPerformative;
import org.jspecify.annotations.Nullable;

/**
 * SASL frames (part 5, section 5.3.1) as bytes. Stateless.
 *
 * <pre>
 *   size 4 | data offset 1 | type 1 = 1 | ignored 2 | … offset | performative
 * </pre>
 */
final class SaslFrames {

  /** The frame has not come whole. */
  static final int INCOMPLETE = 0;

  /** What comes is no SASL frame, or a larger one than SASL needs. */
  static final int MALFORMED = -1;

  private static final ProtonBufferAllocator BUFFERS = ProtonBufferAllocator.defaultAllocator();
  private static final Decoder DECODER = CodecFactory.getSaslDecoder();
  private static final Encoder ENCODER = CodecFactory.getSaslEncoder();
  private static final int PREAMBLE_BYTES = 8;
  private static final int OFFSET_AT = 4;
  private static final int TYPE_AT = 5;
  private static final int WORD_BYTES = 4;
  private static final byte TYPE = 1;

  private SaslFrames() {}

  /** The size of the frame at the buffer's position. */
  static int size(ByteBuffer in) {
    if (in.remaining() < PREAMBLE_BYTES) {
      return INCOMPLETE;
    }
    int size = in.getInt(in.position());
    int offset = WORD_BYTES * Byte.toUnsignedInt(in.get(in.position() + OFFSET_AT));
    if (size < PREAMBLE_BYTES
        || size > Amqp10Limits.HANDSHAKE_FRAME_BYTES
        || offset < PREAMBLE_BYTES
        || offset > size
        || in.get(in.position() + TYPE_AT) != TYPE) {
      return MALFORMED;
    }
    return in.remaining() < size ? INCOMPLETE : size;
  }

  /** Reads a frame of this size; null when it holds something else. */
  static @Nullable SaslPerformative read(ByteBuffer in, int size) {
    int offset = WORD_BYTES * Byte.toUnsignedInt(in.get(in.position() + OFFSET_AT));
    ProtonBuffer body = BUFFERS.allocateHeapBuffer(size);
    body.writeBytes(in.slice(in.position() + offset, size - offset));
    in.position(in.position() + size);
    try {
      return DECODER.readObject(body, DECODER.newDecoderState()) instanceof SaslPerformative frame
          ? frame
          : null;
    } catch (RuntimeException e) { // bytes that make no sense bring all kinds out of the codec
      return null;
    }
  }

  /** Writes a frame. */
  static void write(Wire wire, SaslPerformative frame) {
    ProtonBuffer body = BUFFERS.allocate();
    ENCODER.writeObject(body, ENCODER.newEncoderState(), frame);
    int bytes = body.getReadableBytes();
    ByteBuffer out = wire.reserve(PREAMBLE_BYTES + bytes);
    out.putInt(PREAMBLE_BYTES + bytes);
    out.put((byte) (PREAMBLE_BYTES / WORD_BYTES)).put(TYPE).putShort((short) 0);
    int limit = out.limit();
    out.limit(out.position() + bytes);
    body.readBytes(out);
    out.limit(limit);
    body.close();
  }
}
