package io.correio.core.queue;

import io.correio.core.filter.Selector;
import io.correio.core.message.Arguments;
import io.correio.core.message.Message;
import io.correio.core.routing.Binding;
import io.correio.core.routing.ExchangeDefinition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a connection, a timer or a reader asks of the shard. Commands are decided one after the
 * other, in the order in which they were submitted; those of one connection keep their order.
 *
 * <p>A {@code request} is a number chosen by the caller that comes back in {@link Effect.Replied}
 * or {@link Effect.Taken}; {@link #NO_REPLY} asks for none (a refusal is told all the same).
 */
public sealed interface Command {

  /** A request whose success is not told. Refusals come with this number. */
  long NO_REPLY = -1;

  /** A credit without end in messages; what bounds it is the connection's outbox. */
  int UNLIMITED = Integer.MAX_VALUE;

  /** The connection that asks; 0 for the shard's own house-keeping. */
  long connection();

  /**
   * First command of a connection. Ids are never used twice in the life of a process.
   *
   * @param origin what it has in common with others of the same program, for subscriptions that do
   *     not want its messages; null for nothing
   */
  record Connect(long connection, EffectSink sink, @Nullable String origin) implements Command {

    /** A connection without origin. */
    public Connect(long connection, EffectSink sink) {
      this(connection, sink, null);
    }
  }

  /**
   * Last command of a connection: its consumers end, what it has not settled is ready again, its
   * exclusive queues are deleted.
   */
  record Disconnect(long connection) implements Command {}

  /**
   * A message, already routed. Ids of queues that are gone are skipped; when none is left it is
   * unroutable.
   *
   * @param queues ids of the queues, without duplicates
   * @param mandatory whether an unroutable message is returned to the publisher
   */
  @SuppressWarnings("ArrayRecordComponent") // one object per message less; nobody compares commands
  record Publish(long connection, Message message, long[] queues, boolean mandatory)
      implements Command {}

  /**
   * Settles messages that this connection was handed. Unknown ones are ignored: they were settled
   * before, or their queue is gone.
   *
   * @param count how many elements of the arrays count
   */
  @SuppressWarnings("ArrayRecordComponent") // as above
  record Settle(long connection, long[] lanes, long[] sequences, int count, Settlement settlement)
      implements Command {}

  /**
   * Publishes and settlements that happen together or not at all. The publishes are numbered like
   * all others of the connection; the reply is {@link Reply.Done}.
   */
  record Commit(long connection, long request, List<Publish> publishes, List<Settle> settles)
      implements Command {}

  /**
   * Starts a consumer.
   *
   * @param consumer number chosen by the connection, not in use by another of its consumers
   * @param name for people who look at the queue
   * @param autoSettle whether messages are settled by being handed out
   * @param exclusive refuse when the queue has consumers, and keep others away
   * @param credit messages that may be outstanding: delivered and not settled. {@link #UNLIMITED}:
   *     no limit but the connection's outbox
   * @param renewing whether a settlement gives the credit back; else only {@link Credit} does
   * @param pool number of a credit pool of this connection that the consumer draws on as well
   * @param selector which messages it wants; null for all
   * @param browsing whether it is shown what is ready, and takes nothing
   */
  record Subscribe(
      long connection,
      long request,
      long consumer,
      String queue,
      String name,
      boolean autoSettle,
      boolean exclusive,
      int credit,
      boolean renewing,
      long pool,
      @Nullable Selector selector,
      boolean browsing)
      implements Command {

    /** A consumer that takes what comes. */
    public Subscribe(
        long connection,
        long request,
        long consumer,
        String queue,
        String name,
        boolean autoSettle,
        boolean exclusive,
        int credit,
        boolean renewing,
        long pool) {
      this(
          connection,
          request,
          consumer,
          queue,
          name,
          autoSettle,
          exclusive,
          credit,
          renewing,
          pool,
          null,
          false);
    }
  }

  /** Ends a consumer. What it was handed stays with the connection until settled. */
  record Cancel(long connection, long request, long consumer) implements Command {}

  /** Adds to a consumer's credit; takes from it, when negative. */
  record Credit(long connection, long consumer, int messages) implements Command {}

  /**
   * Uses up a consumer's credit: what is ready is delivered as far as the credit goes, the rest of
   * the credit lapses, and then comes {@link Reply.Done}.
   */
  record Drain(long connection, long request, long consumer) implements Command {}

  /**
   * Sets how many messages all consumers of a credit pool together may have outstanding ({@link
   * #UNLIMITED} for any number), and whether the pool hands out messages at all.
   */
  record LimitPool(long connection, long request, long pool, int limit, boolean flowing)
      implements Command {}

  /** So many bytes of what was emitted for this connection have left its outbox. */
  record Drained(long connection, long bytes) implements Command {}

  /**
   * Takes the first ready message, if there is one: {@link Effect.Taken} or {@link Reply.Empty}.
   */
  record Take(long connection, long request, String queue, boolean autoSettle) implements Command {}

  /**
   * Creates a queue, or finds that it is there and alike: {@link Reply.QueueDeclared}.
   *
   * @param passive only look; all but the name is ignored
   */
  record DeclareQueue(
      long connection,
      long request,
      String name,
      boolean passive,
      boolean durable,
      boolean exclusive,
      boolean autoDelete,
      Arguments arguments)
      implements Command {}

  /** Deletes a queue with what is in it: {@link Reply.Removed}. */
  record DeleteQueue(long connection, long request, String name, boolean ifUnused, boolean ifEmpty)
      implements Command {}

  /** Removes what is ready in a queue and leaves what is handed out: {@link Reply.Removed}. */
  record PurgeQueue(long connection, long request, String name) implements Command {}

  /** Creates an exchange, or finds that it is there and alike. */
  record DeclareExchange(
      long connection, long request, ExchangeDefinition definition, boolean passive)
      implements Command {}

  /** Deletes an exchange and its bindings. */
  record DeleteExchange(long connection, long request, String name, boolean ifUnused)
      implements Command {}

  /** Creates a binding, if it is not there yet. */
  record Bind(long connection, long request, Binding binding) implements Command {}

  /** Removes a binding, if it is there. */
  record Unbind(long connection, long request, Binding binding) implements Command {}

  /**
   * Asks what is in queues, for people and tools: {@link Reply.Queues}. Ids of queues that are gone
   * are skipped.
   *
   * @param queues ids, at most {@link #MAX_INSPECTED}
   */
  @SuppressWarnings("ArrayRecordComponent") // as above
  record Inspect(long connection, long request, long[] queues) implements Command {

    /** Queues that one answer holds at most, so that a long list does not hold up the shard. */
    public static final int MAX_INSPECTED = 1000;
  }

  /** Changes users, permissions or virtual hosts. Only shard 0 takes it. */
  record ChangeIdentities(long connection, long request, List<Fact.Identity> changes)
      implements Command {}

  /** A clean stop is near: write down exactly what was handed out. The shard's own. */
  record Rest() implements Command {
    @Override
    public long connection() {
      return 0;
    }
  }

  /**
   * A page of messages that a reader fetched: the first {@code count} of those asked for. The
   * shard's own.
   *
   * @param besideSequences for each, where it stands beside the durable lane; of transient lanes
   */
  @SuppressWarnings("ArrayRecordComponent") // as above
  record PageRead(
      long lane, long[] sequences, long[] besideSequences, @Nullable Message[] messages, int count)
      implements Command {
    @Override
    public long connection() {
      return 0;
    }
  }

  /** A page that a reader fetched for a consumer that chooses. The shard's own. */
  record ScanRead(long scan, PageRead page) implements Command {
    @Override
    public long connection() {
      return 0;
    }
  }

  /**
   * So late it is. The shard's own; comes before anything else of its step.
   *
   * @param nowMillis milliseconds since 1970
   */
  record Tick(long nowMillis) implements Command {
    @Override
    public long connection() {
      return 0;
    }
  }

  /** Room or progress on the disk: publishes that wait may go on. The shard's own. */
  record Resume() implements Command {
    @Override
    public long connection() {
      return 0;
    }
  }
}
