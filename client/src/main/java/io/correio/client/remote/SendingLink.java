package io.correio.client.remote;

import io.correio.client.MessagingException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.buffer.ProtonBufferAllocator;
import org.apache.qpid.protonj2.engine.OutgoingDelivery;
import org.apache.qpid.protonj2.engine.Sender;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.messaging.Rejected;
import org.apache.qpid.protonj2.types.messaging.Source;
import org.apache.qpid.protonj2.types.messaging.Target;
import org.apache.qpid.protonj2.types.transactions.TransactionalState;
import org.apache.qpid.protonj2.types.transport.DeliveryState;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.apache.qpid.protonj2.types.transport.ReceiverSettleMode;
import org.apache.qpid.protonj2.types.transport.SenderSettleMode;
import org.jspecify.annotations.Nullable;

/**
 * Puts into one queue, in order, whatever becomes of connections. A put waits, is sent, has its
 * outcome; when the connection is lost, what was sent without an outcome waits again, before the
 * rest. Guarded by the manager's lock.
 *
 * <pre>
 *   put ──▶ waiting ──credit, room──▶ sent ──outcome──▶ done
 *              ▲                       │
 *              └──connection lost──────┘
 * </pre>
 */
final class SendingLink implements RemoteLink {

  private final RemoteQueueManager manager;
  private final String queue;
  private final String address;
  private final Deque<Put> waiting = new ArrayDeque<>();
  private final Map<OutgoingDelivery, Put> sent = new LinkedHashMap<>();
  private @Nullable WireConnection connection;
  private @Nullable Sender sender;
  private long tags;

  // The transfer for which the manager's session window was too small.
  private @Nullable OutgoingDelivery unfinished;
  private @Nullable ProtonBuffer rest;

  /** A message on its way. */
  static final class Put {
    private final byte[] encoded;
    private final @Nullable TransactionalState transaction;

    /** Ends when the manager has it, or with why it has not. */
    final CompletableFuture<Void> done = new CompletableFuture<>();

    Put(byte[] encoded, @Nullable TransactionalState transaction) {
      this.encoded = encoded;
      this.transaction = transaction;
    }
  }

  SendingLink(RemoteQueueManager manager, String queue, String address) {
    this.manager = manager;
    this.queue = queue;
    this.address = address;
  }

  boolean isIdle() {
    return waiting.isEmpty() && sent.isEmpty();
  }

  void put(Put put) {
    waiting.addLast(put);
    pump();
  }

  // ---- attach and detach ---------------------------------------------------------------------

  @Override
  public void attach(WireConnection to) {
    connection = to;
    Sender attached =
        to.session()
            .sender(manager.linkName(queue))
            .setSource(new Source())
            .setTarget(new Target().setAddress(address))
            .setSenderSettleMode(SenderSettleMode.UNSETTLED)
            .setReceiverSettleMode(ReceiverSettleMode.FIRST);
    sender = attached;
    attached
        .creditStateUpdateHandler(link -> pump())
        .deliveryStateUpdatedHandler(this::onOutcome)
        .closeHandler(this::onDetached)
        .detachHandler(this::onDetached)
        .open();
  }

  private void onDetached(Sender detached) {
    detached.close();
    if (detached.equals(sender)) {
      ErrorCondition condition = detached.getRemoteCondition();
      fail(Refusals.of(manager.describe("put into", queue), condition));
      manager.links().forget(address, this);
    }
  }

  @Override
  public void lost() {
    List<Put> again = new ArrayList<>(sent.values());
    sent.clear();
    sender = null;
    connection = null;
    unfinished = null;
    rest = null;
    again.addAll(waiting);
    waiting.clear();
    for (Put put : again) {
      if (put.transaction == null) {
        waiting.addLast(put);
      } else {
        put.done.completeExceptionally(
            new MessagingException.RolledBack(
                manager.describe("put into", queue) + ": the connection was lost", null));
      }
    }
  }

  @Override
  public void changed() {
    MessagingException away = manager.awayTooLong();
    if (away != null) {
      fail(away);
    }
  }

  /** Nothing that is on its way will have an outcome. */
  void fail(MessagingException reason) {
    List<Put> failed = new ArrayList<>(sent.values());
    failed.addAll(waiting);
    sent.clear();
    waiting.clear();
    failed.forEach(put -> put.done.completeExceptionally(reason));
  }

  void close() {
    Sender open = sender;
    sender = null;
    if (open != null && open.isLocallyOpen()) {
      open.close();
    }
  }

  // ---- transfers and outcomes (part 2, section 2.7.5; part 3, section 3.4) -------------------

  @Override
  public void resume() {
    pump();
  }

  private void pump() {
    Sender open = sender;
    WireConnection over = connection;
    if (open == null || over == null || !open.isLocallyOpen() || !finish()) {
      return;
    }
    while (!waiting.isEmpty() && rest == null && open.isSendable() && over.hasRoom()) {
      Put put = waiting.removeFirst();
      OutgoingDelivery delivery = open.next();
      delivery.setTag(ByteBuffer.allocate(Long.BYTES).putLong(++tags).array());
      if (put.transaction != null) {
        delivery.disposition(put.transaction, false);
      }
      sent.put(delivery, put);
      ProtonBuffer buffer = ProtonBufferAllocator.defaultAllocator().copy(put.encoded);
      delivery.writeBytes(buffer);
      if (buffer.isReadable()) {
        unfinished = delivery;
        rest = buffer;
      }
    }
  }

  /** Goes on with a transfer that was begun; returns whether none is begun now. */
  private boolean finish() {
    OutgoingDelivery delivery = unfinished;
    ProtonBuffer buffer = rest;
    if (delivery != null && buffer != null) {
      delivery.writeBytes(buffer);
      if (buffer.isReadable()) {
        return false;
      }
      unfinished = null;
      rest = null;
    }
    return true;
  }

  private void onOutcome(OutgoingDelivery delivery) {
    DeliveryState state = delivery.getRemoteState();
    if (state instanceof TransactionalState provisional) {
      state = (DeliveryState) provisional.getOutcome();
    }
    if (state == null && !delivery.isRemotelySettled()) {
      return;
    }
    Put put = sent.remove(delivery);
    if (!delivery.isSettled()) {
      delivery.settle();
    }
    if (put == null) {
      return;
    }
    String what = manager.describe("put into", queue);
    switch (state) {
      case Accepted ignored -> put.done.complete(null);
      case Rejected rejected ->
          put.done.completeExceptionally(Refusals.of(what, rejected.getError()));
      case null, default ->
          put.done.completeExceptionally(
              new MessagingException.NoSuchQueue(
                  what + ": the queue was deleted meanwhile; put again, or have it declared"));
    }
  }
}
