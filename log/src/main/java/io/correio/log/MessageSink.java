package io.correio.log;

import java.nio.ByteBuffer;

/** Receives the messages that {@link SegmentedLog#read} finds, on the thread that calls it. */
public interface MessageSink {

  /**
   * A message that was asked for.
   *
   * @param position the position of its entry
   * @param content what the writer put there, little-endian; valid during the call
   */
  void onMessage(long sequence, long position, ByteBuffer content);

  /** A message that was asked for and does not lie in the log, or no longer. */
  void onMissing(long sequence);
}
