package io.correio.core.queue;

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
    this.autoSettle = command.autoSettle();
    this.renewing = command.renewing();
    this.credit = command.credit();
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
