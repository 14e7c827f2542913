package io.correio.server.front.amqp10;

import java.nio.ByteBuffer;

/**
 * Cuts what a peer sends into its frames, so that the engine gets one at a time and reading can
 * pause between two of them. A header is eight bytes, a frame begins with its size in four (part 2,
 * sections 2.2 and 2.3.1). Owned by the connection's loop.
 */
final class FrameCutter {

  private static final int HEADER_BYTES = 8;
  private static final int HEADER_START = 0x414d5150; // "AMQP"; as a size it is beyond every limit

  private static final int MIN_DATA_OFFSET = 2;

  /** What {@link #take} returns for bytes that are no frame. */
  static final int BAD = -1;

  private final int maxBytes;

  /** Bytes missing of the frame that was begun. */
  private int missing;

  private String problem = "";

  FrameCutter(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** What is wrong with the bytes. */
  String problem() {
    return problem;
  }

  /**
   * How many of the bytes belong to the frame that comes next or goes on; 0 when there are too few
   * to tell, {@link #BAD} when they are no frame. Counts them as taken.
   */
  int take(ByteBuffer in) {
    if (missing == 0) {
      if (in.remaining() < HEADER_BYTES) {
        return 0;
      }
      int size = in.getInt(in.position());
      if (size == HEADER_START) {
        missing = HEADER_BYTES;
      } else if (isFrame(in, Integer.toUnsignedLong(size))) {
        missing = size;
      } else {
        return BAD;
      }
    }
    int taken = Math.min(missing, in.remaining());
    missing -= taken;
    return taken;
  }

  private boolean isFrame(ByteBuffer in, long size) {
    int offset = in.get(in.position() + 4) & 0xff;
    int type = in.get(in.position() + 5) & 0xff;
    if (size < HEADER_BYTES || size > maxBytes) {
      problem = "a frame has 8 to %d bytes, this one says %d".formatted(maxBytes, size);
    } else if (offset < MIN_DATA_OFFSET || offset * 4L > size) {
      problem = "data offset %d points out of a frame of %d bytes".formatted(offset, size);
    } else if (type != 0) {
      problem = "frames of a connection are of type 0, this one of type " + type;
    } else {
      return true;
    }
    return false;
  }
}
