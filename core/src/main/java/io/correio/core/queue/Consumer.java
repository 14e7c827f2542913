package io.correio.core.queue;

import org.jspecify.annotations.Nullable;

/**
 * A consumer of a queue, with the credit that bounds what it has outstanding. Owned by the shard.
 */
final class Consumer {

  final long id;
  final String name;
  final ConnectionEntry connection;
  final QueueConversation queue;
  final CreditPool pool;
  final boolean autoSettle;
  final boolean renewing;

  /** Where it stands in the queue, if it chooses; null for one that takes what comes. */
  final @Nullable Scan scan;

  /** Messages that it may still be handed. */
  long credit;

  /** The request to use up the credit that is not answered yet; 0 for none. */
  long drainRequest;

  /** Whether it stands in its queue's line. */
  boolean inLine;

  boolean cancelled;

  Consumer(
      Command.Subscribe command,
      ConnectionEntry connection,
      QueueConversation queue,
      CreditPool pool) {
    this.id = command.consumer();
    this.name = command.name();
    this.connection = connection;
    this.queue = queue;
    this.pool = pool;
    this.autoSettle = command.autoSettle() || command.browsing();
    this.renewing = command.renewing();
    this.credit = command.credit();
    this.scan =
        command.selector() == null && !command.browsing()
            ? null
            : new Scan(command.selector(), command.browsing(), queue.budget);
  }

  /** Whether it only looks, and is nothing that others have to mind. */
  boolean isBrowsing() {
    return scan != null && scan.browsing;
  }

  boolean hasCredit() {
    return credit > 0 && pool.hasCredit() && connection.mayReceive(autoSettle) && !cancelled;
  }

  /** One message more is outstanding. */
  void spend(int bytes) {
    connection.outboxCredit -= bytes;
    if (credit != Command.UNLIMITED) {
      credit--;
    }
    if (!autoSettle) {
      pool.outstanding++;
    }
  }

  /** One message less is outstanding. */
  void settled() {
    pool.outstanding--;
    if (renewing && credit != Command.UNLIMITED) {
      credit++;
    }
  }
}
