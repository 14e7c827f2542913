package io.correio.zeromq.pipe;

import io.correio.zeromq.model.Message;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Encoded frames that wait to be written to one peer, with the boundaries of messages kept: short
 * frames lie in chunks one after the other, long ones are referred to. Its bound is the pipe's
 * high-water mark, in messages and octets. Owned by the socket's lock.
 *
 * <pre>
 *   segments   [chunk 0..n) [a long frame's body] [chunk n..m)
 *   lengths    |  msg  |  msg  |      msg      | command |     > 0 message, < 0 command
 * </pre>
 */
public final class OutBuffer {
  /** A frame at least this long is not copied into a chunk. */
  public static final int LONG_FRAME = 8 << 10;

  private static final int CHUNK = 64 << 10;
  private static final int FIRST_CHUNK = 4 << 10;
  private static final byte MORE = 1;
  private static final byte LONG = 2;
  private static final byte COMMAND = 4;
  private static final int HEADER_MAX = 9;

  private static final class Segment {
    private byte[] array;
    private int start;
    private int end;
    private boolean borrowed;

    Segment(byte[] array, int start, int end, boolean borrowed) {
      this.array = array;
      this.start = start;
      this.end = end;
      this.borrowed = borrowed;
    }
  }

  private final ArrayDeque<Segment> segments = new ArrayDeque<>();
  private byte[] chunk = {};
  private @Nullable Segment open;
  private boolean borrowing;

  private int[] lengths = new int[64];
  private int firstLength;
  private int lengthCount;
  private int messages;
  private long bytes;
  private int headWritten;

  /** No frames. */
  public OutBuffer() {}

  /** How many messages, commands not counted, are not yet fully written. */
  public int messages() {
    return messages;
  }

  /** How many octets wait. */
  public long bytes() {
    return bytes;
  }

  /** Whether nothing waits. */
  public boolean isEmpty() {
    return bytes == 0;
  }

  /**
   * Appends a message.
   *
   * @param owned whether its arrays will not change; otherwise {@link #copyBorrowed} has to be
   *     called before they may
   */
  public void append(Message message, boolean owned) {
    long before = bytes;
    int last = message.size() - 1;
    for (int i = 0; i <= last; i++) {
      byte[] frame = message.frame(i);
      frame(i < last ? MORE : 0, frame, owned);
    }
    messages++;
    entry(Math.toIntExact(bytes - before));
  }

  /** Appends a command, which does not survive {@link #restart}. */
  public void appendCommand(byte[] body) {
    long before = bytes;
    frame(COMMAND, body, true);
    entry(-(int) (bytes - before));
  }

  /** Appends a message that, like a command, neither counts nor survives {@link #restart}. */
  public void appendControl(byte[] body) {
    long before = bytes;
    frame((byte) 0, body, true);
    entry(-(int) (bytes - before));
  }

  private void frame(byte flags, byte[] body, boolean owned) {
    int length = body.length;
    boolean refer = length >= LONG_FRAME;
    Segment segment = room(HEADER_MAX + (refer ? 0 : length));
    byte[] target = chunk;
    int at = segment.end;
    if (length < 256) {
      target[at] = flags;
      target[at + 1] = (byte) length;
      at += 2;
    } else {
      target[at] = (byte) (flags | LONG);
      target[at + 1] = 0;
      target[at + 2] = 0;
      target[at + 3] = 0;
      target[at + 4] = 0;
      target[at + 5] = (byte) (length >>> 24);
      target[at + 6] = (byte) (length >>> 16);
      target[at + 7] = (byte) (length >>> 8);
      target[at + 8] = (byte) length;
      at += HEADER_MAX;
    }
    if (refer) {
      bytes += at - segment.end + (long) length;
      segment.end = at;
      segments.add(new Segment(body, 0, length, !owned));
      borrowing |= !owned;
      open = new Segment(chunk, at, at, false);
      segments.add(open);
    } else {
      System.arraycopy(body, 0, target, at, length);
      at += length;
      bytes += at - segment.end;
      segment.end = at;
    }
  }

  /** The segment at the end of the chunk, with room for so many octets. */
  private Segment room(int needed) {
    Segment segment = open;
    if (segment == null || chunk.length - segment.end < needed) {
      int size = Math.max(needed, chunk.length == 0 ? FIRST_CHUNK : CHUNK);
      chunk = new byte[size];
      segment = new Segment(chunk, 0, 0, false);
      segments.add(segment);
      open = segment;
    }
    return segment;
  }

  private void entry(int length) {
    if (lengthCount == lengths.length) {
      int[] larger = new int[2 * lengthCount];
      for (int i = 0; i < lengthCount; i++) {
        larger[i] = lengths[(firstLength + i) & (lengthCount - 1)];
      }
      lengths = larger;
      firstLength = 0;
    }
    lengths[(firstLength + lengthCount++) & (lengths.length - 1)] = length;
  }

  /** Copies waiting octets, from the first on, as many as the buffer takes; none is removed. */
  public void copyTo(ByteBuffer target) {
    for (Segment segment : segments) {
      int length = Math.min(segment.end - segment.start, target.remaining());
      target.put(segment.array, segment.start, length);
      if (!target.hasRemaining()) {
        return;
      }
    }
  }

  /** Removes octets that were written. */
  public void advance(int count) {
    bytes -= count;
    for (int left = count; left > 0; ) {
      Segment segment = segments.getFirst();
      int length = Math.min(segment.end - segment.start, left);
      segment.start += length;
      left -= length;
      if (segment.start == segment.end && left > 0) {
        segments.removeFirst();
      }
    }
    headWritten += count;
    while (lengthCount > 0) {
      int head = lengths[firstLength];
      if (headWritten < Math.abs(head)) {
        break;
      }
      headWritten -= Math.abs(head);
      if (head > 0) {
        messages--;
      }
      firstLength = (firstLength + 1) & (lengths.length - 1);
      lengthCount--;
    }
    if (bytes == 0) {
      reuse();
    }
  }

  private void reuse() {
    segments.clear();
    borrowing = false;
    Segment last = open;
    if (last != null) {
      last.start = 0;
      last.end = 0;
      segments.add(last);
    }
  }

  /** Copies what waits of arrays that belong to others. */
  public void copyBorrowed() {
    if (!borrowing) {
      return;
    }
    borrowing = false;
    for (Segment segment : segments) {
      if (segment.borrowed) {
        segment.array = Arrays.copyOfRange(segment.array, segment.start, segment.end);
        segment.end -= segment.start;
        segment.start = 0;
        segment.borrowed = false;
      }
    }
  }

  /**
   * Prepares for a new connection: what was begun is lost with the old one, so is every command;
   * whole messages stay.
   */
  public void restart() {
    OutBuffer kept = new OutBuffer();
    byte[] piece = new byte[0];
    int count = lengthCount;
    for (int i = 0; i < count; i++) {
      int length = lengths[firstLength];
      boolean whole = headWritten == 0;
      int left = Math.abs(length) - headWritten;
      if (piece.length < left) {
        piece = new byte[left];
      }
      ByteBuffer target = ByteBuffer.wrap(piece, 0, left);
      copyTo(target);
      advance(left);
      if (whole && length > 0) {
        kept.appendEncoded(piece, left);
      }
    }
    segments.clear();
    open = null;
    chunk = new byte[0];
    for (Segment segment : kept.segments) {
      segments.add(segment);
    }
    lengths = kept.lengths;
    firstLength = kept.firstLength;
    lengthCount = kept.lengthCount;
    messages = kept.messages;
    bytes = kept.bytes;
    headWritten = 0;
    borrowing = false;
  }

  private void appendEncoded(byte[] source, int length) {
    Segment segment = new Segment(Arrays.copyOf(source, length), 0, length, false);
    segments.add(segment);
    open = null;
    bytes += length;
    messages++;
    entry(length);
  }

  /** Drops every message of which nothing was written. */
  public void keepNewest() {
    if (headWritten == 0 && messages > 0) {
      restart();
      segments.clear();
      open = null;
      chunk = new byte[0];
      bytes = 0;
      messages = 0;
      lengthCount = 0;
    }
  }
}
