package io.correio.client.remote;

import io.correio.client.Message;
import io.correio.client.MessagingException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.function.IntSupplier;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.engine.IncomingDelivery;
import org.apache.qpid.protonj2.engine.Receiver;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.messaging.Modified;
import org.apache.qpid.protonj2.types.messaging.Rejected;
import org.apache.qpid.protonj2.types.messaging.Released;
import org.apache.qpid.protonj2.types.messaging.Source;
import org.apache.qpid.protonj2.types.messaging.Target;
import org.apache.qpid.protonj2.types.messaging.TerminusDurability;
import org.apache.qpid.protonj2.types.messaging.TerminusExpiryPolicy;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.DeliveryState;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.apache.qpid.protonj2.types.transport.ReceiverSettleMode;
import org.apache.qpid.protonj2.types.transport.SenderSettleMode;
import org.jspecify.annotations.Nullable;

/**
 * Takes from one queue, for one caller (or the workers of one subscription) at a time: gives credit
 * when somebody waits, and takes it back by draining when nobody does. Guarded by the manager's
 * lock.
 */
final class ReceivingLink implements RemoteLink {
  private static final System.Logger LOG = System.getLogger(ReceivingLink.class.getName());

  /** No time-out. */
  static final long FOREVER = Long.MAX_VALUE;

  private static final Symbol COPY = Symbol.valueOf("copy");

  /** What a link is for. */
  enum Kind {
    /** Takes messages away. */
    CONSUMING,
    /** Looks at messages. */
    BROWSING,
    /** Takes from a queue that the manager makes for this link. */
    REPLIES
  }

  /** A message that came in, and over which connection: on another it cannot be settled. */
  record Arrival(Message message, IncomingDelivery delivery, WireConnection over) {}

  private final RemoteQueueManager manager;
  private final String queue;
  private final String address;
  private final Kind kind;
  private final Condition changed;
  private final Deque<Arrival> arrived = new ArrayDeque<>();
  private @Nullable WireConnection connection;
  private @Nullable Receiver receiver;
  private @Nullable MessagingException failure;

  ReceivingLink(RemoteQueueManager manager, String queue, String address, Kind kind) {
    this.manager = manager;
    this.queue = queue;
    this.address = address;
    this.kind = kind;
    this.changed = manager.newCondition();
  }

  Kind kind() {
    return kind;
  }

  /** Key of the pool of idle links that it belongs to. */
  String address() {
    return address;
  }

  // ---- attach and detach ---------------------------------------------------------------------

  @Override
  public void attach(WireConnection to) {
    if (failure != null) {
      return;
    }
    connection = to;
    Source source = new Source();
    if (kind == Kind.REPLIES) {
      source
          .setDynamic(true)
          .setDurable(TerminusDurability.NONE)
          .setExpiryPolicy(TerminusExpiryPolicy.LINK_DETACH);
    } else {
      source.setAddress(address);
    }
    if (kind == Kind.BROWSING) {
      source.setDistributionMode(COPY);
    }
    source.setDefaultOutcome(new Modified(true, false));
    source.setOutcomes(
        Accepted.DESCRIPTOR_SYMBOL,
        Rejected.DESCRIPTOR_SYMBOL,
        Released.DESCRIPTOR_SYMBOL,
        Modified.DESCRIPTOR_SYMBOL);
    Receiver attached =
        to.session()
            .receiver(manager.linkName(queue))
            .setSource(source)
            .setTarget(new Target())
            .setSenderSettleMode(SenderSettleMode.UNSETTLED)
            .setReceiverSettleMode(ReceiverSettleMode.FIRST);
    receiver = attached;
    attached
        .openHandler(link -> changed.signalAll())
        .creditStateUpdateHandler(link -> changed.signalAll())
        .deliveryReadHandler(delivery -> onDelivery(to, delivery))
        .closeHandler(this::onDetached)
        .detachHandler(this::onDetached)
        .open();
  }

  private void onDetached(Receiver detached) {
    detached.close();
    if (detached.equals(receiver)) {
      ErrorCondition condition = detached.getRemoteCondition();
      String verb = kind == Kind.BROWSING ? "browse" : "get from";
      fail(Refusals.of(manager.describe(verb, queue), condition));
      manager.links().forget(this);
    }
  }

  @Override
  public void lost() {
    receiver = null;
    connection = null;
    arrived.clear(); // they are in their queue again
    if (kind != Kind.CONSUMING) {
      fail(
          new MessagingException.OutcomeUnknown(
              manager.describe("wait at", queue) + ": the connection broke; try again"));
    }
    changed.signalAll();
  }

  @Override
  public void changed() {
    changed.signalAll();
  }

  @Override
  public void resume() {}

  /** Nothing comes any more: who waits gets the reason, what came is given back. */
  void fail(MessagingException reason) {
    if (failure == null) {
      failure = reason;
    }
    for (Arrival arrival : arrived) {
      settle(arrival, Released.getInstance());
    }
    arrived.clear();
    changed.signalAll();
  }

  void close() {
    Receiver open = receiver;
    receiver = null;
    if (open != null && open.isLocallyOpen()) {
      open.close();
    }
  }

  /** Whether another caller may have it: nothing can come that nobody waits for. */
  boolean isClean() {
    Receiver open = receiver;
    return failure == null
        && arrived.isEmpty()
        && open != null
        && open.getCredit() == 0
        && !open.isDraining();
  }

  boolean hasFailed() {
    return failure != null;
  }

  /** Where answers go: the name that the manager gave. Waits until it has one. */
  String replyAddress(long deadline) {
    while (true) {
      check(true);
      Receiver open = receiver;
      if (open != null && open.isRemotelyOpen() && open.getRemoteSource() != null) {
        String name = open.getRemoteSource().getAddress();
        if (name != null) {
          return name;
        }
      }
      if (!manager.await(changed, deadline)) {
        throw new MessagingException.NoReply(
            manager.describe("request", queue) + ": no queue for the answer came in time");
      }
    }
  }

  // ---- deliveries ----------------------------------------------------------------------------

  private void onDelivery(WireConnection over, IncomingDelivery delivery) {
    if (delivery.isAborted()) {
      delivery.settle();
      return;
    }
    if (delivery.isPartial()) {
      delivery.claimAvailableBytes();
      return;
    }
    ProtonBuffer payload = delivery.readAll();
    byte[] octets = new byte[payload == null ? 0 : payload.getReadableBytes()];
    if (payload != null) {
      payload.readBytes(octets, 0, octets.length);
    }
    Message message;
    try {
      message = manager.codec().decode(octets);
    } catch (RuntimeException e) { // the decoder throws all kinds
      LOG.log(System.Logger.Level.WARNING, "a message of queue {0} is rejected: {1}", queue, e);
      delivery.disposition(
          new Rejected(new ErrorCondition(AmqpError.DECODE_ERROR, e.getMessage())), true);
      changed.signalAll();
      return;
    }
    Arrival arrival = new Arrival(message, delivery, over);
    if (failure != null || !delivery.getLink().equals(receiver)) {
      settle(arrival, Released.getInstance());
    } else {
      arrived.addLast(arrival);
      changed.signal();
    }
  }

  /** Tells the manager what became of a message, if it is still this manager's connection. */
  boolean settle(Arrival arrival, DeliveryState outcome) {
    if (!manager.isCurrent(arrival.over()) || arrival.delivery().isSettled()) {
      return false;
    }
    arrival.delivery().disposition(outcome, true);
    return true;
  }

  int waitingHere() {
    return arrived.size();
  }

  /** Gives so much credit beside what is here, when less than half of it is left. */
  void renewCredit(int wanted) {
    Receiver open = receiver;
    if (open != null && open.isLocallyOpen() && !open.isDraining()) {
      int target = wanted - arrived.size();
      if (open.getCredit() <= target / 2 && target > open.getCredit()) {
        open.addCredit(target - open.getCredit());
      }
    }
  }

  /**
   * Takes the next message, waiting until the deadline; then asks the manager whether there is one,
   * so that a deadline in the past is a poll.
   *
   * @param deadline of {@link System#nanoTime}, or {@link #FOREVER}
   * @param wanted messages that may come before the next call
   * @param impatient whether an outage that lasts too long is an error
   * @return null when there is none
   */
  @Nullable Arrival take(long deadline, IntSupplier wanted, boolean impatient) {
    WireConnection asked = null;
    while (true) {
      check(impatient);
      Arrival first = arrived.pollFirst();
      if (first != null) {
        return first;
      }
      Receiver open = receiver;
      long until = FOREVER; // without a link, the manager says when it is back, or away too long
      if (open != null && open.isLocallyOpen()) {
        boolean late = deadline != FOREVER && deadline - System.nanoTime() <= 0;
        if (late && asked != null && asked == connection && !open.isDraining()) {
          return null;
        }
        if (late && asked != connection) {
          if (!open.isDraining()) {
            open.drain(Math.max(open.getCredit(), wanted.getAsInt()));
          }
          asked = connection;
          if (!open.isDraining()) {
            continue; // there was no credit that could be used up
          }
        } else if (!late) {
          renewCredit(wanted.getAsInt());
        }
        until = late ? FOREVER : deadline;
      }
      manager.await(changed, until);
    }
  }

  private void check(boolean impatient) {
    if (failure != null) {
      throw failure;
    }
    manager.checkOpen();
    MessagingException away = impatient ? manager.awayTooLong() : null;
    if (away != null) {
      throw away;
    }
  }
}
