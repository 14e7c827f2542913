package io.correio.client;

/**
 * A handler that is installed. Thread-safe. Whoever installed it closes it, or the manager does.
 */
public interface Subscription extends AutoCloseable {

  /**
   * Ends it: no handler is called any more, and those that run are waited for, unless one of them
   * is the caller. Messages that wait here are back in their queue. Idempotent.
   */
  @Override
  void close();

  /**
   * Waits until it has ended: by {@link #close}, or because it cannot go on.
   *
   * @throws MessagingException why it could not go on
   */
  void await();
}
