package io.correio.client;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A queue at its manager. Thread-safe; holds nothing that would have to be closed.
 *
 * <p>What {@link #get} and {@link #poll} return is gone from the queue: should the program end
 * before it has done its work, nobody has the message. {@link #notify} and {@link
 * QueueManager#transaction} take a message away only when the work with it is done. What was taken
 * in the moment before a manager crashed may be there again, with a {@link Message#deliveryCount}.
 */
public interface MessageQueue {

  /** Messages that one call of {@link #putAll}, {@link #getUpTo} or {@link #browse} may handle. */
  int MAX_BATCH = 100_000;

  /** Its name. */
  String name();

  /**
   * Appends a message. Returns when the manager has it: a durable one on its disk. A put that a
   * lost connection interrupted is sent again, so its message arrives at least once.
   *
   * @throws MessagingException.Refused when the manager does not take it, saying why
   * @throws MessagingException.Unavailable when the manager stayed away for too long; the message
   *     may have arrived
   */
  void put(Message message);

  /**
   * Appends messages in this order, without waiting for each. Returns when the manager has all;
   * when it throws, it has any of them.
   */
  void putAll(Collection<Message> messages);

  /** Takes the first message away, waiting until there is one. */
  Message get();

  /**
   * Takes the first message away, waiting for one no longer than {@code wait}.
   *
   * @return empty when nothing came
   */
  Optional<Message> get(Duration wait);

  /**
   * Takes up to {@code max} messages away: waits for the first as {@link #get(Duration)} does, and
   * for no other.
   */
  List<Message> getUpTo(int max, Duration wait);

  /**
   * Takes the first message away if there is one, and never waits for one: only for the manager's
   * answer.
   */
  Optional<Message> poll();

  /**
   * Installs a handler that is called for every message from now on, also after the connection was
   * lost and is back. A message goes when its handler returns; see {@link MessageHandler}.
   *
   * @return ends it, when closed
   */
  Subscription notify(MessageHandler handler, NotifyOptions options);

  /** {@link #notify(MessageHandler, NotifyOptions)}, one message at a time. */
  default Subscription notify(MessageHandler handler) {
    return notify(handler, NotifyOptions.oneAtATime());
  }

  /**
   * Answers requests: puts what {@code service} makes of each message to the queue that its
   * reply-to names, with its correlation-id. Messages without reply-to are rejected. An answer
   * whose queue is gone is dropped, since nobody waits for it.
   *
   * @return ends it, when closed
   */
  Subscription serve(Function<Message, Message> service, NotifyOptions options);

  /** The first {@code max} messages that are ready, in order; they stay where they are. */
  List<Message> browse(int max);
}
