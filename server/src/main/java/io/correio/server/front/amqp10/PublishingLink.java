package io.correio.server.front.amqp10;

import io.correio.core.message.Address;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.server.front.PublishLedger;
import io.correio.server.front.content.Amqp10FormatException;
import io.correio.server.front.content.Amqp10Message;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.engine.IncomingDelivery;
import org.apache.qpid.protonj2.engine.Receiver;
import org.apache.qpid.protonj2.types.UnsignedLong;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.messaging.Rejected;
import org.apache.qpid.protonj2.types.messaging.Released;
import org.apache.qpid.protonj2.types.messaging.Target;
import org.apache.qpid.protonj2.types.transactions.TransactionalState;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.apache.qpid.protonj2.types.transport.LinkError;
import org.apache.qpid.protonj2.types.transport.ReceiverSettleMode;
import org.jspecify.annotations.Nullable;

/**
 * A link by which the peer sends: to one node, or, without an address, wherever each message says
 * (the anonymous terminus). Owned by the connection's loop.
 */
final class PublishingLink implements LinkEnd, PublishLedger.Publisher {

  private final OpenConnection connection;
  private final Receiver receiver;
  private final Map<Long, IncomingDelivery> open = new HashMap<>();
  private long tags;

  /** Where messages go; null when each says so. */
  private Nodes.@Nullable Sent node;

  /** Bytes of the message that is coming in and not complete. */
  private long unfinished;

  private boolean ended;

  PublishingLink(OpenConnection connection, Receiver receiver) {
    this.connection = connection;
    this.receiver = receiver;
  }

  // ---- attach and detach ---------------------------------------------------------------------

  void attach() {
    receiver.setLinkedResource(this);
    receiver.closeHandler(link -> onDetach(true)).detachHandler(link -> onDetach(false));
    receiver.deliveryReadHandler(this::onTransfer);
    receiver.deliveryAbortedHandler(this::onAborted);
    connection
        .session()
        .rules()
        .attached(
            new SessionRules.End(
                true, receiver::getCredit, () -> ended, this::fail, this::openWindow));
    connection.claim(receiver, this::onStolen);
    connection.nodes().target(receiver, this::open, this::refuse);
  }

  private void refuse(ErrorCondition condition) {
    if (!ended) {
      end();
      receiver.setTarget((Target) null);
      connection.refuse(receiver, condition);
    }
  }

  private void open(Nodes.@Nullable Sent found) {
    if (ended) {
      return;
    }
    node = found;
    Target asked = receiver.getRemoteTarget();
    Target target = asked == null ? new Target() : asked.copy();
    if (found != null) {
      target.setAddress(found.address());
    }
    receiver
        .setTarget(target)
        .setSource(receiver.getRemoteSource())
        .setSenderSettleMode(receiver.getRemoteSenderSettleMode())
        .setReceiverSettleMode(ReceiverSettleMode.FIRST)
        .setMaxMessageSize(UnsignedLong.valueOf(connection.limits().messageMaxBytes()));
    receiver.open();
    receiver.addCredit(Amqp10Limits.LINK_CREDIT);
  }

  private void onDetach(boolean closed) {
    Nodes.Sent found = node;
    if (!ended) {
      end();
    }
    Runnable answer =
        () ->
            connection
                .session()
                .guarded(() -> {
                  if (closed) {
                    receiver.close();
                  } else {
                    receiver.detach();
                  }
                });
    if (found != null && found.deletedByClose()) {
      connection.nodes().delete(found.key() == null ? "" : found.key(), answer);
    } else {
      answer.run();
    }
  }

  private void end() {
    ended = true;
    connection.holdUnfinished(-unfinished);
    unfinished = 0;
    open.clear();
    connection.detached(receiver);
  }

  @Override
  public void release() {
    if (!ended) {
      end();
      Nodes.Sent found = node;
      if (found != null && found.deletedByClose() && found.key() != null) {
        connection.nodes().delete(found.key(), () -> {});
      }
    }
  }

  /** Another connection of the container has attached the link. */
  private void onStolen() {
    if (!ended) {
      release();
      connection.stolen(receiver);
    }
  }

  private void fail(ErrorCondition condition) {
    if (!ended) {
      end();
      connection.refuse(receiver, condition);
    }
  }

  // ---- transfers (part 2, section 2.7.5) -----------------------------------------------------

  private void onAborted(IncomingDelivery delivery) {
    finished();
    delivery.settle();
    renewCredit();
  }

  /**
   * Opens the session's window, beside credit: the engine does so for bytes, and some bear none.
   */
  private void openWindow() {
    if (!ended && receiver.isLocallyOpen() && receiver.getCredit() < 2 * Amqp10Limits.LINK_CREDIT) {
      receiver.addCredit(1);
    }
  }

  private void finished() {
    connection.holdUnfinished(-unfinished);
    unfinished = 0;
  }

  private void onTransfer(IncomingDelivery delivery) {
    if (ended) {
      delivery.readAll(); // on its way when the link was detached: it goes nowhere
      return;
    }
    if (delivery.isAborted()) {
      onAborted(delivery);
      return;
    }
    int size = delivery.available();
    if (size > connection.limits().messageMaxBytes()) {
      fail(
          Conditions.of(
              LinkError.MESSAGE_SIZE_EXCEEDED,
              "a message of link '%s' has more than %d bytes; send less, or in parts"
                  .formatted(receiver.getName(), connection.limits().messageMaxBytes())));
      return;
    }
    if (delivery.isPartial()) {
      delivery.claimAvailableBytes();
      boolean may = connection.holdUnfinished(size - unfinished);
      unfinished = size;
      if (!may) {
        fail(
            Conditions.of(
                AmqpError.RESOURCE_LIMIT_EXCEEDED,
                "too many messages are unfinished at once; send one after the other, and try"
                    + " again"));
      }
      return;
    }
    finished();
    ProtonBuffer payload = delivery.readAll();
    byte[] bytes = new byte[payload == null ? 0 : payload.getReadableBytes()];
    if (payload != null) {
      payload.readBytes(bytes, 0, bytes.length);
    }
    onMessage(delivery, bytes);
    renewCredit();
  }

  private void renewCredit() {
    if (!ended && receiver.getCredit() <= Amqp10Limits.LINK_CREDIT / 2) {
      receiver.addCredit(Amqp10Limits.LINK_CREDIT - receiver.getCredit());
    }
  }

  private void onMessage(IncomingDelivery delivery, byte[] bytes) {
    Amqp10Message message;
    try {
      message = Amqp10Message.decode(bytes, 0, bytes.length);
    } catch (Amqp10FormatException e) {
      reject(delivery, Conditions.of(AmqpError.DECODE_ERROR, String.valueOf(e.getMessage())));
      return;
    }
    Nodes.Sent target = node;
    if (target == null) {
      Nodes.Resolved resolved = connection.nodes().of(message);
      if (resolved instanceof Nodes.Refused refused) {
        reject(delivery, refused.condition());
        return;
      }
      target = (Nodes.Sent) resolved;
    }
    if (!connection.mayWrite(target.exchange())) {
      reject(
          delivery,
          Conditions.of(
              AmqpError.UNAUTHORIZED_ACCESS,
              "write access to exchange '%s' refused for user '%s'; an administrator can grant it"
                  .formatted(target.exchange(), connection.user())));
      return;
    }
    publish(delivery, message, target);
  }

  private void publish(IncomingDelivery delivery, Amqp10Message message, Nodes.Sent target) {
    String subject = message.subject();
    String key = target.key() != null ? target.key() : subject == null ? "" : subject;
    Message built =
        new Message(
            new Envelope(
                new Address(target.exchange(), key),
                message.durable(),
                message.priority(),
                timeToLiveMillis(message)),
            message.content());
    Command.Publish command =
        connection
            .host()
            .route(
                connection.id(),
                built,
                message.headers(),
                target.mandatory(),
                connection.targets());
    if (delivery.getRemoteState() instanceof TransactionalState transactional) {
      connection.transactions().publish(transactional, delivery, command);
    } else if (delivery.isRemotelySettled()) {
      delivery.settle();
      connection.publish(this, 0, command);
    } else {
      long tag = ++tags;
      open.put(tag, delivery);
      connection.publish(this, tag, command);
    }
  }

  /** The lesser of the time to live and what is left until the absolute expiry time. */
  private static long timeToLiveMillis(Amqp10Message message) {
    long timeToLiveMillis = message.timeToLiveMillis();
    OptionalLong expiry = message.absoluteExpiryTimeMillis();
    if (expiry.isEmpty() || expiry.getAsLong() == 0) {
      return timeToLiveMillis;
    }
    long left = Math.max(0, expiry.getAsLong() - System.currentTimeMillis());
    return timeToLiveMillis == Envelope.NO_EXPIRY ? left : Math.min(left, timeToLiveMillis);
  }

  private void reject(IncomingDelivery delivery, ErrorCondition condition) {
    if (delivery.isRemotelySettled()) {
      // Nobody waits for an outcome, so the link is the one that can be told.
      fail(condition);
    } else {
      delivery.disposition(new Rejected(condition), true);
    }
  }

  // ---- outcomes ------------------------------------------------------------------------------

  @Override
  public void onAccepted(long tag) {
    IncomingDelivery delivery = open.remove(tag);
    if (delivery != null) {
      delivery.disposition(Accepted.getInstance(), true);
    }
  }

  @Override
  public void onRejected(long tag) {
    IncomingDelivery delivery = open.remove(tag);
    if (delivery != null) {
      delivery.disposition(
          new Rejected(
              Conditions.of(
                  AmqpError.RESOURCE_LIMIT_EXCEEDED,
                  "the message takes more room than one entry of the log may; send less")),
          true);
    }
  }

  /** No queue took it: the peer still has it (part 3, section 3.4.4). */
  @Override
  public void onReturned(long tag, Message message) {
    IncomingDelivery delivery = open.remove(tag);
    if (delivery != null) {
      delivery.disposition(Released.getInstance(), true);
    }
  }
}
