package io.correio.client;

import java.time.Duration;
import java.util.Optional;

/**
 * Puts and gets that happen together or not at all, see {@link QueueManager#transaction}. Used by
 * the thread that runs it, until its work returns, with queues of the manager that runs it. Holds
 * at most {@link #MAX_OPERATIONS}.
 */
public interface Transaction {

  /** Puts and gets that one transaction may hold. */
  int MAX_OPERATIONS = 10_000;

  /** Appends a message to a queue, when the transaction commits. */
  void put(MessageQueue queue, Message message);

  /**
   * Takes the first message of a queue, waiting for one; it is gone when the transaction commits.
   */
  Message get(MessageQueue queue);

  /** The same, waiting no longer than {@code wait}; empty when nothing came. */
  Optional<Message> get(MessageQueue queue, Duration wait);

  /** Takes the first message of a queue if there is one. */
  Optional<Message> poll(MessageQueue queue);
}
