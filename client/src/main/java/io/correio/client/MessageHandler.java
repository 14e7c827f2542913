package io.correio.client;

/**
 * What a program does with each message of a queue, on a virtual thread of the queue's manager.
 *
 * <ul>
 *   <li>returns: the message is done and goes;
 *   <li>throws {@link Rejection}: the message goes to the dead letters of its queue, or away where
 *       it has none;
 *   <li>throws anything else: the message is back in its place, to be delivered again; before the
 *       next one, this handler rests, the longer the more failures follow each other ({@link
 *       NotifyOptions#retryDelay}).
 * </ul>
 *
 * <p>When the connection is lost while it runs, the message may come again, whatever it returns:
 * handlers make no difference between once and twice, or look at {@link Message#deliveryCount}.
 */
@FunctionalInterface
public interface MessageHandler {

  /** Handles a message. */
  void handle(Message message) throws Exception;

  /** Thrown by a handler for a message that must not come again. */
  final class Rejection extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A rejection, with its reason for the log. */
    public Rejection(String reason) {
      super(reason);
    }
  }
}
