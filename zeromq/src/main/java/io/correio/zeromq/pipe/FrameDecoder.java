package io.correio.zeromq.pipe;

import io.correio.zeromq.model.Message;
import io.correio.zeromq.security.FrameCipher;
import io.correio.zeromq.wire.ZmtpException;
import io.correio.zeromq.wire.ZmtpException.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes frames out of a peer's octets (RFC 37, "Framing") and joins them to messages. A body that
 * is not there yet grows as it comes, by doubling, never by what its length claims. Owned by the
 * socket's lock.
 *
 * <pre>
 *   flags  0 0 0 0 0 command long more     length: 1 octet, or 8 with "long"     body
 * </pre>
 */
public final class FrameDecoder {
  /** The most frames of one message. */
  public static final int FRAMES_MAX = 1 << 16;

  private static final int MORE = 1;
  private static final int LONG = 2;
  private static final int COMMAND = 4;
  private static final int TRUSTED_LENGTH = 256 << 10;
  private static final int ARRAY_MAX = Integer.MAX_VALUE - 8;

  /** Takes commands in the order in which they come, between messages. */
  public interface CommandSink {
    /** Takes one command's body. */
    void onCommand(byte[] body) throws ZmtpException;
  }

  private final CommandSink sink;
  private final byte[] header = new byte[9];
  private int headerLength;
  private byte @Nullable [] body;
  private int bodyLength;
  private int bodyFilled;
  private int bodyFlags;
  private @Nullable List<byte[]> frames;
  private long limit;
  private boolean commandsAllowed = true;
  private @Nullable FrameCipher cipher;

  /**
   * @param sink takes the commands
   * @param limit the longest body to accept
   */
  public FrameDecoder(CommandSink sink, long limit) {
    this.sink = sink;
    this.limit = limit;
  }

  /** Changes the longest body to accept. */
  public void limit(long octets) {
    limit = octets;
  }

  /** Refuses commands, which 2.0 does not have. */
  public void withoutCommands() {
    commandsAllowed = false;
  }

  /** From now on, bodies are opened with this. */
  public void cipher(@Nullable FrameCipher opener) {
    cipher = opener;
  }

  /** The next whole message of the buffer, or null when the buffer is used up. */
  public @Nullable Message next(ByteBuffer in) throws ZmtpException {
    while (in.hasRemaining()) {
      byte[] frame = nextBody(in);
      if (frame == null) {
        return null;
      }
      Message message = take(frame, bodyFlags);
      if (message != null) {
        return message;
      }
    }
    return null;
  }

  private @Nullable Message take(byte[] frame, int flags) throws ZmtpException {
    if (cipher != null) {
      FrameCipher.Opened opened = cipher.open(frame, 0, frame.length);
      byte[] plain = Arrays.copyOfRange(frame, opened.offset(), opened.offset() + opened.length());
      return takePlain(plain, (opened.more() ? MORE : 0) | (opened.command() ? COMMAND : 0));
    }
    return takePlain(frame, flags);
  }

  private @Nullable Message takePlain(byte[] frame, int flags) throws ZmtpException {
    if ((flags & COMMAND) != 0) {
      sink.onCommand(frame);
      return null;
    }
    List<byte[]> begun = frames;
    if ((flags & MORE) == 0) {
      if (begun == null) {
        return Message.owned(frame);
      }
      begun.add(frame);
      frames = null;
      return Message.owned(begun);
    }
    if (begun == null) {
      begun = new ArrayList<>();
      frames = begun;
    }
    if (begun.size() == FRAMES_MAX) {
      throw new ZmtpException(
          Kind.TOO_LARGE, "the peer sent a message of more than " + FRAMES_MAX + " frames");
    }
    begun.add(frame);
    return null;
  }

  private byte @Nullable [] nextBody(ByteBuffer in) throws ZmtpException {
    if (body != null) {
      return fill(in);
    }
    int at = in.position();
    int available = in.remaining();
    if (headerLength == 0 && available >= 2) {
      int flags = in.get(at);
      int length = in.get(at + 1) & 0xff;
      if ((flags & ~MORE) == 0 && available >= 2 + length && length <= limit) {
        byte[] whole = new byte[length];
        in.get(at + 2, whole);
        in.position(at + 2 + length);
        bodyFlags = flags;
        return whole;
      }
    }
    while (in.hasRemaining()) {
      header[headerLength++] = in.get();
      int flags = header[0];
      if (headerLength == 1) {
        checkFlags(flags);
      } else if (headerLength == ((flags & LONG) == 0 ? 2 : 9)) {
        begin(flags);
        return fill(in);
      }
    }
    return null;
  }

  private void checkFlags(int flags) throws ZmtpException {
    if ((flags & ~(MORE | LONG | COMMAND)) != 0) {
      throw new ZmtpException(
          Kind.MALFORMED,
          "the peer sent a frame with the reserved flags %02x".formatted(flags & 0xff));
    }
    if ((flags & COMMAND) != 0 && ((flags & MORE) != 0 || !commandsAllowed)) {
      throw new ZmtpException(
          Kind.MALFORMED, "the peer sent a command as part of a message, or in ZMTP 2.0");
    }
  }

  private void begin(int flags) throws ZmtpException {
    long length = header[1] & 0xffL;
    if ((flags & LONG) != 0) {
      length = ByteBuffer.wrap(header).getLong(1);
    }
    headerLength = 0;
    if (length < 0 || length > ARRAY_MAX || length > limit) {
      throw new ZmtpException(
          Kind.TOO_LARGE,
          "the peer announced a frame of %s octets; at most %d are accepted"
              .formatted(Long.toUnsignedString(length), Math.min(limit, ARRAY_MAX)));
    }
    bodyFlags = flags;
    bodyLength = (int) length;
    bodyFilled = 0;
    body = new byte[Math.min(bodyLength, TRUSTED_LENGTH)];
  }

  private byte @Nullable [] fill(ByteBuffer in) {
    byte[] target = java.util.Objects.requireNonNull(body);
    while (true) {
      int count = Math.min(in.remaining(), target.length - bodyFilled);
      in.get(target, bodyFilled, count);
      bodyFilled += count;
      if (bodyFilled == bodyLength) {
        body = null;
        return target;
      }
      if (bodyFilled < target.length) {
        return null;
      }
      target = Arrays.copyOf(target, (int) Math.min(bodyLength, 2L * target.length));
      body = target;
    }
  }
}
