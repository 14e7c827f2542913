package io.correio.zeromq.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message: one or more frames of octets, sent and received as one unit. Frames may be empty. A
 * received message belongs to who received it. The arrays of a message must not change once it was
 * sent; {@link #of} copies what it is given, {@link #owned} does not.
 */
public final class Message {
  private final byte[] first;
  private final byte @Nullable [][] rest;

  private Message(byte[] first, byte @Nullable [][] rest) {
    this.first = first;
    this.rest = rest;
  }

  /** A message of copies of these frames, at least one. */
  public static Message of(byte[]... frames) {
    return owned(frames).copy();
  }

  /** A message of frames of text, in UTF-8, at least one. */
  public static Message of(String... frames) {
    byte[][] octets = new byte[frames.length][];
    for (int i = 0; i < frames.length; i++) {
      octets[i] = frames[i].getBytes(UTF_8);
    }
    return owned(octets);
  }

  /** A message of one frame with a copy of what remains in the buffer, whose position moves on. */
  public static Message of(ByteBuffer frame) {
    byte[] octets = new byte[frame.remaining()];
    frame.get(octets);
    return owned(octets);
  }

  /** A message of one frame with a copy of the segment. */
  public static Message of(MemorySegment frame) {
    return owned(frame.toArray(ValueLayout.JAVA_BYTE));
  }

  /** A message that takes over a frame: whoever made the array must not change it any more. */
  public static Message owned(byte[] frame) {
    return new Message(frame, null);
  }

  /**
   * A message that takes over its frames: whoever made the arrays must not change them any more.
   *
   * @throws IllegalArgumentException if there is no frame
   */
  public static Message owned(byte[]... frames) {
    if (frames.length == 0) {
      throw new IllegalArgumentException("a message has at least one frame; it may be empty");
    }
    return frames.length == 1
        ? new Message(frames[0], null)
        : new Message(frames[0], Arrays.copyOfRange(frames, 1, frames.length));
  }

  /** A message of frames that are taken over, in this order. */
  public static Message owned(List<byte[]> frames) {
    return owned(frames.toArray(new byte[0][]));
  }

  /** The number of frames, at least 1. */
  public int size() {
    return rest == null ? 1 : 1 + rest.length;
  }

  /** A frame, not a copy. */
  public byte[] frame(int index) {
    if (index == 0) {
      return first;
    }
    if (rest == null || index < 0 || index > rest.length) {
      throw new IndexOutOfBoundsException("frame %d of a message of %d".formatted(index, size()));
    }
    return rest[index - 1];
  }

  /** The frames in order, not copies. */
  public List<byte[]> frames() {
    byte[][] all = new byte[size()][];
    for (int i = 0; i < all.length; i++) {
      all[i] = frame(i);
    }
    return List.of(all);
  }

  /** The first frame, not a copy. */
  public byte[] bytes() {
    return first;
  }

  /** The first frame as UTF-8. */
  public String text() {
    return new String(first, UTF_8);
  }

  /** A frame as UTF-8. */
  public String text(int index) {
    return new String(frame(index), UTF_8);
  }

  /** The octets of all frames together. */
  public long length() {
    long length = first.length;
    for (int i = 1; i < size(); i++) {
      length += frame(i).length;
    }
    return length;
  }

  /** This message with another frame in front; frames are shared. */
  public Message prepend(byte[] frame) {
    byte[][] tail = new byte[size()][];
    for (int i = 0; i < tail.length; i++) {
      tail[i] = frame(i);
    }
    return new Message(frame, tail);
  }

  /**
   * This message without its first frames; the others are shared.
   *
   * @throws IllegalArgumentException if none would be left
   */
  public Message skip(int count) {
    if (count == 0) {
      return this;
    }
    if (rest == null || count > rest.length) {
      throw new IllegalArgumentException(
          "a message of %d frames cannot lose %d".formatted(size(), count));
    }
    byte[][] tail = count == rest.length ? null : Arrays.copyOfRange(rest, count, rest.length);
    return new Message(rest[count - 1], tail);
  }

  /** A message with copies of the frames. */
  public Message copy() {
    if (rest == null) {
      return new Message(first.clone(), null);
    }
    byte[][] tail = new byte[rest.length][];
    for (int i = 0; i < tail.length; i++) {
      tail[i] = rest[i].clone();
    }
    return new Message(first.clone(), tail);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Message that
        && Arrays.equals(first, that.first)
        && Arrays.deepEquals(rest, that.rest);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(first) + Arrays.deepHashCode(rest);
  }

  /** The number of frames and their lengths, not their content. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Message[").append(first.length);
    for (int i = 1; i < size(); i++) {
      text.append(", ").append(frame(i).length);
    }
    return text.append(']').toString();
  }
}
