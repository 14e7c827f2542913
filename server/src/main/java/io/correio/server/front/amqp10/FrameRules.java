package io.correio.server.front.amqp10;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.qpid.protonj2.codec.DecodeException;
import org.apache.qpid.protonj2.engine.AMQPPerformativeEnvelopePool;
import org.apache.qpid.protonj2.engine.EngineHandler;
import org.apache.qpid.protonj2.engine.EngineHandlerContext;
import org.apache.qpid.protonj2.engine.HeaderEnvelope;
import org.apache.qpid.protonj2.engine.IncomingAMQPEnvelope;
import org.apache.qpid.protonj2.engine.OutgoingAMQPEnvelope;
import org.apache.qpid.protonj2.engine.Session;
import org.apache.qpid.protonj2.engine.exceptions.IdleTimeoutException;
import org.apache.qpid.protonj2.engine.exceptions.ProtocolViolationException;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.Attach;
import org.apache.qpid.protonj2.types.transport.Begin;
import org.apache.qpid.protonj2.types.transport.Close;
import org.apache.qpid.protonj2.types.transport.Disposition;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.apache.qpid.protonj2.types.transport.Flow;
import org.apache.qpid.protonj2.types.transport.Open;
import org.apache.qpid.protonj2.types.transport.Performative;
import org.apache.qpid.protonj2.types.transport.Role;
import org.apache.qpid.protonj2.types.transport.Transfer;
import org.jspecify.annotations.Nullable;

/**
 * Holds a peer to the standard before the engine sees its frames: what is wrong with a link ends
 * the link, with a session the session, with the connection the connection, each with the
 * standard's condition (part 2, sections 2.8.15 to 2.8.18). Owned by the connection's loop.
 *
 * <pre>
 *   bytes ─▶ frames ─▶ this ─▶ the engine
 *   bytes ◀─ frames ◀─ this ◀─ the engine
 * </pre>
 */
final class FrameRules implements EngineHandler {

  /** Smallest max-frame-size that can be agreed on (part 2, section 2.8.19). */
  private static final long MIN_MAX_FRAME_BYTES = 512;

  private final Consumer<ErrorCondition> failConnection;
  private final Map<Integer, SessionRules> byRemote = new HashMap<>();
  private final Map<Integer, SessionRules> byLocal = new HashMap<>();
  private @Nullable SessionRules beginning;
  private @Nullable SessionRules reading;

  /** Where frames go on to; none before the header that says that they are no login's. */
  private @Nullable EngineHandlerContext frames;

  private boolean opened;
  private boolean closed;

  FrameRules(Consumer<ErrorCondition> failConnection) {
    this.failConnection = failConnection;
  }

  /** A session that the frame being read has begun. */
  void begun(Session session) {
    if (beginning != null) {
      beginning.begun(session);
    }
  }

  /** A link that the frame being read has attached. */
  void attached(SessionRules.End end) {
    if (reading != null) {
      reading.attached(end);
    }
  }

  // ---- from the peer -------------------------------------------------------------------------

  @Override
  public void handleRead(EngineHandlerContext context, HeaderEnvelope envelope) {
    if (!envelope.isSaslHeader()) {
      frames = context;
    }
    context.fireRead(envelope);
  }

  @Override
  public void handleRead(EngineHandlerContext context, IncomingAMQPEnvelope envelope) {
    Performative body = envelope.getBody();
    boolean close = body instanceof Close;
    if (closed || (context.engine().connection().isLocallyClosed() && !close)) {
      return; // beside the close that answers, nothing counts after a close (section 2.4.3)
    }
    if (body == null) {
      context.fireRead(envelope); // an empty frame
      return;
    }
    if (!opened && !(body instanceof Open) && !context.engine().connection().isLocallyClosed()) {
      failConnection(AmqpError.ILLEGAL_STATE, "the first frame has to be open");
      return;
    }
    switch (body.getPerformativeType()) {
      case OPEN -> onOpen(context, envelope, (Open) body);
      case CLOSE -> {
        closed = true;
        context.fireRead(envelope);
      }
      case BEGIN -> onBegin(context, envelope, (Begin) body);
      default -> onChannel(context, envelope, body);
    }
  }

  private void onOpen(EngineHandlerContext context, IncomingAMQPEnvelope envelope, Open open) {
    if (opened) {
      failConnection(AmqpError.ILLEGAL_STATE, "the connection is open; send open once");
    } else if (open.hasMaxFrameSize() && open.getMaxFrameSize() < MIN_MAX_FRAME_BYTES) {
      failConnection(
          AmqpError.INVALID_FIELD,
          "max-frame-size is " + open.getMaxFrameSize() + "; it has to be 512 at least");
    } else {
      opened = true;
      context.fireRead(envelope);
    }
  }

  private void onBegin(EngineHandlerContext context, IncomingAMQPEnvelope envelope, Begin begin) {
    int number = envelope.getChannel();
    if (byRemote.containsKey(number)) {
      failConnection(
          AmqpError.ILLEGAL_STATE, "channel " + number + " has a session; end that one first");
      return;
    }
    if (begin.hasRemoteChannel()) {
      failConnection(
          AmqpError.INVALID_FIELD, "begin answers none of the server's: leave remote-channel out");
      return;
    }
    SessionRules channel = new SessionRules(number, (int) begin.getNextOutgoingId());
    byRemote.put(number, channel);
    beginning = channel;
    try {
      context.fireRead(envelope);
    } finally {
      beginning = null;
    }
  }

  private void onChannel(
      EngineHandlerContext context, IncomingAMQPEnvelope envelope, Performative body) {
    int number = envelope.getChannel();
    SessionRules channel = byRemote.get(number);
    if (channel == null) {
      failConnection(
          AmqpError.ILLEGAL_STATE, "channel " + number + " has no session; send begin first");
      return;
    }
    if (body.getPerformativeType() == Performative.PerformativeType.END) {
      byRemote.remove(number);
      byLocal.values().remove(channel);
      context.fireRead(envelope);
      return;
    }
    reading = channel;
    try {
      channel.handleRead(context, envelope, body);
    } finally {
      reading = null;
    }
  }

  // ---- to the peer ---------------------------------------------------------------------------

  @Override
  public void handleWrite(EngineHandlerContext context, OutgoingAMQPEnvelope envelope) {
    SessionRules channel = byLocal.get(envelope.getChannel());
    switch (envelope.getBody()) {
      case Begin begin -> {
        SessionRules begun = byRemote.get(begin.getRemoteChannel());
        if (begun != null) {
          byLocal.put(envelope.getChannel(), begun);
          begun.opensWindow(begin.getIncomingWindow());
        }
      }
      case Attach attach when channel != null -> channel.onAttached(attach);
      case Flow flow when channel != null -> channel.onFlowWritten(flow);
      case Transfer transfer when channel != null -> channel.onSent(transfer);
      case Disposition disposition
          when channel != null
              && disposition.getRole() == Role.SENDER
              && disposition.getSettled() ->
          channel.onSettled(disposition);
      case Close close when context.engine().isFailed() ->
          close.setError(condition(context.engine().failureCause()));
      default -> {}
    }
    context.fireWrite(envelope);
  }

  /** The engine has failed before open was sent: says why, where the peer can understand it. */
  void refuseOpen(String container, @Nullable Throwable cause) {
    if (frames != null) {
      AMQPPerformativeEnvelopePool<OutgoingAMQPEnvelope> pool =
          AMQPPerformativeEnvelopePool.outgoingEnvelopePool();
      frames.fireWrite(pool.take(new Open().setContainerId(container), 0, null));
      Close close = new Close().setError(condition(cause));
      frames.fireWrite(pool.take(close, 0, null));
    }
  }

  /** What to tell a peer of an engine that failed. */
  private static ErrorCondition condition(@Nullable Throwable cause) {
    Throwable root = cause;
    while (root != null && root.getCause() != null) {
      root = root.getCause();
    }
    Symbol condition =
        switch (root) {
          case ProtocolViolationException violation when violation.getErrorCondition() != null ->
              violation.getErrorCondition();
          case ProtocolViolationException ignored -> AmqpError.ILLEGAL_STATE;
          case DecodeException ignored -> AmqpError.DECODE_ERROR;
          case ClassCastException ignored -> AmqpError.DECODE_ERROR;
          case IdleTimeoutException ignored -> AmqpError.RESOURCE_LIMIT_EXCEEDED;
          case null, default -> AmqpError.INTERNAL_ERROR;
        };
    return Conditions.of(
        condition,
        root == null || root.getMessage() == null
            ? "the connection has failed; connect again"
            : root.getMessage());
  }

  private void failConnection(Symbol condition, String description) {
    failConnection.accept(Conditions.of(condition, description));
  }
}
