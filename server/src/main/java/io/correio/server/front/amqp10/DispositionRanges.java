package io.correio.server.front.amqp10;

import org.apache.qpid.protonj2.engine.AMQPPerformativeEnvelopePool;
import org.apache.qpid.protonj2.engine.EngineHandler;
import org.apache.qpid.protonj2.engine.EngineHandlerContext;
import org.apache.qpid.protonj2.engine.OutgoingAMQPEnvelope;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.transport.Disposition;
import org.apache.qpid.protonj2.types.transport.Role;
import org.jspecify.annotations.Nullable;

/**
 * Says of a run of deliveries with one frame that they are accepted and settled (part 2, section
 * 2.7.6), where the engine would write one for each. A run waits for {@link #flush}, and for no
 * longer than until anything else is written, so the order of frames stays. Owned by the
 * connection's loop.
 *
 * <pre>
 *   the engine ─▶ this ─▶ frames ─▶ bytes
 * </pre>
 */
final class DispositionRanges implements EngineHandler {

  private final AMQPPerformativeEnvelopePool<OutgoingAMQPEnvelope> envelopes =
      AMQPPerformativeEnvelopePool.outgoingEnvelopePool();

  /** Where what is written goes on to; none before there was a run. */
  private @Nullable EngineHandlerContext next;

  private final Disposition run = new Disposition();
  private boolean waiting;
  private int channel;
  private Role role = Role.RECEIVER;
  private int first;
  private int last;

  @Override
  public void handleWrite(EngineHandlerContext context, OutgoingAMQPEnvelope envelope) {
    if (!(envelope.getBody() instanceof Disposition disposition && isPlain(disposition))) {
      flush();
      context.fireWrite(envelope);
      return;
    }
    int delivery = (int) disposition.getFirst();
    boolean goesOn =
        waiting
            && delivery == last + 1 // serial numbers: they wrap
            && envelope.getChannel() == channel
            && disposition.getRole() == role;
    if (!goesOn) {
      flush();
      next = context;
      waiting = true;
      channel = envelope.getChannel();
      role = disposition.getRole();
      first = delivery;
    }
    last = delivery;
    envelope.handleOutgoingFrameWriteComplete();
  }

  private static boolean isPlain(Disposition disposition) {
    return disposition.getSettled()
        && disposition.getState() == Accepted.getInstance()
        && !disposition.hasLast();
  }

  /** Writes what waits. */
  void flush() {
    EngineHandlerContext context = next;
    if (waiting && context != null) {
      waiting = false;
      run.reset();
      run.setRole(role)
          .setFirst(Integer.toUnsignedLong(first))
          .setSettled(true)
          .setState(Accepted.getInstance());
      if (last != first) {
        run.setLast(Integer.toUnsignedLong(last));
      }
      context.fireWrite(envelopes.take(run, channel, null));
    }
  }
}
