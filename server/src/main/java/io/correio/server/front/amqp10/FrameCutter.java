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

  /** Bytes missing of the frame that was begun. */
  private int missing;

  /**
   * How many of the bytes belong to the frame that comes next or goes on; 0 when there are too few
   * to tell. Counts them as taken.
   */
  int take(ByteBuffer in) {
    if (missing == 0) {
      if (in.remaining() < Integer.BYTES) {
        return 0;
      }
      int size = in.getInt(in.position());
      // What is no size is handed to the engine, which says so.
      missing = size == HEADER_START ? HEADER_BYTES : Math.max(Integer.BYTES, size);
    }
    int taken = Math.min(missing, in.remaining());
    missing -= taken;
    return taken;
  }
}
