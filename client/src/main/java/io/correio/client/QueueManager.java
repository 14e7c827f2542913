package io.correio.client;

import java.time.Duration;

/**
 * Who keeps queues, as a program sees it: in another process ({@code
 * io.correio.client.remote.RemoteQueueManager}), or in this one (a broker that was started here
 * gives it). Thread-safe: one object serves a whole program. Whoever opened it closes it.
 *
 * <pre>{@code
 * try (QueueManager manager = RemoteQueueManager.connect("amqp://guest:guest@127.0.0.1:5672/%2f")) {
 *   MessageQueue letters = manager.queue("letters");
 *   letters.put(Message.text("Dear Ana"));
 *   System.out.println(letters.get().text());
 * }
 * }</pre>
 *
 * <p>Every call may throw a {@link MessagingException}, and blocks only its caller: virtual threads
 * are welcome. An interrupted call throws {@link MessagingException.Interrupted} and leaves the
 * thread interrupted.
 */
public interface QueueManager extends AutoCloseable {

  /**
   * The queue of this name, which is made, a durable one, when it is first used and does not exist.
   * Asks nobody yet.
   *
   * @throws IllegalArgumentException when the name is empty
   */
  MessageQueue queue(String name);

  /**
   * The queue of this name, which must exist when it is used: otherwise the use throws {@link
   * MessagingException.NoSuchQueue}. Asks nobody yet.
   *
   * @throws IllegalArgumentException when the name is empty
   */
  MessageQueue existingQueue(String name);

  /**
   * Puts and gets that happen together or not at all. They happen when {@code work} returns; when
   * it throws, nothing was put, and what it got is back in its queue.
   *
   * @param work runs once, in this thread; its transaction ends with it
   * @return what {@code work} returns
   * @throws MessagingException.RolledBack when nothing of it happened; it can be run again
   * @throws MessagingException.OutcomeUnknown when the connection broke in the moment of the commit
   * @throws E what {@code work} throws
   */
  <T, E extends Exception> T transaction(Work<T, E> work) throws E;

  /**
   * Puts a message and waits for the answer, which comes to a queue of this manager's own: {@code
   * reply-to} and, when it is missing, {@code correlation-id} are set. The other side answers by
   * {@link MessageQueue#serve}, or puts to the queue that {@code reply-to} names with the same
   * correlation-id.
   *
   * @param wait for the answer
   * @throws MessagingException.NoReply when no answer came in time
   * @throws MessagingException.OutcomeUnknown when the connection broke meanwhile, and with it the
   *     queue for the answer
   */
  Message request(String queue, Message message, Duration wait);

  /**
   * Ends all that was begun: waiting calls throw {@link MessagingException.Closed}, subscriptions
   * end when their handlers have returned. Idempotent.
   */
  @Override
  void close();

  /** What is done in a transaction. */
  @FunctionalInterface
  interface Work<T, E extends Exception> {

    /** Does it; throwing undoes it. */
    T run(Transaction transaction) throws E;
  }
}
