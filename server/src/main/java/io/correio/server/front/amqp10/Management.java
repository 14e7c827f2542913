package io.correio.server.front.amqp10;

import io.correio.server.front.content.Amqp10FormatException;
import io.correio.server.front.content.Amqp10Message;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.engine.IncomingDelivery;
import org.apache.qpid.protonj2.engine.Link;
import org.apache.qpid.protonj2.engine.OutgoingDelivery;
import org.apache.qpid.protonj2.engine.Receiver;
import org.apache.qpid.protonj2.engine.Sender;
import org.apache.qpid.protonj2.engine.Session;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.UnsignedLong;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.messaging.Source;
import org.apache.qpid.protonj2.types.messaging.Target;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.apache.qpid.protonj2.types.transport.LinkError;
import org.apache.qpid.protonj2.types.transport.ReceiverSettleMode;
import org.apache.qpid.protonj2.types.transport.SenderSettleMode;
import org.jspecify.annotations.Nullable;

/**
 * The management node {@code /management} of a connection: pairs of links of one name and session,
 * one for requests and one for their answers (AMQP Link Pair 1.0). Owned by the connection's loop.
 *
 * <pre>
 *   the peer's sender   ──request──▶  {@link ManagementOperations}, by the core's own commands
 *   the peer's receiver ◀──answer───  in the order in which the core answers
 * </pre>
 *
 * A request takes credit that comes back when its answer is sent, so answers that nobody reads are
 * as few as {@link #REQUESTS}.
 */
final class Management {

  /** Address of the node. */
  static final String ADDRESS = "/management";

  /** Requests of a pair whose answers are not sent. */
  static final int REQUESTS = 100;

  /** The longest request. */
  static final int MAX_REQUEST_BYTES = 64 << 10;

  private static final Symbol PAIRED = Symbol.valueOf("paired");

  /** Which pair a link belongs to. */
  private record Name(Session session, String link) {}

  private final OpenConnection connection;
  private final ManagementOperations operations;
  private final Map<Name, Pair> pairs = new HashMap<>();

  Management(OpenConnection connection) {
    this.connection = connection;
    this.operations = new ManagementOperations(connection);
  }

  /** Takes a link by which the peer sends requests; returns whether it is one. */
  boolean takes(Receiver link) {
    Target target = link.getRemoteTarget();
    if (target == null || !ADDRESS.equals(target.getAddress())) {
      return false;
    }
    if (mayPair(link)) {
      pair(link).attach(link, target);
    }
    return true;
  }

  /** Takes a link by which the peer gets answers; returns whether it is one. */
  boolean takes(Sender link) {
    Source source = link.getRemoteSource();
    if (source == null || !ADDRESS.equals(source.getAddress())) {
      return false;
    }
    if (mayPair(link)) {
      pair(link).attach(link, source);
    }
    return true;
  }

  private boolean mayPair(Link<?> link) {
    Map<Symbol, Object> properties = link.getRemoteProperties();
    if (properties != null && Boolean.TRUE.equals(properties.get(PAIRED))) {
      return true;
    }
    connection.detached();
    connection.refuse(
        link,
        Conditions.of(
            AmqpError.PRECONDITION_FAILED,
            "links to "
                + ADDRESS
                + " come in pairs: attach a sender and a receiver of one name with the property"
                + " paired=true"));
    return false;
  }

  private Pair pair(Link<?> link) {
    return pairs.computeIfAbsent(new Name(link.getSession(), link.getName()), Pair::new);
  }

  /** Two links of one name. */
  private final class Pair {
    private final Name name;
    private final ArrayDeque<ProtonBuffer> answers = new ArrayDeque<>();
    private @Nullable Receiver requestLink;
    private @Nullable Sender answerLink;
    private @Nullable OutgoingDelivery begun;
    private int unanswered;
    private long unfinished;
    private long tags;

    Pair(Name name) {
      this.name = name;
    }

    void attach(Receiver link, Target target) {
      requestLink = link;
      link.setLinkedResource((LinkEnd) this::endRequests);
      link.closeHandler(gone -> {
        endRequests();
        gone.close();
      });
      link.detachHandler(gone -> {
        endRequests();
        gone.detach();
      });
      link.deliveryReadHandler(this::onTransfer);
      link.deliveryAbortedHandler(this::onAborted);
      connection
          .session()
          .rules()
          .attached(
              new SessionRules.End(
                  true, link::getCredit, () -> requestLink == null, this::fail, () -> {}));
      link.setTarget(target.copy())
          .setSource(link.getRemoteSource())
          .setProperties(Map.of(PAIRED, true))
          .setSenderSettleMode(link.getRemoteSenderSettleMode())
          .setReceiverSettleMode(ReceiverSettleMode.FIRST)
          .setMaxMessageSize(UnsignedLong.valueOf(MAX_REQUEST_BYTES));
      link.open();
      link.addCredit(REQUESTS);
    }

    void attach(Sender link, Source source) {
      answerLink = link;
      link.setLinkedResource((LinkEnd) this::endAnswers);
      link.closeHandler(gone -> {
        endAnswers();
        gone.close();
      });
      link.detachHandler(gone -> {
        endAnswers();
        gone.detach();
      });
      link.creditStateUpdateHandler(ready -> sendAnswers());
      connection
          .session()
          .rules()
          .attached(
              new SessionRules.End(
                  false, link::getCredit, () -> answerLink == null, condition -> {}, () -> {}));
      link.setSource(source.copy())
          .setTarget(link.<Target>getRemoteTarget())
          .setProperties(Map.of(PAIRED, true))
          .setSenderSettleMode(SenderSettleMode.SETTLED)
          .setReceiverSettleMode(ReceiverSettleMode.FIRST);
      link.open();
    }

    private void endRequests() {
      if (requestLink != null) {
        requestLink = null;
        finished();
        connection.detached();
        forgetIfGone();
      }
    }

    private void endAnswers() {
      if (answerLink != null) {
        answerLink = null;
        answers.clear();
        begun = null;
        connection.detached();
        forgetIfGone();
      }
    }

    private void forgetIfGone() {
      if (requestLink == null && answerLink == null) {
        pairs.remove(name);
      }
    }

    // ---- requests ----------------------------------------------------------------------------

    private void onAborted(IncomingDelivery delivery) {
      finished();
      delivery.settle();
      renewCredit();
    }

    private void finished() {
      connection.holdUnfinished(-unfinished);
      unfinished = 0;
    }

    private void onTransfer(IncomingDelivery delivery) {
      if (requestLink == null) {
        delivery.readAll(); // on its way when the link was detached: it goes nowhere
        return;
      }
      if (delivery.isAborted()) {
        onAborted(delivery);
        return;
      }
      int size = delivery.available();
      if (size > MAX_REQUEST_BYTES) {
        fail(
            Conditions.of(
                LinkError.MESSAGE_SIZE_EXCEEDED,
                "a request has more than " + MAX_REQUEST_BYTES + " bytes; ask for less at once"));
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
                  "too many messages are unfinished at once; try again"));
        }
        return;
      }
      finished();
      ProtonBuffer payload = delivery.readAll();
      byte[] bytes = new byte[payload == null ? 0 : payload.getReadableBytes()];
      if (payload != null) {
        payload.readBytes(bytes, 0, bytes.length);
      }
      if (answerLink == null) {
        fail(
            Conditions.of(
                AmqpError.PRECONDITION_FAILED,
                "there is no link for the answer; attach a receiver of the same name first"));
        return;
      }
      if (delivery.isRemotelySettled()) {
        delivery.settle();
      } else {
        delivery.disposition(Accepted.getInstance(), true);
      }
      onRequest(bytes);
    }

    private void fail(ErrorCondition condition) {
      Receiver link = requestLink;
      if (link != null) {
        endRequests();
        connection.refuse(link, condition);
      }
    }

    private void onRequest(byte[] bytes) {
      Object id = null;
      unanswered++;
      try {
        Amqp10Message message = Amqp10Message.decode(bytes, 0, bytes.length);
        id = message.messageId();
        Object asked = id;
        operations.perform(
            ManagementCall.read(message), (status, body) -> answer(asked, status, body));
      } catch (Amqp10FormatException e) {
        answer(id, 400, "the request is no message: " + e.getMessage());
      } catch (ManagementCall.Failure e) {
        answer(id, e.status(), e.text());
      }
    }

    private void renewCredit() {
      Receiver link = requestLink;
      if (link != null && link.getCredit() + unanswered <= REQUESTS / 2) {
        link.addCredit(REQUESTS - unanswered - link.getCredit());
      }
    }

    // ---- answers -----------------------------------------------------------------------------

    private void answer(@Nullable Object id, int status, @Nullable Object body) {
      if (answerLink == null) {
        unanswered--;
        renewCredit();
      } else {
        answers.add(ManagementValues.answer(id, status, body));
        sendAnswers();
      }
    }

    private void sendAnswers() {
      Sender link = answerLink;
      ProtonBuffer next;
      while (link != null && (next = answers.peek()) != null) {
        OutgoingDelivery delivery = begun;
        if (delivery == null) {
          if (!link.isSendable()) {
            break;
          }
          delivery = link.next();
          delivery.setTag(ByteBuffer.allocate(Long.BYTES).putLong(++tags).array());
          delivery.disposition(Accepted.getInstance(), true);
        }
        begun = delivery;
        delivery.writeBytes(next);
        if (next.isReadable()) {
          break; // the session's window is used up; it opens with a flow
        }
        begun = null;
        answers.remove();
        unanswered--;
      }
      renewCredit();
    }
  }
}
