package io.correio.log.directory;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads a sealed directory from its beginning to its end, lane by lane and entry by entry, past the
 * cache. Confined to one thread.
 */
public final class DirectoryScan {

  private final SealedDirectory directory;
  private final ByteBuffer[] blocks = new ByteBuffer[2];
  private final int[] blockIndexes = {-1, -1};
  private int line = -1;
  private long lane;
  private long first;
  private int start;
  private int count;
  private int next;
  private long sequence;
  private int offset;
  private int length;

  public DirectoryScan(SealedDirectory directory) {
    this.directory = directory;
  }

  /** Goes on to the next lane; false behind the last. */
  public boolean nextLane() throws IOException {
    if (++line >= directory.laneCount()) {
      return false;
    }
    ByteBuffer block = block(0, directory.laneBlock(line));
    int at = SealedDirectory.laneAt(line);
    lane = block.getLong(at);
    first = block.getLong(at + 8);
    start = block.getInt(at + 16);
    count = block.getInt(at + 20);
    directory.check(line, start, count);
    next = start;
    return true;
  }

  public long lane() {
    return lane;
  }

  public long firstSequence() {
    return first;
  }

  /** Number of messages of the lane. */
  public int count() {
    return count;
  }

  /** The highest sequence of the lane. */
  public long lastSequence() throws IOException {
    return readSequence(start + count - 1);
  }

  /** Goes on to the lane's next message; false behind its last. */
  public boolean nextEntry() throws IOException {
    if (next == start + count) {
      return false;
    }
    sequence = readSequence(next);
    ByteBuffer block = block(1, directory.entryBlock(next));
    int at = directory.entryAt(next);
    offset = block.getInt(at + 4);
    length = block.getInt(at + 8);
    next++;
    return true;
  }

  public long sequence() {
    return sequence;
  }

  /** File offset of the message's record. */
  public int offset() {
    return offset;
  }

  /** Length of the record, with its header. */
  public int length() {
    return length;
  }

  private long readSequence(int entry) throws IOException {
    ByteBuffer block = block(1, directory.entryBlock(entry));
    return first + Integer.toUnsignedLong(block.getInt(directory.entryAt(entry)));
  }

  private ByteBuffer block(int which, int index) throws IOException {
    if (blockIndexes[which] != index) {
      blocks[which] = directory.load(index);
      blockIndexes[which] = index;
    }
    return blocks[which];
  }
}
