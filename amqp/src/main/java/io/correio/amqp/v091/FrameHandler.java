package io.correio.amqp.v091;

import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.Method;

/**
 * What an engine calls, on the thread that gave it bytes, in the order of the frames. A callback
 * may throw an AmqpException: it leaves {@link Amqp091Engine#receive} like one of the engine's own,
 * with the frame consumed.
 */
public interface FrameHandler {
  /** The peer began with the header of AMQP 0-9-1 (section 4.2.2). */
  void onProtocolHeader();

  /**
   * The peer began with something else, or answered our header with its own. A server answers with
   * the header it speaks and closes. The engine discards all that follows.
   *
   * @param received up to eight bytes, as far as they had come
   */
  void onUnsupportedProtocol(byte[] received);

  /** A method that no content follows. */
  void onMethod(int channel, Method method);

  /**
   * A content is announced. Whoever refuses decides at once what to answer; the body is skipped as
   * it comes and no {@link #onContent} follows.
   *
   * @param bodySize what the peer claims, 0 to 2^63 - 1
   * @return whether to assemble it; nothing above 2 GiB can be
   */
  boolean onContentHeader(int channel, ContentMethod method, long bodySize);

  /**
   * A method and its content, complete.
   *
   * @param properties as received, well formed: {@code new BasicProperties(properties)} reads them;
   *     may be the array of an earlier call with equal bytes, so never to be changed
   * @param body the receiver's own
   */
  void onContent(int channel, ContentMethod method, byte[] properties, byte[] body);

  /** A heartbeat (section 4.2.7). */
  void onHeartbeat();
}
