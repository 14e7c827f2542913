package io.correio.log;

import java.nio.ByteBuffer;

/** Receives what a start finds in the log, on the thread that calls {@link SegmentedLog#replay}. */
@FunctionalInterface
public interface ReplayVisitor {

  /**
   * One record, in the order of the log; its entry is complete.
   *
   * @param position the entry's position
   * @param last whether the record ends its entry
   * @param keys the record's keys, each lane and sequence, little-endian; valid during the call
   * @param keyCount number of keys
   * @param content what the writer put there, little-endian; valid during the call
   */
  void onRecord(long position, boolean last, ByteBuffer keys, int keyCount, ByteBuffer content);
}
