package io.correio.amqp.v091;

import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ConnectionMethod;
import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.method.MethodCodec;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.amqp.v091.wire.WireReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of one AMQP 0-9-1 connection: takes bytes in pieces of any size and calls a
 * {@link FrameHandler} with methods and contents (sections 4.2.2 to 4.2.7). It holds at most one
 * incomplete frame, and per channel one incomplete body, of which it stores what has arrived.
 *
 * <pre>
 *  octet    short     long
 * +------+---------+---------+--------------+-----------+
 * | type | channel |  size   | size octets  | frame-end |
 * +------+---------+---------+--------------+-----------+
 *
 *  PROTOCOL_HEADER -> FRAME_HEADER -> PAYLOAD (method, header, heartbeat) -> FRAME_HEADER
 *                          |--------> BODY (body, straight to its content) -> FRAME_END --^
 *                          |--------> SKIP (nobody wants it) ---------------> FRAME_END --^
 *         any state -> FAILED (the stream cannot be trusted; all that follows is discarded)
 * </pre>
 *
 * <p>Knows neither which channels are open nor who may send which method: that is the session's.
 * One owner: not thread-safe, and not to be entered again from a callback.
 */
public final class Amqp091Engine {
  private enum State {
    PROTOCOL_HEADER,
    FRAME_HEADER,
    PAYLOAD,
    BODY,
    SKIP,
    FRAME_END,
    FAILED
  }

  private static final byte[] NO_BODY = new byte[0];

  /** Longest array that is kept for the next frame that comes in pieces. */
  private static final int MAX_KEPT_PARTIAL_BYTES = 4096;

  private final WireReader reader = new WireReader(ByteBuffer.allocate(0));
  private final ProtocolHeader protocolHeader;
  private final ByteBuffer header = ByteBuffer.allocate(Frames.HEADER_BYTES);
  private long frameMax;
  private int channelMax;
  private State state = State.PROTOCOL_HEADER;
  private boolean paused;
  private boolean onlyClose;

  // The frame that is arriving.
  private int type;
  private int channel;
  private int size;
  private int left;
  private byte[] partial = NO_BODY;
  private int partialLength;

  private @Nullable ContentAssembly[] contents = new @Nullable ContentAssembly[4];
  private long announcedBytes;

  private Amqp091Engine(boolean server, int frameMax, int channelMax) {
    protocolHeader = new ProtocolHeader(server);
    limits(frameMax, channelMax);
  }

  /**
   * The engine of a server, which expects a protocol header first.
   *
   * @param frameMax largest frame to accept before tune-ok, in bytes, at least 4096
   * @param channelMax highest channel number to accept before tune-ok
   */
  public static Amqp091Engine server(int frameMax, int channelMax) {
    return new Amqp091Engine(true, frameMax, channelMax);
  }

  /** The engine of a client, which expects a frame first, or a protocol header as a refusal. */
  public static Amqp091Engine client(int frameMax, int channelMax) {
    return new Amqp091Engine(false, frameMax, channelMax);
  }

  /** Sets what was negotiated; never "no limit": whoever gets a 0 passes a limit of its own. */
  public void limits(int newFrameMax, int newChannelMax) {
    if (newFrameMax < Frames.FRAME_MIN_BYTES || newChannelMax < 0 || newChannelMax > 0xffff) {
      throw new IllegalArgumentException(
          "frame-max " + newFrameMax + " (at least 4096), channel-max " + newChannelMax);
    }
    frameMax = newFrameMax;
    channelMax = newChannelMax;
  }

  /**
   * Takes all bytes of a buffer, unless a callback pauses: then those behind the current frame
   * remain in the buffer, and the caller passes them again when it goes on.
   *
   * @throws AmqpException what the peer did wrong. The frame is consumed; when frames can still be
   *     told apart (all codes but 501), a later call goes on behind it
   */
  public void receive(ByteBuffer in, FrameHandler handler) {
    in.order(ByteOrder.BIG_ENDIAN);
    paused = false;
    while (in.hasRemaining() && !paused) {
      switch (state) {
        case PROTOCOL_HEADER -> readProtocolHeader(in, handler);
        case FRAME_HEADER -> readFrameHeader(in);
        case PAYLOAD -> readPayload(in, handler);
        case BODY -> readBody(in);
        case SKIP -> skip(in);
        case FRAME_END -> readFrameEnd(in, handler);
        case FAILED -> in.position(in.limit());
      }
    }
  }

  /** From a callback: {@link #receive} returns behind the current frame. */
  public void pause() {
    paused = true;
  }

  /** From now on only connection.close and close-ok are passed on; the rest is skipped. */
  public void onlyClose() {
    onlyClose = true;
    Arrays.fill(contents, null);
    announcedBytes = 0;
  }

  /**
   * Forgets a channel. To be called when its close handshake is over, not before: a content that is
   * under way still arrives.
   */
  public void channelClosed(int closed) {
    if (closed < contents.length) {
      ContentAssembly content = contents[closed];
      if (content != null) {
        settle(content);
        contents[closed] = null;
      }
    }
  }

  /** Sum of the body sizes announced and accepted of which the last byte is missing. */
  public long announcedBytes() {
    return announcedBytes;
  }

  /** Bytes kept for an incomplete frame and for incomplete bodies; walks over all channels. */
  public long storedBytes() {
    long bytes = partial.length;
    for (ContentAssembly content : contents) {
      bytes += content == null ? 0 : content.body().length;
    }
    return bytes;
  }

  private void readProtocolHeader(ByteBuffer in, FrameHandler handler) {
    switch (protocolHeader.read(in)) {
      case INCOMPLETE -> {}
      case NONE -> state = State.FRAME_HEADER;
      case OURS -> {
        state = State.FRAME_HEADER;
        handler.onProtocolHeader();
      }
      case OTHER -> {
        state = State.FAILED;
        handler.onUnsupportedProtocol(protocolHeader.received());
      }
    }
  }

  private void readFrameHeader(ByteBuffer in) {
    if (header.position() == 0 && in.remaining() >= Frames.HEADER_BYTES) {
      type = in.get();
      channel = in.getShort() & 0xffff;
      beginFrame(in.getInt() & 0xffff_ffffL);
      return;
    }
    while (in.hasRemaining() && header.hasRemaining()) {
      header.put(in.get());
    }
    if (!header.hasRemaining()) {
      type = header.get(0);
      channel = header.getShort(1) & 0xffff;
      long claimed = header.getInt(3) & 0xffff_ffffL;
      header.clear();
      beginFrame(claimed);
    }
  }

  private void beginFrame(long claimed) {
    if (claimed > frameMax - Frames.OVERHEAD_BYTES) {
      throw fail(
          "a frame of "
              + (claimed + Frames.OVERHEAD_BYTES)
              + " bytes, agreed were at most "
              + frameMax);
    }
    size = (int) claimed;
    left = size;
    partialLength = 0;
    switch (type) {
      case Frames.METHOD, Frames.HEADER -> state = State.PAYLOAD;
      case Frames.BODY -> state = State.BODY;
      case Frames.HEARTBEAT -> beginHeartbeat();
      default -> throw fail("unknown frame type " + (type & 0xff));
    }
    if (channel > channelMax) {
      throw skipping(
          ReplyCode.CHANNEL_ERROR, "channel " + channel + ", agreed were at most " + channelMax);
    }
    if (onlyClose && (type != Frames.METHOD || channel != 0)) {
      state = State.SKIP;
    } else if (type == Frames.BODY) {
      beginBody();
    }
    if (left == 0 && state != State.PAYLOAD) {
      state = State.FRAME_END;
    }
  }

  private void beginHeartbeat() {
    if (channel != 0 || size != 0) {
      throw fail("a heartbeat on channel " + channel + " with " + size + " bytes of payload");
    }
    state = State.PAYLOAD;
  }

  private void beginBody() {
    ContentAssembly content = content(channel);
    if (content == null || content.state() != ContentAssembly.State.BODY) {
      throw skipping(
          ReplyCode.UNEXPECTED_FRAME, "a body frame on channel " + channel + " without a header");
    }
    if (size > content.missing()) {
      long announced = content.bodySize();
      settle(content);
      throw skipping(
          ReplyCode.UNEXPECTED_FRAME,
          "more body on channel " + channel + " than the " + announced + " bytes announced");
    }
  }

  private void readPayload(ByteBuffer in, FrameHandler handler) {
    if (partialLength == 0 && in.remaining() > size) {
      int end = in.position() + size;
      byte frameEnd = in.get(end);
      if (frameEnd != Frames.END) {
        in.position(end + 1);
        throw failAtEnd(frameEnd);
      }
      int limit = in.limit();
      in.limit(end);
      state = State.FRAME_HEADER;
      try {
        dispatch(in, handler);
      } finally {
        in.limit(limit).position(end + 1);
      }
      return;
    }
    int count = Math.min(in.remaining(), size + 1 - partialLength);
    if (partialLength + count > partial.length) {
      int room = Math.max(256, 2 * (partialLength + count));
      partial = Arrays.copyOf(partial, Math.min(room, size + 1));
    }
    in.get(partial, partialLength, count);
    partialLength += count;
    if (partialLength == size + 1) {
      if (partial[size] != Frames.END) {
        throw failAtEnd(partial[size]);
      }
      byte[] frame = partial;
      if (frame.length > MAX_KEPT_PARTIAL_BYTES) {
        partial = NO_BODY;
      }
      state = State.FRAME_HEADER;
      dispatch(ByteBuffer.wrap(frame, 0, size), handler);
    }
  }

  private void readBody(ByteBuffer in) {
    ContentAssembly content = content(channel);
    int count = Math.min(in.remaining(), left);
    if (content == null) {
      in.position(in.position() + count);
    } else {
      content.append(in, count);
    }
    consumed(count);
  }

  private void skip(ByteBuffer in) {
    int count = Math.min(in.remaining(), left);
    in.position(in.position() + count);
    consumed(count);
  }

  private void consumed(int count) {
    left -= count;
    if (left == 0) {
      state = State.FRAME_END;
    }
  }

  private void readFrameEnd(ByteBuffer in, FrameHandler handler) {
    byte end = in.get();
    if (end != Frames.END) {
      throw failAtEnd(end);
    }
    state = State.FRAME_HEADER;
    if (type == Frames.BODY) {
      ContentAssembly content = content(channel);
      if (content != null && content.state() == ContentAssembly.State.BODY) {
        deliverIfComplete(content, handler);
      }
    }
  }

  private void dispatch(ByteBuffer payload, FrameHandler handler) {
    reader.reset(payload);
    switch (type) {
      case Frames.METHOD -> onMethod(handler);
      case Frames.HEADER -> onContentHeader(payload, handler);
      default -> handler.onHeartbeat();
    }
  }

  private void onMethod(FrameHandler handler) {
    int classId = reader.unsignedShort();
    int methodId = reader.unsignedShort();
    if (onlyClose && !isClose(classId, methodId)) {
      return;
    }
    ContentAssembly content = content(channel);
    if (content != null && content.state() != ContentAssembly.State.IDLE) {
      settle(content);
      throw new AmqpException(
          ReplyCode.UNEXPECTED_FRAME,
          "a method on channel " + channel + " before the content of the last one was complete",
          classId,
          methodId);
    }
    Method method = decode(classId, methodId);
    if ((channel == 0) != (method instanceof ConnectionMethod)) {
      throw new AmqpException(
          ReplyCode.COMMAND_INVALID,
          method.protocolName() + " is not for channel " + channel,
          classId,
          methodId);
    }
    if (method instanceof ContentMethod withContent) {
      contentOf(channel).begin(withContent);
    } else {
      handler.onMethod(channel, method);
    }
  }

  private Method decode(int classId, int methodId) {
    if (classId == BasicMethod.CLASS_ID && channel != 0) {
      if (methodId == Frames.BASIC_PUBLISH) {
        return contentOf(channel).readPublish(reader);
      }
      if (methodId == Frames.BASIC_DELIVER) {
        return contentOf(channel).readDeliver(reader);
      }
    }
    return MethodCodec.decode(classId, methodId, reader);
  }

  private static boolean isClose(int classId, int methodId) {
    return classId == ConnectionMethod.CLASS_ID
        && (methodId == Frames.CONNECTION_CLOSE || methodId == Frames.CONNECTION_CLOSE_OK);
  }

  private void onContentHeader(ByteBuffer payload, FrameHandler handler) {
    ContentAssembly content = content(channel);
    if (content == null || content.state() != ContentAssembly.State.HEADER) {
      throw new AmqpException(
          ReplyCode.UNEXPECTED_FRAME,
          "a content header on channel " + channel + " without a method that has content",
          0,
          0);
    }
    ContentMethod method = content.method();
    reader.method(method.classId(), method.methodId());
    int classId = reader.unsignedShort();
    int weight = reader.unsignedShort();
    long bodySize = reader.longLong();
    if (classId != method.classId() || weight != 0) {
      settle(content);
      throw new AmqpException(
          ReplyCode.UNEXPECTED_FRAME,
          "a content header of class "
              + classId
              + " and weight "
              + weight
              + " where class "
              + method.classId()
              + " and weight 0 are due",
          method.classId(),
          method.methodId());
    }
    if (bodySize < 0) {
      throw reader.syntaxError("a body of more than 2^63 bytes");
    }
    content.header(payload, bodySize);
    if (bodySize == 0) {
      byte[] properties = content.properties();
      settle(content);
      if (handler.onContentHeader(channel, method, 0)) {
        handler.onContent(channel, method, properties, NO_BODY);
      }
    } else if (handler.onContentHeader(channel, method, bodySize) && content == content(channel)) {
      accept(content);
    }
  }

  private void accept(ContentAssembly content) {
    if (content.bodySize() > Frames.MAX_BODY_BYTES) {
      throw new IllegalStateException("a body of " + content.bodySize() + " bytes was accepted");
    }
    content.accept();
    announcedBytes += content.bodySize();
  }

  private void deliverIfComplete(ContentAssembly content, FrameHandler handler) {
    if (content.missing() > 0) {
      return;
    }
    ContentMethod method = content.method();
    boolean accepted = content.accepted();
    byte[] properties = content.properties();
    byte[] body = content.body();
    settle(content);
    if (accepted) {
      handler.onContent(channel, method, properties, body);
    }
  }

  private void settle(ContentAssembly content) {
    if (content.accepted()) {
      announcedBytes -= content.bodySize();
    }
    content.reset();
  }

  private @Nullable ContentAssembly content(int number) {
    return number < contents.length ? contents[number] : null;
  }

  private ContentAssembly contentOf(int number) {
    if (number >= contents.length) {
      int room = Math.max(number + 1, Math.min(channelMax + 1, 2 * contents.length));
      contents = Arrays.copyOf(contents, room);
    }
    ContentAssembly content = contents[number];
    if (content == null) {
      content = new ContentAssembly();
      contents[number] = content;
    }
    return content;
  }

  private AmqpException failAtEnd(byte found) {
    return fail("a frame ends with 0x" + Integer.toHexString(found & 0xff) + " instead of 0xce");
  }

  private AmqpException fail(String text) {
    state = State.FAILED;
    partial = NO_BODY;
    onlyClose();
    return new AmqpException(ReplyCode.FRAME_ERROR, text, 0, 0);
  }

  private AmqpException skipping(ReplyCode code, String text) {
    state = left == 0 ? State.FRAME_END : State.SKIP;
    return new AmqpException(code, text, 0, 0);
  }
}
