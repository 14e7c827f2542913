package io.correio.server.front.amqp10;

import io.correio.core.identity.Identities;
import io.correio.core.manager.VirtualHost;
import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.EffectSink;
import io.correio.core.queue.Reply;
import io.correio.core.queue.Settlement;
import io.correio.core.routing.Targets;
import io.correio.server.front.PublishLedger;
import io.correio.server.front.SettleBatch;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.apache.qpid.protonj2.engine.Connection;
import org.apache.qpid.protonj2.engine.Link;
import org.apache.qpid.protonj2.engine.Receiver;
import org.apache.qpid.protonj2.engine.Sender;
import org.apache.qpid.protonj2.engine.Session;
import org.apache.qpid.protonj2.types.messaging.Terminus;
import org.apache.qpid.protonj2.types.transactions.Coordinator;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.apache.qpid.protonj2.types.transport.LinkError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open connection to a virtual host: its sessions, its links, and all that it has in the core.
 * Owned by the connection's loop.
 */
final class OpenConnection {

  private static final Logger LOG = LoggerFactory.getLogger(OpenConnection.class);

  private final Amqp10Session session;
  private final Amqp10Front front;
  private final VirtualHost host;
  private final String user;
  private final Connection proton;
  private final long id;
  private final SettleBatch settles;
  private final PublishLedger ledger = new PublishLedger();
  private final Targets targets = new Targets();
  private final Nodes nodes;
  private final Transactions transactions;
  private final Management management;
  private final Map<Long, Consumer<Reply>> requests = new HashMap<>();
  private final Map<Long, ConsumingLink> consumers = new HashMap<>();
  private final Map<Link<?>, LinkNames.Claim> claims = new HashMap<>();
  private long nextRequest = 1;
  private long nextConsumer = 1;
  private int links;
  private int sessions;
  private long unfinishedBytes;
  private boolean closed;

  OpenConnection(
      Amqp10Session session, Amqp10Front front, VirtualHost host, String user, Connection proton) {
    this.session = session;
    this.front = front;
    this.host = host;
    this.user = user;
    this.proton = proton;
    this.id = front.hosts().newConnectionId();
    this.settles = new SettleBatch(id, host::submit);
    this.nodes = new Nodes(this);
    this.transactions = new Transactions(this);
    this.management = new Management(this);
    proton
        .sessionOpenHandler(this::onSession)
        .senderOpenHandler(this::onSender)
        .receiverOpenHandler(this::onReceiver);
  }

  /** Makes the connection known to the core. */
  void connect(EffectSink sink) {
    host.submit(new Command.Connect(id, sink, containerId()));
  }

  // ---- sessions and links (part 2, sections 2.5 and 2.6) -------------------------------------

  private void onSession(Session opened) {
    sessions++;
    session.rules().begun(opened);
    opened.transactionManagerOpenHandler(transactions::onCoordinator);
    opened.setIncomingCapacity(Amqp10Limits.SESSION_WINDOW_BYTES);
    opened.closeHandler(ended -> {
      sessions--;
      for (Link<?> link : ended.links().toArray(new Link<?>[0])) {
        forget(link);
      }
      ended.close();
    });
    opened.open();
  }

  private static void forget(Link<?> link) {
    LinkEnd end = link.getLinkedResource(LinkEnd.class);
    if (end != null) {
      end.release();
    }
  }

  private void onSender(Sender sender) {
    if (mayAttach(sender) && !management.takes(sender)) {
      new ConsumingLink(this, sender).attach();
    }
  }

  private void onReceiver(Receiver receiver) {
    Terminus target = receiver.getRemoteTarget();
    if (!(target instanceof Coordinator) && mayAttach(receiver) && !management.takes(receiver)) {
      new PublishingLink(this, receiver).attach();
    }
  }

  private boolean mayAttach(Link<?> link) {
    if (link.isLocallyOpen() || link.isLocallyClosedOrDetached()) {
      // The engine knows links of a session by their names, and gives the one that is there.
      Session parent = link.getSession();
      parent.setCondition(
          Conditions.of(
              AmqpError.ILLEGAL_STATE,
              "link '" + link.getName() + "' is still attached; detach it first"));
      session.guarded(parent::close);
      return false;
    }
    int max = front.limits().linksPerConnection();
    if (links < max) {
      links++;
      return true;
    }
    refuse(
        link,
        Conditions.of(
            AmqpError.RESOURCE_LIMIT_EXCEEDED,
            "a connection may have " + max + " links; open another connection"));
    return false;
  }

  /** Counts a link to the coordinator; returns whether there may be one more. */
  boolean mayCoordinate() {
    if (links >= front.limits().linksPerConnection()) {
      return false;
    }
    links++;
    return true;
  }

  /** A link is gone. */
  void detached() {
    links--;
  }

  /** Takes a link's name from whichever connection of the container has it. */
  void claim(Link<?> link, Runnable stolen) {
    String container = proton.getRemoteContainerId();
    if (container != null && !container.isEmpty()) {
      LinkNames.Name name =
          new LinkNames.Name(host.name(), user, container, link.getName(), link.isReceiver());
      claims.put(
          link, front.names().claim(name, () -> session.wire().execute(() -> steal(stolen))));
    }
  }

  private void steal(Runnable stolen) {
    if (!closed && !session.isEnded()) {
      session.guarded(stolen);
    }
  }

  /** A link that had its name is gone. */
  void detached(Link<?> link) {
    links--;
    LinkNames.Claim claim = claims.remove(link);
    if (claim != null) {
      claim.release();
    }
  }

  /**
   * Ends a link that another connection, or another session, has attached now. It is closed and not
   * only detached, for many clients overlook the latter.
   */
  void stolen(Link<?> link) {
    refuse(
        link,
        Conditions.of(
            LinkError.STOLEN,
            "link '%s' of container '%s' was attached elsewhere; it is there now"
                .formatted(link.getName(), containerId())));
  }

  /** Answers an attach without a terminus, then detaches (part 2, section 2.6.3). */
  void refuse(Link<?> link, ErrorCondition condition) {
    LOG.warn(
        "{}: link '{}' refused: {}",
        session.wire().peer(),
        link.getName(),
        condition.getDescription());
    session.guarded(() -> {
      if (!link.isLocallyOpen() && !link.isLocallyClosedOrDetached()) {
        link.open();
      }
      link.setCondition(condition);
      link.close();
    });
  }

  // ---- what links need -----------------------------------------------------------------------

  long id() {
    return id;
  }

  String user() {
    return user;
  }

  VirtualHost host() {
    return host;
  }

  int sessions() {
    return sessions;
  }

  String containerId() {
    return String.valueOf(proton.getRemoteContainerId());
  }

  Amqp10Limits limits() {
    return front.limits();
  }

  Amqp10Session session() {
    return session;
  }

  Nodes nodes() {
    return nodes;
  }

  Transactions transactions() {
    return transactions;
  }

  SettleBatch settles() {
    return settles;
  }

  Targets targets() {
    return targets;
  }

  Identities identities() {
    return front.hosts().identities();
  }

  boolean isUserGone() {
    return identities().user(user) == null;
  }

  boolean mayWrite(String exchange) {
    return identities().mayWrite(user, host.name(), exchange.isEmpty() ? "amq.default" : exchange);
  }

  /** Asks the core, behind the settlements before. */
  void submit(Command command) {
    settles.flush();
    host.submit(command);
  }

  /** Asks the core and is called back with the answer, unless the connection ends before. */
  void ask(LongFunction<Command> command, Consumer<Reply> then) {
    submit(command.apply(request(then)));
  }

  /** A number for a request that the caller submits; {@code then} gets its answer. */
  long request(Consumer<Reply> then) {
    long request = nextRequest++;
    requests.put(request, then);
    if (requests.size() >= Amqp10Limits.PENDING_REQUESTS) {
      session.pause(Amqp10Session.Pause.REQUESTS);
    }
    return request;
  }

  /** A number for a consumer, whose effects then go to the link. */
  long addConsumer(ConsumingLink link) {
    long consumer = nextConsumer++;
    consumers.put(consumer, link);
    return consumer;
  }

  void removeConsumer(long consumer) {
    consumers.remove(consumer);
  }

  /** Publishes, spending the connection's credit. */
  void publish(PublishLedger.Publisher publisher, long tag, Command.Publish command) {
    ledger.add(publisher, tag, command.message().size(), 0);
    submit(command);
    pauseIfExhausted();
  }

  /** Publishes and settles in one, spending the credit of all publishes in it. */
  void commit(PublishLedger.Publisher publisher, Command.Commit command) {
    for (Command.Publish publish : command.publishes()) {
      ledger.add(publisher, 0, publish.message().size(), 0);
    }
    submit(command);
    pauseIfExhausted();
  }

  private void pauseIfExhausted() {
    if (ledger.isExhausted()) {
      session.pause(Amqp10Session.Pause.PUBLISH_CREDIT);
    }
  }

  /**
   * Counts parts of messages that wait for the rest. Returns whether the connection may hold so
   * many; they count all the same.
   */
  boolean holdUnfinished(long bytes) {
    unfinishedBytes += bytes;
    return front.unfinishedBytes().addAndGet(bytes) <= limits().unfinishedBytes()
        && unfinishedBytes <= limits().messageMaxBytes();
  }

  /** A message that cannot be handed to the peer is ready again. */
  void giveBack(long lane, long sequence, Message message) {
    settles.settle(lane, sequence, Settlement.RELEASED);
    session.account().dropped(message.size());
  }

  /** A message was written since so many bytes were pending. */
  void wroteMessage(long pendingBefore, Message message) {
    long pending = session.wire().pendingBytes();
    session.account().wroteMessage(pending, pending - pendingBefore, message.size());
  }

  /** All that was read for now is handled. */
  void onReadDone() {
    settles.flush();
  }

  // ---- from the core -------------------------------------------------------------------------

  /** Takes an effect. */
  void onEffect(Effect effect) {
    switch (effect) {
      case Effect.Delivered delivered -> {
        ConsumingLink link = consumers.get(delivered.consumer());
        if (link == null) {
          giveBack(delivered.lane(), delivered.sequence(), delivered.message());
        } else {
          link.deliver(delivered);
        }
      }
      case Effect.Accepted accepted -> {
        ledger.accepted(accepted.number());
        resumeIfNotExhausted();
      }
      case Effect.Rejected rejected -> {
        ledger.rejected(rejected.number());
        resumeIfNotExhausted();
      }
      case Effect.Returned returned -> {
        PublishLedger.Publisher publisher = ledger.publisher(returned.number());
        if (publisher != null) {
          publisher.onReturned(ledger.tag(returned.number()), returned.message());
        }
      }
      case Effect.Taken taken -> giveBack(taken.lane(), taken.sequence(), taken.message());
      case Effect.Replied replied -> {
        Consumer<Reply> then = requests.remove(replied.request());
        if (then != null) {
          then.accept(replied.reply());
        }
        if (requests.size() < Amqp10Limits.PENDING_REQUESTS / 2) {
          session.resume(Amqp10Session.Pause.REQUESTS);
        }
      }
      case Effect.ConsumerCancelled cancelled -> {
        ConsumingLink link = consumers.remove(cancelled.consumer());
        if (link != null) {
          link.onQueueDeleted();
        }
      }
      // AMQP 1.0 has no word for it: the peer's credit runs out, which says the same.
      case Effect.Blocked ignored -> {}
      case Effect.Unblocked ignored -> {}
    }
  }

  private void resumeIfNotExhausted() {
    if (!ledger.isExhausted()) {
      session.resume(Amqp10Session.Pause.PUBLISH_CREDIT);
    }
  }

  /** All effects that waited are handled. */
  void onEffectsDone() {
    long units = closed ? 0 : session.account().takeReport();
    if (units > 0) {
      submit(new Command.Drained(id, units));
    }
    settles.flush();
  }

  // ---- closing -------------------------------------------------------------------------------

  /** Calls back when the settlements so far are done and durable. */
  void afterSettlements(Runnable done) {
    ask(request -> new Command.Inspect(id, request, new long[0]), reply -> done.run());
  }

  /** Calls back when all that the connection has asked for so far is done and durable. */
  void afterAllBefore(Runnable done) {
    ask(
        request -> new Command.LimitPool(id, request, 0, Command.UNLIMITED, false),
        reply -> done.run());
  }

  boolean isClosed() {
    return closed;
  }

  /** Gives back all that the connection holds. Idempotent. */
  void close() {
    if (!closed) {
      closed = true;
      holdUnfinished(-unfinishedBytes);
      settles.flush();
      ledger.clear();
      requests.clear();
      consumers.clear();
      claims.values().forEach(LinkNames.Claim::release);
      claims.clear();
      host.submit(new Command.Disconnect(id));
    }
  }
}
