package io.correio.server.front.amqp10;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.apache.qpid.protonj2.engine.AMQPPerformativeEnvelopePool;
import org.apache.qpid.protonj2.engine.EngineHandlerContext;
import org.apache.qpid.protonj2.engine.IncomingAMQPEnvelope;
import org.apache.qpid.protonj2.engine.Session;
import org.apache.qpid.protonj2.types.DeliveryTag;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.Attach;
import org.apache.qpid.protonj2.types.transport.Detach;
import org.apache.qpid.protonj2.types.transport.Disposition;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.apache.qpid.protonj2.types.transport.Flow;
import org.apache.qpid.protonj2.types.transport.LinkError;
import org.apache.qpid.protonj2.types.transport.Performative;
import org.apache.qpid.protonj2.types.transport.Role;
import org.apache.qpid.protonj2.types.transport.SessionError;
import org.apache.qpid.protonj2.types.transport.Transfer;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one session: handles, windows, credit, numbers of deliveries (part 2, sections 2.5
 * and 2.6). What breaks them ends the session or the link. Owned by the connection's loop.
 */
final class SessionRules {

  /** Longest delivery tag (part 2, section 2.8.7). */
  private static final int TAG_BYTES = 32;

  private final AMQPPerformativeEnvelopePool<IncomingAMQPEnvelope> envelopes =
      AMQPPerformativeEnvelopePool.incomingEnvelopePool();
  private final int channel;
  private final Map<Long, Attached> handles = new HashMap<>();
  private final Map<Long, Attached> ownHandles = new HashMap<>();
  private @Nullable Session session;
  private @Nullable Attached attaching;

  /** The link whose state the peer has asked for. */
  private @Nullable Attached asked;

  /** Transfers that came, and the number up to which they may: serial numbers. */
  private int incoming;

  private int incomingEnd;
  private boolean windowKnown;
  private @Nullable Integer lastDelivery;

  /** Deliveries that the peer has unsettled, with their handles; the numbers do not wrap. */
  private final NavigableMap<Long, Long> unsettled = new TreeMap<>();

  private long nextDelivery;

  /**
   * This side of a link.
   *
   * @param receives whether the peer sends by it
   * @param credit deliveries that may still begin
   * @param ended whether this side has detached it
   * @param fail detaches it
   * @param openWindow says how much the session takes, when its window is used up
   */
  record End(
      boolean receives,
      IntSupplier credit,
      BooleanSupplier ended,
      Consumer<ErrorCondition> fail,
      Runnable openWindow) {}

  /** A handle in use by the peer. */
  private static final class Attached {
    final String name;
    final Role role;
    @Nullable End end;
    @Nullable Long ownHandle;
    @Nullable Long delivery;
    int deliveryCount;

    Attached(Attach attach) {
      name = attach.getName();
      role = attach.getRole();
      deliveryCount = (int) attach.getInitialDeliveryCount();
    }
  }

  SessionRules(int channel, int firstIncoming) {
    this.channel = channel;
    this.incoming = firstIncoming;
  }

  void begun(Session begun) {
    session = begun;
  }

  void attached(End end) {
    if (attaching != null) {
      attaching.end = end;
    }
  }

  // ---- from the peer -------------------------------------------------------------------------

  /** Takes a frame of the session, other than begin and end. */
  void handleRead(EngineHandlerContext context, IncomingAMQPEnvelope envelope, Performative body) {
    if (session == null || session.isLocallyClosed()) {
      return; // the peer may not know yet that the session has ended (section 2.5.4)
    }
    ErrorCondition wrong =
        switch (body) {
          case Attach attach -> onAttach(context, envelope, attach);
          case Detach detach -> onDetach(context, envelope, detach);
          case Flow flow -> onFlow(context, envelope, flow);
          case Transfer transfer -> onTransfer(context, envelope, transfer);
          case Disposition disposition -> onDisposition(context, envelope, disposition);
          default -> null;
        };
    if (wrong != null && session.isLocallyOpen()) {
      session.setCondition(wrong);
      session.close();
    }
  }

  private @Nullable ErrorCondition onAttach(
      EngineHandlerContext context, IncomingAMQPEnvelope envelope, Attach attach) {
    if (handles.containsKey(attach.getHandle())) {
      return Conditions.of(
          SessionError.HANDLE_IN_USE,
          "handle " + attach.getHandle() + " is in use; detach that link, or take another");
    }
    if (attach.getRole() == Role.SENDER && !attach.hasInitialDeliveryCount()) {
      return Conditions.of(
          AmqpError.INVALID_FIELD,
          "link '" + attach.getName() + "' has no initial-delivery-count; who sends gives one");
    }
    Attached attached = new Attached(attach);
    handles.put(attach.getHandle(), attached);
    attaching = attached;
    try {
      context.fireRead(envelope);
    } finally {
      attaching = null;
    }
    return null;
  }

  private @Nullable ErrorCondition onDetach(
      EngineHandlerContext context, IncomingAMQPEnvelope envelope, Detach detach) {
    Attached link = handles.remove(detach.getHandle());
    if (link == null) {
      return unattached(detach.getHandle());
    }
    context.fireRead(envelope);
    Long own = link.ownHandle;
    if (own != null && ownHandles.remove(own, link) && link.role == Role.RECEIVER) {
      forgetUnsettled(context, own);
    }
    return null;
  }

  /** The engine would keep what is unsettled of a link until the session ends. */
  private void forgetUnsettled(EngineHandlerContext context, long ownHandle) {
    List<Long> ids = new ArrayList<>();
    unsettled.forEach((id, handle) -> {
      if (handle == ownHandle) {
        ids.add(id);
      }
    });
    Disposition forgotten = new Disposition().setRole(Role.RECEIVER).setSettled(true);
    ids.forEach(id -> fireOne(context, forgotten, id));
  }

  private static ErrorCondition unattached(long handle) {
    return Conditions.of(
        SessionError.UNATTACHED_HANDLE, "no link has handle " + handle + "; attach one first");
  }

  private @Nullable ErrorCondition onFlow(
      EngineHandlerContext context, IncomingAMQPEnvelope envelope, Flow flow) {
    if (!flow.hasHandle()) {
      context.fireRead(envelope);
      return null;
    }
    Attached link = handles.get(flow.getHandle());
    if (link == null) {
      return unattached(flow.getHandle());
    }
    // The engine tells this link alone of a window that is open for all of the session, and does
    // not say how a link is when it is asked.
    boolean echo = flow.getEcho();
    Flow ofSession = flow.copy();
    ofSession.clearHandle();
    ofSession.setEcho(false);
    context.fireRead(envelopes.take(ofSession, channel, null));
    context.fireRead(envelope);
    if (echo) {
      asked = link;
      ofSession.setEcho(true);
      context.fireRead(envelopes.take(ofSession, channel, null));
      asked = null;
    }
    return null;
  }

  // ---- transfers (sections 2.6.12 and 2.7.5) -------------------------------------------------

  private @Nullable ErrorCondition onTransfer(
      EngineHandlerContext context, IncomingAMQPEnvelope envelope, Transfer transfer) {
    Attached link = handles.get(transfer.getHandle());
    if (link == null) {
      return unattached(transfer.getHandle());
    }
    if (windowKnown && incomingEnd - incoming <= 0) {
      return Conditions.of(
          SessionError.WINDOW_VIOLATION,
          "the session's window is used up; send no transfer before a flow opens it");
    }
    End end = link.end;
    if (end == null || !end.receives()) {
      return Conditions.of(
          AmqpError.NOT_ALLOWED,
          "handle " + transfer.getHandle() + " is of a link that cannot be sent by");
    }
    boolean first = link.delivery == null;
    ErrorCondition wrong = first ? checkFirst(transfer) : checkNext(link, transfer);
    if (wrong != null) {
      return wrong;
    }
    if (first && !end.ended().getAsBoolean() && end.credit().getAsInt() <= 0) {
      end.fail()
          .accept(
              Conditions.of(
                  LinkError.TRANSFER_LIMIT_EXCEEDED,
                  "the link has no credit; send no delivery before a flow gives some"));
    }
    count(link, transfer, first);
    context.fireRead(envelope);
    if (incomingEnd - incoming <= 0 && !end.ended().getAsBoolean()) {
      end.openWindow().run();
    }
    return null;
  }

  private void count(Attached link, Transfer transfer, boolean first) {
    if (first) {
      link.delivery = transfer.getDeliveryId();
      lastDelivery = (int) transfer.getDeliveryId();
    }
    if (transfer.getAborted() || !transfer.getMore()) {
      link.delivery = null;
      link.deliveryCount++;
    }
    incoming++;
  }

  private @Nullable ErrorCondition checkFirst(Transfer transfer) {
    if (!transfer.hasDeliveryId()) {
      return Conditions.of(
          AmqpError.INVALID_FIELD, "a delivery's first transfer needs a delivery-id; give one");
    }
    DeliveryTag tag = transfer.hasDeliveryTag() ? transfer.getDeliveryTag() : null;
    if (tag == null || tag.tagLength() > TAG_BYTES) {
      return Conditions.of(
          AmqpError.INVALID_FIELD,
          "a delivery's first transfer needs a delivery-tag of at most 32 bytes; give one");
    }
    Integer last = lastDelivery;
    if (last != null && (int) transfer.getDeliveryId() != last + 1) {
      return Conditions.of(
          AmqpError.INVALID_FIELD,
          "delivery-id %d follows on %d; number deliveries one by one"
              .formatted(transfer.getDeliveryId(), Integer.toUnsignedLong(last)));
    }
    return null;
  }

  private static @Nullable ErrorCondition checkNext(Attached link, Transfer transfer) {
    Long delivery = link.delivery;
    return transfer.hasDeliveryId() && delivery != null && transfer.getDeliveryId() != delivery
        ? Conditions.of(
            AmqpError.INVALID_FIELD,
            "delivery-id %d begins before the link's delivery %d is complete; complete, or abort it"
                .formatted(transfer.getDeliveryId(), delivery))
        : null;
  }

  // ---- outcomes (section 2.7.6) --------------------------------------------------------------

  private @Nullable ErrorCondition onDisposition(
      EngineHandlerContext context, IncomingAMQPEnvelope envelope, Disposition disposition) {
    int more =
        disposition.hasLast() ? (int) disposition.getLast() - (int) disposition.getFirst() : 0;
    if (more < 0) {
      return Conditions.of(
          AmqpError.INVALID_FIELD,
          "disposition from %d to %d; first may not be after last"
              .formatted(disposition.getFirst(), disposition.getLast()));
    }
    if (disposition.getRole() == Role.SENDER) {
      context.fireRead(envelope);
      return null;
    }
    long first = unwrapped((int) disposition.getFirst());
    if (more == 0) {
      if (disposition.getSettled()) {
        unsettled.remove(first);
      }
      context.fireRead(envelope);
      return null;
    }
    // The engine takes a range to begin and end with deliveries that are still unsettled, and goes
    // on to the last there is when the end is not among them. So it gets them one by one.
    List<Long> ids = new ArrayList<>(unsettled.subMap(first, true, first + more, true).keySet());
    ids.forEach(id -> fireOne(context, disposition, id));
    return null;
  }

  private void fireOne(EngineHandlerContext context, Disposition disposition, long id) {
    Disposition one = disposition.copy();
    one.clearLast();
    one.setFirst(Integer.toUnsignedLong((int) id));
    if (disposition.getSettled()) {
      unsettled.remove(id);
    }
    context.fireRead(envelopes.take(one, channel, null));
  }

  private long unwrapped(int id) {
    return nextDelivery + (id - (int) nextDelivery);
  }

  // ---- to the peer ---------------------------------------------------------------------------

  /** The server attaches its side of a link. */
  void onAttached(Attach attach) {
    for (Attached link : handles.values()) {
      if (link.ownHandle == null
          && link.role != attach.getRole()
          && link.name.equals(attach.getName())) {
        link.ownHandle = attach.getHandle();
        ownHandles.put(attach.getHandle(), link);
        if (attach.getRole() == Role.SENDER) {
          link.deliveryCount = (int) attach.getInitialDeliveryCount();
        }
        return;
      }
    }
  }

  /** The server sends a flow: of a link, or of the session. */
  void onFlowWritten(Flow flow) {
    if (flow.hasNextIncomingId()) {
      opensWindow((int) flow.getNextIncomingId(), flow.getIncomingWindow());
    }
    Attached link = asked;
    if (flow.hasHandle()) {
      Attached its = ownHandles.get(flow.getHandle());
      if (its != null && its.role == Role.RECEIVER && flow.hasDeliveryCount()) {
        its.deliveryCount = (int) flow.getDeliveryCount();
      }
    } else if (link != null && link.ownHandle != null && link.end != null) {
      flow.setHandle(link.ownHandle);
      flow.setDeliveryCount(Integer.toUnsignedLong(link.deliveryCount));
      flow.setLinkCredit(Math.max(0, link.end.credit().getAsInt()));
    }
  }

  /** The server's begin opens the window. */
  void opensWindow(long window) {
    opensWindow(incoming, window);
  }

  /** A window once announced is not taken back: transfers may be on their way. */
  private void opensWindow(int next, long window) {
    int end = next + (int) Math.min(window, Integer.MAX_VALUE);
    if (!windowKnown || end - incomingEnd > 0) {
      windowKnown = true;
      incomingEnd = end;
    }
  }

  /** The server sends a transfer. */
  void onSent(Transfer transfer) {
    long id = unwrapped((int) transfer.getDeliveryId());
    if (id >= nextDelivery) {
      nextDelivery = id + 1;
    }
    Attached link = ownHandles.get(transfer.getHandle());
    if (link != null && !transfer.getMore()) {
      link.deliveryCount++;
    }
    if (transfer.getSettled() || transfer.getAborted()) {
      unsettled.remove(id);
    } else {
      unsettled.put(id, transfer.getHandle());
    }
  }

  /** The server settles what it sent. */
  void onSettled(Disposition disposition) {
    long first = unwrapped((int) disposition.getFirst());
    long more =
        disposition.hasLast() ? (int) disposition.getLast() - (int) disposition.getFirst() : 0;
    unsettled.subMap(first, true, first + more, true).clear();
  }
}
