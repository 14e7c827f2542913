package io.correio.server.front.amqp10;

import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.Reply;
import io.correio.core.queue.Settlement;
import io.correio.server.front.content.Amqp10Encoding;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.buffer.ProtonBufferAllocator;
import org.apache.qpid.protonj2.engine.OutgoingDelivery;
import org.apache.qpid.protonj2.engine.Sender;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.messaging.Modified;
import org.apache.qpid.protonj2.types.messaging.Source;
import org.apache.qpid.protonj2.types.messaging.Target;
import org.apache.qpid.protonj2.types.transactions.TransactionalState;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.DeliveryState;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.apache.qpid.protonj2.types.transport.ReceiverSettleMode;
import org.apache.qpid.protonj2.types.transport.SenderSettleMode;
import org.jspecify.annotations.Nullable;

/**
 * A link by which the peer receives from a queue: a consumer of the core (part 2, section 2.6).
 * Owned by the connection's loop.
 *
 * <pre>
 *   the peer's credit = outstanding (the core may still hand out so many, or has and they are on
 *                       their way here) + what the limit of unsettled deliveries keeps back
 * </pre>
 */
final class ConsumingLink implements LinkEnd {

  private static final ProtonBufferAllocator BUFFERS = ProtonBufferAllocator.defaultAllocator();

  /** A message that the peer has. */
  private record Handed(long lane, long sequence) {}

  private final OpenConnection connection;
  private final Sender sender;
  private final ArrayDeque<Effect.Delivered> waiting = new ArrayDeque<>();
  private long consumer;
  private boolean settledAtOnce;
  private boolean browsing;
  private Nodes.@Nullable Received node;

  /** Credit given to the core and not yet used by a transfer. */
  private int outstanding;

  private int unsettled;
  private long tags;
  private boolean drainAsked;
  private boolean drainDone;

  // The transfer for which the peer's session window was too small.
  private @Nullable OutgoingDelivery unfinished;
  private @Nullable ProtonBuffer rest;
  private @Nullable Message unfinishedMessage;

  private boolean ended;

  ConsumingLink(OpenConnection connection, Sender sender) {
    this.connection = connection;
    this.sender = sender;
  }

  // ---- attach and detach ---------------------------------------------------------------------

  void attach() {
    sender.setLinkedResource(this);
    sender.closeHandler(link -> onDetach(true)).detachHandler(link -> onDetach(false));
    connection
        .session()
        .rules()
        .attached(
            new SessionRules.End(false, sender::getCredit, () -> ended, condition -> {}, () -> {}));
    connection.claim(sender, this::onStolen);
    connection.nodes().source(sender, this::subscribe, this::refuse);
  }

  private void refuse(ErrorCondition condition) {
    if (!ended) {
      end();
      sender.setSource(null);
      connection.refuse(sender, condition);
    }
  }

  private void subscribe(Nodes.Received found) {
    if (ended) {
      return;
    }
    node = found;
    browsing = found.browsing();
    // What is only shown leaves nothing to settle.
    settledAtOnce = browsing || sender.getRemoteSenderSettleMode() == SenderSettleMode.SETTLED;
    consumer = connection.addConsumer(this);
    connection.ask(
        request ->
            new Command.Subscribe(
                connection.id(),
                request,
                consumer,
                found.queue(),
                sender.getName(),
                settledAtOnce,
                false,
                0,
                false,
                0,
                found.selector(),
                browsing),
        reply -> {
          if (reply instanceof Reply.Refused refused) {
            refuse(Conditions.of(refused.refusal()));
          } else if (!ended) {
            open(found);
          }
        });
  }

  private void open(Nodes.Received found) {
    Source asked = sender.getRemoteSource();
    Source source = asked == null ? new Source() : asked.copy();
    source
        .setAddress(found.address())
        .setFilter(found.filters().isEmpty() ? null : found.filters());
    if (source.getDefaultOutcome() == null) {
      source.setDefaultOutcome(new Modified(true, false));
    }
    sender
        .setSource(source)
        .setSenderSettleMode(settledAtOnce ? SenderSettleMode.SETTLED : SenderSettleMode.UNSETTLED)
        .setReceiverSettleMode(
            sender.getRemoteReceiverSettleMode() == ReceiverSettleMode.SECOND
                ? ReceiverSettleMode.SECOND
                : ReceiverSettleMode.FIRST)
        .setTarget(sender.<Target>getRemoteTarget());
    sender.creditStateUpdateHandler(link -> onCredit());
    sender.deliveryStateUpdatedHandler(this::onOutcome);
    sender.open();
    onCredit(); // a peer may give credit without waiting for the answer to its attach
  }

  private void onDetach(boolean closed) {
    if (ended) {
      if (closed) {
        sender.close();
      } else {
        sender.detach();
      }
      return;
    }
    long number = consumer;
    Nodes.Received found = node;
    end();
    returnUnsettled();
    Runnable answer =
        () ->
            connection
                .session()
                .guarded(() -> {
                  if (closed) {
                    sender.close();
                  } else {
                    sender.detach();
                  }
                });
    if (number == 0 || found == null) {
      answer.run();
      return;
    }
    connection.ask(
        request -> new Command.Cancel(connection.id(), request, number),
        reply -> {
          connection.removeConsumer(number);
          if (closed && found.deletedByClose()) {
            connection.nodes().delete(found.queue(), answer);
          } else {
            answer.run();
          }
        });
  }

  /** The core ended the consumer: its queue is gone. */
  void onQueueDeleted() {
    if (!ended) {
      end();
      returnUnsettled();
      sender.setCondition(
          Conditions.of(
              AmqpError.RESOURCE_DELETED,
              "the queue that link '" + sender.getName() + "' received from was deleted"));
      sender.close();
    }
  }

  /** What the peer has of this link is ready again; what is held for a transaction stays. */
  private void returnUnsettled() {
    for (OutgoingDelivery delivery : sender.unsettled().toArray(new OutgoingDelivery[0])) {
      Handed handed = delivery.getLinkedResource(Handed.class);
      if (handed != null && !(delivery.getRemoteState() instanceof TransactionalState)) {
        connection.settles().settle(handed.lane(), handed.sequence(), Settlement.RELEASED);
      }
    }
    Message begun = unfinishedMessage;
    if (begun != null) {
      connection.session().account().dropped(begun.size());
      unfinished = null;
      rest = null;
      unfinishedMessage = null;
    }
    for (Effect.Delivered delivered : waiting) {
      giveBack(delivered);
    }
    waiting.clear();
  }

  /** Another connection of the container has attached the link. */
  private void onStolen() {
    if (!ended) {
      release();
      connection.stolen(sender);
    }
  }

  private void giveBack(Effect.Delivered delivered) {
    if (browsing) {
      connection.session().account().dropped(delivered.message().size());
    } else {
      connection.giveBack(delivered.lane(), delivered.sequence(), delivered.message());
    }
  }

  private void end() {
    ended = true;
    connection.detached(sender);
  }

  @Override
  public void release() {
    if (!ended) {
      end();
      returnUnsettled();
      if (consumer != 0) {
        long number = consumer;
        connection.ask(
            request -> new Command.Cancel(connection.id(), request, number),
            reply -> connection.removeConsumer(number));
      }
      Nodes.Received found = node;
      if (found != null && found.temporary()) {
        connection.nodes().delete(found.queue(), () -> {});
      }
    }
  }

  // ---- credit (part 2, section 2.6.7) --------------------------------------------------------

  private void onCredit() {
    if (ended) {
      return;
    }
    sendWaiting();
    grant();
    if (sender.isDraining() && !drainAsked) {
      drainAsked = true;
      connection.ask(
          request -> new Command.Drain(connection.id(), request, consumer),
          reply -> {
            outstanding = 0;
            drainDone = true;
            endDrain();
          });
    }
  }

  private void grant() {
    int limit = Math.max(0, connection.limits().unsettledPerLink() - unsettled);
    int more = Math.min(sender.getCredit(), limit) - outstanding - waiting.size();
    if (more != 0 && !drainAsked) {
      outstanding += more;
      connection.submit(new Command.Credit(connection.id(), consumer, more));
    }
  }

  private void endDrain() {
    if (drainDone && waiting.isEmpty() && unfinished == null && !ended) {
      drainAsked = false;
      drainDone = false;
      if (sender.isDraining()) {
        sender.drained();
      }
      grant();
    }
  }

  // ---- deliveries ----------------------------------------------------------------------------

  /** Takes a message from the core. */
  void deliver(Effect.Delivered delivered) {
    outstanding--;
    if (ended) {
      giveBack(delivered);
      return;
    }
    waiting.addLast(delivered);
    sendWaiting();
  }

  private void sendWaiting() {
    if (!finish()) {
      return;
    }
    Effect.Delivered next;
    while (unfinished == null && (next = waiting.peekFirst()) != null) {
      if (sender.getCredit() <= 0) {
        if (browsing) {
          return; // it would not be shown again
        }
        // The peer took credit back that the core had spent.
        waiting.removeFirst();
        connection.giveBack(next.lane(), next.sequence(), next.message());
      } else if (sender.isSendable()) {
        waiting.removeFirst();
        send(next);
      } else {
        return; // the session's window is used up; it opens with a flow
      }
    }
    endDrain();
  }

  private void send(Effect.Delivered delivered) {
    Message message = delivered.message();
    long before = connection.session().wire().pendingBytes();
    byte[] encoded = Amqp10Encoding.encode(message, delivered.failures(), !delivered.redelivered());
    OutgoingDelivery delivery = sender.next();
    delivery.setTag(ByteBuffer.allocate(Long.BYTES).putLong(++tags).array());
    if (settledAtOnce) {
      delivery.disposition(Accepted.getInstance(), true);
    } else {
      delivery.setLinkedResource(new Handed(delivered.lane(), delivered.sequence()));
      unsettled++;
    }
    ProtonBuffer buffer = BUFFERS.copy(encoded);
    delivery.writeBytes(buffer);
    if (buffer.isReadable()) {
      // It counts as written when all of it is: until then it takes memory here.
      unfinished = delivery;
      rest = buffer;
      unfinishedMessage = message;
    } else {
      connection.wroteMessage(before, message);
    }
  }

  /** Goes on with a transfer that was begun; returns whether none is begun now. */
  private boolean finish() {
    OutgoingDelivery delivery = unfinished;
    ProtonBuffer buffer = rest;
    Message message = unfinishedMessage;
    if (delivery != null && buffer != null && message != null) {
      long before = connection.session().wire().pendingBytes();
      delivery.writeBytes(buffer);
      if (buffer.isReadable()) {
        return false;
      }
      unfinished = null;
      rest = null;
      unfinishedMessage = null;
      connection.wroteMessage(before, message);
    }
    return true;
  }

  // ---- outcomes (part 3, section 3.4) --------------------------------------------------------

  private void onOutcome(OutgoingDelivery delivery) {
    Handed handed = delivery.getLinkedResource(Handed.class);
    DeliveryState state = delivery.getRemoteState();
    if (handed == null || ended || delivery.isSettled()) {
      return;
    }
    if (state instanceof TransactionalState transactional) {
      connection
          .transactions()
          .retire(
              transactional,
              new Transactions.Retirement(
                  handed.lane(),
                  handed.sequence(),
                  settlement((DeliveryState) transactional.getOutcome()),
                  delivery,
                  delivery.isRemotelySettled(),
                  () -> ended,
                  this::landed));
      return;
    }
    Settlement settlement = settlement(state);
    if (settlement == null) {
      if (!delivery.isRemotelySettled()) {
        return; // the state of a transfer that goes on: received
      }
      settlement = Settlement.RELEASED;
    }
    connection.settles().settle(handed.lane(), handed.sequence(), settlement);
    delivery.setLinkedResource(null);
    delivery.disposition(state, true);
    landed();
  }

  private void landed() {
    unsettled--;
    if (!ended && unsettled >= connection.limits().unsettledPerLink() - 1) {
      grant();
    }
  }

  /** What an outcome means for the queue; null for a state that is none. */
  private static @Nullable Settlement settlement(@Nullable DeliveryState state) {
    if (state == null) {
      return null;
    }
    return switch (state.getType()) {
      case Accepted -> Settlement.ACCEPTED;
      case Rejected -> Settlement.REJECTED;
      case Released -> Settlement.RELEASED;
      case Modified ->
          state instanceof Modified modified && modified.isUndeliverableHere()
              ? Settlement.REJECTED
              : state instanceof Modified failed && failed.isDeliveryFailed()
                  ? Settlement.RETURNED
                  : Settlement.RELEASED;
      default -> null;
    };
  }
}
