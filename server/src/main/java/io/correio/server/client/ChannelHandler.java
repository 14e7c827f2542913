package io.correio.server.client;

import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.Method;

/** What a client wants to know of its channels; called on the thread that reads. */
public interface ChannelHandler {
  /** A method without content. */
  void onMethod(int channel, Method method);

  /**
   * A message: basic.deliver, basic.get-ok or basic.return.
   *
   * @param properties well formed and not to be changed
   */
  void onContent(int channel, ContentMethod method, byte[] properties, byte[] body);
}
