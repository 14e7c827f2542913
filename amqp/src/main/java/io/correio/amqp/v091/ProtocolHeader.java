package io.correio.amqp.v091;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a peer begins with (section 4.2.2). A server must get the header of this protocol; a client
 * gets frames at once, or a header when the server refuses its own. Owned by its engine.
 */
final class ProtocolHeader {
  enum Result {
    /** More bytes are needed. */
    INCOMPLETE,
    /** There is none, and none is due: frames follow. */
    NONE,
    /** The header that a server expects. */
    OURS,
    /** Anything else. */
    OTHER
  }

  private final boolean due;
  private final ByteBuffer received = ByteBuffer.allocate(Frames.PROTOCOL_HEADER.length);

  ProtocolHeader(boolean due) {
    this.due = due;
  }

  /** Reads on; decides at the first byte that is wrong. */
  Result read(ByteBuffer in) {
    if (!due && received.position() == 0 && in.get(in.position()) != Frames.PROTOCOL_HEADER[0]) {
      return Result.NONE;
    }
    boolean matches = true;
    while (matches && in.hasRemaining() && received.hasRemaining()) {
      byte next = in.get();
      matches = next == Frames.PROTOCOL_HEADER[received.position()];
      received.put(next);
    }
    if (matches && received.hasRemaining()) {
      return Result.INCOMPLETE;
    }
    if (matches && due) {
      return Result.OURS;
    }
    while (in.hasRemaining() && received.hasRemaining()) {
      received.put(in.get());
    }
    return Result.OTHER;
  }

  /** The bytes so far, at most eight. */
  byte[] received() {
    return Arrays.copyOf(received.array(), received.position());
  }
}
