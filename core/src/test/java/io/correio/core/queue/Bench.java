package io.correio.core.queue;

import io.correio.core.filter.MessageReader;
import io.correio.core.filter.PropertySource;
import io.correio.core.filter.Selector;
import io.correio.core.filter.SelectorSyntaxException;
import io.correio.core.identity.Identities;
import io.correio.core.message.Address;
import io.correio.core.message.Arguments;
import io.correio.core.message.Content;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import io.correio.core.routing.ExchangeDefinition;
import io.correio.core.routing.ExchangeType;
import io.correio.core.routing.HeaderSource;
import io.correio.core.routing.QueueDefinition;
import io.correio.core.routing.RoutingTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A decider on a bench: commands go in one at a time, what comes out is kept. */
final class Bench {

  static final long WINDOW_BYTES = 1 << 20;
  static final long OUTBOX_BYTES = 1 << 20;
  static final ExchangeDefinition FANOUT =
      new ExchangeDefinition(
          "amq.fanout", ExchangeType.FANOUT, true, false, false, Arguments.EMPTY);
  static final int UNLIMITED = Command.UNLIMITED;

  /** Every message has one property, its body. */
  static final MessageReader READER =
      new MessageReader() {
        @Override
        public PropertySource properties(Message message) {
          return name -> name.equals("body") ? body(message) : null;
        }

        @Override
        public @Nullable String group(Message message) {
          return null;
        }
      };

  final QueueState state;
  final RecordedDecisions decisions;
  final Decider decider;
  private long requests = 100;

  Bench() {
    this(WINDOW_BYTES, OUTBOX_BYTES);
  }

  Bench(long windowBytes, long outboxBytes) {
    this(emptyState(), windowBytes, outboxBytes);
  }

  Bench(QueueState state, long windowBytes, long outboxBytes) {
    this.state = state;
    decisions = new RecordedDecisions(state);
    decider =
        new Decider(
            "/", state, decisions, windowBytes, outboxBytes, message -> HeaderSource.NONE, READER);
  }

  static QueueState emptyState() {
    return new QueueState(RoutingTable.of(List.of(FANOUT)), Identities.EMPTY);
  }

  /** A state that a restart would make of the facts so far that are logged. */
  QueueState recovered() {
    return recovered(Long.MAX_VALUE);
  }

  /** A state that a restart would make of the facts up to a position. */
  QueueState recovered(long durable) {
    QueueState fresh = emptyState();
    for (RecordedDecisions.Logged logged : decisions.facts) {
      if (logged.fact().isLogged() && logged.position() <= durable) {
        fresh.apply(logged.position(), logged.fact());
      }
    }
    fresh.recovered();
    return fresh;
  }

  /** Decides one command as a step of its own. */
  void decide(Command command) {
    decider.decide(command);
    endStep();
  }

  /** Decides several commands as one step. */
  void decideTogether(Command... commands) {
    for (Command command : commands) {
      decider.decide(command);
    }
    endStep();
  }

  private void endStep() {
    decider.endStep();
    decisions.endEntry();
  }

  /** All effects for a connection since the last call. */
  List<Effect> effects(long connection) {
    return sent(connection).stream().map(RecordedDecisions.Sent::effect).toList();
  }

  /** All effects for a connection since the last call, with what they wait for. */
  List<RecordedDecisions.Sent> sent(long connection) {
    List<RecordedDecisions.Sent> found = new ArrayList<>();
    Iterator<RecordedDecisions.Sent> all = decisions.sent.iterator();
    while (all.hasNext()) {
      RecordedDecisions.Sent next = all.next();
      if (next.connection() == connection) {
        found.add(next);
        all.remove();
      }
    }
    return found;
  }

  /** The effects of one kind for a connection since the last call; the others are forgotten. */
  <T extends Effect> List<T> effects(long connection, Class<T> kind) {
    return effects(connection).stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  List<Effect.Delivered> deliveries(long connection) {
    return effects(connection, Effect.Delivered.class);
  }

  /** The bodies of what was delivered since the last call. */
  List<String> delivered(long connection) {
    return deliveries(connection).stream().map(d -> body(d.message())).toList();
  }

  /** The reply to the last request of the connection; all other effects are forgotten. */
  Reply reply(long connection) {
    return effects(connection, Effect.Replied.class).getLast().reply();
  }

  Refusal.Kind refusal(long connection) {
    return ((Reply.Refused) reply(connection)).refusal().kind();
  }

  // ---- commands ------------------------------------------------------------------------------

  void connect(long... connections) {
    for (long connection : connections) {
      decide(new Command.Connect(connection, effect -> {}));
    }
  }

  /** Declares a queue that is durable and nothing else, and returns its id. */
  long declare(long connection, String name) {
    return declare(connection, name, true, false, false);
  }

  /** Declares a durable queue with arguments, and returns its id. */
  long declare(long connection, String name, Arguments arguments) {
    decide(
        new Command.DeclareQueue(
            connection, request(), name, false, true, false, false, arguments));
    effects(connection);
    return queue(name).id();
  }

  long declare(
      long connection, String name, boolean durable, boolean exclusive, boolean autoDelete) {
    decide(
        new Command.DeclareQueue(
            connection, request(), name, false, durable, exclusive, autoDelete, Arguments.EMPTY));
    effects(connection);
    return queue(name).id();
  }

  QueueDefinition queue(String name) {
    return Objects.requireNonNull(state.routing().queue(name), name);
  }

  long request() {
    return ++requests;
  }

  static Message message(String body, boolean durable) {
    return message(body.getBytes(StandardCharsets.UTF_8), durable);
  }

  static Message message(byte[] body, boolean durable) {
    return new Message(
        new Envelope(new Address("", "q"), durable, 0, Envelope.NO_EXPIRY),
        new Content(1, new byte[0], body));
  }

  static Message message(String body, boolean durable, int priority, long timeToLiveMillis) {
    return new Message(
        new Envelope(new Address("", "q"), durable, priority, timeToLiveMillis),
        new Content(1, new byte[0], body.getBytes(StandardCharsets.UTF_8)));
  }

  static String body(Message message) {
    return new String(message.content().body(), StandardCharsets.UTF_8);
  }

  static Command.Publish publish(long connection, String body, boolean durable, long... queues) {
    return new Command.Publish(connection, message(body, durable), queues, false);
  }

  /** Publishes durable messages, one step for each. */
  void publish(long connection, long queue, String... bodies) {
    for (String body : bodies) {
      decide(publish(connection, body, true, queue));
    }
  }

  void publishTransient(long connection, long queue, String... bodies) {
    for (String body : bodies) {
      decide(publish(connection, body, false, queue));
    }
  }

  /** Subscribes with a credit that settlements renew. */
  void subscribe(long connection, long consumer, String queue, int credit) {
    decide(subscription(connection, consumer, queue, credit, true, 0));
  }

  Command.Subscribe subscription(
      long connection, long consumer, String queue, int credit, boolean renewing, long pool) {
    return new Command.Subscribe(
        connection,
        request(),
        consumer,
        queue,
        "c" + consumer,
        false,
        false,
        credit,
        renewing,
        pool);
  }

  /** Subscribes for what a selector matches, with a credit that settlements renew. */
  void choose(long connection, long consumer, String queue, int credit, String selector) {
    decide(choosing(connection, consumer, queue, credit, selector, false));
  }

  /** Browses, with a credit that only {@link Command.Credit} renews. */
  void browse(long connection, long consumer, String queue, int credit) {
    decide(choosing(connection, consumer, queue, credit, null, true));
  }

  Command.Subscribe choosing(
      long connection,
      long consumer,
      String queue,
      int credit,
      @Nullable String selector,
      boolean browsing) {
    return new Command.Subscribe(
        connection,
        request(),
        consumer,
        queue,
        "c",
        false,
        false,
        credit,
        true,
        0,
        selector == null ? null : selector(selector),
        browsing);
  }

  static Selector selector(String text) {
    try {
      return Selector.parse(text);
    } catch (SelectorSyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  void subscribeAutoSettling(long connection, long consumer, String queue, int credit) {
    decide(
        new Command.Subscribe(
            connection, request(), consumer, queue, "c", true, false, credit, true, 0));
  }

  void settle(long connection, Settlement settlement, Effect.Delivered... messages) {
    for (Effect.Delivered m : messages) {
      settle(connection, settlement, m.lane(), m.sequence());
    }
  }

  void settle(long connection, Settlement settlement, long lane, long sequence) {
    decide(settlement(connection, settlement, lane, sequence));
  }

  static Command.Settle settlement(
      long connection, Settlement settlement, long lane, long... sequences) {
    long[] lanes = new long[sequences.length];
    Arrays.fill(lanes, lane);
    return new Command.Settle(connection, lanes, sequences, sequences.length, settlement);
  }

  void take(long connection, String queue) {
    decide(new Command.Take(connection, request(), queue, false));
  }

  void tick(long nowMillis) {
    decide(new Command.Tick(nowMillis));
  }

  // ---- the reader ----------------------------------------------------------------------------

  /** Answers the oldest page that was asked for; false when none was. */
  boolean answerPage() {
    return answerPage(Integer.MAX_VALUE);
  }

  /** Answers the oldest page that was asked for with at most so many messages. */
  boolean answerPage(int maxMessages) {
    RecordedDecisions.Fetch fetch = decisions.fetches.poll();
    if (fetch == null) {
      return false;
    }
    int asked = fetch.sequences.length;
    long[] beside = new long[asked];
    @Nullable Message[] messages = new Message[asked];
    int count = 0;
    long bytes = 0;
    while (count < Math.min(asked, maxMessages) && bytes < fetch.maxBytes) {
      RecordedDecisions.Stored stored = decisions.stored(fetch.lane, fetch.sequences[count]);
      if (stored != null) {
        beside[count] = stored.besideSequence();
        messages[count] = stored.message();
        bytes += stored.message().size();
      }
      count++;
    }
    Command.PageRead page =
        new Command.PageRead(fetch.lane, fetch.sequences, beside, messages, count);
    decide(fetch.scan == 0 ? page : new Command.ScanRead(fetch.scan, page));
    return true;
  }

  void answerAllPages() {
    int pages = 0;
    while (answerPage()) {
      if (++pages > 10_000) {
        throw new AssertionError("pages are asked for without end");
      }
    }
  }

  // ---- what is inside ------------------------------------------------------------------------

  QueueStatistics statistics(long queue) {
    long asker = Long.MAX_VALUE;
    decider.decide(new Command.Connect(asker, effect -> {}));
    decider.decide(new Command.Inspect(asker, 1, new long[] {queue}));
    Reply reply = reply(asker);
    decide(new Command.Disconnect(asker));
    return ((Reply.Queues) reply).queues().getFirst();
  }

  Lane lane(long queue, boolean durable) {
    return Objects.requireNonNull(state.lane(LaneId.of(queue, 0, durable)));
  }

  <T extends Fact> List<T> facts(Class<T> kind) {
    return decisions.facts.stream()
        .map(RecordedDecisions.Logged::fact)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }
}
